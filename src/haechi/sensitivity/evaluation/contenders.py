"""Who judges: Haechi, and what one would use instead.

The keyword list and IAB's flags come with the package; the embeddings are an extra (`haechi[embeddings]`).
"""

import csv
import io
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import yaml

from haechi import sensitivity
from haechi.sensitivity.decide import Label
from haechi.sensitivity.embeddings import EmbeddingsMissingError, similarities
from haechi.sensitivity.evaluation.labelled import Labelled
from haechi.sensitivity.facts import split_terms
from haechi.sensitivity.normalise import plain_form
from haechi.terms.words import CATEGORIES, Category


class Answer(msgspec.Struct, frozen=True):
    """What a contender says of one name.

    Attributes:
        categories: those it gives; a contender that knows none gives none.
        sensitive: whether it calls the name sensitive at all.
        labels: with what score, by which rule and words, arguable ones included; Haechi alone has them.
        undecided: it could not tell. Counts as not sensitive.
    """

    categories: frozenset[Category]
    sensitive: bool
    labels: tuple[Label, ...] = ()
    undecided: bool = False


class Contender(msgspec.Struct, frozen=True):
    """One judge with its answers.

    Attributes:
        id: by which the figures name it.
        about: what it is, in a sentence.
        answers: one a name, None for a name on which it has nothing to say; empty where it could not be asked.
        by_category: whether it tells categories apart.
        lacking: why it could not be asked, or None.
    """

    id: str
    about: str
    answers: tuple[Answer | None, ...]
    by_category: bool = True
    lacking: str | None = None


_FLAGS: Final = "iab-content.csv"
_STEPS: Final = tuple(step / 100 for step in range(5, 96))
"""Similarities tried as the one from which on a category is told."""


def contenders(labelled: Sequence[Labelled]) -> list[Contender]:
    """Haechi and the baselines, each having judged all names."""
    return [judge(labelled) for judge in _JUDGES]


def _haechi(labelled: Sequence[Labelled]) -> Contender:
    judged = sensitivity.classify(
        [one.name for one in labelled],
        paths=[one.path for one in labelled],
        langs=[one.lang or None for one in labelled],
    )
    answers = tuple(
        Answer(
            categories=frozenset(label.category for label in found.decided),
            sensitive=bool(found.decided),
            labels=found.labels,
            undecided=found.undecided is not None and not found.decided,
        )
        for found in judged
    )
    return Contender("haechi", f"this engine, knowledge and model {sensitivity.load().version}", answers)


def _keywords(labelled: Sequence[Labelled]) -> Contender:
    lists = _keyword_lists()
    answers = []
    for one in labelled:
        text = f" {plain_form(f'{one.path} > {one.name}' if one.path else one.name)} "
        found = frozenset(
            category for category, words in lists.items() if any(word in text for word in words)
        )
        answers.append(Answer(found, bool(found)))
    count = sum(map(len, lists.values()))
    return Contender(
        "keywords", f"a plain list of {count} words, without contexts or exceptions", tuple(answers)
    )


@cache
def _keyword_lists() -> dict[Category, tuple[str, ...]]:
    """Words as they stand in a plain form; East Asian ones anywhere, others whole."""
    told: dict[str, str] = yaml.safe_load(_baseline("keywords.yaml"))
    lists: dict[Category, tuple[str, ...]] = {}
    for category in CATEGORIES:
        plain = [plain_form(term) for term in split_terms(told[category])]
        lists[category] = tuple(f" {word} " if word.isascii() else word for word in plain)
    return lists


def _embeddings(labelled: Sequence[Labelled]) -> Contender:
    about = (
        "all-MiniLM-L6-v2, names against phrases of each category; from the similarity on at which these very "
        "labels are met best, so rather too good"
    )
    try:
        close = similarities([one.name for one in labelled])
    except EmbeddingsMissingError as missing:
        return Contender("embeddings", about, (), lacking=str(missing))
    answers = [tuple(_at_least(row, least) for row in close.tolist()) for least in _STEPS]
    return Contender("embeddings", about, max(answers, key=lambda given: _agreement(labelled, given)))


def _at_least(close: Sequence[float], least: float) -> Answer:
    found = frozenset(category for category, value in zip(CATEGORIES, close, strict=True) if value >= least)
    return Answer(found, bool(found))


def _agreement(labelled: Sequence[Labelled], answers: Sequence[Answer | None]) -> float:
    """Micro-F1 over categories."""
    right = wrong = missed = 0
    for one, answer in zip(labelled, answers, strict=True):
        if answer is None:
            continue
        direct = {category for category, grade in one.grades.items() if grade == 2}  # noqa: PLR2004
        right += len(direct & answer.categories)
        missed += len(direct - answer.categories)
        wrong += len(answer.categories - one.grades.keys())
    return 2 * right / max(1, 2 * right + wrong + missed)


def _iab_flags(labelled: Sequence[Labelled]) -> Contender:
    flagged = _flagged()
    answers = []
    for one in labelled:
        told = flagged.get(plain_form(f"{one.path} > {one.name}" if one.path else one.name))
        answers.append(None if told is None else Answer(frozenset(), told))
    about = "IAB's own special-category flags, on names of its Content Taxonomies 2.2 and 3.1 alone"
    return Contender("iab-flags", about, tuple(answers), by_category=False)


@cache
def _flagged() -> dict[str, bool]:
    """Plain form of a name with its tiers, and of the last tier where only one has it, to whether IAB flags it."""
    whole: dict[str, bool] = {}
    last: dict[str, set[bool]] = {}
    for row in iab_content():
        flag = row["flagged"] == "1"
        tiers = f"{row['path']} > {row['name']}" if row["path"] else row["name"]
        whole[plain_form(tiers)] = whole.get(plain_form(tiers), False) or flag
        last.setdefault(plain_form(row["name"]), set()).add(flag)
    return {name: flags.pop() for name, flags in last.items() if len(flags) == 1} | whole


def iab_content() -> list[dict[str, str]]:
    """IAB's Content Taxonomies 2.2 and 3.1: `taxonomy, id, path, name, flagged`."""
    lines = _baseline(_FLAGS).splitlines(keepends=True)
    return list(csv.DictReader(io.StringIO("".join(line for line in lines if not line.startswith("#")))))


def _baseline(name: str) -> str:
    return resources.files("haechi.knowledge").joinpath("baselines", name).read_text(encoding="utf-8")


_JUDGES: Final[tuple[Callable[[Sequence[Labelled]], Contender], ...]] = (
    _haechi,
    _keywords,
    _embeddings,
    _iab_flags,
)
