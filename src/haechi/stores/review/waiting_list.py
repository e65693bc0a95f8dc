"""The desk's list of what waits, with what people choose by: language, country, copies, and who may take it."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, func, select

from haechi.errors import MissingError
from haechi.review.ads import Ad
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.numbers import number_of
from haechi.stores.review.decided import deciders
from haechi.stores.review.found_wrong import OVERRULED, barred_from_proposing, overruled
from haechi.stores.review.golden import golden_of
from haechi.stores.review.queue import claim, job_row
from haechi.stores.review.suspensions import suspension_of
from haechi.stores.review.views import Waiting
from haechi.stores.review.words import TakenError
from haechi.stores.rows import reading

_MOST: Final = 500
"""Reviews in the list."""
_AT_ONCE: Final = 500
_REVIEWS: Final = ("review", "golden")
DECIDED_BEFORE: Final = (
    "You decided on this ad before. An appeal is decided by somebody who never did (DSA, Art. 20)."
)
DONE: Final = "This job is done: it was decided, or nobody needs to look at it any more."
PROPOSED_IT: Final = "You proposed this suspension. Somebody else confirms or refuses it."
SUSPENDED_IT: Final = (
    "You proposed or confirmed this suspension. Somebody who did neither decides the appeal (DSA, Art. 20)."
)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A job in the list, with what people choose by.

    Attributes:
        job: as in the queue.
        headline: of the ad, or the name of the advertiser whose suspension it is about.
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


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The list.

    Attributes:
        jobs: what is due first stands first. Every appeal and suspension is there, and of the reviews that are asked
            for the first 500.
        count: how many jobs wait.
        late: how many of them are late.
        hidden: reviews that are not in the list.
        languages: of the ads that wait.
        countries: of the ads that wait.
    """

    jobs: tuple[Listed, ...]
    count: int
    late: int
    hidden: int
    languages: tuple[str, ...]
    countries: tuple[str, ...]


def list_jobs(engine: Engine, *, by: str, language: str = "", country: str = "", now: datetime) -> Listing:
    """What waits, as `by` sees it.

    Args:
        engine: the database.
        by: the user.
        language: reviews of ads in this language alone; "": in any. What is no review is never left out.
        country: reviews of ads for this country alone; "": for any.
        now: naive UTC instant.
    """
    found: list[tuple[Row[Any], Ad | None]] = []
    count = late = reviews = hidden = 0
    languages: set[str] = set()
    countries: set[str] = set()
    with reading(engine) as connection:
        sizes = _sizes(connection)
        for row in connection.execute(_open_jobs(by)).yield_per(_AT_ONCE):
            ad = _ad(connection, row)
            count, late = count + 1, late + (micros(now) >= row.due_at)
            if ad is not None:
                languages |= {ad.language} if ad.language else set()
                countries |= set(countries_of(ad))
            review = row.kind in _REVIEWS
            if review and (reviews == _MOST or not _wanted(ad, language, country)):
                hidden += 1
                continue
            reviews += review
            found.append((row, ad))
        jobs = tuple(_listed(connection, row, ad, sizes=sizes, by=by, now=now) for row, ad in found)
    return Listing(
        jobs=jobs, count=count, late=late, hidden=hidden, languages=tuple(sorted(languages)),
        countries=tuple(sorted(countries)),
    )  # fmt: skip


def take_first(engine: Engine, *, by: str, language: str, country: str, now: datetime) -> str | None:
    """Gives a reviewer the first job in a language and for a country that they may take; None where there is none.

    Raises:
        UsageError: the user is no reviewer.
    """
    for one in list_jobs(engine, by=by, language=language, country=country, now=now).jobs:
        fits = language in ("", one.language) and (not country or country in one.countries)
        if not fits or one.barred or one.job.holder is not None:
            continue
        with suppress(TakenError):
            claim(engine, one.job.job_id, by=by, now=now)
            return one.job.job_id
    return None


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


def proposing_barred(engine: Engine, advertiser_id: str, *, by: str) -> str:
    """Why a user may not propose to suspend an advertiser; "" where they may, or none is registered so."""
    with reading(engine) as connection:
        number = number_of(connection, schema.advertisers, "advertiser", "advertiser_id", advertiser_id)
        return "" if number is None else barred_from_proposing(connection, number, by)


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


def _open_jobs(by: str) -> Select[Any]:
    j, v = tables.jobs, tables.versions
    return (
        select(j, v.c.body)
        .select_from(j.outerjoin(v, v.c.version == j.c.version))
        .where(j.c.state == "open", (j.c.kind != "golden") | (j.c.reserved == by))
        .order_by(j.c.due_at, j.c.job)
    )


def _sizes(connection: Connection) -> dict[int, int]:
    j = tables.jobs
    rows = connection.execute(
        select(j.c.cluster, func.count().label("size"))
        .where(j.c.state == "open", j.c.kind == "review")
        .group_by(j.c.cluster)
    )
    return {row.cluster: row.size for row in rows}


def _ad(connection: Connection, row: Row[Any]) -> Ad | None:
    if row.kind == "golden":
        return golden_of(connection, row.golden)[0].ad
    return None if row.body is None else msgspec.json.decode(row.body, type=Ad)


def _wanted(ad: Ad | None, language: str, country: str) -> bool:
    if ad is None:
        return True
    return language in ("", ad.language) and (not country or country in countries_of(ad))


def _listed(
    connection: Connection, row: Row[Any], ad: Ad | None, *, sizes: dict[int, int], by: str, now: datetime
) -> Listed:
    # What is about no ad is a suspension, or an appeal against one.
    named = suspension_of(connection, row.suspension).name if ad is None else ad.headline or ad.text
    return Listed(
        job=_waiting(row, ad, now),
        headline=named,
        language=None if ad is None else ad.language,
        countries=() if ad is None else countries_of(ad),
        copies=sizes.get(row.cluster, 1) - 1 if row.kind == "review" else 0,
        barred=_barred(connection, row, by),
    )


def _waiting(row: Row[Any], ad: Ad | None, now: datetime) -> Waiting:
    held = row.holder is not None and row.lease_until > micros(now)
    return Waiting(
        job_id=row.job_id,
        kind="review" if row.kind == "golden" else row.kind,
        ad_id=None if ad is None else ad.ad_id,
        priority=row.priority,
        enqueued_at=instant(row.enqueued_at),
        due_at=instant(row.due_at),
        late=micros(now) >= row.due_at,
        holder=row.holder if held else None,
        lease_until=instant(row.lease_until) if held else None,
        closed_at=maybe_instant(row.closed_at),
    )


def countries_of(ad: Ad) -> tuple[str, ...]:
    """Where an ad is to be shown, by what it says of itself and of whom it is to reach."""
    return tuple(dict.fromkeys([*([] if ad.country is None else [ad.country]), *ad.targeting.countries]))


def _barred(connection: Connection, row: Row[Any], by: str) -> str:
    if row.state != "open":
        return DONE
    if row.kind == "appeal" and by in deciders(connection, row.ad):
        return DECIDED_BEFORE
    if row.kind in ("suspension", "suspension-appeal"):
        about = suspension_of(connection, row.suspension)
        if by in (about.proposed_by, about.decided_by):
            return PROPOSED_IT if row.kind == "suspension" else SUSPENDED_IT
        if overruled(connection, about.advertiser, by):
            return OVERRULED
    return ""
