"""Instants as the database keeps them: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

from haechi.terms.zones import zoned

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC inside
_LAST: Final = datetime(2200, 1, 1)  # noqa: DTZ001
_EPOCH_ZONED: Final = zoned(_EPOCH)
_LAST_ZONED: Final = zoned(_LAST)
EXPECTED: Final = (
    f"an instant from {_EPOCH:%Y-%m-%d} to before {_LAST:%Y-%m-%d}; nothing where there is no end"
)
_MICROSECOND: Final = timedelta(microseconds=1)


def is_kept(at: datetime) -> bool:
    """Whether an instant that came in can be kept as it is, and is none that nobody means, such as the year 9999."""
    first, last = (_EPOCH, _LAST) if at.tzinfo is None else (_EPOCH_ZONED, _LAST_ZONED)
    return first <= at < last


def micros(at: datetime) -> int:
    """Microseconds of a naive UTC instant; those before 1970 count as its beginning."""
    return max((at - _EPOCH) // _MICROSECOND, 0)


def instant(at: int) -> datetime:
    """The naive UTC instant."""
    return _EPOCH + timedelta(microseconds=at)


def maybe_micros(at: datetime | None) -> int | None:
    """`micros` of an instant that may be absent."""
    return None if at is None else micros(at)


def maybe_instant(at: int | None) -> datetime | None:
    """`instant` of a value that may be absent."""
    return None if at is None else instant(at)


def utc_now() -> datetime:
    """Now, as a naive UTC instant."""
    return datetime.now(UTC).replace(tzinfo=None)
