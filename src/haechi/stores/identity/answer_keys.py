"""The keys for which people want their answers sealed."""

from datetime import datetime

from sqlalchemy import Connection, select

from haechi.rights.effect import COOLING_OFF
from haechi.rights.sealed_answer import check_public_key
from haechi.stores import schema
from haechi.stores.clock import micros


def put_answer_key(connection: Connection, person: int, public_key: str, *, now: datetime) -> None:
    """Keeps a key; the one before holds until the cooling-off of the new one is over.

    Raises:
        UsageError: it is no public key of age.
    """
    connection.execute(
        schema.answer_keys.insert().values(
            person=person, recipient=check_public_key(public_key), since=micros(now)
        )
    )


def answer_key_of(connection: Connection, person: int, *, now: datetime) -> str | None:
    """The key for which a person's answers are sealed now; None where there is none yet."""
    k = schema.answer_keys
    return connection.execute(
        select(k.c.recipient)
        .where(
            k.c.person == person, k.c.frozen_at.is_(None), k.c.since <= micros(now - COOLING_OFF),
        )
        .order_by(k.c.since.desc(), k.c.answer_key.desc())
        .limit(1)
    ).scalar()  # fmt: skip
