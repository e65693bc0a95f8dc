"""The lexicons of claims: each example they carry, and what honest texts must not be taken for."""

from typing import Any

import pytest

from haechi.review.claim_phrases import AGAINST, claims_in, kinds
from haechi.review.phrases import LANGUAGES, knowledge
from haechi.review.plain import plain

CLAIMS: list[tuple[str, dict[str, Any]]] = [
    (language, claim) for language in LANGUAGES for claim in knowledge("claims", f"{language}.toml")["claim"]
]


def found(text: str) -> set[str]:
    return {claim.kind for claim in claims_in(plain(text).text)}


@pytest.mark.parametrize(
    ("language", "claim"), CLAIMS, ids=lambda one: one if isinstance(one, str) else one["kind"]
)
def test_every_pattern_has_an_example_that_it_finds_and_one_that_it_spares(
    language: str, claim: dict[str, Any]
) -> None:
    """Fails when whoever mends a pattern loses what it was written for, or what it must leave alone."""
    assert claim["match"], language
    for text in claim["match"]:
        assert claim["kind"] in found(text), text
    for text in claim["spare"]:
        assert claim["kind"] not in found(text), text


@pytest.mark.parametrize(
    "text",
    [
        "元本を保証するものではありません。",
        "絶対に儲かるという広告は詐欺です。",
        "投資教室をかたる詐欺にご注意ください。必ず儲かる話は疑って。",
        "원금이 보장되지 않습니다.",
        "원금 보장을 내세우는 광고는 사기입니다.",
        "Beware: guaranteed returns are a sign of fraud.",
        "Returns are not guaranteed.",
        "Nobody can promise you guaranteed returns; that is a scam.",
    ],
)
def test_what_a_sentence_denies_or_warns_of_is_no_claim(text: str) -> None:
    """Fails when a bank's risk notice or the police's warning reads as a promise."""
    assert "guaranteed-return" not in found(text)


def test_a_denial_elsewhere_denies_nothing() -> None:
    """Fails when one honest sentence buys a dishonest one: that is how filters are fed."""
    assert "guaranteed-return" in found("これは詐欺ではありません。元本保証で運用します")
    assert "guaranteed-return" in found("This is not a scam! Guaranteed profits every day")


@pytest.mark.parametrize(
    "text",
    [
        "毎朝8時に焼き上げるパンを、ご予約の方に。",
        "関東一円、即日配送。送料無料は5,000円以上のお買い上げから。",
        "겨울 코트 최대 50% 할인, 오늘 출발합니다.",
        "Half price on winter coats until Sunday. Free delivery over £40.",
        "Learn to bake bread in a small class on Saturday.",
        "新品上架 全館八折",
        "Frische Brötchen jeden Morgen ab sechs.",
    ],
)
def test_ordinary_ads_claim_nothing(text: str) -> None:
    """Fails when a baker's ad waits for a person."""
    assert found(text) - AGAINST <= {"urgency"}


def test_kinds_are_those_that_rules_can_read() -> None:
    """Fails when a lexicon has a kind that no rule may name."""
    from haechi.review.policy.readable import readable  # noqa: PLC0415 - the one test that needs it

    assert set(readable().signals["claim"].values) == set(kinds())
