"""People who sign in to the console: by a password, or by who a provider says they are; and a session that ends."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Engine, delete, select, update

from haechi.errors import UsageError
from haechi.records import show
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import reading, tell, writing
from haechi.stores.trail import COMMAND_LINE, Action, record
from haechi.terms.identifiers import EXPECTED, is_identifier

Role = Literal["owner", "reviewer", "viewer"]
IdentityKind = Literal["subject", "email"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
_LASTS: Final = timedelta(hours=12)
_IDLE: Final = timedelta(hours=1)
_SHORTEST: Final = 12
LONGEST_PASSWORD: Final = 1_000
_BROWSER_SECRET: Final = "browser-secret"  # noqa: S105 - the setting's name
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


def make_user(
    engine: Engine, *, name: str, role: Role, password: str, now: datetime, by: str = COMMAND_LINE
) -> None:
    """Adds a person who may sign in, or gives a known one another role and password; their sessions end.

    Raises:
        UsageError: no name, an unknown role, a short password, or the user is disabled.
    """
    hashed = _hashed(password)
    _put(engine, name=name, role=role, subject=name, password_hash=hashed, now=now, by=by)


def make_user_elsewhere(
    engine: Engine, *, name: str, role: Role, identity: Identity, now: datetime, by: str = COMMAND_LINE
) -> None:
    """Adds a person whom a provider signs in, or a known one who has no password from then on; their sessions end.

    Raises:
        UsageError: no name, an unknown role, the identity is another user's, or the user is disabled.
    """
    _put(engine, name=name, role=role, subject=str(identity), password_hash=None, now=now, by=by)


def _hashed(password: str) -> str:
    if len(password) < _SHORTEST:
        raise UsageError(f"a password of {len(password)} characters; expected at least {_SHORTEST}.")
    if len(password) > LONGEST_PASSWORD:
        raise UsageError(
            f"a password of {len(password):,} characters; expected at most {LONGEST_PASSWORD:,}."
        )
    return _HASHER.hash(password)


def _put(
    engine: Engine, *, name: str, role: Role, subject: str, password_hash: str | None, now: datetime, by: str
) -> None:
    if not is_identifier(name) or role not in ROLES:
        raise UsageError(f"a user's name or role; expected {EXPECTED}, and one of {', '.join(ROLES)}.")
    u = schema.users
    values = {"subject": subject, "role": role, "password_hash": password_hash}
    way = "by a provider" if password_hash is None else "by password"
    with writing(engine) as connection:
        known = connection.execute(select(u.c.user, u.c.disabled_at).where(u.c.name == name)).first()
        holder = connection.execute(select(u.c.user).where(u.c.subject == subject)).scalar()
        if holder is not None and (known is None or holder != known.user):
            # Two people decide about what is sensitive: one person must not be two users.
            raise UsageError("the identity is another user's; expected one that nobody has.")
        if known is None:
            connection.execute(u.insert().values(name=name, created_at=micros(now), **values))
        elif known.disabled_at is not None:
            raise UsageError("the user is disabled; expected haechi users enable first.")
        else:
            connection.execute(update(u).where(u.c.user == known.user).values(**values))
            _end_sessions(connection, known.user)
        action: Action = "user made" if known is None else "user changed"
        record(connection, by=by, action=action, about=name, detail=f"{role}, {way}", now=now)


def disable_user(engine: Engine, name: str, *, now: datetime, by: str = COMMAND_LINE) -> None:
    """Shuts a user out: their sessions end at once, and no way in opens again until they are enabled.

    Raises:
        UsageError: there is no such user.
    """
    _change(engine, name, {"disabled_at": micros(now)}, "user disabled", "", now=now, by=by)


def enable_user(engine: Engine, name: str, *, now: datetime, by: str = COMMAND_LINE) -> None:
    """Lets a disabled user in again, with the role and the way to sign in that they had.

    Raises:
        UsageError: there is no such user.
    """
    _change(engine, name, {"disabled_at": None}, "user enabled", "", now=now, by=by)


def change_role(engine: Engine, name: str, role: Role, *, now: datetime, by: str = COMMAND_LINE) -> None:
    """Gives a user another role; their sessions end.

    Raises:
        UsageError: there is no such user or role.
    """
    if role not in ROLES:
        raise UsageError(f"a role; expected one of {', '.join(ROLES)}.")
    _change(engine, name, {"role": role}, "role changed", role, now=now, by=by)


def change_password(
    engine: Engine, name: str, password: str, *, now: datetime, by: str = COMMAND_LINE
) -> None:
    """Gives a user another password; their sessions end.

    Raises:
        UsageError: there is no such user, a provider signs them in, or the password is short.
    """
    values = {"password_hash": _hashed(password)}
    _change(engine, name, values, "password changed", "", now=now, by=by)


def users(engine: Engine) -> list[tuple[str, Role, str, bool]]:
    """Everybody: name, role, how they sign in, and whether they are disabled."""
    u = schema.users
    with reading(engine) as connection:
        rows = connection.execute(select(u).order_by(u.c.name)).all()
    return [
        (row.name, row.role, "password" if row.password_hash else "provider", row.disabled_at is not None)
        for row in rows
    ]


def _change(
    engine: Engine,
    name: str,
    values: Mapping[str, object],
    action: Action,
    detail: str,
    *,
    now: datetime,
    by: str,
) -> None:
    u = schema.users
    with writing(engine) as connection:
        known = connection.execute(select(u.c.user, u.c.password_hash).where(u.c.name == name)).first()
        if known is None:
            raise UsageError(f"no user is named {show.value(name)}; expected one of haechi users list.")
        if "password_hash" in values and known.password_hash is None:
            raise UsageError("a provider signs this user in; expected a user with a password.")
        connection.execute(update(u).where(u.c.user == known.user).values(**values))
        _end_sessions(connection, known.user)
        record(connection, by=by, action=action, about=name, detail=detail, now=now)


def sign_in(engine: Engine, *, name: str, password: str, now: datetime) -> str | None:
    """A new session's secret, for the cookie; None where name and password do not go together."""
    u = schema.users
    row = None
    if is_identifier(name):
        with reading(engine) as connection:
            row = connection.execute(
                select(u).where(
                    u.c.subject == name, u.c.password_hash.is_not(None), u.c.disabled_at.is_(None)
                )
            ).first()
    try:
        _HASHER.verify(row.password_hash if row is not None else _NOBODY, password[: LONGEST_PASSWORD + 1])
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


def browser_secret(engine: Engine) -> bytes:
    """What the marks of known browsers are made with; made once, so that they outlive a restart."""
    t = schema.settings
    asked = select(t.c.value).where(t.c.name == _BROWSER_SECRET)
    with writing(engine) as connection:
        found = connection.execute(asked).scalar()
        if found is None:
            found = secrets.token_hex(32)
            connection.execute(t.insert().values(name=_BROWSER_SECRET, value=found))
    return bytes.fromhex(found)


def _session(connection: Connection, user: int, now: datetime) -> str:
    s = schema.sessions
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(s).where(s.c.expires_at <= micros(now)))
    tell(connection, "signed in", user=user)
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


def _end_sessions(connection: Connection, user: int) -> None:
    s = schema.sessions
    connection.execute(delete(s).where(s.c.user == user))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
