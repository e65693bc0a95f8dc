"""Sets what contenders say against labels: figures, calibration, confusion and the worst errors."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np

from haechi.sensitivity.evaluation.contenders import Answer, Contender
from haechi.sensitivity.evaluation.figures import Counted, Figure, Flags, figures
from haechi.sensitivity.evaluation.labelled import Labelled
from haechi.terms.words import CATEGORIES, Category

NOTHING: Final = "nothing"
_BINS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_DIRECT: Final = 2


class Bin(msgspec.Struct, frozen=True):
    """Labels whose scores lie close together: what was said, and what came of it."""

    from_score: float
    to_score: float
    labels: int
    mean_score: float
    right: float


class Calibration(msgspec.Struct, frozen=True):
    """Whether scores are the probabilities that they look like.

    Attributes:
        bins: of scores; arguable labels included, labels on arguable names not.
        brier: mean squared difference of score and truth (Brier 1950); None without labels.
    """

    bins: tuple[Bin, ...]
    brier: float | None


class Error(msgspec.Struct, frozen=True):
    """One name judged otherwise than labelled."""

    name: str
    path: str | None
    category: Category
    score: float
    decided_by: str
    evidence: str


class Result(msgspec.Struct, frozen=True):
    """One contender's figures.

    Attributes:
        id, about, lacking: see `Contender`.
        asked: names on which it had something to say.
        undecided: names that it could not tell; they count as not sensitive.
        figures: `sensitive`, `micro`, `category:…`, `source:…` and `lang:…` (sensitive or not), `micro lang:…`.
        macro_f1: mean F1 of the categories that any name has; None for a contender without categories.
    """

    id: str
    about: str
    lacking: str | None
    asked: int
    undecided: int
    figures: dict[str, Figure]
    macro_f1: float | None


class Evaluation(msgspec.Struct, frozen=True):
    """Everything that an evaluation found.

    Attributes:
        names: how many were labelled; `direct` with a grade 2, `arguable` with nothing but grade 1 (not counted).
        results: one a contender, Haechi first.
        calibration: of Haechi's scores.
        confusion: pairs of a category missed and one told instead (or `nothing`), most frequent first.
        false_alarms: Haechi's labels on names graded 0 for it, the surest first.
        misses: what Haechi did not tell, what it thought least likely first.
        resamples: draws behind each interval.
        seed: of the draws.
    """

    names: int
    direct: int
    arguable: int
    results: tuple[Result, ...]
    calibration: Calibration
    confusion: tuple[tuple[str, str, int], ...]
    false_alarms: tuple[Error, ...]
    misses: tuple[Error, ...]
    resamples: int
    seed: int


def evaluate(
    labelled: Sequence[Labelled],
    judged: Sequence[Contender],
    *,
    resamples: int = 1_000,
    seed: int = 1,
    errors: int = 20,
) -> Evaluation:
    """The figures of all contenders on the same names.

    Grade 2 counts as so, no grade as not so; grade 1 is arguable and counts neither way.

    Args:
        labelled: the names.
        judged: the contenders' answers to them; Haechi first.
        resamples: draws behind each interval.
        seed: of the draws.
        errors: the most false alarms and the most misses to tell.
    """
    first = judged[0]
    alarms, misses = _errors(labelled, first)
    return Evaluation(
        names=len(labelled),
        direct=sum(one.sensitive is True for one in labelled),
        arguable=sum(one.sensitive is None for one in labelled),
        results=tuple(_result(labelled, contender, resamples, seed) for contender in judged),
        calibration=_calibration(labelled, first),
        confusion=_confusion(labelled, first),
        false_alarms=tuple(alarms[:errors]),
        misses=tuple(misses[:errors]),
        resamples=resamples,
        seed=seed,
    )


def _result(labelled: Sequence[Labelled], contender: Contender, resamples: int, seed: int) -> Result:
    pairs = [(one, told) for one, told in zip(labelled, contender.answers, strict=False) if told is not None]
    found = figures(dict(_counted(pairs, by_category=contender.by_category)), resamples=resamples, seed=seed)
    by_category = [
        found[key].f1.value for key in found if key.startswith("category:") and found[key].positives
    ]
    return Result(
        id=contender.id,
        about=contender.about,
        lacking=contender.lacking,
        asked=len(pairs),
        undecided=sum(told.undecided for _, told in pairs),
        figures=found,
        macro_f1=sum(value or 0.0 for value in by_category) / len(by_category) if by_category else None,
    )


def _counted(pairs: Sequence[tuple[Labelled, Answer]], *, by_category: bool) -> Iterator[tuple[str, Counted]]:
    if not pairs:
        return
    truth = np.array([one.sensitive is True for one, _ in pairs])
    counts = np.array([one.sensitive is not None for one, _ in pairs])
    told = np.array([answer.sensitive for _, answer in pairs])
    sensitive = Counted(truth & told, counts & ~truth & told, truth & ~told)
    yield "sensitive", sensitive
    sources = np.array([one.source for one, _ in pairs])
    langs = np.array([one.lang for one, _ in pairs])
    micro = None
    if by_category:
        grades = np.array([[one.grades.get(category, 0) for category in CATEGORIES] for one, _ in pairs])
        given = np.array([[category in answer.categories for category in CATEGORIES] for _, answer in pairs])
        right, wrong, missed = (
            (grades == _DIRECT) & given,
            (grades == 0) & given,
            (grades == _DIRECT) & ~given,
        )
        micro = (right.sum(axis=1), wrong.sum(axis=1), missed.sum(axis=1))
        yield "micro", Counted(*micro)
        for place, category in enumerate(CATEGORIES):
            if right[:, place].any() or wrong[:, place].any() or missed[:, place].any():
                yield f"category:{category}", Counted(right[:, place], wrong[:, place], missed[:, place])
    for kind, groups in (("source", sources), ("lang", langs)):
        for group in sorted(set(groups.tolist()) - {""}):
            inside = groups == group
            yield f"{kind}:{group}", _within(sensitive, inside)
            if micro is not None and kind == "lang":
                yield f"micro lang:{group}", Counted(*(part * inside for part in micro))


def _within(counted: Counted, inside: Flags) -> Counted:
    return Counted(counted.right & inside, counted.wrong & inside, counted.missed & inside)


def _calibration(labelled: Sequence[Labelled], contender: Contender) -> Calibration:
    said = [
        (label.score, one.grades.get(label.category) == _DIRECT)
        for one, told in zip(labelled, contender.answers, strict=True)
        if told is not None
        for label in told.labels
        if one.grades.get(label.category) != 1
    ]
    bins = []
    for low, high in pairwise(_BINS):
        here = [(score, right) for score, right in said if low <= score < high or (score == high == 1.0)]
        if here:
            bins.append(
                Bin(
                    low,
                    high,
                    len(here),
                    sum(score for score, _ in here) / len(here),
                    sum(right for _, right in here) / len(here),
                )
            )
    brier = sum((score - right) ** 2 for score, right in said) / len(said) if said else None
    return Calibration(tuple(bins), brier)


def _confusion(labelled: Sequence[Labelled], contender: Contender) -> tuple[tuple[str, str, int], ...]:
    pairs: Counter[tuple[str, str]] = Counter()
    for one, told in zip(labelled, contender.answers, strict=True):
        if told is None:
            continue
        missed = {category for category, grade in one.grades.items() if grade == _DIRECT} - told.categories
        wrong = told.categories - one.grades.keys()
        for category in missed:
            pairs.update((category, other) for other in wrong or {NOTHING})
        if not missed:
            pairs.update((NOTHING, other) for other in wrong)
    ranked = sorted(pairs.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple((missed, told, count) for (missed, told), count in ranked)


def _errors(labelled: Sequence[Labelled], contender: Contender) -> tuple[list[Error], list[Error]]:
    alarms: list[Error] = []
    misses: list[Error] = []
    for one, told in zip(labelled, contender.answers, strict=True):
        if told is None:
            continue
        labels = {label.category: label for label in told.labels}
        for category in CATEGORIES:
            grade, given = one.grades.get(category, 0), category in told.categories
            if given == (grade == _DIRECT) or (given and grade == 1):
                continue
            if not given and grade != _DIRECT:
                continue
            label = labels.get(category)
            error = Error(
                one.name,
                one.path,
                category,
                label.score if label else 0.0,
                label.decided_by if label else "",
                label.evidence if label else "",
            )
            (alarms if given else misses).append(error)
    alarms.sort(key=lambda error: (-error.score, error.name))
    misses.sort(key=lambda error: (error.score, error.name))
    return alarms, misses
