"""Suspensions as the desk shows them: those that hold, those that were lifted, and an advertiser's."""

import json
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, select

from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant
from haechi.stores.review.grounds import Ground, grounds_in
from haechi.stores.review.suspension_appeals import SuspensionAppeal, appeal_of
from haechi.stores.rows import reading

LIFTED: Final = 50
"""Suspensions that were lifted, on one page."""


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension of an advertiser.

    Attributes:
        advertiser_id: whose.
        name: of the advertiser.
        state: proposed, confirmed, refused or lifted.
        reason: why, for whoever confirms it.
        grounds: as the advertiser is told of them, in English.
        told: what happened, for the advertiser.
        proposed_by: who proposed it.
        proposed_at: when, naive UTC, as all instants here.
        decided_by: who confirmed or refused it, or None.
        decided_at: or None.
        words: what they said of it.
        lifted_by: who lifted it, or None.
        lifted_at: or None.
        lifted_words: why, or None.
        appeal: against it, or None.
        appeal_job: of an appeal that waits, or None.
    """

    advertiser_id: str
    name: str
    state: str
    reason: str
    grounds: tuple[Ground, ...]
    told: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    words: str
    lifted_by: str | None
    lifted_at: datetime | None
    lifted_words: str | None
    appeal: SuspensionAppeal | None
    appeal_job: str | None


def suspended(engine: Engine) -> list[Suspension]:
    """Who is suspended now."""
    s = tables.suspensions
    with reading(engine) as connection:
        rows = connection.execute(shown_suspensions().where(s.c.state == "confirmed")).all()
        return [as_suspension(connection, row) for row in rows]


def lifted(engine: Engine, *, after: int = 0) -> tuple[list[Suspension], bool]:
    """Suspensions that were lifted, the last one first, and whether there are further ones.

    Args:
        engine: the database.
        after: how many of them are left out.
    """
    s = tables.suspensions
    question = shown_suspensions().where(s.c.state == "lifted").order_by(None)
    with reading(engine) as connection:
        rows = connection.execute(
            question.order_by(s.c.lifted_at.desc(), s.c.suspension.desc()).offset(after).limit(LIFTED + 1)
        ).all()
        return [as_suspension(connection, row) for row in rows[:LIFTED]], len(rows) > LIFTED


def shown_suspensions() -> Any:  # noqa: ANN401 - SQLAlchemy's own, of many columns
    """Selects suspensions with their advertisers, the newest first."""
    s, w = tables.suspensions, schema.advertisers
    return (
        select(s, w.c.advertiser_id, w.c.name)
        .join_from(s, w, w.c.advertiser == s.c.advertiser)
        .order_by(s.c.suspension.desc())
    )


def as_suspension(connection: Connection, row: Row[Any]) -> Suspension:
    """A suspension from a row of `shown_suspensions`."""
    j = tables.jobs
    appeal_job = connection.execute(
        select(j.c.job_id).where(
            j.c.suspension == row.suspension, j.c.kind == "suspension-appeal", j.c.state == "open"
        )
    ).scalar()
    return Suspension(
        advertiser_id=row.advertiser_id, name=row.name, state=row.state, reason=row.reason,
        grounds=grounds_in("en", json.loads(row.grounds)), told=row.told,
        proposed_by=row.proposed_by, proposed_at=instant(row.proposed_at), decided_by=row.decided_by,
        decided_at=maybe_instant(row.decided_at), words=row.words, lifted_by=row.lifted_by,
        lifted_at=maybe_instant(row.lifted_at), lifted_words=row.lifted_words,
        appeal=appeal_of(connection, row.suspension), appeal_job=appeal_job,
    )  # fmt: skip
