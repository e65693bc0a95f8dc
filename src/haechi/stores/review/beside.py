"""What stands beside an ad at the desk: the page behind it, who submitted it, and what was decided on similar ads."""

import json
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, case, func, select

from haechi.review.ads import Ad, Authorisation, Licence, Signal
from haechi.review.case import Visit
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant
from haechi.stores.review.decided import newest_on
from haechi.stores.review.golden import golden_of
from haechi.stores.review.parties import authorisations_of
from haechi.stores.review.queue import job_row
from haechi.stores.review.suspended import Suspension, as_suspension, shown_suspensions
from haechi.stores.review.suspensions import suspension_of
from haechi.stores.review.twins import judged, waiting_copies
from haechi.stores.review.versions import version_row
from haechi.stores.rows import reading

_MOST: Final = 30
_NEAR: Final = ("near-copy", "image-copy")


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A similar ad, and what was decided on it.

    Attributes:
        ad_id: which.
        why: what makes it similar; "" where it is only the same advertiser's.
        headline: of it.
        outcome: what was decided last.
        by: who decided.
        words: what a person said of it.
        decided_at: when, naive UTC.
    """

    ad_id: str
    why: str
    headline: str
    outcome: str
    by: str
    words: str
    decided_at: datetime


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a job's ad.

    Attributes:
        visits: the page behind it, as each visitor saw it.
        licences: that the advertiser claims, and the rows of registers under the same numbers.
        permissions: of protected parties for the advertiser.
        registered_at: when the advertiser was registered here, or None.
        outcomes: how many of the advertiser's other ads stand how.
        suspension: that the job is about, or None.
        suspensions: of the advertiser, the newest first.
        similar: other ads with their decisions, the most similar first, the advertiser's others last.
        copies: how many of its copies wait and can be decided with it.
        twins: how many of these are the same in all that is judged; an approval is of them alone.
        decision_id: the decision that holds for the version which is shown, or None.
    """

    visits: tuple[Visit, ...] = ()
    licences: tuple[Licence, ...] = ()
    permissions: tuple[Authorisation, ...] = ()
    registered_at: datetime | None = None
    outcomes: dict[str, int] = {}
    suspension: Suspension | None = None
    suspensions: tuple[Suspension, ...] = ()
    similar: tuple[Similar, ...] = ()
    copies: int = 0
    twins: int = 0
    decision_id: str | None = None


def beside_job(engine: Engine, job_id: str) -> Beside:
    """What stands beside a job's ad; nothing beside one whose answer is known, as beside one of a new advertiser.

    Raises:
        MissingError: there is no such job.
    """
    with reading(engine) as connection:
        row = job_row(connection, job_id)
        if row.kind == "golden":
            about = golden_of(connection, row.golden)[0].advertiser.advertiser_id
            return Beside(registered_at=_registered(connection, about))
        if row.suspension is not None:
            proposed = suspension_of(connection, row.suspension)
            return Beside(
                suspension=as_suspension(connection, proposed),
                **_of_advertiser(connection, proposed.advertiser),
            )
        a, v = tables.ads, tables.versions
        ad = connection.execute(select(a).where(a.c.ad == row.ad)).one()
        visits = connection.execute(select(v.c.visits).where(v.c.version == row.version)).scalar()
        newest = newest_on(connection, row.version)
        return Beside(
            visits=() if visits is None else msgspec.json.decode(visits, type=tuple[Visit, ...]),
            similar=tuple(_similar(connection, ad, newest)),
            **_copies(connection, row),
            decision_id=None if newest is None else newest.decision_id,
            **_of_advertiser(connection, ad.advertiser, but=ad.ad),
        )


