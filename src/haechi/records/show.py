"""How a value, a place or a fault of the data is shown to a person."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from haechi.errors import Fault, FaultKind

MOST: Final = 20
"""How many faults of one kind are named; the rest are counted."""
_LONGEST: Final = 80
_UNPRINTABLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def value(found: object) -> str:
    """What was found, in quotes when it is text, at most about 80 characters, nothing in it acting on a screen."""
    if found is None:
        return "nothing"
    if not isinstance(found, str):
        return _shorten(str(found))
    return f"'{_shorten(_printable(found[: 2 * _LONGEST]))}'" + (
        f" ({len(found):,} characters)" if len(found) > _LONGEST else ""
    )


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
