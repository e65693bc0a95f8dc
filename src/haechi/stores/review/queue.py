"""The queue: claims that one person has at a time, and that end; skips with a reason, and comments."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, func, select, update

from haechi.errors import MissingError, UsageError
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.review.decided import deciders
from haechi.stores.review.found_wrong import overruled
from haechi.stores.review.golden import golden_job
from haechi.stores.review.words import LONGEST_WORDS, TakenError, WordsError
from haechi.stores.rows import writing
from haechi.terms.showing import shows

LEASE: Final = timedelta(minutes=30)
GOLDEN_EVERY: Final = 20
"""One in so many of a reviewer's claims is a job whose answer is known."""
_ROLES: Final = ("owner", "reviewer")


def claim_next(
    engine: Engine, *, by: str, now: datetime, golden_every: int | None = GOLDEN_EVERY
) -> str | None:
    """Gives a reviewer the most pressing job that they may take, for as long as a lease.

    What they skipped comes last.

    Args:
        engine: the database.
        by: the user.
        now: naive UTC instant.
        golden_every: see `GOLDEN_EVERY`; None: none is mixed in.

    Returns:
        the job's identifier, or None where nothing waits for them.

    Raises:
        UsageError: the user is no reviewer.
    """
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        expire(connection, now=now)
        if golden_every is not None and _turn_for_golden(connection, by, golden_every):
            golden_job(connection, by, now=now)
            known = _reserved(connection, by)
            if known is not None:
                _claim(connection, known, by, now)
                return str(known.job_id)
        skipped = _skipped(connection, by)
        later = None
        for row in _free(connection):
            if not _may_take(connection, row, by):
                continue
            if row.job not in skipped:
                _claim(connection, row, by, now)
                return str(row.job_id)
            later = row if later is None else later
        if later is None:
            return None
        _claim(connection, later, by, now)
        return str(later.job_id)


def claim(engine: Engine, job_id: str, *, by: str, now: datetime) -> None:
    """Gives a reviewer one job, or as long again where they have it.

    Raises:
        TakenError: somebody else has it, or it was decided.
        UsageError: the user is no reviewer, or may not take this one.
        MissingError: there is no such job.
    """
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        expire(connection, now=now)
        row = job_row(connection, job_id)
        if row.state != "open" or row.holder not in (None, by):
            raise TakenError("somebody else has the job, or it was decided.")
        if not _may_take(connection, row, by):
            raise UsageError(
                "the job is for somebody who did not decide on it before, and whom no appeal overruled about it."
            )
        if row.holder == by:
            j = tables.jobs
            connection.execute(update(j).where(j.c.job == row.job).values(lease_until=micros(now + LEASE)))
        else:
            _claim(connection, row, by, now)


def release(engine: Engine, job_id: str, *, by: str, now: datetime) -> None:
    """Gives a job back.

    Raises:
        TakenError: the user does not have it.
        MissingError: there is no such job.
    """
    with writing(engine) as connection:
        _give_back(connection, held_job(connection, job_id, by, now), "released", "", now)


def skip(engine: Engine, job_id: str, *, by: str, reason: str, now: datetime) -> None:
    """Gives a job back undecided, and says why; it comes to this reviewer last.

    Raises:
        TakenError: the user does not have it.
        UsageError: there is no reason.
        MissingError: there is no such job.
    """
    expect_words(reason)
    with writing(engine) as connection:
        _give_back(connection, held_job(connection, job_id, by, now), "skipped", reason, now)


def comment(engine: Engine, job_id: str, *, by: str, text: str, now: datetime) -> None:
    """Adds a comment for whoever looks at the job.

    Raises:
        UsageError: there is none, or the user is no reviewer.
        MissingError: there is no such job.
    """
    expect_words(text)
    with writing(engine) as connection:
        expect_reviewer(connection, by)
        row = job_row(connection, job_id)
        connection.execute(tables.comments.insert().values(job=row.job, by=by, at=micros(now), text=text))


def expire(connection: Connection, *, now: datetime) -> int:
    """Ends the claims whose lease is over, at the instant at which it was; how many."""
    j, c = tables.jobs, tables.claims
    over = connection.execute(
        select(j.c.job, j.c.lease_until).where(
            j.c.state == "open", j.c.holder.is_not(None), j.c.lease_until <= micros(now)
        )
    ).all()
    for row in over:
        connection.execute(update(j).where(j.c.job == row.job).values(holder=None, lease_until=None))
        connection.execute(
            update(c)
            .where(c.c.job == row.job, c.c.ended_at.is_(None))
            .values(ended_at=row.lease_until, how="expired")
        )
    return len(over)


def held_job(connection: Connection, job_id: str, by: str, now: datetime) -> Row[Any]:
    """The row of a job that a reviewer has.

    Raises:
        TakenError: they do not, or not any more.
        UsageError: the user is no reviewer.
        MissingError: there is no such job.
    """
    expect_reviewer(connection, by)
    row = job_row(connection, job_id)
    if row.state != "open" or row.holder != by or row.lease_until <= micros(now):
        raise TakenError(_why_not(connection, row, by, now))
    return row


