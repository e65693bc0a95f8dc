"""Figures and random samples from the database: Japan's yearly figures, and ads drawn for people to label."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select

from haechi.errors import UsageError
from haechi.review.outgoing.figures import Figures, Request, figures
from haechi.review.outgoing.prevalence import Frame, Sample, draw
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros
from haechi.stores.review.decided import as_decision
from haechi.stores.review.notice_answers import KIND
from haechi.stores.review.showings import ran_within, showings
from haechi.stores.review.words import Verdict

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2999
_ZONE: Final = timedelta(days=1)
_VERDICTS: Final[dict[str, Verdict]] = {"approve": "approve", "reject": "reject"}


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A random sample with what people said of its ads.

    Attributes:
        frame: all ads that ran in the time.
        sample: those drawn.
        verdicts: of a person who looked at the very ad, by identifier; ads without one have to be labelled.
    """

    frame: Frame
    sample: Sample
    verdicts: dict[str, Verdict]


def yearly_figures(connection: Connection, year: int, *, now: datetime) -> Figures:
    """Japan's figures of the year that began in April of `year`, from notices and decisions.

    A notice is a request; its ground is `impersonation` where it names a party, else `other`. A result counts as told
    when the operator's mailer said so, and so one whose reporter gave no contact never does: the stricter reading.
    Nothing tells here whether an account's stop was asked for, or that an advertiser was told: these stay 0.

    Args:
        connection: in a transaction that sees one state of the database.
        year: which.
        now: naive UTC instant at which what is open is looked at.

    Raises:
        UsageError: it is no year.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UsageError(f"the year is {year}; expected one from {_FIRST_YEAR} to {_LAST_YEAR}.")
    d, v, a = tables.decisions, tables.versions, tables.ads
    # A day wider than the year, whose days are Japan's.
    since, until = _day(date(year, 4, 1)) - _ZONE, _day(date(year + 1, 4, 1)) + _ZONE
    rows = connection.execute(
        select(d, a.c.ad_id)
        .join_from(d, v, v.c.version == d.c.version)
        .join(a, a.c.ad == v.c.ad)
        .where(d.c.decided_at >= micros(since), d.c.decided_at < micros(until))
        .order_by(d.c.decision)
    ).all()
    decisions = [as_decision(row, row.ad_id) for row in rows]
    return figures(_requests(connection), decisions, year=year, as_of=now)


def frame_of(connection: Connection, since: datetime, until: datetime) -> Frame:
    """All ads that were told to the ad server as running in `[since, until)`, by identifier.

    Args:
        connection: in a transaction that sees one state of the database.
        since: naive UTC instant.
        until: naive UTC instant that is over: else the same time has other ads tomorrow.
    """
    shown = showings(connection)
    return Frame(ads=tuple(sorted(ad_id for ad_id, ran in shown.items() if ran_within(ran, since, until))))


def sample(connection: Connection, size: int, *, seed: int, since: datetime, until: datetime) -> Drawn:
    """A uniform random sample of the ads that ran, each with the same chance, none twice.

    Raises:
        UsageError: no ad ran, or fewer than `size`.
    """
    frame = frame_of(connection, since, until)
    if not frame.ads:
        raise UsageError(
            f"no ad ran from {since:%Y-%m-%d %H:%M} to before {until:%Y-%m-%d %H:%M} UTC; "
            "expected a time that is over, in which ads ran."
        )
    drawn = draw(frame, size, seed=seed)
    return Drawn(frame=frame, sample=drawn, verdicts=_verdicts(connection, set(drawn.drawn)))


def _verdicts(connection: Connection, ad_ids: set[str]) -> dict[str, Verdict]:
    """What a person last said of each ad's current version; what a machine repeated for a copy is not a person's."""
    a, d = tables.ads, tables.decisions
    rows = connection.execute(
        select(a.c.ad_id, d.c.outcome)
        .join_from(d, a, a.c.current == d.c.version)
        .where(d.c.automated == "NOT", d.c.outcome.in_(list(_VERDICTS)))
        .order_by(d.c.decision)
    )
    return {row.ad_id: _VERDICTS[row.outcome] for row in rows if row.ad_id in ad_ids}


def _requests(connection: Connection) -> list[Request]:
    n, o = tables.notices, schema.outbox
    answered = connection.execute(
        select(o.c.body, o.c.acknowledged_at).where(o.c.kind == KIND, o.c.acknowledged_at.is_not(None))
    )
    told = {json.loads(row.body)["notice_id"]: instant(row.acknowledged_at) for row in answered}
    rows = connection.execute(select(n).order_by(n.c.notice)).all()
    return [_request(row, told.get(row.notice_id)) for row in rows]


def _request(row: Row[Any], told_at: datetime | None) -> Request:
    return Request(
        request_id=row.notice_id,
        ground="other" if row.party is None else "impersonation",
        received_at=instant(row.received_at),
        decided_at=maybe_instant(row.decided_at),
        removed=None if row.result is None else row.result != "refused",
        told_at=told_at,
    )


def _day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC inside
