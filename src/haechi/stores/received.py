"""Which advertiser received what about whom: ads that were delivered, and what bookings and memberships tell.

A person counts as told of to an advertiser while its booking holds and the person is in the audience that it booked:
then the person is told of by every theme of that audience that the person is in. Whether an ad was in fact shown is
not always reported, so more is told than may have happened. Memberships that were destroyed tell nothing any more;
deliveries outlive them.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from haechi.release.audiences import AudiencePolicy, Function, canonical, parse
from haechi.rights.received import Received
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, maybe_micros, micros
from haechi.stores.rows import fetch, temporary
from haechi.terms.words import Category, Purpose

_Span = tuple[int, int | None]
"""From an instant on, until another or None."""


class _Booking(NamedTuple):
    advertiser_id: str
    advertiser: str
    function: Function
    themes: frozenset[str]
    since: int
    until: int | None


class _Theme(NamedTuple):
    name: str
    categories: tuple[Category, ...]


class _Told(NamedTuple):
    """To whom, of which theme, what for, and that the person is in it, or is not."""

    advertiser_id: str
    advertiser: str
    theme: str
    purpose: Purpose = "disclosure"
    within: bool = True


class Bookings:
    """All bookings, read once for many people; what else advertisers received is looked up with them.

    Args:
        connection: in a transaction.
        advertisers: only those of these advertisers, by identifier; None: of all.
    """

    def __init__(self, connection: Connection, advertisers: Collection[str] | None = None) -> None:
        self._connection = connection
        self._advertisers = None if advertisers is None else frozenset(advertisers)
        self._of_theme: dict[str, list[_Booking]] = defaultdict(list)
        b, a = schema.bookings, schema.advertisers
        limits = AudiencePolicy().limits
        question = select(b.c.expression, b.c.since, b.c.until, a.c.advertiser_id, a.c.name).join_from(
            b, a, b.c.advertiser == a.c.advertiser
        )
        if advertisers is not None:
            question = question.where(a.c.advertiser_id.in_(advertisers))
        for row in connection.execute(question.order_by(b.c.since, b.c.handle)):
            function = canonical(parse(json.loads(row.expression), limits))
            booking = _Booking(row.advertiser_id, row.name, function, function.themes, row.since, row.until)
            for theme in booking.themes:
                self._of_theme[theme].append(booking)
        self._themes = {
            row.theme_id: _Theme(row.name, tuple(json.loads(row.categories or "[]")))
            for row in connection.execute(
                select(schema.themes.c.theme_id, schema.themes.c.name, schema.themes.c.categories)
            )
        }

    def of(
        self, people: Sequence[int], *, since: datetime | None = None, until: datetime | None = None
    ) -> dict[int, list[Received]]:
        """What was received about people, by their numbers; nothing for whom nothing was.

        Args:
            people: their numbers.
            since: only what was received at this naive UTC instant or later.
            until: only what was received before it.
        """
        window = (0 if since is None else micros(since), maybe_micros(until))
        memberships = _memberships(self._connection, people)
        delivered = self._delivered(window)
        found = {}
        for person in sorted(memberships.keys() | delivered.keys()):
            received = self._received(memberships.get(person, {}), delivered.get(person, []), window)
            if received:
                found[person] = received
        return found

    @property
    def themes(self) -> frozenset[str]:
        """The identifiers of the themes that any of them names."""
        return frozenset(self._of_theme)

    def _received(
        self, within: dict[str, list[_Span]], delivered: Iterable[tuple[_Told, int]], window: _Span
    ) -> list[Received]:
        """What was received about one person: what touches is one stretch."""
        spans: dict[_Told, list[_Span]] = defaultdict(list)
        bookings = {id(one): one for theme in within for one in self._of_theme.get(theme, ())}
        for booking in bookings.values():
            for theme, span in _told(booking, within, window):
                spans[_Told(booking.advertiser_id, booking.advertiser, theme)].append(span)
        for told, at in delivered:
            spans[told].append((at, at + 1))
        return sorted(
            Received(
                advertiser_id=told.advertiser_id,
                advertiser=told.advertiser,
                theme_id=told.theme,
                theme=self._themes[told.theme].name,
                since=instant(begin),
                until=maybe_instant(end),
                categories=self._themes[told.theme].categories,
                purpose=told.purpose,
                within=told.within,
            )
            for told, those in spans.items()
            for begin, end in _merged(those)
        )

    def _delivered(self, window: _Span) -> dict[int, list[tuple[_Told, int]]]:
        """Ads that were delivered to the people asked of last, each an instant."""
        last = "" if window[1] is None else f"AND d.at < {window[1]:d}"
        found: dict[int, list[tuple[_Told, int]]] = defaultdict(list)
        for person, at, purpose, within, advertiser_id, advertiser, theme in fetch(
            self._connection,
            "SELECT d.person, d.at, d.purpose, d.within, w.advertiser_id, w.name, t.theme_id "  # noqa: S608
            "FROM temp_told_of a CROSS JOIN disclosures d CROSS JOIN advertisers w CROSS JOIN themes t "
            "WHERE d.person = a.person AND w.advertiser = d.advertiser AND t.theme = d.theme "
            f"AND d.at >= {window[0]:d} {last}",
        ):
            if self._advertisers is None or advertiser_id in self._advertisers:
                found[person].append((_Told(advertiser_id, advertiser, theme, purpose, bool(within)), at))
        return found


def received_by(connection: Connection, person: int) -> list[Received]:
    """What advertisers received about one person, ever.

    Args:
        connection: in a transaction.
        person: the platform's number.
    """
    return Bookings(connection).of([person]).get(person, [])


def _memberships(connection: Connection, people: Sequence[int]) -> dict[int, dict[str, list[_Span]]]:
    temporary(connection, "told_of", "person BIGINT", [(person,) for person in sorted(people)])
    found: dict[int, dict[str, list[_Span]]] = defaultdict(lambda: defaultdict(list))
    for person, theme, since, until in fetch(
        connection,
        "SELECT m.person, t.theme_id, m.since, m.until FROM temp_told_of a CROSS JOIN memberships m "
        "CROSS JOIN themes t WHERE m.person = a.person AND t.theme = m.theme",
    ):
        found[person][theme].append((since, until))
    return found


def _told(booking: _Booking, within: dict[str, list[_Span]], window: _Span) -> Iterator[tuple[str, _Span]]:
    """The themes that a booking tells of a person, and when: between two turns nothing about it changes."""
    begin, end = max(booking.since, window[0]), _earlier(booking.until, window[1])
    if end is not None and end <= begin:
        return
    themes = booking.themes
    turns = {begin}
    for theme in themes:
        for span in within.get(theme, ()):
            turns |= {
                turn for turn in span if turn is not None and begin < turn and (end is None or turn < end)
            }
    ordered = sorted(turns)
    for turn, following in zip(ordered, [*ordered[1:], end], strict=True):
        held = {theme for theme in themes if _in(within.get(theme, ()), turn)}
        if held and booking.function.holds(held.__contains__):
            for theme in held:
                yield theme, (turn, following)


def _in(spans: Iterable[_Span], at: int) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in spans)


def _earlier(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _merged(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Spans in order, those that touch or overlap as one."""
    begin: int | None = None
    end: int | None = None
    for since, until in sorted(spans, key=lambda span: span[0]):
        if begin is not None and (end is None or since <= end):
            end = None if end is None or until is None else max(end, until)
            continue
        if begin is not None:
            yield begin, end
        begin, end = since, until
    if begin is not None:
        yield begin, end
