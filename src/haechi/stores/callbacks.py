"""How agents' requests stand, waiting in the outbox to be told (DRP 1.0, section 2.03)."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Engine, select, update

from haechi.errors import MissingError
from haechi.stores import schema
from haechi.stores.agent_rows import CALLBACK
from haechi.stores.clock import micros
from haechi.stores.rows import reading, writing

KEPT: Final = timedelta(days=1)
"""How long it is tried; an agent can always ask."""
MOST: Final = 100
"""Messages tried in one round."""


class Callback(NamedTuple):
    """One message.

    Attributes:
        message: its number.
        url: where the agent wants to be told.
        body: JSON of a status.
    """

    message: int
    url: str
    body: str


def waiting_callbacks(engine: Engine, *, now: datetime) -> list[Callback]:
    """What is still to be told, the oldest first."""
    o = schema.outbox
    with reading(engine) as connection:
        rows = connection.execute(
            select(o.c.message, o.c.recipient, o.c.body)
            .where(o.c.kind == CALLBACK, o.c.acknowledged_at.is_(None))
            .where(o.c.created_at > micros(now - KEPT))
            .order_by(o.c.message)
            .limit(MOST)
        ).all()
    return [Callback(row.message, row.recipient, row.body) for row in rows]


def callback_told(engine: Engine, message: int, *, now: datetime) -> None:
    """Writes down that the agent took a message.

    Raises:
        MissingError: there is no such message.
    """
    o = schema.outbox
    with writing(engine) as connection:
        values = {"taken_at": micros(now), "acknowledged_at": micros(now)}
        which = (o.c.message == message) & (o.c.kind == CALLBACK)
        if not connection.execute(update(o).where(which).values(**values)).rowcount:
            raise MissingError("no such message for an agent.")
