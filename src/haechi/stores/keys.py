"""Keys by which programs sign in: shown once, kept as a hash, held to their scopes."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec
from sqlalchemy import Engine, select, update

from haechi.errors import UsageError
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.numbers import number_of
from haechi.stores.rows import reading, writing
from haechi.stores.trail import COMMAND_LINE, record
from haechi.terms.identifiers import EXPECTED, is_identifier

Scope = Literal[
    "ingest", "themes", "decide", "permissions", "advertisers", "audiences", "deliver", "rights", "read", "ads",
    "review",
]  # fmt: skip
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
_OF_ADVERTISERS: Final[frozenset[Scope]] = frozenset({"audiences", "ads"})
"""What an advertiser's own key may do: ask for audiences, and have ads reviewed."""
_PARTS: Final = 3
_MARK: Final = "hk"


class Caller(msgspec.Struct, frozen=True):
    """Who calls.

    Attributes:
        name: of the key.
        scopes: what it may do.
        advertiser: the number of the advertiser whose key it is, or None.
        prefix: the part of the key that may be shown.
    """

    name: str
    scopes: frozenset[Scope]
    advertiser: int | None
    prefix: str


def make_key(
    engine: Engine,
    *,
    name: str,
    scopes: Sequence[Scope],
    advertiser_id: str | None = None,
    now: datetime,
    by: str = COMMAND_LINE,
) -> str:
    """A new key. It is returned here and can be read nowhere else.

    Raises:
        UsageError: no scope or an unknown one; the advertiser is not known; an advertiser's key with other scopes
            than `audiences` and `ads`.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise UsageError(f"scopes {', '.join(unknown) or 'none'}; expected some of {', '.join(SCOPES)}.")
    if advertiser_id is not None and not _OF_ADVERTISERS.issuperset(scopes):
        raise UsageError(
            "an advertiser's key with other scopes than audiences and ads; expected audiences alone, ads alone, or "
            "both."
        )
    if not is_identifier(name):
        raise UsageError(f"the name of a key; expected {EXPECTED}.")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    with writing(engine) as connection:
        advertiser = None
        if advertiser_id is not None:
            advertiser = number_of(
                connection, schema.advertisers, "advertiser", "advertiser_id", advertiser_id
            )
            if advertiser is None:
                raise UsageError("no advertiser has this identifier; expected one that was registered.")
        connection.execute(
            schema.keys.insert().values(
                prefix=prefix, secret_hash=_hash(secret), name=name, scopes=json.dumps(sorted(scopes)),
                advertiser=advertiser, created_at=micros(now),
            )
        )  # fmt: skip
        record(connection, by=by, action="key made", about=name, detail=", ".join(sorted(scopes)), now=now)
    return f"{_MARK}_{prefix}_{secret}"


def caller_of(engine: Engine, key: str) -> Caller | None:
    """Whose key it is; None where it is none, or was revoked."""
    parts = key.split("_", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != _MARK or not is_identifier(parts[1]):
        return None
    k = schema.keys
    with reading(engine) as connection:
        row = connection.execute(select(k).where(k.c.prefix == parts[1])).first()
    # Compared in constant time, with an unknown prefix too.
    known = bytes(row.secret_hash) if row is not None else bytes(32)
    if not hmac.compare_digest(known, _hash(parts[2])) or row is None or row.revoked_at is not None:
        return None
    return Caller(row.name, frozenset(json.loads(row.scopes)), row.advertiser, row.prefix)


def caller_by_prefix(engine: Engine, prefix: str) -> Caller | None:
    """Whose key has the prefix, for somebody who showed the whole key before; None where it was revoked meanwhile."""
    k = schema.keys
    with reading(engine) as connection:
        row = connection.execute(select(k).where(k.c.prefix == prefix, k.c.revoked_at.is_(None))).first()
    if row is None:
        return None
    return Caller(row.name, frozenset(json.loads(row.scopes)), row.advertiser, row.prefix)


def revoke_key(engine: Engine, prefix: str, *, now: datetime, by: str = COMMAND_LINE) -> bool:
    """Ends a key; whether there was one."""
    k = schema.keys
    with writing(engine) as connection:
        name = connection.execute(
            update(k)
            .where(k.c.prefix == prefix, k.c.revoked_at.is_(None))
            .values(revoked_at=micros(now))
            .returning(k.c.name)
        ).scalar()
        if name is not None:
            record(connection, by=by, action="key revoked", about=name, detail=prefix, now=now)
        return name is not None


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: nothing to guess, so that no slow hash is needed.
    return hashlib.sha256(secret.encode()).digest()
