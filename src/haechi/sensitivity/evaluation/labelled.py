"""Reads names with the labels that readers gave them."""

import re
from typing import Final

import msgspec

from haechi.errors import DataError, Fault, FaultKind
from haechi.sensitivity.read_names import read_names
from haechi.terms.row_files import Row
from haechi.terms.words import CATEGORIES, Category

_SHOWN: Final = 60
_MOST_NAMED: Final = 20
_COLUMNS: Final = ("name", "path", "source", "lang")
_EXPECTED: Final = "category=grade, with grades 1 or 2, joined with ';' or ','; or nothing"


class Labelled(msgspec.Struct, frozen=True):
    """One name as a reader labelled it.

    Attributes:
        name: of the theme.
        path: the tiers above it, or None.
        source: where the name comes from, or "".
        lang: its language, or "".
        grades: category to grade: 2 directly about it, 1 arguable; what is not there is 0.
    """

    name: str
    path: str | None
    source: str
    lang: str
    grades: dict[Category, int]

    @property
    def sensitive(self) -> bool | None:
        """Whether it gives anything away directly; None where it is arguable, which is not counted."""
        if 2 in self.grades.values():  # noqa: PLR2004  the grade
            return True
        return None if self.grades else False


def read_labelled(file: str) -> list[Labelled]:
    """The labelled names in a file of any form that `haechi classify` reads.

    Columns: `name`, `labels` (see `_EXPECTED`), and where known `path`, `source`, `lang`. The same name with the same
    path and language, labelled alike, counts once.

    Raises:
        UsageError: there is no such file.
        DataError: a row has no name, labels that are none, or contradicts another; named with file, row, column,
            value and what was expected.
    """
    found: dict[tuple[str, str | None, str], tuple[int, Labelled]] = {}
    wrong: list[Fault] = []
    clashes: list[Fault] = []
    place = 0
    for batch in read_names(file):
        for row in batch:
            place += 1
            if "labels" not in row:
                raise DataError([_kind("missing columns", [Fault(file, None, "labels", None, _EXPECTED)])])
            grades = _grades(row["labels"])
            if grades is None:
                wrong.append(Fault(file, place, "labels", _shown(row["labels"]), _EXPECTED))
                continue
            name, path, source, lang = (_text(row, column) for column in _COLUMNS)
            labelled = Labelled(name, path or None, source, lang, grades)
            earlier = found.setdefault((name, path or None, lang), (place, labelled))
            if earlier[1].grades != grades:
                clashes.append(
                    Fault(file, place, "labels", _shown(row["labels"]), f"what row {earlier[0]} says")
                )
    both = (("labels that are none", wrong), ("contradictions", clashes))
    kinds = [_kind(title, faults) for title, faults in both if faults]
    if kinds:
        raise DataError(kinds)
    if not found:
        raise DataError([_kind("no rows", [Fault(file, None, None, None, "at least one labelled name")])])
    return [labelled for _, labelled in found.values()]


def _grades(labels: object) -> dict[Category, int] | None:
    """Category to grade; None where the labels are none."""
    if labels is None:
        return {}
    if not isinstance(labels, str):
        return None
    grades: dict[Category, int] = {}
    for part in re.split("[;,]", labels):
        category, equals, grade = (piece.strip() for piece in part.partition("="))
        if not part.strip():
            continue
        known = next((known for known in CATEGORIES if known == category), None)
        if known is None or not equals or grade not in {"1", "2"} or known in grades:
            return None
        grades[known] = int(grade)
    return grades


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return value if isinstance(value, str) else ""


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _kind(title: str, faults: list[Fault]) -> FaultKind:
    return FaultKind(title, len(faults), tuple(faults[:_MOST_NAMED]))
