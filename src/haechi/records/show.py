"""How a value, a place or a fault of the data is shown to a person."""

import unicodedata
from collections.abc import Iterable
from typing import Final

import duckdb

from haechi.errors import Fault, FaultKind

MOST: Final = 20
"""How many faults of one kind are named; the rest are counted."""
_LONGEST: Final = 80
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
    text = _shorten(_printable(found[: 2 * _LONGEST]))
    whole = len(found) if length is None else length
    if not quoted:
        return text
    return f"'{text}'" + (f" ({whole:,} characters)" if whole > _LONGEST else "")


def reason(error: Exception) -> str:
    """Why something could not be read, without the values that an engine may quote."""
    if isinstance(error, duckdb.ConversionException):
        return "values of another type than the column's"
    if "not valid UTF8" in str(error):
        return "text that is not UTF-8"
    return _shorten(_printable(str(error).partition("\n")[0]))


def fault_kind(title: str, faults: Iterable[Fault], count: int | None = None) -> FaultKind:
    """A kind of fault with the first of them; `count` is how many there are when `faults` are only the first."""
    listed = list(faults)
    return FaultKind(title, len(listed) if count is None else count, tuple(listed[:MOST]))


def _printable(text: str) -> str:
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _UNPRINTABLE else sign
        for sign in text
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
