"""The desk's list of what waits, with what people choose by: language, country, copies, and who may take it."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, func, select

from haechi.errors import MissingError
from haechi.review.ads import Ad
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros
from haechi.stores.review.decided import deciders
from haechi.stores.review.golden import golden_of
from haechi.stores.review.queue import job_row
from haechi.stores.review.suspensions import suspension_of
from haechi.stores.review.views import Waiting, waiting_jobs
from haechi.stores.rows import reading

DECIDED_BEFORE: Final = (
    "You decided on this ad before. An appeal is decided by somebody who never did (DSA, Art. 20)."
)
DONE: Final = "This job is done: it was decided, or nobody needs to look at it any more."
PROPOSED_IT: Final = "You proposed this suspension. Somebody else confirms or refuses it."


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A job in the list, with what people choose by.

    Attributes:
        job: as in the queue.
        headline: of the ad, or the name of the advertiser that is to be suspended.
        language: as declared, or None.
        countries: where it is to be shown.
        copies: jobs of its copies that wait too.
        barred: why this user may not take it; "" where they may.
    """

    job: Waiting
    headline: str
    language: str | None
    countries: tuple[str, ...]
    copies: int
    barred: str


def list_jobs(engine: Engine, *, by: str, now: datetime) -> list[Listed]:
    """What waits, as `by` sees it: what is due first stands first, whatever it is about."""
    waiting = sorted(waiting_jobs(engine, by=by, now=now), key=lambda one: (one.due_at, one.job_id))
    j, v = tables.jobs, tables.versions
    with reading(engine) as connection:
        rows = {
            row.job_id: row
            for row in connection.execute(
                select(j, v.c.body)
                .select_from(j.outerjoin(v, v.c.version == j.c.version))
                .where(j.c.state == "open", (j.c.kind != "golden") | (j.c.reserved == by))
            )
        }
        sizes = {
            row.cluster: row.size
            for row in connection.execute(
                select(j.c.cluster, func.count().label("size"))
                .where(j.c.state == "open", j.c.kind == "review")
                .group_by(j.c.cluster)
            )
        }
        return [
            _listed(connection, one, rows[one.job_id], sizes, by) for one in waiting if one.job_id in rows
        ]


def barred_from(engine: Engine, job_id: str, *, by: str) -> str:
    """Why a user may not take a job; "" where they may.

    Raises:
        MissingError: there is no such job, or its answer is known and it is another's.
    """
    with reading(engine) as connection:
        row = job_row(connection, job_id)
        if row.kind == "golden" and row.reserved != by:
            raise MissingError("no job has this identifier.")
        return _barred(connection, row, by)


def job_of_ad(engine: Engine, ad_id: str) -> str | None:
    """The job of an ad that waits for somebody's look, or None."""
    j, a = tables.jobs, tables.ads
    with reading(engine) as connection:
        return connection.execute(
            select(j.c.job_id)
            .join_from(j, a, a.c.ad == j.c.ad)
            .where(a.c.ad_id == ad_id, j.c.kind == "review", j.c.state == "open")
        ).scalar()


def held_by(engine: Engine, by: str, *, now: datetime) -> list[tuple[str, datetime]]:
    """The jobs that somebody has, each with the instant at which it is free again; the first to end stands first."""
    j = tables.jobs
    with reading(engine) as connection:
        rows = connection.execute(
            select(j.c.job_id, j.c.lease_until)
            .where(j.c.state == "open", j.c.holder == by, j.c.lease_until > micros(now))
            .order_by(j.c.lease_until)
        ).all()
    return [(row.job_id, instant(row.lease_until)) for row in rows]


def _listed(connection: Connection, job: Waiting, row: Row[Any], sizes: dict[int, int], by: str) -> Listed:
    ad = None
    headline = ""
    if row.kind == "golden":
        ad = golden_of(connection, row.golden)[0].ad
    elif row.kind == "suspension":
        headline = suspension_of(connection, row.suspension).name
    elif row.body is not None:
        ad = msgspec.json.decode(row.body, type=Ad)
    if ad is not None:
        headline = ad.headline or ad.text
    return Listed(
        job=job,
        headline=headline,
        language=None if ad is None else ad.language,
        countries=() if ad is None else countries_of(ad),
        copies=sizes.get(row.cluster, 1) - 1 if row.kind == "review" else 0,
        barred=_barred(connection, row, by),
    )


def countries_of(ad: Ad) -> tuple[str, ...]:
    """Where an ad is to be shown, by what it says of itself and of whom it is to reach."""
    return tuple(dict.fromkeys([*([] if ad.country is None else [ad.country]), *ad.targeting.countries]))


def _barred(connection: Connection, row: Row[Any], by: str) -> str:
    if row.state != "open":
        return DONE
    if row.kind == "appeal" and by in deciders(connection, row.ad):
        return DECIDED_BEFORE
    if row.kind == "suspension" and suspension_of(connection, row.suspension).proposed_by == by:
        return PROPOSED_IT
    return ""
