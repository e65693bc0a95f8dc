"""One row that came back: a decision in form, or the faults that keep it from being one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from haechi.errors import Fault
from haechi.sensitivity.review.read import SheetRow
from haechi.sensitivity.review.rows import NONE, identifier
from haechi.sensitivity.reviewers import is_name, mixes_alphabets, same_person
from haechi.terms.names import category_names
from haechi.terms.words import CATEGORIES, Category

FIRST_DAY: Final = date(2000, 1, 1)
_NONE: Final = (NONE, "없음")
_BETWEEN: Final = re.compile(r"[;,|\n、；，]")  # noqa: RUF001 - the signs of East Asian keyboards
_DAY: Final = re.compile(r"(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})\.?")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Written:
    """A decision as a row states it, each cell right in itself.

    Attributes:
        row: where it stands.
        theme: the theme's identifier.
        categories: in the contract's order; empty: none.
        reviewers: one, or two different people.
        decided_on: the day.
        reason: why.
    """

    row: SheetRow
    theme: str
    categories: tuple[Category, ...]
    reviewers: tuple[str, ...]
    decided_on: date
    reason: str


def is_open(row: SheetRow) -> bool:
    """Whether nobody decided it. A reviewer and a day alone were filled down over all rows."""
    return not row.text("decision") and not row.text("reason")


def theme_of(row: SheetRow) -> str:
    """The identifier of the row's theme; of a row that somebody added, it follows from name and path."""
    typed = (row.text(column).removeprefix("'") for column in ("name", "path"))
    return row.text("theme") or identifier((next(typed), next(typed)))


def written(file: str, row: SheetRow, latest: date) -> Written | list[Fault]:
    """The decision in a row that is not open, or everything that is wrong with it.

    Args:
        file: what to call the sheet.
        row: it.
        latest: the last day that is not in the future.
    """
    faults: list[Fault] = []
    categories = _categories(file, row, faults)
    reviewers = tuple(_reviewers(file, row, faults))
    day = _day(file, row, latest, faults)
    if not row.text("reason"):
        faults.append(fault(file, row, "reason", "why it is decided so"))
    if faults or day is None:
        return faults
    return Written(row, theme_of(row), categories, reviewers, day, row.text("reason"))


def fault(file: str, row: SheetRow, column: str, expected: str, value: str | None = None) -> Fault:
    """A fault of one cell, with its place in the spreadsheet."""
    text = row.text(column) if value is None else value
    shown = "".join(char if char.isprintable() else " " for char in text)
    shown = repr(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…") if shown else "nothing"
    place = f"{column} (cell {row.places[column]})" if column in row.places else column
    return Fault(file, row.number, place, shown, expected + ".")


def _categories(file: str, row: SheetRow, faults: list[Fault]) -> tuple[Category, ...]:
    words = [word for part in _BETWEEN.split(row.text("decision")) if (word := part.strip())]
    if not words:
        faults.append(fault(file, row, "decision", f"categories with ; between them, or {NONE}"))
        return ()
    none = [word for word in words if word.casefold() in _NONE]
    if none and len(none) < len(words):
        faults.append(fault(file, row, "decision", f"either categories or {NONE}"))
        return ()
    known = _known()
    found: set[Category] = set()
    for word in words:
        category = known.get(_plain(word))
        if category is not None:
            found.add(category)
        elif not none:
            expected = f"one of {', '.join(CATEGORIES)}, or {NONE}"
            faults.append(fault(file, row, "decision", expected, word))
    return tuple(sorted(found, key=CATEGORIES.index))


@cache
def _known() -> dict[str, Category]:
    """What people may call the categories: by identifier, or by name in English or Korean."""
    named: dict[str, Category] = {category: category for category in CATEGORIES}
    for lang in ("en", "ko"):
        for category, name in category_names(lang).items():
            named.setdefault(_plain(name), named[category])
    return named


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "-", word.casefold())


def _reviewers(file: str, row: SheetRow, faults: list[Fault]) -> Iterator[str]:
    first, second = row.text("reviewer"), row.text("second_reviewer")
    if not first:
        faults.append(fault(file, row, "reviewer", "the name of who decides"))
    for column, name in (("reviewer", first), ("second_reviewer", second)):
        if name and not is_name(name):
            faults.append(fault(file, row, column, "a name with letters or digits"))
        elif name and mixes_alphabets(name):
            faults.append(fault(file, row, column, "a name in one alphabet"))
        elif name:
            yield name
    if first and second and same_person(first, second):
        faults.append(fault(file, row, "second_reviewer", "another person than the reviewer"))


def _day(file: str, row: SheetRow, latest: date, faults: list[Fault]) -> date | None:
    cell = row.cells.get("date", "")
    found = cell if isinstance(cell, date) else _parsed(cell)
    if found is None:
        # 03/04/2026 is two different days in two countries.
        faults.append(fault(file, row, "date", "a day as year, month and day, such as 2026-11-25"))
    elif not FIRST_DAY <= found <= latest:
        faults.append(fault(file, row, "date", f"a day from {FIRST_DAY} to today"))
        return None
    return found


def _parsed(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None
