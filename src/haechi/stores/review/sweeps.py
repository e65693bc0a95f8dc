"""Every ad that runs or waits, judged again after something new became known; in steps, each of which counts."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, func, select, update

from haechi.errors import MissingError
from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.ledger.append import append
from haechi.stores.review.screening import Judged, MovedError, Screening
from haechi.stores.rows import reading, writing

_STATES: Final = ("approved", "held")
AT_ONCE: Final = 100
"""Ads in one step."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a sweep is.

    Attributes:
        sweep: its number.
        why: what became known.
        started_at: naive UTC.
        judged: ads that were judged.
        held: of these, those that wait for a person now and did not before.
        rejected: of these, those that are rejected now.
        failed: of these, those that could not be examined; they wait for a person.
        left: ads that are still to be judged.
        finished_at: or None.
    """

    sweep: int
    why: str
    started_at: datetime
    judged: int
    held: int
    rejected: int
    failed: int
    left: int
    finished_at: datetime | None


def step(
    engine: Engine, screening: Screening, sweep: int, *, limit: int = AT_ONCE, now: datetime
) -> Progress:
    """Judges some more ads of a sweep. A process that ends meanwhile loses none, and another goes on where it was.

    Args:
        engine: the database.
        screening: judges.
        sweep: its number.
        limit: ads at most.
        now: naive UTC instant.

    Raises:
        MissingError: there is no such sweep.
    """
    a = tables.ads
    with reading(engine) as connection:
        row = _row(connection, sweep)
        found = connection.execute(
            select(a.c.ad).where(_open(row)).order_by(a.c.ad).limit(limit)
        ).scalars().all()  # fmt: skip
    if row.finished_at is not None:
        return progress_of(engine, sweep)
    for ad in found:

        def count(connection: Connection, judged: Judged, ad: int = ad) -> None:
            _count(connection, sweep, ad, judged)

        try:
            screening.judge(ad, cause="sweep", notice=row.notice, hold_on_failure=True, also=count, now=now)
        except MovedError:
            # Much is being changed just now: the next step goes on here.
            return progress_of(engine, sweep)
    if len(found) < limit:
        _finish(engine, sweep, now)
    return progress_of(engine, sweep)


def go_on(engine: Engine, screening: Screening, *, limit: int = AT_ONCE, now: datetime) -> list[Progress]:
    """One step of every sweep that is not finished."""
    s = tables.sweeps
    with reading(engine) as connection:
        waiting = connection.execute(
            select(s.c.sweep).where(s.c.finished_at.is_(None)).order_by(s.c.sweep)
        ).scalars().all()  # fmt: skip
    return [step(engine, screening, sweep, limit=limit, now=now) for sweep in waiting]


def progress_of(engine: Engine, sweep: int) -> Progress:
    """How far a sweep is.

    Raises:
        MissingError: there is no such sweep.
    """
    with reading(engine) as connection:
        row = _row(connection, sweep)
        left = 0
        if row.finished_at is None:
            question = select(func.count()).select_from(tables.ads).where(_open(row))
            left = int(connection.execute(question).scalar_one())
    return Progress(
        sweep=row.sweep,
        why=row.why,
        started_at=instant(row.started_at),
        judged=row.judged,
        held=row.held,
        rejected=row.rejected,
        failed=row.failed,
        left=left,
        finished_at=maybe_instant(row.finished_at),
    )


def sweeps_of_notice(engine: Engine, notice_id: str) -> list[Progress]:
    """The sweep that a notice led to; none where nobody is impersonated.

    Raises:
        MissingError: there is no such notice.
    """
    n = tables.notices
    with reading(engine) as connection:
        row = connection.execute(select(n.c.sweep).where(n.c.notice_id == notice_id)).first()
    if row is None:
        raise MissingError("no notice has this identifier.")
    return [] if row.sweep is None else [progress_of(engine, row.sweep)]


def _row(connection: Connection, sweep: int) -> Row[Any]:
    s = tables.sweeps
    row = connection.execute(select(s).where(s.c.sweep == sweep)).first()
    if row is None:
        raise MissingError("no sweep has this number.")
    return row


def _open(row: Row[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's own
    """What of the ads is still to be judged."""
    a = tables.ads
    return (a.c.ad > row.cursor) & (a.c.ad <= row.last) & a.c.state.in_(_STATES) & (a.c.run != "expired")


def _count(connection: Connection, sweep: int, ad: int, judged: Judged) -> None:
    """Counts an ad once, whoever judged it."""
    s = tables.sweeps
    connection.execute(
        update(s)
        .where(s.c.sweep == sweep, s.c.cursor < ad)
        .values(
            cursor=ad,
            judged=s.c.judged + 1,
            held=s.c.held + int(judged.changed and judged.outcome == "hold"),
            rejected=s.c.rejected + int(judged.changed and judged.outcome == "reject"),
            failed=s.c.failed + int(judged.failed),
        )
    )


def _finish(engine: Engine, sweep: int, now: datetime) -> None:
    s, n = tables.sweeps, tables.notices
    with writing(engine) as connection:
        row = connection.execute(
            update(s)
            .where(s.c.sweep == sweep, s.c.finished_at.is_(None))
            .values(finished_at=micros(now))
            .returning(s)
        ).first()
        if row is None:
            return
        told = connection.execute(
            select(n.c.notice_id).where(n.c.sweep == sweep).order_by(n.c.notice)
        ).scalars()
        counts = {"judged": row.judged, "held": row.held, "rejected": row.rejected}
        facts = [
            Fact("notice-acted", now, {"notice_id": one, "act": "ads judged again", **counts}) for one in told
        ]
        append(connection, facts)
