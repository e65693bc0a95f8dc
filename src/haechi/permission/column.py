"""The same decision for a column of pairs: each distinct question is asked once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from haechi.law import LawPack
from haechi.permission.decide import Asked, Decision, decide
from haechi.permission.standing import Standing

_T = TypeVar("_T", Asked, Standing)
Indices = npt.NDArray[np.int64]


def decide_column(
    asked: Sequence[Asked],
    standings: Sequence[Standing],
    pairs: tuple[Indices, Indices],
    packs: Mapping[str, LawPack],
    at: datetime,
) -> tuple[Indices, list[Decision]]:
    """Decide many pairs of a question and a person's standing.

    People differ endlessly, standings do not: what a decision looks at are a place, an age, the permissions held
    and the signals sent. So standings that are equal are decided once, whoever they are of.

    Args:
        asked: the questions.
        standings: what is known of the people, in any order, equal ones as often as they come.
        pairs: for each row the index of its question and of its standing.
        packs: the laws, by identifier.
        at: naive UTC instant.

    Returns:
        For each row the index of its decision, and the distinct decisions.
    """
    questions, which = _distinct(asked)
    people, whose = _distinct(standings)
    if not questions or not people:
        return np.empty(0, dtype=np.int64), []
    keys = which[pairs[0]] * len(people) + whose[pairs[1]]
    distinct, rows = np.unique(keys, return_inverse=True)
    decisions = [
        decide(questions[key // len(people)], people[key % len(people)], packs, at)
        for key in distinct.tolist()
    ]
    return rows.astype(np.int64), decisions


def _distinct(values: Sequence[_T]) -> tuple[list[_T], Indices]:
    numbers: dict[_T, int] = {}
    found = np.fromiter(
        (numbers.setdefault(value, len(numbers)) for value in values), dtype=np.int64, count=len(values)
    )
    return list(numbers), found
