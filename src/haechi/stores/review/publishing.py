"""What the ad server is told, and whether an ad may run.

Each decision puts a message into the outbox in its own transaction: both are there, or neither. A message may come
twice or late; what counts is always `may_run`, which says yes to exactly the approved version and nothing else.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, select, update

from haechi.errors import MissingError
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.review.words import RUNNING, Reviewed, Run, State
from haechi.stores.rows import reading, writing

KIND: Final = "ad-review"
"""Of these messages in the outbox."""
_AD_SERVER: Final = "ad-server"
MOST: Final = 1_000


class MayRun(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an ad may run.

    Attributes:
        may_run: whether.
        ad_id: which ad.
        ad_hash: the version that it is about, or None while that is being judged for the first time.
        state: how the ad stands.
        why: in words, where it may not.
    """

    may_run: bool
    ad_id: str
    ad_hash: str | None
    state: State
    why: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message for the ad server.

    Attributes:
        message: its number, by which it is acknowledged.
        at: naive UTC instant of what it tells.
        ad_id: which ad.
        ad_hash: which version, or None where every version stops.
        may_run: whether that version runs from now on.
    """

    message: int
    at: datetime
    ad_id: str
    ad_hash: str | None
    may_run: bool


def shown(state: Reviewed, run: Run) -> State:
    """How an ad stands, in one word."""
    if run == "expired":
        return "expired"
    return run if state == "approved" and run != "idle" else state


def may_run(engine: Engine, ad_id: str, ad_hash: str | None = None) -> MayRun:
    """Whether an ad may run now.

    Args:
        engine: the database.
        ad_id: which ad.
        ad_hash: the version that is about to be shown; None asks about the current one.

    Raises:
        MissingError: there is no such ad.
    """
    a, v, w = tables.ads, tables.versions, tables.advertisers
    with reading(engine) as connection:
        row = connection.execute(
            select(a.c.state, a.c.run, v.c.ad_hash, w.c.suspended_at)
            .select_from(a.join(v, v.c.version == a.c.current).outerjoin(w, w.c.advertiser == a.c.advertiser))
            .where(a.c.ad_id == ad_id)
        ).first()
    if row is None:
        raise MissingError("no ad has this identifier.")
    state = shown(row.state, row.run)
    why = ""
    if row.suspended_at is not None:
        why = "the advertiser is suspended"
    elif row.state != "approved" or row.run not in RUNNING:
        why = f"the ad is {state}"
    elif ad_hash is not None and ad_hash != row.ad_hash:
        why = "this is not the version that was approved"
    return MayRun(may_run=not why, ad_id=ad_id, ad_hash=row.ad_hash, state=state, why=why)


def tell_ad_server(
    connection: Connection, ad_id: str, ad_hash: str | None, *, runs: bool, now: datetime
) -> None:
    """Puts a message into the outbox, in the transaction of what it tells."""
    body = {"ad_id": ad_id, "ad_hash": ad_hash, "may_run": runs}
    connection.execute(
        schema.outbox.insert().values(
            kind=KIND, recipient=_AD_SERVER, body=json.dumps(body), created_at=micros(now)
        )
    )


def waiting(engine: Engine, *, limit: int = MOST) -> list[Told]:
    """Messages that the ad server did not acknowledge yet, in their order."""
    o = schema.outbox
    with reading(engine) as connection:
        rows = connection.execute(
            select(o.c.message, o.c.created_at, o.c.body)
            .where(o.c.kind == KIND, o.c.acknowledged_at.is_(None))
            .order_by(o.c.message)
            .limit(limit)
        ).all()
    return [Told(message=row.message, at=instant(row.created_at), **json.loads(row.body)) for row in rows]


def acknowledge(engine: Engine, messages: Collection[int], *, now: datetime) -> int:
    """The ad server did what these say; how many of them were new to it."""
    o = schema.outbox
    with writing(engine) as connection:
        return connection.execute(
            update(o)
            .where(o.c.message.in_(messages), o.c.kind == KIND, o.c.acknowledged_at.is_(None))
            .values(acknowledged_at=micros(now))
        ).rowcount