def _of_advertiser(connection: Connection, advertiser: int, *, but: int = 0) -> dict[str, Any]:
    a, s, w = tables.ads, tables.suspensions, schema.advertisers
    own = connection.execute(select(w.c.advertiser_id).where(w.c.advertiser == advertiser)).scalar_one()
    outcomes = connection.execute(
        select(a.c.state, func.count().label("ads"))
        .where(a.c.advertiser == advertiser, a.c.ad != but)
        .group_by(a.c.state)
        .order_by(a.c.state)
    )
    return {
        "registered_at": _registered(connection, own),
        "licences": _licences(connection, advertiser, own),
        "permissions": tuple(one for one in authorisations_of(connection) if one.advertiser_id == own),
        "outcomes": {row.state: row.ads for row in outcomes},
        "suspensions": tuple(
            as_suspension(connection, row)
            for row in connection.execute(shown_suspensions().where(s.c.advertiser == advertiser))
        ),
    }


def _registered(connection: Connection, advertiser_id: str) -> datetime | None:
    w = schema.advertisers
    return maybe_instant(
        connection.execute(select(w.c.created_at).where(w.c.advertiser_id == advertiser_id)).scalar()
    )


def _licences(connection: Connection, advertiser: int, own: str) -> tuple[Licence, ...]:
    t = tables.licences
    claimed = connection.execute(select(t).where(t.c.advertiser == advertiser).order_by(t.c.licence)).all()
    found = []
    for row in claimed:
        found.append(_as_licence(row, own))
        known = connection.execute(
            select(t)
            .where(t.c.register.is_not(None), t.c.regulator == row.regulator, t.c.number == row.number)
            .order_by(t.c.register.desc())
            .limit(1)
        ).first()
        if known is not None:
            found.append(_as_licence(known, None))
    return tuple(found)


def _as_licence(row: Row[Any], advertiser_id: str | None) -> Licence:
    return Licence(
        regulator=row.regulator, number=row.number, registered_name=row.registered_name,
        domains=tuple(json.loads(row.domains)), country=row.country, valid_from=maybe_instant(row.valid_from),
        valid_until=maybe_instant(row.valid_until), advertiser_id=advertiser_id,
    )  # fmt: skip


def _similar(connection: Connection, ad: Row[Any], newest: Row[Any] | None) -> list[Similar]:
    """Copies first, then what signals call nearly the same, then the advertiser's others."""
    a, v, d = tables.ads, tables.versions, tables.decisions
    near = () if newest is None else _near_ids(newest.signals)
    rows = connection.execute(
        select(a.c.ad_id, a.c.cluster, v.c.body, d.c.outcome, d.c.actor, d.c.words, d.c.decided_at)
        .join_from(a, v, v.c.version == a.c.current)
        .join(d, d.c.decision == a.c.decision)
        .where(
            a.c.ad != ad.ad,
            (a.c.cluster == ad.cluster) | (a.c.advertiser == ad.advertiser) | a.c.ad_id.in_(near),
        )
        # Its advertiser's many others leave what is like it its place.
        .order_by(
            case((a.c.cluster == ad.cluster, 0), (a.c.ad_id.in_(near), 1), else_=2), d.c.decision.desc()
        )
        .limit(_MOST)
    ).all()
    found = []
    for row in rows:
        why = ""
        if row.ad_id in near:
            why = "nearly the same"
        if row.cluster == ad.cluster:
            why = "the same campaign"
        body = msgspec.json.decode(row.body, type=Ad)
        found.append(
            Similar(
                ad_id=row.ad_id, why=why, headline=body.headline or body.text, outcome=row.outcome, by=row.actor,
                words=row.words, decided_at=instant(row.decided_at),
            )
        )  # fmt: skip
    return found


def _copies(connection: Connection, job: Row[Any]) -> dict[str, Any]:
    if job.kind != "review":
        return {}
    seen = judged(version_row(connection, job.version))
    others = waiting_copies(connection, job)
    return {"copies": len(others), "twins": sum(judged(one) == seen for one in others)}


def _near_ids(signals: str) -> tuple[str, ...]:
    found = []
    for one in msgspec.json.decode(signals, type=tuple[Signal, ...]):
        if one.name in _NEAR:
            found += [one.value, *one.params.values()]
    return tuple(found)
