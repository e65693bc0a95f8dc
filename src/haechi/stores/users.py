"""People who sign in to the console: by a password, or by who a provider says they are; and a session that ends."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Engine, delete, select, update

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import reading, writing

Role = Literal["owner", "reviewer", "viewer"]
IdentityKind = Literal["subject", "email"]
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


class Identity(msgspec.Struct, frozen=True):
    """Who somebody is at a provider of OpenID Connect.

    Attributes:
        issuer: the provider.
        kind: by its own identifier for the person, or by an address that it verified.
        value: which.
    """

    issuer: str
    kind: IdentityKind
    value: str

    def __str__(self) -> str:
        # No issuer has a blank in it, so that no two identities are written alike. Case tells no addresses apart, but
        # only that of ASCII: the lower case of the Kelvin sign is a k, and its owner is somebody else.
        plain = self.kind == "email" and self.value.isascii()
        return f"{self.issuer} {self.kind} {self.value.lower() if plain else self.value}"


def make_user(engine: Engine, *, name: str, role: Role, password: str, now: datetime) -> None:
    """Adds a person who may sign in, or gives a known one another role and password; their sessions end.

    Raises:
        UsageError: no name, an unknown role, or a short password.
    """
    if len(password) < _SHORTEST:
        raise UsageError(f"a password of {len(password)} characters; expected at least {_SHORTEST}.")
    _put(engine, name=name, role=role, subject=name, password_hash=_HASHER.hash(password), now=now)


def make_user_elsewhere(engine: Engine, *, name: str, role: Role, identity: Identity, now: datetime) -> None:
    """Adds a person whom a provider signs in, or a known one who has no password from then on; their sessions end.

    Raises:
        UsageError: no name, an unknown role, or the identity is another user's.
    """
    _put(engine, name=name, role=role, subject=str(identity), password_hash=None, now=now)


def _put(
    engine: Engine, *, name: str, role: Role, subject: str, password_hash: str | None, now: datetime
) -> None:
    if not name.strip() or role not in ROLES:
        raise UsageError(
            f"a user {name!r} with role {role!r}; expected a name and one of {', '.join(ROLES)}."
        )
    u, s = schema.users, schema.sessions
    values = {"subject": subject, "role": role, "password_hash": password_hash}
    with writing(engine) as connection:
        known = connection.execute(select(u.c.user).where(u.c.name == name)).scalar()
        holder = connection.execute(select(u.c.user).where(u.c.subject == subject)).scalar()
        if holder not in (None, known):
            # Two people decide about what is sensitive: one person must not be two users.
            raise UsageError("the identity is another user's; expected one that nobody has.")
        if known is None:
            connection.execute(u.insert().values(name=name, created_at=micros(now), **values))
        else:
            connection.execute(update(u).where(u.c.user == known).values(**values))
            connection.execute(delete(s).where(s.c.user == known))


def sign_in(engine: Engine, *, name: str, password: str, now: datetime) -> str | None:
    """A new session's secret, for the cookie; None where name and password do not go together."""
    u = schema.users
    with reading(engine) as connection:
        row = connection.execute(
            select(u).where(u.c.subject == name, u.c.password_hash.is_not(None), u.c.disabled_at.is_(None))
        ).first()
    try:
        _HASHER.verify(row.password_hash if row is not None else _NOBODY, password)
    except VerificationError:
        return None
    if row is None:
        return None
    with writing(engine) as connection:
        return _session(connection, row.user, now)


def sign_in_elsewhere(engine: Engine, identities: Iterable[Identity], *, now: datetime) -> str | None:
    """A new session's secret for the first of a person's verified identities that a user has; None where none has."""
    u = schema.users
    with writing(engine) as connection:
        for identity in identities:
            user = connection.execute(
                select(u.c.user).where(
                    u.c.subject == str(identity), u.c.password_hash.is_(None), u.c.disabled_at.is_(None)
                )
            ).scalar()
            if user is not None:
                return _session(connection, user, now)
    return None


def _session(connection: Connection, user: int, now: datetime) -> str:
    s = schema.sessions
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
    connection.execute(
        s.insert().values(
            session_hash=_hash(secret), user=user, csrf=secrets.token_urlsafe(24), created_at=micros(now),
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
