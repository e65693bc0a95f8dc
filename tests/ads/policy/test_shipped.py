"""The shipped rule set: its examples, its words, and that it stops no ordinary ad."""

import importlib
import pkgutil
import re
from datetime import date

import pytest

import haechi.review.signals
from haechi.review.outgoing.vocabulary import allowed
from haechi.review.policy import load_ruleset
from haechi.review.policy.examples import run
from haechi.review.policy.model import BUILT_IN
from haechi.review.policy.readable import readable
from haechi.terms.words import CATEGORIES
from tests.ads.policy.made import decided, signal

LANGUAGES = ("de", "en", "ja", "ko")
SCRIPTS = {"ja": "[぀-ヿ]", "ko": "[가-힣]", "en": "^[ -~]+$", "de": "^[ -~ÄÖÜäöüß]+$"}


def test_examples_come_out() -> None:
    """If this fails, the shipped rules do not do what they say they do."""
    count, failed = run(load_ruleset(), date(2026, 11, 20))
    assert failed == ()
    assert count >= 100


def test_words_are_whole_and_of_the_language() -> None:
    """If this fails, an advertiser reads nothing, or another language."""
    ruleset = load_ruleset()
    assert sorted(ruleset.words) == list(LANGUAGES)
    codes = {rule.code for rule in ruleset.rules} | set(BUILT_IN)
    for language, words in ruleset.words.items():
        assert set(words.reasons) == codes
        for message in words.reasons.values():
            for text in (message.text, message.fix):
                assert re.search(SCRIPTS[language], text), text
        for table in words.values.values():
            assert all(table.values())


def test_words_disclose_no_threshold() -> None:
    """If this fails, a reason tells by how much, by what pattern or by which signal an ad was found."""
    for words in load_ruleset().words.values():
        for message in words.reasons.values():
            told = message.text + message.fix
            assert not re.search(
                r"\d|%|score|threshold|閾値|しきい値|점수|Schwelle|similarity|類似度|유사도", told
            ), told


def test_every_place_of_values_has_words() -> None:
    """If this fails, an application or a category is called by its code, or wrongly `other`."""
    for words in load_ruleset().words.values():
        chats = set(readable().signals["hand-off"].values) - {"chat"}
        assert set(words.values["hand_off"]) == chats | {"other"}
        assert set(words.values["sensitive_targeting"]) >= {"religion", "health", "other"}
        assert set(words.values["sensitive_targeting"]) - {"other"} <= set(CATEGORIES)


def test_rejections_are_one_code_each_with_a_law_or_a_term() -> None:
    """If this fails, an export to the EU database has a category or keyword that it does not know."""
    for rule in load_ruleset().rules:
        assert f"STATEMENT_CATEGORY_{rule.category}" in allowed("category")
        if rule.keyword:
            assert f"KEYWORD_{rule.keyword}" in allowed("category_specification")


def test_laws_say_where_they_were_read() -> None:
    """If this fails, a citation that nobody checked passes as checked."""
    for rule in load_ruleset().rules:
        for law in rule.laws:
            assert law.checked or "recalled" in law.note
            assert law.countries


def test_signals_of_the_modules_are_readable() -> None:
    """If this fails, a signal was added that no rule can read."""
    for found in pkgutil.iter_modules(haechi.review.signals.__path__):
        module = importlib.import_module(f"haechi.review.signals.{found.name}")
        assert module.NAME in readable().signals, module.NAME


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name in ("advertiser", "velocity", "hand-off")
        for value in readable().signals[name].values
    ],
)
def test_no_account_is_stopped_for_itself(name: str, value: str) -> None:
    """If this fails, small and new advertisers are stopped for being small and new."""
    found = [signal(name, value, 1.0, own="no", place="ad")]
    if value != "not-known":
        found.append(signal("claim", "urgency", 0.9))
    assert decided(found, load_ruleset(), account_verified=False, account_age_days=0).decision == "approve"


def test_rejecting_takes_certainty() -> None:
    """If this fails, an ad is rejected on signals that are only likely."""
    names = sorted(set(readable().signals) - {"named-party"})
    found = [
        signal(
            name, value, 0.79, **{key: answers[0] for key, answers in about.params.items()} | {"own": "no"}
        )
        for name in names
        for about in (readable().signals[name],)
        for value in about.values or ("p-1",)
    ]
    made = decided(found, load_ruleset(), account_verified=False)
    assert made.decision == "hold"
    assert len(made.rules) > 10


def test_authorised_and_licensed_runs() -> None:
    """If this fails, a celebrity's own campaign for a registered broker is stopped."""
    found = [
        signal("authorised-party", "p-1", 0.97, kind="person"),
        signal("investment-offer", "investment", 0.9),
        signal("licence", "agrees", 0.95),
        signal("claim", "return-figure", 0.6),
        signal("hand-off", "line", 0.1, own="yes", place="ad"),
    ]
    assert decided(found, load_ruleset()).decision == "approve"
