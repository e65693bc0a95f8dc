"""Agents' requests as the database keeps them, read back; and what is to be told to agents."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update

from haechi.rights.drp.status import Asked, Progress, Status, status_of
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros

CALLBACK = "drp-status"
"""Kind of a message in the outbox: how a request stands, for the agent's own address."""
AgentRow = Row[Any]


def status_of_row(connection: Connection, row: AgentRow, *, now: datetime) -> Status:
    """How an agent's request stands."""
    asked = Asked(
        request_id=row.request_id,
        agent_request_id=row.agent_request_id,
        received_at=instant(row.received_at),
        verify_until=maybe_instant(row.verify_until),
        denied=row.denied,
        revoked_at=maybe_instant(row.revoked_at),
        verification_url=row.verification_url,
        results_url=row.results_url,
    )
    return status_of(asked, _progress(connection, row.request), now=now)


def tell_agents(connection: Connection, request: int, *, now: datetime) -> None:
    """Puts how a request stands into the outbox, for each agent that asked to be told (DRP 1.0, section 2.03).

    The message names nobody and is bound to no person: it is still told after an erasure, which is what it tells of.

    Args:
        connection: in a transaction that writes; to be called after the request was changed.
        request: our number of it.
        now: naive UTC instant.
    """
    a = schema.agent_requests
    rows = connection.execute(select(a).where(a.c.request == request, a.c.revoked_at.is_(None))).all()
    for row in rows:
        _tell(connection, row, now)


def revoke_for_agents(connection: Connection, request: int, *, now: datetime) -> None:
    """Writes down that the person takes a request back, for the agents of whose own it came, and tells them.

    Args:
        connection: in a transaction that writes.
        request: our number of it.
        now: naive UTC instant.
    """
    a = schema.agent_requests
    rows = connection.execute(
        update(a)
        .where(a.c.request == request, a.c.revoked_at.is_(None))
        .values(revoked_at=micros(now))
        .returning(*a.c)
    ).all()
    for row in rows:
        _tell(connection, row, now)


def _tell(connection: Connection, row: AgentRow, now: datetime) -> None:
    if row.status_callback is not None:
        body = msgspec.json.encode(status_of_row(connection, row, now=now)).decode()
        connection.execute(
            schema.outbox.insert().values(
                kind=CALLBACK, recipient=row.status_callback, body=body, created_at=micros(now)
            )
        )


def _progress(connection: Connection, request: int | None) -> Progress | None:
    if request is None:
        return None
    r = schema.requests
    row = connection.execute(select(r).where(r.c.request == request)).one()
    return Progress(
        kind=row.kind,
        outcome=row.outcome,
        ground=row.ground,
        reason=row.reason,
        extension_reason=row.extension_reason,
        due_at=maybe_instant(row.due_at),
        answered_at=maybe_instant(row.answered_at),
    )
