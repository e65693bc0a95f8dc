"""An advertiser shut out: proposed by one person, confirmed by another; from then on nothing of it runs.

DSA, Art. 17(1)(b) and (c), (3): whoever is suspended is told on which grounds, and what happened.
"""

import json
import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

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
from haechi.stores.review.found_wrong import barred_from_proposing, overruled
from haechi.stores.review.grounds import expect_grounds
from haechi.stores.review.jobs import PRESSING, close, put_job
from haechi.stores.review.publishing import tell_ad_server
from haechi.stores.review.queue import expect_reviewer, expect_words, held_job
from haechi.stores.review.words import RUNNING
from haechi.stores.rows import writing

_ID_BYTES: Final = 12


def expect_proposal(*, reason: str, grounds: Collection[str], told: str) -> tuple[str, ...]:
    """What a proposal needs, whomever it is about; its grounds in their order.

    Args:
        reason: why, for whoever confirms it.
        grounds: codes of `grounds`: what the advertiser is told in its language.
        told: what happened, for the advertiser.

    Raises:
        UsageError: something of it is missing.
    """
    known = expect_grounds(grounds)
    expect_words(reason)
    expect_words(told)
    return known


def propose_suspension(
    engine: Engine,
    advertiser_id: str,
    *,
    by: str,
    reason: str,
    grounds: Collection[str],
    told: str,
    now: datetime,
) -> str:
    """Proposes to shut an advertiser out; somebody else finds it in the queue.

    Args:
        engine: the database.
        advertiser_id: whom.
        by: the user; nobody who was found wrong about it: whose proposal was refused, or who proposed or confirmed a
            suspension that an appeal lifted. Otherwise one person's proposals would wear the others out.
        reason: see `expect_proposal`, as `grounds` and `told`.
        grounds: see above.
        told: see above.
        now: naive UTC instant.

    Returns:
        the job's identifier.

    Raises:
        UsageError: the user is no reviewer or was found wrong, something is missing, or it is proposed or suspended
            already.
        MissingError: there is no such advertiser.
    """
    known = expect_proposal(reason=reason, grounds=grounds, told=told)
    s, j = tables.suspensions, tables.jobs
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        advertiser = advertiser_number(connection, advertiser_id)
        _expect_new(connection, advertiser, by)
        made = connection.execute(
            s.insert().values(
                suspension_id=secrets.token_hex(_ID_BYTES), advertiser=advertiser, reason=reason,
                grounds=json.dumps(known), told=told, proposed_by=by, proposed_at=micros(now), state="proposed",
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
    """Confirms or refuses a proposal; who made it may not, nor whom an appeal overruled about the advertiser.

    Raises:
        TakenError: the user does not have the job.
        UsageError: the user may not, gives no words, or the job is of another kind.
        MissingError: there is no such job.
    """
    expect_words(words)
    s = tables.suspensions
    with writing(engine) as connection:
        job = held_job(connection, job_id, by, now)
        if job.kind != "suspension":
            raise UsageError(f"a job of kind {job.kind}; expected one of kind suspension.")
        row = connection.execute(select(s).where(s.c.suspension == job.suspension)).one()
        # They are not given the job (`queue.claim`); whatever gave it to them, they do not decide it.
        if by == row.proposed_by or overruled(connection, row.advertiser, by):
            raise UsageError(
                "the proposal is for somebody who did not make it, and whom no appeal overruled about the advertiser."
            )
        state = "confirmed" if confirm else "refused"
        connection.execute(
            update(s)
            .where(s.c.suspension == row.suspension)
            .values(state=state, decided_by=by, decided_at=micros(now), words=words)
        )
        close(connection, job.job, "decided", now=now)
        if confirm:
            _restrict(connection, row, by=by, suspended=True, now=now)


def lift_suspension(engine: Engine, advertiser_id: str, *, by: str, words: str, now: datetime) -> None:
    """Lets an advertiser in again; what was approved runs again, and nothing else.

    Raises:
        UsageError: the user is no reviewer, gives no words, or the advertiser's appeal waits: who decides that lifts.
        MissingError: the advertiser is not suspended.
    """
    expect_words(words)
    s, p = tables.suspensions, tables.suspension_appeals
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        advertiser = advertiser_number(connection, advertiser_id)
        row = connection.execute(
            select(s, p.c.appeal, p.c.outcome)
            .select_from(s.outerjoin(p, p.c.suspension == s.c.suspension))
            .where(s.c.advertiser == advertiser, s.c.state == "confirmed")
        ).first()
        if row is None:
            raise MissingError("the advertiser is not suspended.")
        if row.appeal is not None and row.outcome is None:
            raise UsageError(
                "the advertiser appealed: the suspension is lifted or upheld at the appeal's job."
            )
        lift_within(connection, row, by=by, words=words, now=now)


def lift_within(connection: Connection, row: Row[Any], *, by: str, words: str, now: datetime) -> None:
    """Ends a suspension that holds, in the caller's transaction that writes.

    Args:
        connection: see above.
        row: of the suspension.
        by: the user.
        words: why.
        now: naive UTC instant.
    """
    s = tables.suspensions
    connection.execute(
        update(s)
        .where(s.c.suspension == row.suspension)
        .values(state="lifted", lifted_by=by, lifted_at=micros(now), lifted_words=words)
    )
    _restrict(connection, row, by=by, suspended=False, now=now)


def suspension_of(connection: Connection, suspension: int) -> Row[Any]:
    """A proposal, with the identifier of the advertiser that it is about."""
    s, a = tables.suspensions, schema.advertisers
    return connection.execute(
        select(s, a.c.advertiser_id, a.c.name)
        .join_from(s, a, a.c.advertiser == s.c.advertiser)
        .where(s.c.suspension == suspension)
    ).one()


def _expect_new(connection: Connection, advertiser: int, by: str) -> None:
    """Refuses a second suspension, and whoever was found wrong about the advertiser.

    Raises:
        UsageError: see above.
    """
    s = tables.suspensions
    states = connection.execute(select(s.c.state).where(s.c.advertiser == advertiser)).scalars().all()
    if "proposed" in states or "confirmed" in states:
        raise UsageError("the advertiser is suspended, or it is proposed already.")
    if barred_from_proposing(connection, advertiser, by):
        raise UsageError(
            "your proposal to suspend this advertiser was refused, or an appeal lifted the suspension; expected "
            "somebody else to propose it."
        )


def _restrict(
    connection: Connection, suspension: Row[Any], *, by: str, suspended: bool, now: datetime
) -> None:
    t, a, v, w = tables.advertisers, tables.ads, tables.versions, schema.advertisers
    advertiser = suspension.advertiser
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
                advertiser=advertiser, legal_name=known.name, display_names=json.dumps([known.name]), domains="[]",
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
    public = {
        "suspension_id": suspension.suspension_id,
        "suspended": suspended,
        "ads": len(approved),
    }
    append(connection, [Fact("advertiser-restricted", now, public)])
