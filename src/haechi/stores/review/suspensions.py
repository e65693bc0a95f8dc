"""An advertiser shut out: proposed by one person, confirmed by another; from then on nothing of it runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.ledger.entry import Fact
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.ledger.append import append
from haechi.stores.review.advertisers import advertiser_number
from haechi.stores.review.changes import write_change
from haechi.stores.review.clocks import due
from haechi.stores.review.jobs import PRESSING, close, put_job
from haechi.stores.review.publishing import tell_ad_server
from haechi.stores.review.queue import expect_reviewer, expect_words, held_job
from haechi.stores.review.words import RUNNING
from haechi.stores.rows import writing


def propose_suspension(engine: Engine, advertiser_id: str, *, by: str, reason: str, now: datetime) -> str:
    """Proposes to shut an advertiser out; somebody else finds it in the queue.

    Returns:
        the job's identifier.

    Raises:
        UsageError: the user is no reviewer, there is no reason, or it is proposed or suspended already.
        MissingError: there is no such advertiser.
    """
    expect_words(reason)
    s, j = tables.suspensions, tables.jobs
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        advertiser = advertiser_number(connection, advertiser_id)
        known = connection.execute(
            select(s.c.suspension).where(
                s.c.advertiser == advertiser, s.c.state.in_(("proposed", "confirmed"))
            )
        ).first()
        if known is not None:
            raise UsageError("the advertiser is suspended, or it is proposed already.")
        made = connection.execute(
            s.insert().values(
                advertiser=advertiser, reason=reason, proposed_by=by, proposed_at=micros(now), state="proposed",
                words="",
            )
        ).inserted_primary_key  # fmt: skip
        number = int(made[0])  # type: ignore[index]
        job = put_job(
            connection, "suspension", priority=PRESSING, due_at=due("suspension", now)[0], now=now,
            suspension=number,
        )  # fmt: skip
        return str(connection.execute(select(j.c.job_id).where(j.c.job == job)).scalar_one())


def decide_suspension(
    engine: Engine, job_id: str, *, confirm: bool, by: str, words: str, now: datetime
) -> None:
    """Confirms or refuses a proposal; who made it may not, and is not given the job (`queue.claim`).

    Raises:
        TakenError: the user does not have the job.
        UsageError: the user gives no words, or the job is of another kind.
        MissingError: there is no such job.
    """
    expect_words(words)
    s = tables.suspensions
    with writing(engine) as connection:
        job = held_job(connection, job_id, by, now)
        if job.kind != "suspension":
            raise UsageError(f"a job of kind {job.kind}; expected one of kind suspension.")
        row = connection.execute(select(s).where(s.c.suspension == job.suspension)).one()
        state = "confirmed" if confirm else "refused"
        connection.execute(
            update(s)
            .where(s.c.suspension == row.suspension)
            .values(state=state, decided_by=by, decided_at=micros(now), words=words)
        )
        close(connection, job.job, "decided", now=now)
        if confirm:
            _restrict(connection, row.advertiser, by=by, suspended=True, now=now)


def lift_suspension(engine: Engine, advertiser_id: str, *, by: str, words: str, now: datetime) -> None:
    """Lets an advertiser in again; what was approved runs again.

    Raises:
        UsageError: the user is no reviewer, or gives no words.
        MissingError: the advertiser is not suspended.
    """
    expect_words(words)
    s = tables.suspensions
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        advertiser = advertiser_number(connection, advertiser_id)
        changed = connection.execute(
            update(s)
            .where(s.c.advertiser == advertiser, s.c.state == "confirmed")
            .values(state="lifted", words=words)
        ).rowcount
        if not changed:
            raise MissingError("the advertiser is not suspended.")
        _restrict(connection, advertiser, by=by, suspended=False, now=now)


def suspension_of(connection: Connection, suspension: int) -> Row[Any]:
    """A proposal, with the identifier of the advertiser that it is about."""
    s, a = tables.suspensions, schema.advertisers
    return connection.execute(
        select(s, a.c.advertiser_id, a.c.name)
        .join_from(s, a, a.c.advertiser == s.c.advertiser)
        .where(s.c.suspension == suspension)
    ).one()


def _restrict(connection: Connection, advertiser: int, *, by: str, suspended: bool, now: datetime) -> None:
    t, a, v, w = tables.advertisers, tables.ads, tables.versions, schema.advertisers
    at = micros(now) if suspended else None
    version = connection.execute(
        update(t)
        .where(t.c.advertiser == advertiser)
        .values(suspended_at=at, version=t.c.version + 1)
        .returning(t.c.version)
    ).scalar()
    known = connection.execute(select(w).where(w.c.advertiser == advertiser)).one()
    if version is None:
        version = 1
        connection.execute(
            t.insert().values(
                advertiser=advertiser, legal_name=known.name, display_names="[]", domains="[]",
                chat_accounts="[]", name_changes="[]", suspended_at=at, version=version,
            )
        )  # fmt: skip
    detail = {"suspended_at": (None, at)}
    write_change(connection, "advertiser", known.advertiser_id, detail, version=version, by=by, now=now)
    approved = connection.execute(
        select(a.c.ad_id, a.c.run, v.c.ad_hash)
        .join_from(a, v, v.c.version == a.c.current)
        .where(a.c.advertiser == advertiser, a.c.state == "approved")
        .order_by(a.c.ad)
    ).all()
    for row in approved:
        runs = not suspended and row.run in RUNNING
        tell_ad_server(connection, row.ad_id, row.ad_hash, runs=runs, now=now)
    append(
        connection,
        [Fact("advertiser-restricted", now, {"suspended": suspended, "ads": len(approved)})],
    )
