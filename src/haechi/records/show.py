"""How a value, a place or a fault of the data is shown to a person."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import duckdb

from haechi.errors import Fault, FaultKind

MOST: Final = 20
"""How many faults of one kind are named; the rest are counted."""
_LONGEST: Final = 80
WITHHELD: Final = frozenset({"person_id", "birth_date"})
"""Columns whose values say who a person is: a fault of theirs names the row, never the value."""
_LOGIN: Final = re.compile(r"(?<=://)[^\s'\"@/:]*:[^\s'\"]*@|(?:(?<=http://)|(?<=https://))[^\s'\"@/]+@")
"""User and password, whatever signs the password has; on the web also what stands alone, often a token."""
_SECRET: Final = re.compile(
    r"(?i)((?:password|passwd|pwd|passphrase|token|secret|signature|credential|[a-z_-]*key)[a-z_-]*\s*=\s*)"
    r"('[^']*'?|[^\s&'\"]+)"
)
_QUOTING: Final = re.compile(r"[\"'`:(\[]")
"""What begins a part of DuckDB's messages that may repeat a value of the data."""
_KNOWN: Final = (
    "Could not ",
    "Failed to ",
    "Malformed JSON ",
    "More than one row ",
    "CSV Error ",
    "JSON transform ",
)
"""How its messages about input begin that are not, as a whole, such a value."""
_UNPRINTABLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def value(found: str | None, *, length: int | None = None, quoted: bool = True) -> str:
    """What was found, at most about 80 characters, nothing in it acting on a screen.

    Args:
        found: the value, or the beginning of a long one.
        length: how long it is in all; None: as long as `found`.
        quoted: whether it is text, which stands in quotes.
    """
    if found is None:
        return "nothing"
    text = _shorten(printable(found[: 2 * _LONGEST]))
    whole = len(found) if length is None else length
    if not quoted:
        return text
    return f"'{text}'" + (f" ({whole:,} characters)" if whole > _LONGEST else "")


def reason(error: Exception) -> str:
    """Why something could not be read, without the values that an engine may quote."""
    if isinstance(error, duckdb.ConversionException):
        return "values of another type than the column's"
    if isinstance(error, duckdb.OutOfRangeException):
        return "values out of the range of their type"
    if "not valid UTF8" in str(error):
        return "text that is not UTF-8"
    said = str(error).partition("\n")[0]
    if isinstance(error, duckdb.Error) and not isinstance(error, duckdb.IOException):
        kind, _, words = said.partition(": ")
        said = f"{kind}: {_QUOTING.split(words)[0].strip()}…"
        if isinstance(error, duckdb.InvalidInputException) and not words.startswith(_KNOWN):
            return "values that a function does not take"
    return _shorten(printable(masked(said)))


def masked(text: str) -> str:
    """The text without the user and password of a URL, or another secret that an option gives."""
    return _SECRET.sub(r"\1…", _LOGIN.sub("…@", text))


def columns(found: Sequence[str]) -> str:
    """The columns that are there, the first of them by name."""
    if not found:
        return "no columns"
    more = f" and {len(found) - MOST:,} more" if len(found) > MOST else ""
    return (
        f"columns {', '.join(_shorten(printable(column[: 2 * _LONGEST])) for column in found[:MOST])}{more}"
    )


def fault_kind(title: str, faults: Iterable[Fault], count: int | None = None) -> FaultKind:
    """A kind of fault with the first of them; `count` is how many there are when `faults` are only the first."""
    listed = list(faults)
    return FaultKind(title, len(listed) if count is None else count, tuple(listed[:MOST]))


def printable(text: str) -> str:
    """The text with what acts on a screen, or cannot be seen, written by its number."""
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _UNPRINTABLE else sign
        for sign in text
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
