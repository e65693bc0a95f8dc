"""Reads a sheet as people sent it back: as XLSX, or as the CSV that a spreadsheet of any country makes of it."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, NoReturn

from haechi.errors import DataError, Fault, FaultKind, UsageError
from haechi.sensitivity.review.rows import OPEN
from haechi.sensitivity.review.size import check_size
from haechi.sensitivity.review.write import SHEET

Cell = str | date
"""What a cell holds: a day where the spreadsheet knows it for one, else text without blanks around it."""

NEEDED: Final = ("theme", "name", *OPEN[:4])
"""Columns without which a sheet cannot be taken back."""
_TEXT: Final = (".csv", ".tsv", ".txt")
_LONGEST_CELL: Final = 1_000_000
_BLANKS: Final = " \t\r\n\u00a0\u3000\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not empty.

    Attributes:
        number: 1-based, the header not counted.
        cells: column to cell.
        places: column to its place in a spreadsheet, such as `K7`.
    """

    number: int
    cells: dict[str, Cell]
    places: dict[str, str]

    def text(self, column: str) -> str:
        """The cell as text; "" where it is empty or the column is not there."""
        cell = self.cells.get(column, "")
        return cell if isinstance(cell, str) else cell.isoformat()


def read_sheet(sheet: Path) -> Iterator[SheetRow]:
    """The rows of a sheet, empty ones left out.

    Raises:
        UsageError: there is no such file, or it is of another form.
        DataError: it is damaged, is no UTF-8, or lacks a column.
    """
    if not sheet.is_file():
        raise UsageError(f"{sheet}: found no such file; expected a sheet that people filled in.")
    if sheet.suffix.lower() in _TEXT:
        yield from _table(sheet, _csv(sheet))
    elif sheet.suffix.lower() == ".xlsx":
        yield from _table(sheet, _xlsx(sheet))
    else:
        raise UsageError(f"{sheet}: found ending {sheet.suffix!r}; expected .xlsx or .csv.")


Line = tuple[int, Sequence[object]]
"""Its number in a spreadsheet, and its cells."""


def _table(sheet: Path, lines: Iterator[Line]) -> Iterator[SheetRow]:
    first, head = next(lines, (0, ()))
    columns = [str(_cell(cell)).lower() for cell in head]
    for column in NEEDED:
        if columns.count(column) != 1:
            found = ", ".join(filter(None, columns))[:_SHOWN] or "no columns"
            _refuse(sheet, None, column, found, f"a column {column}, once, in the first row")
    for number, values in lines:
        cells = [
            (place, column, _cell(values[place]))
            for place, column in enumerate(columns)
            if place < len(values)
        ]
        if any(cell for _, column, cell in cells if column):
            yield SheetRow(
                number - first,
                {column: cell for _, column, cell in cells if column},
                {column: f"{_letters(place)}{number}" for place, column, _ in cells if column},
            )


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        # The number of a member of staff is a number to a spreadsheet.
        return str(int(value))
    return str(value).strip(_BLANKS)


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _csv(sheet: Path) -> Iterator[Line]:
    with sheet.open("rb") as file:
        head = file.read(4)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    csv.field_size_limit(_LONGEST_CELL)
    number = 0
    try:
        with sheet.open(encoding=encoding, newline="") as text:
            first = text.readline()
            if first.startswith("sep=") and len(first.strip()) == len("sep=;"):
                number, separator = 1, first[len("sep=")]
            else:
                separator = max(",;\t", key=first.count)
                text.seek(0)
            for cells in csv.reader(text, delimiter=separator, strict=True):
                number += 1
                yield number, cells
    except UnicodeError:
        expected = "UTF-8 text; save the sheet as XLSX, or as CSV UTF-8, not in a code page of one country"
        _refuse(sheet, number or None, None, None, expected)
    except csv.Error as fault:
        _refuse(sheet, number or None, None, None, f"CSV that can be read; {fault}")


def _xlsx(sheet: Path) -> Iterator[Line]:
    import python_calamine  # noqa: PLC0415 - only an XLSX needs it

    check_size(sheet)
    try:
        with python_calamine.CalamineWorkbook.from_path(sheet) as book:
            names = book.sheet_names
            page = book.get_sheet_by_name(SHEET if SHEET in names else names[0])
            # The reader leaves empty columns before the first out, but no rows.
            before = [""] * (page.start[1] if page.start else 0)
            for number, cells in enumerate(page.iter_rows(), start=1):
                yield number, [*before, *cells]
    except (python_calamine.CalamineError, IndexError) as fault:
        _refuse(sheet, None, None, None, f"an XLSX file that can be read; {fault}")


_SHOWN: Final = 80


def _refuse(sheet: Path, row: int | None, column: str | None, value: str | None, expected: str) -> NoReturn:
    fault = Fault(str(sheet), row, column, value, expected + ".")
    raise DataError([FaultKind("Sheets that cannot be read", 1, (fault,))])
