"""What is learnt of words: from what, that it generalises, that what it shows is what it weighed."""

import json
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, diags_array
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from haechi.errors import KnowledgeError
from haechi.review import inviting, weights, wording
from haechi.review.ads import Span
from haechi.review.learn_wording import LESSONS, fingerprint_of, learn, learnt, rows_of
from haechi.review.mentions import mentions
from haechi.review.plain import plain
from haechi.review.signals import scam_wording
from tests.ads.text.cases import case_of

ROOT = Path(__file__).parents[3]
TRAINING = {
    "scam-wording": ROOT / "training" / "ad-texts",
    "inviting": ROOT / "training" / "chat-texts",
}
SHIPPED = {"scam-wording": wording.shipped, "inviting": inviting.shipped}
MODELS = ROOT / "src" / "haechi" / "knowledge" / "model"
BLIND = ROOT / "benchmarks" / "blind"
LIKELY_OF_NEW_ACCOUNTS = 0.7
"""From here on the shipped rules hold an ad of an account that is new or that nobody verified."""


def blind(file: str) -> list[tuple[str, str]]:
    """Headline and text of every row of a file of `benchmarks/blind`, of which nothing was learnt."""
    rows = [json.loads(line) for line in (BLIND / file).read_text(encoding="utf-8").splitlines()]
    return [(row["headline"], row["text"]) for row in rows]


def worded(texts: Sequence[str]) -> float:
    """How much an ad is worded as scams are."""
    return wording.likeness([plain(text).text for text in texts], wording.shipped())


def share(scores: list[float], level: float) -> float:
    """How many of them are at a level or above."""
    return sum(score >= level for score in scores) / len(scores)


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_shipped_weights_were_learnt_from_the_texts_that_are_here(lesson: str) -> None:
    """If it fails, somebody changed the texts and forgot `make wording`, or the other way round."""
    assert SHIPPED[lesson]().learnt_from == fingerprint_of(TRAINING[lesson], LESSONS[lesson])


def test_nothing_that_measures_was_learnt_from() -> None:
    """If it fails, the figures of docs/ad-review.md flatter."""
    learnt_from = {
        row.text
        for name, lesson in LESSONS.items()
        for kind in (lesson.looked_for, lesson.others)
        for row in rows_of(TRAINING[name], kind)
    }
    for path in BLIND.glob("*.jsonl"):
        assert not [text for _, text in blind(path.name) if text in learnt_from], path.name


@pytest.mark.parametrize(
    ("file", "least", "most"),
    [("scams-1.jsonl", 0.55, 1.0), ("honest-1.jsonl", 0.0, 0.05), ("warnings.jsonl", 0.0, 0.15)],
)
def test_scams_are_told_that_it_has_not_seen(file: str, least: float, most: float) -> None:
    """If it fails, what was learnt is these texts and no others."""
    assert least <= share([worded(texts) for texts in blind(file)], LIKELY_OF_NEW_ACCOUNTS) <= most


@pytest.mark.parametrize(
    ("file", "least", "most"), [("invites.jsonl", 0.85, 1.0), ("speaks.jsonl", 0.0, 0.15)]
)
def test_invitations_are_told_that_it_has_not_seen(file: str, least: float, most: float) -> None:
    """If it fails, warnings and products that name a chat are held for leading into it, or scams are not."""
    assert least <= share([inviting.inviting(texts) for texts in blind(file)], 0.5) <= most


def test_which_application_it_is_does_not_count() -> None:
    """If it fails, what was learnt of one application is not known of another, nor of a disguised one."""
    texts = ["Ask my assistant on {} for the list.", "{}の友だち追加はこちら", "{} 사칭에 주의하세요"]
    for text in texts:
        assert (
            len({inviting.inviting([text.format(name)]) for name in ("LINE", "Telegram", "W h a t s A p p")})
            == 1
        )


def test_an_invitation_stays_one_however_long_the_honest_text_behind_it() -> None:
    """If it fails, whoever appends a page of prose to an invitation leads people away unseen."""
    invites = [texts for texts in blind("invites.jsonl") if inviting.inviting(texts) >= 0.6]
    prose = " ".join(text for _, text in blind("honest-2.jsonl")[:12])
    named = [f"{headline} {text}" for headline, text in invites if list(mentions(f"{headline} {text}"))]
    assert len(named) > 80
    assert share([inviting.inviting([f"{text} {prose}"]) for text in named], 0.3) >= 0.9


