"""What waits for a person: put into the queue, moved on with its ad, and closed."""

import secrets
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, select, update

from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.review.words import JobKind

_ID_BYTES: Final = 12
PRESSING: Final = 0
"""Somebody reported it, or an impersonated person did."""
APPEALED: Final = 1
ORDINARY: Final = 2
Ended = Literal["decided", "dropped"]


def put_job(
    connection: Connection, kind: JobKind, *, priority: int, due_at: datetime, now: datetime, **more: object
) -> int:
    """Puts a job into the queue; its number.

    Args:
        connection: in a transaction that writes.
        kind: of what.
        priority: 0 is the most pressing.
        due_at: first instant at which it is late.
        now: naive UTC instant.
        more: further columns.
    """
    made = connection.execute(
        tables.jobs.insert().values(
            job_id=secrets.token_hex(_ID_BYTES), kind=kind, priority=priority, due_at=micros(due_at),
            enqueued_at=micros(now), state="open", turn=1, **more,
        )
    ).inserted_primary_key  # fmt: skip
    return int(made[0])  # type: ignore[index]


def open_review(connection: Connection, ad: int) -> Row[Any] | None:
    """The job of an ad that waits for a person's look, or None."""
    j = tables.jobs
    return connection.execute(
        select(j).where(j.c.ad == ad, j.c.kind == "review", j.c.state == "open")
    ).first()


def want_review(
    connection: Connection,
    ad: int,
    version: int,
    *,
    cluster: int,
    priority: int,
    due_at: datetime,
    now: datetime,
) -> None:
    """Has a person look at an ad. A job that is open already follows: it never gets less pressing or later."""
    j = tables.jobs
    known = open_review(connection, ad)
    if known is None:
        put_job(
            connection, "review", priority=priority, due_at=due_at, now=now, ad=ad, version=version,
            cluster=cluster,
        )  # fmt: skip
        return
    connection.execute(
        update(j)
        .where(j.c.job == known.job)
        .values(
            version=version,
            cluster=cluster,
            priority=min(priority, known.priority),
            due_at=min(micros(due_at), known.due_at),
            turn=known.turn + 1,
        )
    )


def close(connection: Connection, job: int, how: Ended, *, now: datetime) -> None:
    """Takes a job out of the queue, and ends whoever's claim on it."""
    j, c = tables.jobs, tables.claims
    connection.execute(
        update(j)
        .where(j.c.job == job)
        .values(state=how, closed_at=micros(now), holder=None, lease_until=None, turn=j.c.turn + 1)
    )
    connection.execute(
        update(c).where(c.c.job == job, c.c.ended_at.is_(None)).values(ended_at=micros(now), how=how)
    )


def drop_review(connection: Connection, ad: int, *, now: datetime) -> None:
    """Nobody needs to look at an ad any more."""
    known = open_review(connection, ad)
    if known is not None:
        close(connection, known.job, "dropped", now=now)
