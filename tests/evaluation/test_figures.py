"""Figures of an evaluation against counting by hand, and intervals against the case that has a formula."""

import math
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.sensitivity.decide import Label
from haechi.sensitivity.evaluation import Contender, Evaluation, Labelled, evaluate
from haechi.sensitivity.evaluation.contenders import Answer
from haechi.sensitivity.evaluation.figures import Counted, figures
from haechi.terms.words import CATEGORIES, Category

_FEW: Sequence[Category] = CATEGORIES[:4]
_GRADES = st.dictionaries(st.sampled_from(_FEW), st.sampled_from([1, 2]), max_size=3)
_TOLD = st.frozensets(st.sampled_from(_FEW), max_size=3)
_ROW = st.tuples(_GRADES, _TOLD, st.sampled_from("ab"), st.sampled_from(["en", "ko"]))
_ROWS = st.lists(_ROW, min_size=1, max_size=30)
Row = tuple[dict[Category, int], frozenset[Category], str, str]


def _evaluated(rows: list[Row]) -> Evaluation:
    labelled = [
        Labelled(f"n{i}", None, source, lang, grades) for i, (grades, _, source, lang) in enumerate(rows)
    ]
    answers = tuple(Answer(told, bool(told), tuple(_label(c) for c in told)) for _, told, _, _ in rows)
    return evaluate(labelled, [Contender("haechi", "", answers)], resamples=20)


def _label(category: Category) -> Label:
    return Label(category, 0.9, 2, "rule", "x", 0, 1, "name")


@settings(max_examples=200, deadline=None)
@given(_ROWS)
def test_every_figure_is_what_counting_gives(
    rows: list[Row],
) -> None:
    """Fails when a name counts where it should not: arguable ones nowhere, each source and language by itself."""
    found = _evaluated(rows).results[0].figures

    def share(key: str, chosen: list[tuple[bool | None, bool]]) -> None:
        right = sum(1 for truth, told in chosen if truth is True and told)
        wrong = sum(1 for truth, told in chosen if truth is False and told)
        missed = sum(1 for truth, told in chosen if truth is True and not told)
        if not (right or wrong or missed) and key not in found:
            return
        figure = found[key]
        assert figure.positives == right + missed
        assert figure.told == right + wrong
        assert figure.precision.value == (right / (right + wrong) if right + wrong else None)
        assert figure.recall.value == (right / (right + missed) if right + missed else None)
        total = 2 * right + wrong + missed
        assert figure.f1.value == (2 * right / total if total else None)

    def truth(grades: dict[Category, int]) -> bool | None:
        return True if 2 in grades.values() else (None if grades else False)

    def by_category(category: Category, grades: dict[Category, int]) -> bool | None:
        return {2: True, 1: None, 0: False}[grades.get(category, 0)]

    share("sensitive", [(truth(grades), bool(told)) for grades, told, _, _ in rows])
    pairs = [(by_category(c, grades), c in told) for grades, told, _, _ in rows for c in _FEW]
    share("micro", pairs)
    for category in _FEW:
        share(f"category:{category}", [(by_category(category, g), category in t) for g, t, _, _ in rows])
    for group in "ab":
        share(f"source:{group}", [(truth(g), bool(t)) for g, t, source, _ in rows if source == group])
    for lang in ("en", "ko"):
        share(f"lang:{lang}", [(truth(g), bool(t)) for g, t, _, spoken in rows if spoken == lang])


@settings(max_examples=50, deadline=None)
@given(_ROWS)
def test_errors_and_confusion_are_all_of_them(
    rows: list[Row],
) -> None:
    """Fails when an error is not shown, or one is shown that is none."""
    found = _evaluated(rows)
    wrong = sum(len([c for c in told if c not in grades]) for grades, told, _, _ in rows)
    missed = sum(
        len([c for c, g in grades.items() if g == 2 and c not in told]) for grades, told, _, _ in rows
    )
    assert len(found.false_alarms) == min(20, wrong)
    assert len(found.misses) == min(20, missed)
    assert bool(found.confusion) == bool(wrong or missed)


def test_intervals_are_those_of_a_share() -> None:
    """Fails when the bootstrap draws anything but names: for a recall its interval has a formula (Wald's)."""
    count, share = 2_000, 0.8
    right = np.arange(count) < share * count
    counted = Counted(right, np.zeros(count, dtype=np.bool_), ~right)
    figure = figures({"x": counted}, resamples=4_000, seed=3)["x"]
    half = 1.96 * math.sqrt(share * (1 - share) / count)
    assert figure.recall.low is not None
    assert figure.recall.high is not None
    assert abs(figure.recall.low - (share - half)) < 0.003
    assert abs(figure.recall.high - (share + half)) < 0.003
    assert figure.precision.low == figure.precision.high == 1.0


def test_the_same_seed_gives_the_same_intervals() -> None:
    """Fails when figures cannot be reproduced."""
    rng = np.random.default_rng(1)
    flags = rng.integers(0, 3, 300)
    counted = {"x": Counted(flags == 0, flags == 1, flags == 2)}
    assert figures(counted, resamples=200, seed=9) == figures(counted, resamples=200, seed=9)
    assert figures(counted, resamples=200, seed=9) != figures(counted, resamples=200, seed=10)
