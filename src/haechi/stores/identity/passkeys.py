"""Passkeys as the database keeps them; the ceremonies themselves are the door's (`haechi.service.me.ceremony`)."""

import secrets
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select, update

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import instant, maybe_instant, micros

MOST: Final = 20
"""Passkeys of one person."""
_HANDLE: Final = 32


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey.

    Attributes:
        passkey: its number.
        person: whose.
        credential_id: as the authenticator knows it.
        user_handle: as the authenticator knows the person.
        public_key: COSE.
        sign_count: what it last counted.
        name: as the person calls it.
        created_at: naive UTC.
        used_at: naive UTC, or None.
        usable: it signs in; one that was frozen or taken away does not.
    """

    passkey: int
    person: int
    credential_id: bytes
    user_handle: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    used_at: datetime | None
    usable: bool


def passkeys_of(connection: Connection, person: int) -> list[Passkey]:
    """A person's passkeys that were not taken away, the oldest first."""
    k = schema.passkeys
    rows = connection.execute(
        select(k).where(k.c.person == person, k.c.ended_at.is_(None)).order_by(k.c.passkey)
    ).all()
    return [_passkey(row) for row in rows]


def passkey_by(connection: Connection, credential_id: bytes) -> Passkey | None:
    """The passkey that an authenticator names, usable or not."""
    k = schema.passkeys
    row = connection.execute(select(k).where(k.c.credential_id == credential_id)).first()
    return None if row is None else _passkey(row)


def handle_of(connection: Connection, person: int) -> bytes:
    """What authenticators know a person by: random, the same for all of the person's passkeys."""
    k = schema.passkeys
    held = connection.execute(select(k.c.user_handle).where(k.c.person == person).limit(1)).scalar()
    return secrets.token_bytes(_HANDLE) if held is None else bytes(held)


def add_passkey(
    connection: Connection,
    person: int,
    *,
    credential_id: bytes,
    user_handle: bytes,
    public_key: bytes,
    sign_count: int,
    name: str,
    now: datetime,
) -> int:
    """Keeps a passkey.

    Returns:
        its number.

    Raises:
        UsageError: it is somebody's already, or the person has too many.
    """
    if len(passkeys_of(connection, person)) >= MOST:
        raise UsageError(f"{MOST} passkeys; expected one of them to be taken away before another comes.")
    if passkey_by(connection, credential_id) is not None:
        # WebAuthn Level 3, 7.1 step 26: a credential belongs to one person.
        raise UsageError("the passkey is known already; expected a new one.")
    made = connection.execute(
        schema.passkeys.insert().values(
            person=person, credential_id=credential_id, user_handle=user_handle, public_key=public_key,
            sign_count=sign_count, name=name, created_at=micros(now),
        )
    ).inserted_primary_key  # fmt: skip
    return int(made[0])  # type: ignore[index]


def count_use(connection: Connection, passkey: int, sign_count: int, *, now: datetime) -> bool:
    """Writes down that a passkey was used.

    Returns:
        whether its count went on; False: it was used elsewhere meanwhile, by a copy or by a second try of one answer.
    """
    k = schema.passkeys
    # Many authenticators count nothing, and say 0 each time.
    goes_on = k.c.sign_count < sign_count if sign_count else k.c.sign_count == 0
    usable = k.c.frozen_at.is_(None) & k.c.ended_at.is_(None)
    return bool(
        connection.execute(
            update(k)
            .where(k.c.passkey == passkey, goes_on, usable)
            .values(sign_count=sign_count, used_at=micros(now))
        ).rowcount
    )


def end_passkey(connection: Connection, person: int, passkey: int, *, now: datetime) -> bool:
    """Takes a passkey away; whether the person had it."""
    k = schema.passkeys
    which = (k.c.passkey == passkey) & (k.c.person == person) & k.c.ended_at.is_(None)
    return bool(connection.execute(update(k).where(which).values(ended_at=micros(now))).rowcount)


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(
        passkey=row.passkey, person=row.person, credential_id=bytes(row.credential_id),
        user_handle=bytes(row.user_handle), public_key=bytes(row.public_key), sign_count=row.sign_count,
        name=row.name, created_at=instant(row.created_at),
        used_at=maybe_instant(row.used_at),
        usable=row.frozen_at is None and row.ended_at is None,
    )  # fmt: skip
