"""The learned wording: what it was learnt from, that it generalises, that what it shows is what it weighed."""

import json
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from haechi.errors import KnowledgeError
from haechi.review import wording
from haechi.review.ads import Span
from haechi.review.learn_wording import Written, fingerprint_of, learn, rows_of, texts_of
from haechi.review.plain import plain
from haechi.review.signals import scam_wording
from tests.ads.text.cases import case_of

ROOT = Path(__file__).parents[3]
TRAINING = ROOT / "training" / "ad-texts"
BLIND = ROOT / "benchmarks" / "blind"
LIKELY_OF_NEW_ACCOUNTS = 0.75
"""From here on the shipped rules hold an ad of an account that is new or that nobody verified."""


def scores(file: str) -> list[float]:
    """Of every text of a file of `benchmarks/blind`, none of which was learnt from."""
    rows = [json.loads(line) for line in (BLIND / file).read_text(encoding="utf-8").splitlines()]
    return [
        wording.probability([plain(row["headline"]).text, plain(row["text"]).text], wording.shipped())
        for row in rows
    ]


def test_the_shipped_weights_were_learnt_from_the_texts_that_are_here() -> None:
    """If it fails, somebody changed the texts and forgot `make wording`, or the other way round."""
    assert wording.shipped().learnt_from == fingerprint_of(TRAINING)


def test_nothing_that_measures_was_learnt_from() -> None:
    """If it fails, the figures of docs/ad-review.md flatter."""
    learnt = {row.text for kind in ("scams", "honest") for row in rows_of(TRAINING, kind)}
    for path in BLIND.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert json.loads(line)["text"] not in learnt, path.name


@pytest.mark.parametrize(
    ("file", "least", "most"),
    [("scams-1.jsonl", 0.55, 1.0), ("honest-1.jsonl", 0.0, 0.05), ("warnings.jsonl", 0.0, 0.15)],
)
def test_it_tells_texts_that_it_has_not_seen(file: str, least: float, most: float) -> None:
    """If it fails, what was learnt is these texts and no others."""
    share = sum(score >= LIKELY_OF_NEW_ACCOUNTS for score in scores(file)) / len(scores(file))
    assert least <= share <= most


def test_learning_agrees_with_another_implementation() -> None:
    """If it fails, the regression is not the one that its docstring names."""
    chance = random.Random(5)  # noqa: S311 - synthetic
    lines = {
        "scams": ["coins every morning", "withdrawn the same day"],
        "honest": ["tea and bread", "a new shoe"],
    }
    made = {
        kind: [
            Written(
                "en",
                kind,
                "",
                ". ".join(chance.choices(lines[kind if chance.random() < 0.8 else other], k=2)),
            )
            for _ in range(60)
        ]
        for kind, other in (("scams", "honest"), ("honest", "scams"))
    }
    model = learn(made["scams"], made["honest"], "none")
    rows = [texts_of(row) for row in (*made["scams"], *made["honest"])]
    found = [wording.buckets(row) for row in rows]
    table = csr_matrix(
        (
            np.concatenate([np.full(len(one), len(one) ** -0.5) for one in found]),
            np.concatenate(found),
            np.cumsum([0, *map(len, found)]),
        ),
        shape=(len(found), wording.BUCKETS),
    )
    other = LogisticRegression(C=10, max_iter=5_000, tol=1e-8).fit(table, np.repeat([1, 0], 60))
    assert [wording.probability(row, model) for row in rows] == pytest.approx(
        other.predict_proba(table)[:, 1], abs=0.02
    )


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
    good = ROOT / "src" / "haechi" / "knowledge" / "model" / "scam-wording-1.npz"
    data = bytearray(good.read_bytes())
    data[len(data) // 2] ^= 0xFF
    for name, content in (("flipped", bytes(data)), ("cut", bytes(data[:100])), ("none", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(KnowledgeError, match="weights of scam wording"):
            wording.read(path)
    with pytest.raises(KnowledgeError, match="weights of scam wording"):
        wording.read(tmp_path / "missing")


def test_any_wrong_byte_is_told_or_changes_no_weight(tmp_path: Path) -> None:
    """If it fails, a damaged file ends the review with a trace, or ads are judged by other weights."""
    data = (ROOT / "src" / "haechi" / "knowledge" / "model" / "scam-wording-1.npz").read_bytes()
    chance = random.Random(11)  # noqa: S311 - synthetic
    path = tmp_path / "damaged"
    for place in (*range(80), *chance.sample(range(len(data)), 120), *range(len(data) - 320, len(data))):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            found = wording.read(path)
        except KnowledgeError:
            continue
        assert np.array_equal(found.weights, wording.shipped().weights), place


def test_an_honest_ad_behind_a_scam_hides_little() -> None:
    """If it fails, whoever appends a page of honest prose passes."""
    rows = [
        [json.loads(line)["text"] for line in (BLIND / name).read_text(encoding="utf-8").splitlines()]
        for name in ("scams-2.jsonl", "honest-2.jsonl")
    ]
    alone = padded = 0
    for scam, honest in zip(rows[0], rows[1], strict=False):
        alone += wording.likeness([plain(scam).text], wording.shipped()) >= LIKELY_OF_NEW_ACCOUNTS
        padded += (
            wording.likeness([plain(f"{scam} {honest}").text], wording.shipped()) >= LIKELY_OF_NEW_ACCOUNTS
        )
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
