"""What the yearly notices tell, from the database: people in their order, page by page, in bounded memory."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, column, func, or_, select, table

from haechi.law import LawPack, in_force
from haechi.rights.annual import Known, Used
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.received import Bookings
from haechi.stores.rows import fetch, temporary
from haechi.terms.words import BEHAVIOUR_KINDS, BehaviourKind

_PAGE = 2_000
_KNOWN: tuple[Known, ...] = ("country", "region", "birth_date")


class Counted(msgspec.Struct, frozen=True):
    """How many people a law's thresholds speak of, at most.

    Attributes:
        people: under the law, or of unknown place.
        place_unknown: of unknown place among them.
        sensitive_at_most: who were in a theme with a protected category at any time in a stretch: a daily average
            over it cannot be more.
    """

    people: int
    place_unknown: int
    sensitive_at_most: int


def count(connection: Connection, pack: LawPack, *, since: datetime, until: datetime) -> Counted:
    """How many people are under a law, and how many of them were in a theme that it protects.

    Args:
        connection: in a transaction.
        pack: the law.
        since: begin of the stretch, naive UTC.
        until: its end.
    """
    p, m, t = schema.people, schema.memberships, schema.themes
    protected = {fact.category for fact in in_force(pack.categories, until)}
    bearing = [
        (row.theme,)
        for row in connection.execute(select(t.c.theme, t.c.categories))
        if protected & set(json.loads(row.categories or "[]"))
    ]
    temporary(connection, "bearing", "theme BIGINT", bearing)
    among = table("temp_bearing", column("theme"))
    concerned = (
        select(func.count(func.distinct(m.c.person)))
        .join_from(m, p, p.c.person == m.c.person)
        .join(among, among.c.theme == m.c.theme)
        .where(m.c.since < micros(until), or_(m.c.until.is_(None), m.c.until > micros(since)), _under(pack))
    )
    people = select(func.count()).select_from(p)
    return Counted(
        int(connection.execute(people.where(_under(pack))).scalar_one()),
        int(connection.execute(people.where(p.c.country.is_(None))).scalar_one()),
        int(connection.execute(concerned).scalar_one()),
    )


def used_in(
    connection: Connection, pack: LawPack, *, since: datetime, until: datetime, declined: Collection[str] = ()
) -> Iterator[Used]:
    """What was collected about each person under a law, and who received what, in a stretch of time.

    Args:
        connection: in a transaction that sees one state of the database throughout.
        pack: the law; people of unknown place are told too, for it may be theirs.
        since: begin of the stretch, naive UTC.
        until: its end.
        declined: identifiers of people who do not want the notice.
    """
    p = schema.people
    bookings = Bookings(connection)
    question = select(p).where(_under(pack)).order_by(p.c.person).limit(_PAGE)
    after = -1
    while rows := connection.execute(question.where(p.c.person > after)).all():
        after = rows[-1].person
        wanted = [row for row in rows if row.person_id not in declined]
        yield from _page(connection, bookings, wanted, since, until)


def _page(
    connection: Connection,
    bookings: Bookings,
    rows: Sequence[Row[tuple[object, ...]]],
    since: datetime,
    until: datetime,
) -> Iterator[Used]:
    people = [row.person for row in rows]
    temporary(connection, "of_year", "person BIGINT", [(person,) for person in people])
    begin, end = micros(since), micros(until)
    behaviours: dict[int, list[BehaviourKind]] = defaultdict(list)
    for person, kind in fetch(
        connection,
        "SELECT DISTINCT b.person, b.kind FROM temp_of_year a CROSS JOIN behaviours b WHERE b.person = a.person "  # noqa: S608
        f"AND b.occurred_at >= {begin:d} AND b.occurred_at < {end:d} ORDER BY b.person, b.kind",
    ):
        behaviours[person].append(BEHAVIOUR_KINDS[kind])
    themes: dict[int, list[str]] = defaultdict(list)
    for person, name in fetch(
        connection,
        "SELECT DISTINCT m.person, t.name FROM temp_of_year a CROSS JOIN memberships m CROSS JOIN themes t "  # noqa: S608
        "WHERE m.person = a.person AND t.theme = m.theme "
        f"AND m.since < {end:d} AND (m.until IS NULL OR m.until > {begin:d})",
    ):
        themes[person].append(name)
    permitted = {
        row[0]
        for row in fetch(
            connection,
            "SELECT DISTINCT p.person FROM temp_of_year a CROSS JOIN permissions p WHERE p.person = a.person "  # noqa: S608
            f"AND p.given_at < {end:d}",
        )
    }
    received = bookings.of(people, since=since, until=until)
    for row in rows:
        yield Used(
            person_id=row.person_id,
            known=tuple(name for name in _KNOWN if getattr(row, name) is not None),
            behaviours=tuple(behaviours.get(row.person, ())),
            themes=tuple(sorted(themes.get(row.person, ()))),
            permitted=row.person in permitted,
            received=tuple(received.get(row.person, ())),
        )


def _under(pack: LawPack) -> ColumnElement[bool]:
    """People of the law's places, and those of whom no place is known."""
    p = schema.people
    return or_(
        p.c.country.is_(None),
        *(
            (p.c.country == place[:2]) & (p.c.region == place) if "-" in place else p.c.country == place
            for place in pack.jurisdictions
        ),
    )
