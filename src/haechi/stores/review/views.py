"""What the desk shows: what waits, everything that is known of one job, and what is overdue.

A job whose answer is known looks like any other, but for `Record.entry`: a page does not show that.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, func, select

from haechi.review.ads import Ad, Advertiser
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.appeals import Appeal, appeals_of
from haechi.stores.review.decided import NO_ENTRY, Record, decisions_of
from haechi.stores.review.golden import Known, golden_of
from haechi.stores.review.notices import Notice, notice_of, open_notices
from haechi.stores.review.publishing import shown
from haechi.stores.review.queue import job_row
from haechi.stores.review.suspensions import suspension_of
from haechi.stores.review.versions import version_row
from haechi.stores.review.words import MACHINE, JobKind, State
from haechi.stores.rows import reading


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A job in the list.

    Attributes:
        job_id: opaque.
        kind: review, appeal, suspension or suspension-appeal.
        ad_id: of the ad, or None where it is about a suspension.
        priority: 0 is the most pressing.
        enqueued_at: naive UTC, as all instants here.
        due_at: first instant at which it is late.
        late: it is.
        holder: who has it, or None.
        lease_until: until when.
        closed_at: when it was decided or dropped; None while it waits.
    """

    job_id: str
    kind: JobKind
    ad_id: str | None
    priority: int
    enqueued_at: datetime
    due_at: datetime
    late: bool
    holder: str | None
    lease_until: datetime | None
    closed_at: datetime | None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody had a job; `how` it ended: decided, released, skipped, expired or dropped; None while it lasts."""

    by: str
    claimed_at: datetime
    ended_at: datetime | None
    how: str | None
    reason: str


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote for whoever looks at a job."""

    by: str
    at: datetime
    text: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a job.

    Attributes:
        job: as in the list.
        ad: as submitted: of an appeal, the version that was decided on; None where it is about a suspension.
        ad_hash: of it: what a decision says that it is about; None while it is being examined.
        picture: SHA-256 of its picture, or None.
        state: how the ad stands, or None.
        stale: a newer version came than the one that is shown here.
        advertiser: who submitted it, or is suspended or to be.
        decisions: on the ad, the newest first.
        copies: jobs of its copies that wait too.
        appeals: of the ad, decided ones too.
        notices: that name the ad.
        proposal: why a suspension was proposed, and by whom; None otherwise.
        claims: who had the job, in their order.
        comments: in their order.
    """

    job: Waiting
    ad: Ad | None = None
    ad_hash: str | None = None
    picture: str | None = None
    state: State | None = None
    stale: bool = False
    advertiser: Advertiser | None = None
    decisions: tuple[Record, ...] = ()
    copies: tuple[str, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    notices: tuple[Notice, ...] = ()
    proposal: tuple[str, str] | None = None
    claims: tuple[Claim, ...] = ()
    comments: tuple[Comment, ...] = ()


class Overdue(msgspec.Struct, frozen=True, kw_only=True):
    """What is late: jobs and notices, the latest first."""

    jobs: tuple[Waiting, ...]
    notices: tuple[Notice, ...]


def show_job(engine: Engine, job_id: str, *, now: datetime) -> Shown:
    """Everything that is known of a job.

    Raises:
        MissingError: there is no such job.
    """
    with reading(engine) as connection:
        row = job_row(connection, job_id)
        shared: dict[str, Any] = {
            "job": _listed(connection, row, now),
            "claims": _claims(connection, row.job),
            "comments": _comments(connection, row.job),
        }
        if row.kind == "golden":
            known, picture = golden_of(connection, row.golden)
            return Shown(
                ad=known.ad,
                ad_hash=known.found.ad_hash,
                picture=picture,
                state="held",
                advertiser=known.advertiser,
                decisions=(_as_if_kept(known, row),),
                **shared,
            )
        if row.suspension is not None:
            proposed = suspension_of(connection, row.suspension)
            (advertiser,) = advertisers_of(connection, proposed.advertiser).values()
            return Shown(advertiser=advertiser, proposal=(proposed.reason, proposed.proposed_by), **shared)
        return _of_an_ad(connection, row, shared, now)


def overdue(engine: Engine, *, now: datetime) -> Overdue:
    """What is late: holds, appeals of both kinds, suspensions, and answers to notices."""
    j = tables.jobs
    with reading(engine) as connection:
        rows = connection.execute(
            select(j)
            .where(j.c.state == "open", j.c.kind != "golden", j.c.due_at <= micros(now))
            .order_by(j.c.due_at, j.c.job)
        ).all()
        notices = tuple(one for one in open_notices(connection, now=now) if one.late)
        return Overdue(jobs=tuple(_listed(connection, row, now) for row in rows), notices=notices)


def oldest_and_count(engine: Engine) -> tuple[datetime | None, int]:
    """Since when the job waits that waits longest, and how many wait."""
    j = tables.jobs
    with reading(engine) as connection:
        first, count = connection.execute(
            select(func.min(j.c.enqueued_at), func.count()).where(j.c.state == "open", j.c.kind != "golden")
        ).one()
    return maybe_instant(first), int(count)


def _as_if_kept(known: Known, row: Row[Any]) -> Record:
    """What the machine says of a known ad, in the form of a decision; no ledger has it."""
    found = known.found
    return Record(
        decision_id=hashlib.sha256(row.job_id.encode()).hexdigest()[:24], ad_hash=found.ad_hash,
        outcome="hold", cause="submission", automated="FULLY", actor=MACHINE,
        reasons=found.reasons, signals=found.signals, rules=found.rules, ruleset_hash=found.ruleset_hash,
        words="", decided_at=instant(row.enqueued_at), entry=NO_ENTRY, supersedes=None, refers_to=None,
    )  # fmt: skip


def _of_an_ad(connection: Connection, row: Row[Any], shared: dict[str, Any], now: datetime) -> Shown:
    a, j, m, n = tables.ads, tables.jobs, tables.notice_ads, tables.notices
    ad = connection.execute(select(a).where(a.c.ad == row.ad)).one()
    version = version_row(connection, row.version)
    (advertiser,) = advertisers_of(connection, ad.advertiser).values()
    copies = connection.execute(
        select(j.c.job_id).where(
            j.c.cluster == row.cluster, j.c.state == "open", j.c.kind == "review", j.c.job != row.job
        )
    ).scalars()
    named = connection.execute(
        select(n.c.notice_id).join_from(m, n, n.c.notice == m.c.notice).where(m.c.ad == ad.ad)
    ).scalars()
    return Shown(
        ad=msgspec.json.decode(version.body, type=Ad),
        ad_hash=version.ad_hash,
        picture=version.picture,
        state=shown(ad.state, ad.run),
        stale=ad.current != row.version,
        advertiser=advertiser,
        decisions=tuple(decisions_of(connection, ad.ad)),
        copies=tuple(copies.all()),
        appeals=tuple(appeals_of(connection, ad.ad)),
        notices=tuple(notice_of(connection, one, now=now) for one in named.all()),
        **shared,
    )


def _listed(connection: Connection, row: Row[Any], now: datetime) -> Waiting:
    a = tables.ads
    ad_id = None
    if row.kind == "golden":
        ad_id = golden_of(connection, row.golden)[0].ad.ad_id
    elif row.ad is not None:
        ad_id = connection.execute(select(a.c.ad_id).where(a.c.ad == row.ad)).scalar_one()
    held = row.holder is not None and row.lease_until > micros(now)
    return Waiting(
        job_id=row.job_id,
        kind="review" if row.kind == "golden" else row.kind,
        ad_id=ad_id,
        priority=row.priority,
        enqueued_at=instant(row.enqueued_at),
        due_at=instant(row.due_at),
        late=micros(now) >= row.due_at,
        holder=row.holder if held else None,
        lease_until=instant(row.lease_until) if held else None,
        closed_at=maybe_instant(row.closed_at),
    )


def _claims(connection: Connection, job: int) -> tuple[Claim, ...]:
    c = tables.claims
    return tuple(
        Claim(
            by=row.by,
            claimed_at=instant(row.claimed_at),
            ended_at=maybe_instant(row.ended_at),
            how=row.how,
            reason=row.reason,
        )
        for row in connection.execute(select(c).where(c.c.job == job).order_by(c.c.claim))
    )


def _comments(connection: Connection, job: int) -> tuple[Comment, ...]:
    c = tables.comments
    return tuple(
        Comment(by=row.by, at=instant(row.at), text=row.text)
        for row in connection.execute(select(c).where(c.c.job == job).order_by(c.c.comment))
    )
