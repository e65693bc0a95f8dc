"""What somebody has to give back once: one-time codes, challenges of passkeys, links that stop.

The database alone opens nothing: a code is compared with a keyed hash whose key only the asker's browser holds,
a link is kept as a hash. A code for an unknown address is kept and tried like any other and is right for nobody,
so that nobody learns from an answer, or from how long it takes, who is known.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection, delete, update

from haechi.rights.notices import MINUTES
from haechi.stores import schema
from haechi.stores.clock import micros

Purpose = Literal[
    "recover", "step-up", "confirm-contact", "passkey-sign-in", "passkey-add", "passkey-step-up", "stop"
]
_DIGITS: Final = 8
"""26 bits: NIST SP 800-63B-4 section 4.2.1.2 asks for six digits and throttling."""
_TRIES: Final = 5
_CODE_LASTS: Final = timedelta(minutes=MINUTES)
_CHALLENGE_LASTS: Final = timedelta(minutes=5)
LINK_LASTS: Final = timedelta(days=7)
"""Longer than the cooling-off: who comes late can still end what was added."""
_CHALLENGE: Final = 32


class Issued(NamedTuple):
    """What was made.

    Attributes:
        holder: for the asker's browser, or in the link.
        secret: the code, as digits; or the challenge.
    """

    holder: str
    secret: bytes


class Given(NamedTuple):
    """What came back.

    Attributes:
        person: whose it is; None: nobody's yet.
        contact: by which address, or None.
        expected: the challenge.
        detail: what was kept with it.
    """

    person: int | None
    contact: int | None
    expected: bytes
    detail: str


def issue_code(
    connection: Connection,
    purpose: Purpose,
    *,
    person: int | None,
    contact: int | None = None,
    detail: str = "{}",
    now: datetime,
) -> Issued:
    """A new code.

    Args:
        connection: in a transaction that writes.
        purpose: what it is good for.
        person: whose; None: nobody's, it will be right for nobody.
        contact: the address that it goes to.
        detail: what is to be remembered with it, JSON.
        now: naive UTC instant.
    """
    holder, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}".encode()
    _keep(
        connection, holder, purpose=purpose, person=person, contact=contact, expected=_keyed(holder, code),
        detail=detail, tries=_TRIES, lasts=_CODE_LASTS, now=now,
    )  # fmt: skip
    return Issued(holder, code)


def give_code(
    connection: Connection, holder: str, code: str, purpose: Purpose, *, now: datetime
) -> Given | None:
    """Tries a code. Each try counts, right or wrong, and a right one is the last.

    Returns:
        what it was for; None where it is wrong, too late, used up, or nobody's.
    """
    c = schema.codes
    which = (c.c.holder_hash == _hash(holder)) & (c.c.purpose == purpose)
    row = connection.execute(
        update(c)
        .where(which, c.c.tries > 0, c.c.expires_at > micros(now))
        .values(tries=c.c.tries - 1)
        .returning(c.c.person, c.c.contact, c.c.expected, c.c.detail)
    ).first()
    expected = bytes(row.expected) if row is not None else bytes(hashlib.sha256().digest_size)
    # Blanks and signs that people type or copy along with it count for nothing.
    digits = "".join(sign for sign in code[:40] if sign in "0123456789")
    right = hmac.compare_digest(expected, _keyed(holder, digits.encode()))
    if (
        row is None
        or row.person is None
        or not right
        or not connection.execute(delete(c).where(which)).rowcount
    ):
        return None
    return Given(row.person, row.contact, b"", row.detail)


def whose(connection: Connection, holder: str, purpose: Purpose) -> int | None:
    """Whose code a browser holds; None where it is nobody's."""
    c = schema.codes
    found = connection.execute(
        c.select()
        .with_only_columns(c.c.person)
        .where(c.c.holder_hash == _hash(holder), c.c.purpose == purpose)
    ).scalar()
    return None if found is None else int(found)


def issue_challenge(
    connection: Connection, purpose: Purpose, *, person: int | None, detail: str = "{}", now: datetime
) -> Issued:
    """A new challenge for a passkey, and what is to be remembered with it."""
    holder, challenge = secrets.token_urlsafe(32), secrets.token_bytes(_CHALLENGE)
    _keep(
        connection, holder, purpose=purpose, person=person, expected=challenge, detail=detail, tries=1,
        lasts=_CHALLENGE_LASTS, now=now,
    )  # fmt: skip
    return Issued(holder, challenge)


def issue_link(connection: Connection, purpose: Purpose, *, person: int, detail: str, now: datetime) -> str:
    """The secret of a link that does something once."""
    secret = secrets.token_urlsafe(32)
    _keep(
        connection, secret, purpose=purpose, person=person, expected=b"", detail=detail, tries=1, lasts=LINK_LASTS,
        now=now,
    )  # fmt: skip
    return secret


def give_back(connection: Connection, holder: str, purpose: Purpose, *, now: datetime) -> Given | None:
    """Takes a challenge or a link; it counts once, whatever comes of it."""
    c = schema.codes
    row = connection.execute(
        delete(c)
        .where(c.c.holder_hash == _hash(holder), c.c.purpose == purpose)
        .returning(c.c.person, c.c.contact, c.c.expected, c.c.detail, c.c.expires_at)
    ).first()
    if row is None or row.expires_at <= micros(now):
        return None
    return Given(row.person, row.contact, bytes(row.expected), row.detail)


def sweep(connection: Connection, *, now: datetime) -> int:
    """Forgets what is too late; how many."""
    c = schema.codes
    return int(connection.execute(delete(c).where(c.c.expires_at <= micros(now))).rowcount)


def _keep(connection: Connection, holder: str, *, lasts: timedelta, now: datetime, **values: object) -> None:
    connection.execute(
        schema.codes.insert().values(
            holder_hash=_hash(holder), created_at=micros(now), expires_at=micros(now + lasts), **values
        )
    )


def _hash(holder: str) -> bytes:
    return hashlib.sha256(holder.encode()).digest()


def _keyed(holder: str, code: bytes) -> bytes:
    return hmac.digest(holder.encode(), code, hashlib.sha256)
