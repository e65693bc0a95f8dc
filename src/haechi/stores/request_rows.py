"""Requests as the database keeps them, read back."""

import json
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, select

from haechi.errors import MissingError
from haechi.rights.clock import Urgency, urgency
from haechi.rights.effect import Wanted
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant
from haechi.terms.words import Outcome, RequestKind

Via = Literal["page", "agent", "desk"]
RequestRow = Row[Any]
_SHOWN: Final = 40


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it stands. It names nobody.

    Attributes:
        request_id: opaque.
        kind: what is asked.
        laws: by which it is judged.
        via: how it came.
        wanted: what exactly is asked for.
        received_at: naive UTC, as all instants here.
        due_at: first instant at which an answer is late; None: without delay, no law names a number of days.
        extended_at: when the person was told that it takes longer, or None.
        waits_until: it is carried out then, unless it is stopped, or None.
        answered_at: or None.
        outcome: open, granted, partly or refused.
        ground: on which it was refused, or None.
        reason: in words, for the person.
        urgency: how pressing it is.
        version: raised with each change.
    """

    request_id: str
    kind: RequestKind
    laws: tuple[str, ...]
    via: Via
    wanted: Wanted
    received_at: datetime
    due_at: datetime | None
    extended_at: datetime | None
    waits_until: datetime | None
    answered_at: datetime | None
    outcome: Outcome
    ground: str | None
    reason: str
    urgency: Urgency
    version: int


def row_of(connection: Connection, request_id: str) -> RequestRow:
    """A request's row.

    Raises:
        MissingError: there is none.
    """
    r = schema.requests
    row = connection.execute(select(r).where(r.c.request_id == request_id)).first()
    if row is None:
        raise MissingError(f"no such request: {request_id[:_SHOWN]!r}.")
    return row


def request_of(connection: Connection, request_id: str, *, now: datetime) -> Request:
    """A request as it stands.

    Raises:
        MissingError: there is none.
    """
    return as_request(row_of(connection, request_id), now)


def person_id_of(connection: Connection, request_id: str) -> str:
    """Whose request it is.

    Raises:
        MissingError: there is no such request, or the person was erased.
    """
    r, p = schema.requests, schema.people
    found = connection.execute(
        select(p.c.person_id).join(r, r.c.person == p.c.person).where(r.c.request_id == request_id)
    ).scalar()
    if found is None:
        raise MissingError(f"no such request of anybody who is still known: {request_id[:_SHOWN]!r}.")
    return str(found)


def requests_of(connection: Connection, person: int, *, now: datetime) -> list[Request]:
    """A person's requests, the newest first."""
    r = schema.requests
    rows = connection.execute(
        select(r).where(r.c.person == person).order_by(r.c.received_at.desc(), r.c.request.desc())
    ).all()
    return [as_request(row, now) for row in rows]


def open_requests(connection: Connection, *, now: datetime) -> list[Request]:
    """What waits for an answer: what is to be answered without delay first, then by when it is due.

    All of it: a late one that is left out is a law that is broken. Of people who were erased nothing waits.
    """
    r = schema.requests
    rows = connection.execute(
        select(r)
        .where(r.c.outcome == "open", r.c.person.is_not(None))
        .order_by(r.c.due_at.is_not(None), r.c.due_at, r.c.received_at)
    ).all()
    return [as_request(row, now) for row in rows]


def as_request(row: RequestRow, now: datetime) -> Request:
    """A request from its row."""
    return Request(
        request_id=row.request_id,
        kind=row.kind,
        laws=tuple(json.loads(row.laws)),
        via=row.via,
        wanted=msgspec.json.decode(row.detail, type=Wanted),
        received_at=instant(row.received_at),
        due_at=maybe_instant(row.due_at),
        extended_at=maybe_instant(row.extended_at),
        waits_until=maybe_instant(row.waits_until),
        answered_at=maybe_instant(row.answered_at),
        outcome=row.outcome,
        ground=row.ground,
        reason=row.reason,
        urgency=urgency(
            due_at=maybe_instant(row.due_at),
            waits_until=maybe_instant(row.waits_until),
            answered_at=maybe_instant(row.answered_at),
            now=now,
        ),
        version=row.version,
    )
