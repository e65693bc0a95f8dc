"""Sessions of people: what was shown of who it is, and since when; a session ends by itself."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, select, update

from haechi.rights.identity import Acting, Evidence, level_of
from haechi.rights.identity_rules import Level
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.identity.routes import expect_active

LASTS: Final = timedelta(hours=4)
IDLE: Final = timedelta(minutes=30)
"""Less than NIST SP 800-63B-4 admits (section 2.2.3): the page is opened a few times a year."""
_SEEN_EVERY: Final = timedelta(minutes=1)


class PersonSession(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in.

    Attributes:
        person: the platform's number.
        person_id: the platform's owner's identifier; never shown.
        level: how surely it is the person, now.
        csrf: what forms of this session must carry.
        signed_in_at: naive UTC.
        acting: the person, or who acts for them.
        evidence: what was shown.
        country: of the person, or None.
        region: of the person, or None.
        birth_date: of the person, or None.
        unseen: nothing was asked in it for a minute: call `seen`.
    """

    person: int
    person_id: str
    level: Level
    csrf: str
    signed_in_at: datetime
    acting: Acting
    evidence: tuple[Evidence, ...]
    country: str | None
    region: str | None
    birth_date: date | None
    unseen: bool


def open_session(
    connection: Connection,
    person: int,
    evidence: Sequence[Evidence],
    *,
    route: str,
    acting: Acting = "person",
    now: datetime,
) -> str:
    """Begins a session by a way in that is on the list.

    Returns:
        its secret, for the cookie.

    Raises:
        RetiredRouteError: the way was retired.
        MissingError: it is not on the list.
    """
    expect_active(connection, route)
    s, secret = schema.person_sessions, secrets.token_urlsafe(32)
    connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
    connection.execute(
        s.insert().values(
            session_hash=hash_of(secret), person=person, csrf=secrets.token_urlsafe(24), acting=acting,
            evidence=msgspec.json.encode(list(evidence)).decode(), created_at=micros(now), seen_at=micros(now),
            expires_at=micros(now + LASTS),
        )
    )  # fmt: skip
    return secret


def session_of(connection: Connection, secret: str, *, now: datetime) -> PersonSession | None:
    """Whose session it is; None where it is none, has ended, or was idle too long."""
    s, p = schema.person_sessions, schema.people
    row = connection.execute(
        select(s, p.c.person_id, p.c.country, p.c.region, p.c.birth_date)
        .join_from(s, p, s.c.person == p.c.person)
        .where(
            s.c.session_hash == hash_of(secret), s.c.expires_at > micros(now), s.c.seen_at > micros(now - IDLE)
        )
    ).first()  # fmt: skip
    if row is None:
        return None
    evidence = msgspec.json.decode(row.evidence, type=tuple[Evidence, ...])
    return PersonSession(
        person=row.person, person_id=row.person_id, level=level_of(evidence, now), csrf=row.csrf,
        signed_in_at=instant(row.created_at), acting=row.acting, evidence=evidence, country=row.country,
        region=row.region, birth_date=row.birth_date, unseen=row.seen_at <= micros(now - _SEEN_EVERY),
    )  # fmt: skip


def seen(connection: Connection, secret: str, *, now: datetime) -> None:
    """Writes down that a session was used, so that it does not end for being idle."""
    s = schema.person_sessions
    connection.execute(update(s).where(s.c.session_hash == hash_of(secret)).values(seen_at=micros(now)))


def add_evidence(connection: Connection, secret: str, evidence: Evidence, *, now: datetime) -> str | None:
    """Writes down that more was shown. The session gets another secret: who knew the old one is left behind.

    Returns:
        the new secret; None where the session has ended.
    """
    session = session_of(connection, secret, now=now)
    if session is None:
        return None
    s, new = schema.person_sessions, secrets.token_urlsafe(32)
    shown = msgspec.json.encode([*session.evidence, evidence]).decode()
    changed = connection.execute(
        update(s)
        .where(s.c.session_hash == hash_of(secret))
        .values(session_hash=hash_of(new), evidence=shown, csrf=secrets.token_urlsafe(24))
    ).rowcount
    return new if changed else None


def end_session(connection: Connection, secret: str) -> None:
    """Ends a session."""
    s = schema.person_sessions
    connection.execute(delete(s).where(s.c.session_hash == hash_of(secret)))


def end_sessions(connection: Connection, person: int, *, but: str | None = None) -> int:
    """Ends all sessions of a person, but the one with a secret; how many."""
    s = schema.person_sessions
    which = s.c.person == person
    if but is not None:
        which &= s.c.session_hash != hash_of(but)
    return int(connection.execute(delete(s).where(which)).rowcount)


def hash_of(secret: str) -> bytes:
    """What is kept of a session's secret: it has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).digest()
