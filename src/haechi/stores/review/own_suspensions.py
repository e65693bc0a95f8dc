"""An advertiser's suspensions as it sees them: the reasons in its language, and how it appeals."""

import json
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from haechi.review.outgoing.letter import language_of
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, maybe_instant
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.grounds import Ground, grounds_in
from haechi.stores.review.suspension_appeals import SuspensionAppeal, appeals_of_advertiser


class OwnSuspension(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension as its advertiser sees it.

    Attributes:
        suspension_id: opaque.
        since: when it began, naive UTC, as all instants here.
        lifted_at: when it ended; None while it holds.
        grounds: why, in the language that was asked for.
        told: what happened, in a person's words; "" for one of before such words were kept.
        told_in: the language in which review writes to the advertiser, ISO 639-1.
        appeal_until: first instant at which an appeal comes too late; None where nothing is left to appeal.
        appeal: against it, or None.
    """

    suspension_id: str
    since: datetime
    lifted_at: datetime | None
    grounds: tuple[Ground, ...]
    told: str
    told_in: str
    appeal_until: datetime | None
    appeal: SuspensionAppeal | None


def own_suspensions(
    connection: Connection, advertiser: int, *, language: str | None = None
) -> list[OwnSuspension]:
    """An advertiser's suspensions, the newest first, lifted ones too; of what was only proposed it learns nothing.

    Args:
        connection: in a transaction.
        advertiser: our number of it.
        language: of the grounds, ISO 639-1; None: that in which review writes to the advertiser.
    """
    s = tables.suspensions
    (owner,) = advertisers_of(connection, advertiser).values()
    told_in = language_of(owner)
    rows = connection.execute(
        select(s)
        .where(s.c.advertiser == advertiser, s.c.state.in_(("confirmed", "lifted")))
        .order_by(s.c.suspension.desc())
    ).all()
    appeals = {one.suspension_id: one for one in appeals_of_advertiser(connection, advertiser)}
    found = []
    for row in rows:
        since = instant(row.decided_at)
        appeal = appeals.get(row.suspension_id)
        found.append(
            OwnSuspension(
                suspension_id=row.suspension_id, since=since, lifted_at=maybe_instant(row.lifted_at),
                grounds=grounds_in(language or told_in, json.loads(row.grounds)), told=row.told, told_in=told_in,
                appeal_until=appeal_until(since) if row.state == "confirmed" and appeal is None else None,
                appeal=appeal,
            )
        )  # fmt: skip
    return found
