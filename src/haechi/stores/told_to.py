"""Who got a theme of one person: ads delivered, audiences booked, and what another system's advertisers could use."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from haechi.law import LawPack
from haechi.rights.answer import How, Recipient
from haechi.stores import schema
from haechi.stores.addressable import Addressable
from haechi.stores.booked import bookings_in_force
from haechi.stores.clock import instant
from haechi.stores.rows import fetch
from haechi.terms.words import Category, Purpose
from haechi.terms.zones import zoned
from haechi.themes.evidence import EvidenceRule
from haechi.themes.keeping import Event, fold


class Inside(NamedTuple):
    """A stretch of time in a theme, in microseconds.

    Attributes:
        theme: its number.
        since: first instant.
        until: first instant no longer, or None.
    """

    theme: int
    since: int
    until: int | None


class ToldTo:
    """Looks up who got what. One a run: names and bookings are looked up once.

    Args:
        connection: in a transaction that reads.
        packs: the laws.
        rule: kind weights, threshold and lapse.
        now: naive UTC instant.
    """

    def __init__(
        self, connection: Connection, packs: Mapping[str, LawPack], rule: EvidenceRule, now: datetime
    ) -> None:
        self._connection = connection
        self._packs = packs
        self._rule = rule
        self._now = now
        self._bookings = bookings_in_force(connection, now)
        granted = fetch(connection, "SELECT DISTINCT theme FROM grants")
        self._granted = frozenset(row[0] for row in granted)
        self._themes: dict[int, Row[Any]] = {}
        self._advertisers: dict[int, Row[Any]] = {}

    def of(
        self, person: int, inside: Sequence[Inside], events: Mapping[int, Sequence[Event]]
    ) -> tuple[Recipient, ...]:
        """Who got what of a person: what gives something away first, then the latest.

        Args:
            person: number.
            inside: the themes that the person is or was in, here.
            events: what the person did, by theme, in the order of time.
        """
        found = [*self._delivered(person), *self._could_use(events), *self._booked(person, inside)]
        found.sort(key=lambda one: (one.since, one.advertiser_id, one.theme_id), reverse=True)
        return tuple(sorted(found, key=lambda one: not one.categories))

    def theme(self, theme: int) -> Row[Any]:
        """A theme's row."""
        if theme not in self._themes:
            t = schema.themes
            self._themes[theme] = self._connection.execute(select(t).where(t.c.theme == theme)).one()
        return self._themes[theme]

    def _delivered(self, person: int) -> Iterator[Recipient]:
        d = schema.disclosures
        for row in self._connection.execute(select(d).where(d.c.person == person)):
            yield self._recipient(
                row.advertiser,
                row.theme,
                "delivered",
                since=row.at,
                purpose=row.purpose,
                within=bool(row.within),
                rightful=bool(row.rightful),
            )

    def _could_use(self, events: Mapping[int, Sequence[Event]]) -> Iterator[Recipient]:
        """What another system's advertisers could use while the person was in the theme by that system's records.

        Worked out from the behaviours by the contract's definition of exposure: whatever is allowed here, so it was.
        """
        known = [theme for theme in events if theme in self._granted]
        if not known:
            return
        stretches = {theme: fold(events[theme], self._rule)[0] for theme in known}
        g = schema.grants
        for row in self._connection.execute(select(g).where(g.c.theme.in_(known))):
            for stretch in stretches[row.theme]:
                begin = max(stretch.since, row.since)
                end = min((at for at in (stretch.until, row.until) if at is not None), default=None)
                if end is None or begin < end:
                    yield self._recipient(row.advertiser, row.theme, "could-use", since=begin, until=end)

    def _booked(self, person: int, inside: Iterable[Inside]) -> Iterator[Recipient]:
        """Audiences that are booked now and have the person in them."""
        latest: dict[int, int] = {}
        for one in inside:
            if one.until is None:
                latest[one.theme] = max(one.since, latest.get(one.theme, 0))
        if not self._bookings or not latest:
            return
        for booking in self._bookings:
            addressable = Addressable(
                self._connection, self._packs, self._now, only=person, recipient=booking.advertiser_id
            )
            if addressable.holds(booking.function):
                for theme in map(addressable.number, sorted(booking.function.themes)):
                    if theme in latest:
                        since = max(booking.since, latest[theme])
                        yield self._recipient(
                            booking.advertiser, theme, "booked", since=since, until=booking.until
                        )

    def _recipient(
        self,
        advertiser: int,
        theme: int,
        how: How,
        *,
        since: int,
        until: int | None = None,
        purpose: Purpose = "disclosure",
        within: bool = True,
        rightful: bool = True,
    ) -> Recipient:
        whom, what = self._advertiser(advertiser), self.theme(theme)
        return Recipient(
            advertiser_id=whom.advertiser_id,
            advertiser=whom.name,
            country=whom.country,
            theme_id=what.theme_id,
            theme=what.name,
            categories=categories_of(what),
            how=how,
            purpose=purpose,
            within=within,
            rightful=rightful,
            since=utc(since),
            until=None if until is None else utc(until),
        )

    def _advertiser(self, advertiser: int) -> Row[Any]:
        if advertiser not in self._advertisers:
            a = schema.advertisers
            self._advertisers[advertiser] = self._connection.execute(
                select(a).where(a.c.advertiser == advertiser)
            ).one()
        return self._advertisers[advertiser]


def categories_of(theme: Row[Any]) -> tuple[Category, ...]:
    """What a theme gives away: as it was decided, or, while nobody decided, as the engine says."""
    decided: list[Category] = json.loads(theme.categories or "[]")
    screening = json.loads(theme.standing or "{}").get("screening") or {}
    return tuple(decided or screening.get("direct", ()))


def utc(at: int) -> datetime:
    """An instant of the database as it leaves the house: with its zone."""
    return zoned(instant(at))
