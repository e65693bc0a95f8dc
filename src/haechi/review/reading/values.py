"""One value of a file as what its column means, or why it cannot be."""

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, Union, get_args, get_origin

import msgspec

from haechi.review.domains import domain_of
from haechi.review.targeting import targeting_of
from haechi.terms.countries import country_of
from haechi.terms.identifiers import EXPECTED, is_identifier
from haechi.terms.languages import language_of
from haechi.terms.zones import naive

Value = Callable[[object], object]
"""Makes a column's value of what stands in the file.

Raises:
    ValueError: it cannot; the message says what was expected.
"""
_LONGEST: Final = 100_000
"""Characters of a text."""
_MOST: Final = 10_000
"""Entries of a list."""


def value_of(column: str, meant: object) -> Value:
    """How the values of a column of type `meant` are read; no value at all is read as None."""
    if column in _COLUMNS:
        return _COLUMNS[column]
    if column.endswith("_id") and meant is str:
        return _identifier
    if get_origin(meant) in (Union, types.UnionType):
        inner = next(one for one in get_args(meant) if one is not types.NoneType)
        return value_of(column, inner)
    if get_origin(meant) is Literal:
        return _choice(get_args(meant))
    if get_origin(meant) is tuple:
        return _list(_instant if get_args(meant)[0] is datetime else _text)
    return _instant if meant is datetime else _text


def _text(found: object) -> str:
    if isinstance(found, bool | float | Mapping | list) or found is None:
        raise ValueError("text")
    text = str(found)
    if len(text) > _LONGEST:
        raise ValueError(f"text of at most {_LONGEST:,} characters")
    return text


def _domain(found: object) -> str:
    return domain_of(_text(found))


def _country(found: object) -> str:
    return country_of(_text(found).strip())


def _language(found: object) -> str:
    return language_of(_text(found).strip())


def _identifier(found: object) -> str:
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not is_identifier(found):
        raise ValueError(f"an identifier: {EXPECTED}")
    return found


def _instant(found: object) -> datetime:
    expected = "an instant such as 2026-05-01T09:00:00Z"
    if isinstance(found, date) and not isinstance(found, datetime):
        return datetime.combine(found, datetime.min.time())
    try:
        if isinstance(found, str):
            found = datetime.fromisoformat(found.strip())
        if isinstance(found, datetime):
            return naive(found)
    except (ValueError, OverflowError):
        raise ValueError(expected) from None
    raise ValueError(expected)


def _choice(allowed: Sequence[str]) -> Value:
    def read(found: object) -> str:
        lowered = found.strip().lower() if isinstance(found, str) else found
        if lowered not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return str(lowered)

    return read


def _list(one: Callable[[object], Any]) -> Value:
    def read(found: object) -> tuple[Any, ...]:
        if isinstance(found, str):
            text = found.strip()
            if text.startswith("["):
                try:
                    found = msgspec.json.decode(text, type=list)
                except msgspec.MsgspecError:
                    raise ValueError("a list in JSON, or values with | between them") from None
            else:
                found = [part.strip() for part in text.split("|") if part.strip()]
        if not isinstance(found, list | tuple):
            raise ValueError("a list, or values with | between them")  # noqa: TRY004 - of the file's value
        if len(found) > _MOST:
            raise ValueError(f"at most {_MOST:,} values")
        return tuple(one(part) for part in found)

    return read


_COLUMNS: Final[Mapping[str, Value]] = {
    "targeting": targeting_of,
    "domains": _list(_domain),
    "country": _country,
    "language": _language,
}
"""Columns that are read in their own way, whatever table they stand in."""
