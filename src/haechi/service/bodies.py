"""Bodies, read as the description says: a number is no instant, a text no number, and all of it can be kept.

Left alone, the framework reads `5` as five seconds after 1970 and `"5"` as the number, so a platform that counts in
milliseconds would have its records taken and dated wrongly. U+0000 in a text and instants that the database does not
keep are refused here, for every call and whichever database: PostgreSQL holds no U+0000, and instants before 1970
would silently become 1970.
"""

import re
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException
from litestar.serialization import default_deserializer
from litestar.types import Empty

from haechi.errors import UsageError
from haechi.stores.clock import EXPECTED, is_kept

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORM: Final = "application/x-www-form-urlencoded"
_NO_NUL: Final = "text with the sign U+0000; expected text without it"
_HALF: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)
"""Half of a character that JSON writes as two escapes (RFC 8259, section 7)."""


class StrictRequest(Request[Any, Any, Any]):
    """A call whose body of JSON is of the type that its route declares."""

    async def body(self) -> bytes:
        """The body's bytes.

        Raises:
            UsageError: a form's text has U+0000.
        """
        found = await super().body()
        # In a form only U+0000 is written so: a sign of percent is itself written by its number.
        if b"%00" in found and self.content_type[0] == _FORM:
            raise UsageError(f"the form has {_NO_NUL}.")
        return found

    async def json(self) -> Any:  # noqa: ANN401 - the type is the route's
        """The body as its route declares it.

        Raises:
            ValidationException: a value of another type, or none of those expected; its cause says where.
            UsageError: a text or instant cannot be kept.
        """
        if self._json is Empty:
            field = self.route_handler.parsed_data_field
            if field is None:
                return await super().json()
            body = await self.body()
            read = partial(default_deserializer, type_decoders=self.route_handler.resolve_type_decoders())
            try:
                found = msgspec.json.decode(body or b"null", type=field.annotation, dec_hook=read)
            except msgspec.ValidationError as error:
                raise ValidationException("The body is not what the route takes") from error
            except msgspec.DecodeError as error:
                said = "half of a character, a lone surrogate" if _HALF.search(body) else error
                raise ValidationException(f"expected JSON: {said}") from error
            _expect_kept(found)
            self._json = found
        return self._json


class _Wrong(NamedTuple):
    """A value that cannot be kept, and the names that lead to it, the last first."""

    what: str
    place: list[str | int]


def _expect_kept(body: object) -> None:
    """Refuses what the database does not keep.

    Raises:
        UsageError: a text or instant is such; it is named.
    """
    wrong = _wrong(body)
    if wrong is None:
        return
    names = wrong.place[::-1]
    # As other errors name a place in a list of rows.
    row = f"row {names.pop(0) + 1:,}, column " if names and isinstance(names[0], int) else ""  # type: ignore[operator]
    place = ".".join(f"{name + 1:,}" if isinstance(name, int) else name for name in names)
    raise UsageError(f"{row}{place}: {wrong.what}.")


@cache
def _looked_at(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Fields of a structure but identifiers: their own rule says in which table and row one is none, unrepeated."""
    return tuple(name for name in kind.__struct_fields__ if not name.endswith("_id"))


def _wrong(value: object) -> _Wrong | None:
    parts: Iterable[tuple[str | int, object]]
    if isinstance(value, str):
        return _Wrong(_NO_NUL, []) if "\x00" in value else None
    if isinstance(value, datetime):
        return None if is_kept(value) else _Wrong(f"found {value}; expected {EXPECTED}", [])
    if isinstance(value, msgspec.Struct):
        parts = [(name, getattr(value, name)) for name in _looked_at(type(value))]
    elif isinstance(value, dict):
        if any(isinstance(key, str) and "\x00" in key for key in value):
            return _Wrong(f"a name of {_NO_NUL}", [])
        parts = value.items()
    elif isinstance(value, list | tuple | set | frozenset):
        parts = enumerate(value)
    else:
        return None
    for name, part in parts:
        # Most values are such, and there may be many rows.
        found = None if part is None or (type(part) is str and "\x00" not in part) else _wrong(part)
        if found is not None:
            found.place.append(name)
            return found
    return None
