"""Links from the operator's own session: who is signed in there is handed over once, within minutes."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, delete, select, update

from haechi.errors import MissingError, UsageError
from haechi.law import LawPack
from haechi.rights.clock import laws_of
from haechi.rights.identity import Acting, Evidence, may_represent
from haechi.rights.identity_rules import EvidenceKind
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.identity.limits import take
from haechi.stores.identity.sessions import hash_of, open_session

LASTS: Final = timedelta(minutes=5)
"""Long enough for a redirection, too short to be passed on."""
ROUTE: Final = "door"
_SHOWS: Final[Mapping[Acting, EvidenceKind]] = {
    "person": "operator-session",
    "guardian": "guardian",
    "agent": "agent",
}


class Door(msgspec.Struct, frozen=True):
    """A link.

    Attributes:
        secret: what it ends in; it can be read nowhere else.
        expires_at: naive UTC.
    """

    secret: str
    expires_at: datetime


def make_door(
    engine: Engine, person_id: str, packs: Mapping[str, LawPack], *, acting: Acting = "person", now: datetime
) -> Door:
    """A link for whom the operator has signed in.

    Args:
        engine: the database.
        person_id: whose data.
        packs: the laws, which say who may act for whom.
        acting: the person, or who acts for them and has shown the operator that they may.
        now: naive UTC instant.

    Raises:
        MissingError: nothing is held about such a person.
        UsageError: nobody may act for the person so, or too many were made.
    """
    p, secret = schema.people, secrets.token_urlsafe(32)
    with engine.begin() as connection:
        known = connection.execute(select(p).where(p.c.person_id == person_id)).first()
        if known is None:
            raise MissingError("nothing is held about such a person.")
        laws = laws_of(packs, known.country, known.region)
        barred = may_represent(acting, laws, known.birth_date, now.date())
        if barred is not None:
            raise UsageError(f"{barred.code}: {barred.words} {'; '.join(barred.articles)}".strip())
        if not take(connection, "door-for-person", str(known.person), now=now):
            raise UsageError("too many links were made for one person; expected one for each visit.")
        connection.execute(delete(schema.doors).where(schema.doors.c.expires_at <= micros(now - LASTS)))
        connection.execute(
            schema.doors.insert().values(
                door_hash=hash_of(secret), person=known.person, acting=acting, created_at=micros(now),
                expires_at=micros(now + LASTS),
            )
        )  # fmt: skip
    return Door(secret, now + LASTS)


def use_door(connection: Connection, secret: str, *, now: datetime, held: str | None = None) -> str | None:
    """Goes through a link, once.

    A link that comes a second time was seen by somebody else: which of the two was the thief cannot be told, so that
    the session it opened ends too (as RFC 6749 section 4.1.2 does with codes); unless the second is the same browser.

    Args:
        connection: in a transaction that writes.
        secret: what the link ends in.
        now: naive UTC instant.
        held: the secret of the session that the browser already has.

    Returns:
        the secret of a session; None where the link is none, was used, or is too old.

    Raises:
        UsageError: the way was retired, or is not on the list.
    """
    d = schema.doors
    row = connection.execute(
        update(d)
        .where(d.c.door_hash == hash_of(secret), d.c.used_at.is_(None), d.c.expires_at > micros(now))
        .values(used_at=micros(now))
        .returning(d.c.person, d.c.acting)
    ).first()
    if row is None:
        return _again(connection, secret, held)
    kind = _SHOWS[row.acting]
    evidence = Evidence(kind=kind, at=now, channel="door", verified=row.acting != "person")
    session = open_session(connection, row.person, [evidence], route=ROUTE, acting=row.acting, now=now)
    connection.execute(
        update(d).where(d.c.door_hash == hash_of(secret)).values(session_hash=hash_of(session))
    )
    return session


def _again(connection: Connection, secret: str, held: str | None) -> str | None:
    d, s = schema.doors, schema.person_sessions
    opened = connection.execute(select(d.c.session_hash).where(d.c.door_hash == hash_of(secret))).scalar()
    if opened is None:
        return None
    if held is not None and hash_of(held) == bytes(opened):
        return held
    connection.execute(delete(s).where(s.c.session_hash == bytes(opened)))
    return None
