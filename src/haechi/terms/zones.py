"""Inside, every instant is naive UTC; what comes in may have a zone, and what leaves has one (RFC 3339)."""

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

_Struct = TypeVar("_Struct", bound=msgspec.Struct)


def naive(at: datetime) -> datetime:
    """The naive UTC instant; one without a zone is read as UTC, as everywhere in the records contract.

    Raises:
        OverflowError: in UTC it is before year 1 or after year 9999.
    """
    return at if at.tzinfo is None else at.astimezone(UTC).replace(tzinfo=None)


def zoned(at: datetime) -> datetime:
    """A naive UTC instant with its zone."""
    return at.replace(tzinfo=UTC)


def with_zone(told: _Struct) -> _Struct:
    """The same, its instants with their zone."""
    naive_ones = {
        name: zoned(at)
        for name in told.__struct_fields__
        if isinstance(at := getattr(told, name), datetime) and at.tzinfo is None
    }
    return msgspec.structs.replace(told, **naive_ones)
