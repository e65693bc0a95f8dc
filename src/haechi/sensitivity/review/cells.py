"""Text in a sheet that no spreadsheet takes for a formula, a number or a day."""

import re
from typing import Final

_LONGEST: Final = 2_000
"""Characters of a name that a sheet shows; a cell holds 32,767, a person reads fewer. The theme's identifier, not
the text, brings a row back to its theme."""
FORMULA: Final = "=+-@|%\t\r\n＝＋－＠"  # noqa: RUF001 - Excel reads the full-width forms as the others
_NUMBER_OR_DAY: Final = re.compile(
    r"(?=.*\d)[\d.,/:%$€£¥₩年月日년월일eE +-]+"
    r"|[^\W\d]{3,9}[ ./-]?\d{1,4}([ ,./-]+\d{1,4})?"
    r"|\d{1,4}[ ./-]?[^\W\d]{3,9}([ ./-]?\d{1,4})?"
    r"|true|false",
    re.IGNORECASE,
)
_QUOTE: Final = "'"
_LEADING: Final = re.compile(rf"\A[\s{_QUOTE}]+")


def safe(text: str) -> str:
    """The text as a sheet shows it: printable, not overlong, and behind an apostrophe where it needs one.

    The same in XLSX, where a text cell is no formula: people save an XLSX as CSV and open that again.
    """
    shown = "".join(char if char.isprintable() else " " for char in text[: _LONGEST + 1])
    if len(shown) > _LONGEST:
        shown = shown[:_LONGEST] + "…"
    # The text as it was is looked at too: a tab that became a blank may stand before a sign of equality.
    starts = shown.lstrip()[:1]
    if (starts and starts in FORMULA) or text[:1] in (*FORMULA, _QUOTE) or _NUMBER_OR_DAY.fullmatch(shown):
        return _QUOTE + shown
    return shown


def is_shown(cell: str, text: str) -> bool:
    """Whether a cell that came back still shows `text`.

    Spreadsheets eat the apostrophe of a cell that was touched, and people blanks at the ends.
    """
    return _bare(cell) == _bare(safe(text))


def _bare(cell: str) -> str:
    return _LEADING.sub("", cell).strip()
