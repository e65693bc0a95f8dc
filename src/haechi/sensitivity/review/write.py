"""Writes the sheet that people fill in: XLSX with help, or CSV."""

import csv
import io
import tempfile
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from haechi.errors import UsageError
from haechi.sensitivity.review.rows import NONE, OPEN, SAID
from haechi.sensitivity.write_answers import in_place_of
from haechi.terms.names import category_names
from haechi.terms.words import CATEGORIES

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ENDINGS: Final = (".xlsx", ".csv")
SHEET: Final = "Review"
COLUMNS: Final = (*SAID, *OPEN)
_MOST: Final = 1_048_575
"""Rows of an XLSX sheet beside its header."""
_WIDTHS: Final = {"theme": 19, "name": 44, "path": 30, "evidence": 40, "undecided": 26, "so_far": 30}
_WIDTHS_OPEN: Final = {"decision": 24, "reviewer": 20, "date": 12, "reason": 44, "second_reviewer": 20}


def check_sheet(sheet: Path) -> None:
    """Refuses a sheet that could not be written, before any work is done.

    Raises:
        UsageError: its ending is not one of `ENDINGS`, its folder is not there, or something stands there.
    """
    if sheet.suffix.lower() not in ENDINGS:
        raise UsageError(f"--sheet {sheet}: found ending {sheet.suffix!r}; expected {' or '.join(ENDINGS)}.")
    if not sheet.parent.is_dir():
        raise UsageError(f"--sheet {sheet}: found no folder {sheet.parent}; expected one that is there.")
    if sheet.exists():
        # It may hold a week of somebody's decisions.
        raise UsageError(
            f"--sheet {sheet} is there already; expected a new file, or --take {sheet} to record what is in it."
        )


def write_sheet(rows: Iterable[tuple[str, ...]], sheet: Path) -> int:
    """Writes the rows, whole or not at all.

    Args:
        rows: in the columns `SAID`.
        sheet: `.xlsx` or `.csv`.

    Returns:
        how many rows it has.

    Raises:
        UsageError: more rows than an XLSX sheet holds.
        OutputError: it cannot be written.
    """
    with in_place_of(sheet) as file:
        return _xlsx(rows, file) if sheet.suffix.lower() == ".xlsx" else _csv(rows, file)


def _csv(rows: Iterable[tuple[str, ...]], file: IO[bytes]) -> int:
    # Excel reads UTF-8 only behind a byte order mark. All cells are quoted: where the list separator is a
    # semicolon, one inside a name would begin a new cell, which could be a formula.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow((*row, *("" for _ in OPEN)))
        count += 1
    text.detach()
    return count


def _xlsx(rows: Iterable[tuple[str, ...]], file: IO[bytes]) -> int:
    # A tenth of a second that CSV need not pay.
    import xlsxwriter  # noqa: PLC0415
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    packed = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="haechi-") as work:
        # Row by row to the disk; only the packed workbook, some sixty bytes a row, is held.
        options = {
            "constant_memory": True,
            "tmpdir": work,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        book = xlsxwriter.Workbook(packed, options)
        page = book.add_worksheet(SHEET)
        _lay_out(book, page)
        count = 0
        for row in rows:
            count += 1
            if count > _MOST:
                raise UsageError(f"more than {_MOST:,} themes to review; expected --sheet with .csv.")
            for place, cell in enumerate(row):
                if cell:
                    page.write_string(count, place, cell)
        _help_with(page, count)
        _tell(book)
        try:
            book.close()
        except FileCreateError as error:
            # It hides the system's own error, which says what to do.
            raise error.args[0] from None
    file.write(packed.getbuffer())
    return count


def _lay_out(book: "Workbook", page: "Worksheet") -> None:
    said = book.add_format({"bold": True, "bg_color": "#E4E7EC"})
    wanted = book.add_format({"bold": True, "bg_color": "#FFE9A8"})
    open_ = book.add_format({"bg_color": "#FFFBEA", "text_wrap": True})
    # A day is shown as ISO writes it, so that a sheet saved as CSV holds it so.
    day = book.add_format({"bg_color": "#FFFBEA", "num_format": "yyyy-mm-dd"})
    for place, column in enumerate(COLUMNS):
        if column in OPEN:
            page.set_column(place, place, _WIDTHS_OPEN[column], day if column == "date" else open_)
        else:
            page.set_column(place, place, _WIDTHS.get(column, 18))
    for place, column in enumerate(COLUMNS):
        page.write_string(0, place, column, wanted if column in OPEN else said)
    page.freeze_panes(1, COLUMNS.index("path"))


def _help_with(page: "Worksheet", count: int) -> None:
    if count == 0:
        return
    page.autofilter(0, 0, count, len(COLUMNS) - 1)
    decision, day = COLUMNS.index("decision"), COLUMNS.index("date")
    words = {
        "validate": "list",
        "source": f"=Words!$A$2:$A${len(CATEGORIES) + 2}",
        "input_title": "decision",
        "input_message": f"One category, several with ; between them, or {NONE}.",
        # A list holds one word a cell; several are right too and are checked when the sheet is taken back.
        "show_error": False,
    }
    page.data_validation(1, decision, count, decision, words)
    days = {
        "validate": "date",
        "criteria": "between",
        "minimum": date(2000, 1, 1),
        "maximum": "=TODAY()+1",
        "error_type": "warning",
        "error_title": "date",
        "error_message": "The day of the decision, such as 2026-11-25; not in the future.",
    }
    page.data_validation(1, day, count, day, days)


def _tell(book: "Workbook") -> None:
    """The tabs that explain: how to fill in, and the words to choose from."""
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet("How to")
    page.set_column(0, 1, 80, wrapped)
    told = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
    for line, pair in enumerate(zip(told["en"].split("\n")[:-1], told["ko"].split("\n")[:-1], strict=True)):
        for place, text in enumerate(pair):
            page.write_string(line, place, text, wrapped)
    page = book.add_worksheet("Words")
    page.set_column(0, 2, 28)
    for place, text in enumerate(("decision", "English", "한국어")):
        page.write_string(0, place, text, bold)
    english, korean = category_names("en"), category_names("ko")
    words = [(NONE, "gives nothing away", "아무것도 드러나지 않음")]
    words += [(category, english[category], korean[category]) for category in CATEGORIES]
    for line, row in enumerate(words, start=1):
        for place, text in enumerate(row):
            page.write_string(line, place, text)