def job_row(connection: Connection, job_id: str) -> Row[Any]:
    """A job's row.

    Raises:
        MissingError: there is none.
    """
    j = tables.jobs
    row = connection.execute(select(j).where(j.c.job_id == job_id)).first()
    if row is None:
        raise MissingError("no job has this identifier.")
    return row


def expect_reviewer(connection: Connection, by: str) -> None:
    """Refuses whoever may not decide: only a person who signs in as reviewer or owner does.

    Raises:
        UsageError: see above.
    """
    u = schema.users
    role = connection.execute(select(u.c.role).where(u.c.name == by, u.c.disabled_at.is_(None))).scalar()
    if role not in _ROLES:
        raise UsageError("only a person who signs in as reviewer or owner decides.")


def expect_words(text: str) -> None:
    """Refuses words that say nothing, or too many.

    Raises:
        WordsError: see above.
    """
    if not shows(text) or len(text) > LONGEST_WORDS:
        raise WordsError(
            f"a reason of {len(text):,} characters; expected 1 to {LONGEST_WORDS:,}, and words that show."
        )


def _free(connection: Connection) -> Iterator[Row[Any]]:
    """Jobs that nobody has, the most pressing first; not those of ads that are being examined."""
    j, a = tables.jobs, tables.ads
    rows = connection.execute(
        select(j, a.c.state.label("reviewed"))
        .select_from(j.outerjoin(a, a.c.ad == j.c.ad))
        .where(j.c.state == "open", j.c.holder.is_(None), j.c.kind != "golden")
        .order_by(j.c.priority, j.c.due_at, j.c.job)
    )
    # Whoever may take the first wants no more: not all are fetched.
    for row in rows.yield_per(100):
        if row.kind != "review" or row.reviewed not in ("submitted", "screening"):
            yield row


def _why_not(connection: Connection, row: Row[Any], by: str, now: datetime) -> str:
    """Why a reviewer does not have a job."""
    c = tables.claims
    if row.state != "open":
        return f"the job was {row.state} before: nobody has it any more."
    other = row.holder not in (None, by) and row.lease_until > micros(now)
    has = f" {row.holder} has it now." if other else ""
    last = connection.execute(
        select(c).where(c.c.job == row.job, c.c.by == by).order_by(c.c.claim.desc()).limit(1)
    ).first()
    if last is None:
        return f"you did not take the job.{has}"
    if last.how in ("released", "skipped"):
        return f"you gave the job back.{has}"
    # What is over is ended only when somebody next claims a job.
    until = row.lease_until if last.ended_at is None else last.ended_at
    return f"the time is over: you had the job until {instant(until):%Y-%m-%d %H:%M} UTC.{has}"


def _may_take(connection: Connection, row: Row[Any], by: str) -> bool:
    if row.kind == "appeal":
        return by not in deciders(connection, row.ad)
    if row.kind in ("suspension", "suspension-appeal"):
        s = tables.suspensions
        one = connection.execute(select(s).where(s.c.suspension == row.suspension)).one()
        # Nobody confirmed yet what is only proposed.
        return by not in (one.proposed_by, one.decided_by) and not overruled(connection, one.advertiser, by)
    return bool(row.kind != "golden" or row.reserved == by)


def _claim(connection: Connection, row: Row[Any], by: str, now: datetime) -> None:
    j = tables.jobs
    connection.execute(update(j).where(j.c.job == row.job).values(holder=by, lease_until=micros(now + LEASE)))
    connection.execute(tables.claims.insert().values(job=row.job, by=by, claimed_at=micros(now), reason=""))


def _give_back(connection: Connection, row: Row[Any], how: str, reason: str, now: datetime) -> None:
    j, c = tables.jobs, tables.claims
    connection.execute(update(j).where(j.c.job == row.job).values(holder=None, lease_until=None))
    connection.execute(
        update(c)
        .where(c.c.job == row.job, c.c.ended_at.is_(None))
        .values(ended_at=micros(now), how=how, reason=reason)
    )


def _skipped(connection: Connection, by: str) -> set[int]:
    c = tables.claims
    return set(connection.execute(select(c.c.job).where(c.c.by == by, c.c.how == "skipped")).scalars())


def _reserved(connection: Connection, by: str) -> Row[Any] | None:
    j = tables.jobs
    return connection.execute(
        select(j).where(j.c.kind == "golden", j.c.state == "open", j.c.reserved == by, j.c.holder.is_(None))
    ).first()


def _turn_for_golden(connection: Connection, by: str, every: int) -> bool:
    """Whether this claim is one in so many; reviewers cannot tell beforehand which."""
    c = tables.claims
    count = connection.execute(select(func.count()).select_from(c).where(c.c.by == by)).scalar_one()
    drawn = hashlib.sha256(f"{by}\n{count}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % every == 0