def test_learning_agrees_with_another_implementation() -> None:
    """If it fails, the regression is not the one that its docstring names."""
    chance = random.Random(5)  # noqa: S311 - synthetic
    lines = (["tea and bread", "a new shoe"], ["coins every morning", "withdrawn the same day"])
    which = [number % 2 == 1 for number in range(120)]
    said = [
        plain(". ".join(chance.choices(lines[one if chance.random() < 0.8 else not one], k=2))).text
        for one in which
    ]
    found = [wording.buckets([text]) for text in said]
    model = learn(found, which, "none", based=True)
    ones = csr_matrix(
        (np.ones(sum(map(len, found))), np.concatenate(found), np.cumsum([0, *map(len, found)])),
        shape=(len(found), weights.BUCKETS),
    )
    rare = TfidfTransformer(norm=None).fit_transform(ones)
    rare.data -= 1  # its own formula adds one to the logarithm
    table = diags_array([len(one) ** -0.5 for one in found]) @ rare
    other = LogisticRegression(C=3, max_iter=5_000, tol=1e-8).fit(table, which)
    assert [weights.probability(one, model) for one in found] == pytest.approx(
        other.predict_proba(table)[:, 1], abs=0.02
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"language": "en", "kind": "k", "headline": "h", "text": "t"}\n{"language": "en"}\n', "line 2"),
        (b"\xff\n", "line 1"),
        (b"", "expected files"),
    ],
)
def test_a_text_that_cannot_be_learnt_from_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    """If it fails, whoever adds texts does not learn which line is wrong."""
    (tmp_path / "scams-1.jsonl").write_bytes(content)
    with pytest.raises(KnowledgeError, match=told):
        learnt(tmp_path, LESSONS["scam-wording"])


def test_what_is_shown_is_in_the_ad_and_speaks_for_a_scam() -> None:
    """If it fails, a reviewer sees other words than those that were weighed."""
    text = "My neighbour withdrew it the same day. No experience needed, the bot does everything while you sleep."
    (signal,) = scam_wording.find(case_of({"headline": "Money while you sleep", "text": text}))
    spans = [one for one in signal.evidence if isinstance(one, Span)]
    assert spans
    ad = {"headline": "Money while you sleep", "text": text}
    assert all(ad[one.field][one.start : one.end] == one.text for one in spans)


def test_an_ad_without_words_says_nothing() -> None:
    """If it fails, a picture alone is held for its wording."""
    assert scam_wording.find(case_of({"headline": "", "text": ""})) == []


def test_damage_is_told(tmp_path: Path) -> None:
    """If it fails, a broken installation judges ads by chance."""
    data = bytearray((MODELS / "scam-wording-1.npz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    for name, content in (("flipped", bytes(data)), ("cut", bytes(data[:100])), ("none", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(KnowledgeError, match="learned weights of words"):
            weights.read(path)
    with pytest.raises(KnowledgeError, match="learned weights of words"):
        weights.read(tmp_path / "missing")


def test_any_wrong_byte_is_told_or_changes_no_weight(tmp_path: Path) -> None:
    """If it fails, a damaged file ends the review with a trace, or ads are judged by other weights."""
    data = (MODELS / "scam-wording-1.npz").read_bytes()
    chance = random.Random(11)  # noqa: S311 - synthetic
    path = tmp_path / "damaged"
    for place in (*range(80), *chance.sample(range(len(data)), 120), *range(len(data) - 320, len(data))):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            found = weights.read(path)
        except KnowledgeError:
            continue
        assert np.array_equal(found.weights, wording.shipped().weights), place


def test_an_honest_ad_behind_a_scam_hides_little() -> None:
    """If it fails, whoever appends a page of honest prose passes."""
    alone = padded = 0
    for (_, scam), (_, honest) in zip(blind("scams-2.jsonl"), blind("honest-2.jsonl"), strict=False):
        alone += worded([scam]) >= LIKELY_OF_NEW_ACCOUNTS
        padded += worded([f"{scam} {honest}"]) >= LIKELY_OF_NEW_ACCOUNTS
    assert padded >= 0.75 * alone


def test_passages_cover_a_long_text_and_overlap() -> None:
    """If it fails, there is a place in a long text where nothing is looked at."""
    text = plain(" ".join(f"Sentence number {number} says a little." for number in range(60))).text
    found = list(wording.passages(text))
    places = [(text.index(one), text.index(one) + len(one)) for one in found]
    assert places[0][0] == 0
    assert len(text) - places[-1][1] < 160
    assert all(start < end for (_, end), (start, _) in pairwise(places))
    assert list(wording.passages("short")) == []
