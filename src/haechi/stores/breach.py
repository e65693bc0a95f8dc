"""Whom a breach concerns, from the database."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.rights.breach import Concerned
from haechi.rights.clock import laws_of
from haechi.rights.incident import Incident
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.received import Bookings
from haechi.stores.rows import fetch, temporary
from haechi.terms.words import Category

_PAGE = 5_000


class Found(NamedTuple):
    """Who was found.

    Attributes:
        people: their numbers, in order.
        inferred: what the themes that leaked give away.
        unknown: how many identifiers of a file nobody has.
    """

    people: list[int]
    inferred: frozenset[Category]
    unknown: int


def found(connection: Connection, incident: Incident, listed: Iterable[str] | None = None) -> Found:
    """The people whose data leaked: listed ones, members of themes, people told of to advertisers, or everyone.

    Args:
        connection: in a transaction that sees one state of the database.
        incident: says which themes and advertisers, and from when to when.
        listed: identifiers of people who are known to be concerned; added to what the incident names.

    Raises:
        UsageError: nothing says whom it concerns, or a theme or an advertiser is not known.
    """
    if not (incident.everyone or incident.themes or incident.advertisers or listed is not None):
        raise UsageError(
            "nothing says whom the breach concerns; expected themes, advertisers or everyone in the incident, or "
            "--people."
        )
    people: set[int] = set()
    inferred: set[Category] = set()
    unknown = 0
    if listed is not None:
        people, unknown = _numbers(connection, listed)
    if incident.everyone:
        people.update(row[0] for row in fetch(connection, "SELECT person FROM people"))
    for members, categories in (_members(connection, incident), _told_of(connection, incident)):
        people |= members
        inferred |= categories
    return Found(sorted(people), frozenset(inferred), unknown)


def concerned(
    connection: Connection, packs: Mapping[str, LawPack], who: Found
) -> tuple[dict[str, Concerned], int]:
    """How many of them are under which law, and how many are of unknown place, who count under every law."""
    counts: Counter[str] = Counter()
    nowhere = 0
    for _, country, region in _places(connection, who.people):
        nowhere += country is None
        counts.update(laws_of(packs, country, region))
    return {law: Concerned(count, who.inferred) for law, count in counts.items()}, nowhere


def identified(
    connection: Connection, packs: Mapping[str, LawPack], who: Found
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Their identifiers and laws, in order."""
    for person_id, country, region in _places(connection, who.people):
        yield person_id, laws_of(packs, country, region)


def _places(connection: Connection, people: Sequence[int]) -> Iterator[tuple[str, str | None, str | None]]:
    for at in range(0, len(people), _PAGE):
        temporary(connection, "breached", "person BIGINT", [(one,) for one in people[at : at + _PAGE]])
        yield from fetch(
            connection,
            "SELECT p.person_id, p.country, p.region FROM temp_breached b CROSS JOIN people p "
            "WHERE p.person = b.person ORDER BY p.person",
        )


def _numbers(connection: Connection, listed: Iterable[str]) -> tuple[set[int], int]:
    wanted = list(dict.fromkeys(listed))
    temporary(connection, "listed", "person_id TEXT", [(one,) for one in wanted])
    rows = fetch(
        connection,
        "SELECT p.person FROM temp_listed l CROSS JOIN people p WHERE p.person_id = l.person_id",
    )
    return {row[0] for row in rows}, len(wanted) - len(rows)


def _members(connection: Connection, incident: Incident) -> tuple[set[int], set[Category]]:
    """People in the themes that leaked, at any time from its begin to its end."""
    t, m = schema.themes, schema.memberships
    question = select(t.c.theme, t.c.theme_id, t.c.categories)
    if not incident.everyone:
        question = question.where(t.c.theme_id.in_(incident.themes))
    rows = connection.execute(question).all()
    missing = sorted(set(incident.themes) - {row.theme_id for row in rows})
    if missing:
        raise UsageError(f"the incident names theme {missing[0]!r}; expected one that the platform knows.")
    inferred: set[Category] = set()
    for row in rows:
        inferred.update(json.loads(row.categories or "[]"))
    if incident.everyone or not rows:
        return set(), inferred
    until = micros(incident.until or incident.known_at)
    since = 0 if incident.since is None else micros(incident.since)
    members = select(m.c.person).where(
        m.c.theme.in_([row.theme for row in rows]),
        m.c.since <= until,
        m.c.until.is_(None) | (m.c.until > since),
    )
    return set(connection.execute(members).scalars()), inferred


def _told_of(connection: Connection, incident: Incident) -> tuple[set[int], set[Category]]:
    """People of whom the advertisers received something before the leak ended; they may have kept what is older."""
    if not incident.advertisers:
        return set(), set()
    a = schema.advertisers
    known = set(
        connection.execute(
            select(a.c.advertiser_id).where(a.c.advertiser_id.in_(incident.advertisers))
        ).scalars()
    )
    missing = sorted(set(incident.advertisers) - known)
    if missing:
        raise UsageError(
            f"the incident names advertiser {missing[0]!r}; expected one that the platform knows."
        )
    bookings = Bookings(connection, known)
    temporary(connection, "booked", "theme_id TEXT", [(theme,) for theme in sorted(bookings.themes)])
    members = [
        row[0]
        for row in fetch(
            connection,
            "SELECT DISTINCT m.person FROM temp_booked b CROSS JOIN themes t CROSS JOIN memberships m "
            "WHERE t.theme_id = b.theme_id AND m.theme = t.theme",
        )
    ]
    d = schema.disclosures
    delivered = select(d.c.person).join_from(d, a, a.c.advertiser == d.c.advertiser)
    members += connection.execute(delivered.where(a.c.advertiser_id.in_(known)).distinct()).scalars()
    members = sorted(set(members))
    people: set[int] = set()
    inferred: set[Category] = set()
    for at in range(0, len(members), _PAGE):
        page = bookings.of(members[at : at + _PAGE], until=incident.until or incident.known_at)
        people.update(page)
        inferred.update(*(one.categories for received in page.values() for one in received))
    return people, inferred
