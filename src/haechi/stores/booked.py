"""Bookings with their meaning."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from haechi.release.audiences import AudiencePolicy, Function, canonical, parse
from haechi.stores import schema
from haechi.stores.clock import micros


class Booked(msgspec.Struct, frozen=True):
    """A booking, by our numbers.

    Attributes:
        advertiser: whose.
        advertiser_id: its identifier.
        function: the audience.
        since: from when on it holds, in microseconds.
        until: until when, or None.
        handle_hash: SHA-256 of its handle.
    """

    advertiser: int
    advertiser_id: str
    function: Function
    since: int
    until: int | None
    handle_hash: bytes

    def holds_at(self, at: datetime) -> bool:
        """Whether it holds at the naive UTC instant `at`."""
        return self.since <= micros(at) and (self.until is None or micros(at) < self.until)


def bookings_of(connection: Connection, handles: Iterable[str]) -> dict[str, Booked]:
    """The bookings of some handles; a handle that is none is not among them."""
    return {
        handle: booked
        for handle in handles
        for booked in _read(connection, schema.bookings.c.handle == handle)
    }


def bookings_in_force(connection: Connection, now: datetime) -> list[Booked]:
    """All that hold at the naive UTC instant `now`."""
    b = schema.bookings
    return _read(connection, (b.c.since <= micros(now)) & (b.c.until.is_(None) | (b.c.until > micros(now))))


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Booked]:
    limits = AudiencePolicy().limits
    a, b = schema.advertisers, schema.bookings
    return [
        Booked(
            row.advertiser,
            row.advertiser_id,
            canonical(parse(msgspec.json.decode(row.expression), limits)),
            row.since,
            row.until,
            hashlib.sha256(row.handle.encode()).digest(),
        )
        for row in connection.execute(
            select(b, a.c.advertiser_id).join(a, a.c.advertiser == b.c.advertiser).where(which)
        )
    ]
