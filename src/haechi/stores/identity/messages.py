"""What the operator's mailer takes: letters to people, until it says that they went out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, delete, or_, select, update

from haechi.rights.notices import MINUTES
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.identity.notices import Letter

_KINDS: Final = ("notice", "code")
_AGAIN: Final = timedelta(minutes=5)
"""What was taken and not acknowledged is offered again: a mailer that died must not lose a warning."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to be sent.

    Attributes:
        message: its number, to be acknowledged.
        recipient: the address.
        letter: what to send.
    """

    message: int
    recipient: str
    letter: Letter


def take_messages(
    engine: Engine, acknowledged: Sequence[int] = (), *, now: datetime, limit: int = 100
) -> list[Outgoing]:
    """Letters to be sent, the oldest first; each is offered until it is acknowledged.

    Args:
        engine: the database.
        acknowledged: numbers of those that went out; a code is forgotten with it.
        now: naive UTC instant.
        limit: how many at most.
    """
    o = schema.outbox
    with engine.begin() as connection:
        if acknowledged:
            went = o.c.message.in_(acknowledged) & o.c.kind.in_(_KINDS)
            connection.execute(delete(o).where(went, o.c.kind == "code"))
            connection.execute(update(o).where(went).values(acknowledged_at=micros(now)))
        forget_codes(connection, now=now)
        waits = o.c.acknowledged_at.is_(None) & or_(
            o.c.taken_at.is_(None), o.c.taken_at <= micros(now - _AGAIN)
        )
        some = select(o.c.message).where(o.c.kind.in_(_KINDS), waits).order_by(o.c.message).limit(limit)
        rows = connection.execute(
            update(o)
            .where(o.c.message.in_(some.scalar_subquery()), waits)
            .values(taken_at=micros(now))
            .returning(o.c.message, o.c.recipient, o.c.body)
        ).all()
    return [
        Outgoing(
            message=row.message, recipient=row.recipient, letter=msgspec.json.decode(row.body, type=Letter)
        )
        for row in sorted(rows, key=lambda row: row.message)
    ]


def forget_codes(connection: Connection, *, now: datetime) -> int:
    """Takes letters away whose code is too old to be of use; how many."""
    o = schema.outbox
    late = (o.c.kind == "code") & (o.c.created_at <= micros(now - timedelta(minutes=MINUTES)))
    return int(connection.execute(delete(o).where(late)).rowcount)
