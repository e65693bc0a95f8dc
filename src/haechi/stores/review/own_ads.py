"""An advertiser's own ads, for its page: nobody else's are in any of the answers."""

from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Engine, select

from haechi.review.ads import Ad, Reason
from haechi.review.outgoing.letter import language_of
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.decided import as_decision
from haechi.stores.review.jobs import open_review
from haechi.stores.review.publishing import shown
from haechi.stores.review.versions import expect_ad, version_row
from haechi.stores.review.words import State
from haechi.stores.rows import reading

AT_ONCE: Final = 50
"""Ads on one page."""


class OwnAd(msgspec.Struct, frozen=True, kw_only=True):
    """An ad as its advertiser sees it.

    Attributes:
        ad_id: which.
        number: by which one asks for those before it.
        ad: as submitted.
        picture: SHA-256 of its picture, or None.
        state: how it stands.
        reasons: why it waits or is rejected.
        told_in: the language in which review says so, ISO 639-1.
        decision_id: that holds, or None.
        decided_at: when, naive UTC, or None.
        due_at: first instant at which a person's look at it is late, where one is needed.
        appeal_until: first instant at which an appeal comes too late, where one may come.
    """

    ad_id: str
    number: int
    ad: Ad
    picture: str | None
    state: State
    reasons: tuple[Reason, ...]
    told_in: str
    decision_id: str | None
    decided_at: datetime | None
    due_at: datetime | None
    appeal_until: datetime | None


def own_ads(engine: Engine, advertiser: int, *, before: int | None = None) -> list[OwnAd]:
    """An advertiser's ads, the newest first.

    Args:
        engine: the database.
        advertiser: our number of it.
        before: only ads before this number; None: from the newest on.
    """
    a = tables.ads
    question = select(a.c.ad_id).where(a.c.advertiser == advertiser)
    if before is not None:
        question = question.where(a.c.ad < before)
    with reading(engine) as connection:
        found = connection.execute(question.order_by(a.c.ad.desc()).limit(AT_ONCE)).scalars().all()
    return [own_ad(engine, advertiser, ad_id) for ad_id in found]


def own_ad(engine: Engine, advertiser: int, ad_id: str) -> OwnAd:
    """One of an advertiser's ads.

    Raises:
        MissingError: there is none, or it is another's.
    """
    d = tables.decisions
    with reading(engine) as connection:
        row = expect_ad(connection, ad_id, advertiser=advertiser)
        decision = made = None
        if row.decision is not None:
            made = connection.execute(select(d).where(d.c.decision == row.decision)).one()
            decision = as_decision(made, ad_id)
        job = open_review(connection, row.ad)
        (owner,) = advertisers_of(connection, advertiser).values()
        version = version_row(connection, row.current)
        ad = msgspec.json.decode(version.body, type=Ad)
        stopped = decision is not None and decision.decision != "approve"
        return OwnAd(
            ad_id=ad_id,
            number=row.ad,
            ad=ad,
            picture=version.picture,
            told_in=language_of(owner, ad),
            state=shown(row.state, row.run),
            reasons=() if decision is None else decision.reasons,
            decision_id=None if made is None else made.decision_id,
            decided_at=None if decision is None else decision.decided_at,
            due_at=instant(job.due_at) if job is not None and row.state == "held" else None,
            appeal_until=appeal_until(decision.decided_at) if decision is not None and stopped else None,
        )


class Name(NamedTuple):
    """Who an advertiser is.

    Attributes:
        advertiser_id: the platform's identifier.
        name: of it.
        suspended: nothing of it runs now.
        was_suspended: it is suspended, or was.
    """

    advertiser_id: str
    name: str
    suspended: bool
    was_suspended: bool


def name_of(engine: Engine, advertiser: int) -> Name:
    """Who an advertiser is, by our number of it."""
    w, t, s = schema.advertisers, tables.advertisers, tables.suspensions
    with reading(engine) as connection:
        row = connection.execute(
            select(w.c.advertiser_id, w.c.name, t.c.suspended_at)
            .select_from(w.outerjoin(t, t.c.advertiser == w.c.advertiser))
            .where(w.c.advertiser == advertiser)
        ).one()
        told = connection.execute(
            select(s.c.suspension)
            .where(s.c.advertiser == advertiser, s.c.state.in_(("confirmed", "lifted")))
            .limit(1)
        ).first()
    return Name(row.advertiser_id, row.name, row.suspended_at is not None, told is not None)


def told_in(engine: Engine, advertiser: int, ad: Ad) -> str:
    """The language in which review gives an advertiser reasons, ISO 639-1."""
    with reading(engine) as connection:
        (owner,) = advertisers_of(connection, advertiser).values()
    return language_of(owner, ad)
