"""Waiting after something new, so that whoever it was not can stop it; and stopping it.

A new passkey, a new address, a new key for answers and access regained by a code each begin a cooling-off: whoever
took one thing from a person needs it to be unnoticed for three days, and every address that was known before is told.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, union_all, update

from haechi.rights.effect import COOLING_OFF
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.identity.sessions import end_sessions


def cooling_until(connection: Connection, person: int, *, now: datetime) -> datetime | None:
    """Until when nothing of a person may leave and nothing be destroyed; None where nothing is waited for.

    What was frozen is not waited for: it can do nothing any more.
    """
    k, c, a = schema.passkeys, schema.contacts, schema.answer_keys
    begun = union_all(
        select(k.c.created_at.label("at")).where(k.c.person == person, k.c.frozen_at.is_(None)),
        select(c.c.known_since).where(c.c.person == person, c.c.frozen_at.is_(None)),
        select(c.c.recovered_at).where(c.c.person == person, c.c.frozen_at.is_(None)),
        select(a.c.since).where(a.c.person == person, a.c.frozen_at.is_(None)),
    ).subquery()
    latest = connection.execute(select(func.max(begun.c.at))).scalar()
    if latest is None or latest > micros(now):
        # A clock that went back: what seems to lie ahead has only just been.
        return None if latest is None else now + COOLING_OFF
    until = instant(latest) + COOLING_OFF
    return until if now < until else None


def freeze(connection: Connection, person: int, *, since: datetime, now: datetime) -> int:
    """Makes unusable what came to a person's ways in since an instant, and ends all sessions.

    Returns:
        how many passkeys, addresses and keys were frozen.
    """
    k, c, a, at = schema.passkeys, schema.contacts, schema.answer_keys, micros(since)
    lately: dict[Table, ColumnElement[bool]] = {
        k: k.c.created_at >= at,
        c: or_(c.c.known_since >= at, c.c.recovered_at >= at),
        a: a.c.since >= at,
    }
    frozen = 0
    for table, came in lately.items():
        which = and_(table.c.person == person, table.c.frozen_at.is_(None), came)
        frozen += connection.execute(update(table).where(which).values(frozen_at=micros(now))).rowcount
    end_sessions(connection, person)
    connection.execute(delete(schema.doors).where(schema.doors.c.person == person))
    # The links in the other letters go on working.
    codes = schema.codes
    connection.execute(delete(codes).where(codes.c.person == person, codes.c.purpose != "stop"))
    return frozen
