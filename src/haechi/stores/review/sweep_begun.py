"""Sweeps begun: something became known by which every ad that runs or waits has to be judged again."""

from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update

from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.rows import writing


def begin_sweep(connection: Connection, *, why: str, notice: int | None = None, now: datetime) -> int:
    """Has every ad that is there judged again, in the transaction by which something became known; its number.

    Ads that come later are judged by what is known then, and are not swept. A sweep that waits and judged nothing yet
    is the same one: it will know everything, however many reports came.
    """
    a, s = tables.ads, tables.sweeps
    last = connection.execute(select(func.max(a.c.ad))).scalar() or 0
    waits = connection.execute(select(s.c.sweep).where(s.c.finished_at.is_(None), s.c.cursor == 0)).scalar()
    if waits is not None:
        known = {} if notice is None else {"notice": func.coalesce(s.c.notice, notice), "why": why}
        connection.execute(update(s).where(s.c.sweep == waits).values(last=last, **known))
        return int(waits)
    made = connection.execute(
        s.insert().values(
            notice=notice, why=why, started_at=micros(now), cursor=0, last=last, judged=0, held=0, rejected=0,
            failed=0,
        )
    ).inserted_primary_key  # fmt: skip
    return int(made[0])  # type: ignore[index]


def sweep_expired(engine: Engine, *, now: datetime) -> bool:
    """Begins a sweep where an authorisation ended by its date since the last one began; whether it did."""
    s, t = tables.sweeps, tables.authorisations
    with writing(engine) as connection:
        before = connection.execute(select(func.max(s.c.started_at))).scalar() or 0
        ended = connection.execute(
            select(t.c.authorisation).where(t.c.expires_at > before, t.c.expires_at <= micros(now)).limit(1)
        ).first()
        if ended is not None:
            begin_sweep(connection, why="an authorisation ended", now=now)
        return ended is not None
