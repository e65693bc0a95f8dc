"""People who sign in to the console: a local name with a password, and a session that ends."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Engine, delete, select, update

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import reading, writing

Role = Literal["owner", "reviewer", "viewer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
_LASTS: Final = timedelta(hours=12)
_IDLE: Final = timedelta(hours=1)
_SHORTEST: Final = 12
_HASHER: Final = PasswordHasher()
_NOBODY: Final = _HASHER.hash(secrets.token_urlsafe(16))
"""What an unknown name's password is compared with, so that it takes as long as a known one's."""


class User(msgspec.Struct, frozen=True):
    """Who is signed in.

    Attributes:
        name: as decisions are signed.
        role: what they may do: viewer reads, reviewer decides, owner both.
        csrf: what forms of this session must carry.
    """

    name: str
    role: Role
    csrf: str


def make_user(engine: Engine, *, name: str, role: Role, password: str, now: datetime) -> None:
    """Adds a person who may sign in, or gives a known one another role and password; their sessions end.

    Raises:
        UsageError: no name, an unknown role, or a short password.
    """
    if not name.strip() or role not in ROLES:
        raise UsageError(
            f"a user {name!r} with role {role!r}; expected a name and one of {', '.join(ROLES)}."
        )
    if len(password) < _SHORTEST:
        raise UsageError(f"a password of {len(password)} characters; expected at least {_SHORTEST}.")
    u, s = schema.users, schema.sessions
    hashed = _HASHER.hash(password)
    with writing(engine) as connection:
        known = connection.execute(select(u.c.user).where(u.c.subject == name)).scalar()
        if known is None:
            connection.execute(
                u.insert().values(
                    subject=name, name=name, role=role, password_hash=hashed, created_at=micros(now)
                )
            )
        else:
            connection.execute(update(u).where(u.c.user == known).values(role=role, password_hash=hashed))
            connection.execute(delete(s).where(s.c.user == known))


def sign_in(engine: Engine, *, name: str, password: str, now: datetime) -> str | None:
    """A new session's secret, for the cookie; None where name and password do not go together."""
    u, s = schema.users, schema.sessions
    with reading(engine) as connection:
        row = connection.execute(select(u).where(u.c.subject == name, u.c.disabled_at.is_(None))).first()
    try:
        _HASHER.verify(row.password_hash if row is not None else _NOBODY, password)
    except VerificationError:
        return None
    if row is None:
        return None
    secret = secrets.token_urlsafe(32)
    with writing(engine) as connection:
        connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
        connection.execute(
            s.insert().values(
                session_hash=_hash(secret), user=row.user, csrf=secrets.token_urlsafe(24), created_at=micros(now),
                seen_at=micros(now), expires_at=micros(now + _LASTS),
            )
        )  # fmt: skip
    return secret


def user_of(engine: Engine, secret: str, *, now: datetime) -> User | None:
    """Who a session belongs to; None where it is none, has ended, or was idle for an hour."""
    u, s = schema.users, schema.sessions
    with writing(engine) as connection:
        row = connection.execute(
            select(u.c.name, u.c.role, s.c.csrf).join_from(s, u, s.c.user == u.c.user).where(
                s.c.session_hash == _hash(secret), s.c.expires_at > micros(now),
                s.c.seen_at > micros(now - _IDLE), u.c.disabled_at.is_(None),
            )
        ).first()  # fmt: skip
        if row is None:
            return None
        connection.execute(update(s).where(s.c.session_hash == _hash(secret)).values(seen_at=micros(now)))
    return User(row.name, row.role, row.csrf)


def sign_out(engine: Engine, secret: str) -> None:
    """Ends a session."""
    s = schema.sessions
    with writing(engine) as connection:
        connection.execute(delete(s).where(s.c.session_hash == _hash(secret)))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
