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

Scope = Literal[
    "ingest", "themes", "decide", "permissions", "advertisers", "audiences", "deliver", "read", "rights"
]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
_PARTS: Final = 3
_MARK: Final = "hk"


class Caller(msgspec.Struct, frozen=True):
    """Who calls.

    Attributes:
        name: of the key.
        scopes: what it may do.
        advertiser: the number of the advertiser whose key it is, or None.
    """

    name: str
    scopes: frozenset[Scope]
    advertiser: int | None


def make_key(
    engine: Engine, *, name: str, scopes: Sequence[Scope], advertiser_id: str | None = None, now: datetime
) -> str:
    """A new key. It is returned here and can be read nowhere else.

    Raises:
        UsageError: no scope or an unknown one; the advertiser is not known; an advertiser's key with other scopes
            than `audiences`.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise UsageError(f"scopes {', '.join(unknown) or 'none'}; expected some of {', '.join(SCOPES)}.")
    if advertiser_id is not None and set(scopes) != {"audiences"}:
        raise UsageError("an advertiser's key with other scopes than audiences; expected audiences alone.")
    if not name.strip():
        raise UsageError("a key without a name; expected one.")
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
    return f"{_MARK}_{prefix}_{secret}"


def caller_of(engine: Engine, key: str) -> Caller | None:
    """Whose key it is; None where it is none, or was revoked."""
    parts = key.split("_", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != _MARK:
        return None
    k = schema.keys
    with reading(engine) as connection:
        row = connection.execute(select(k).where(k.c.prefix == parts[1])).first()
    # Compared in constant time, with an unknown prefix too.
    known = bytes(row.secret_hash) if row is not None else bytes(32)
    if not hmac.compare_digest(known, _hash(parts[2])) or row is None or row.revoked_at is not None:
        return None
    return Caller(row.name, frozenset(json.loads(row.scopes)), row.advertiser)


def revoke_key(engine: Engine, prefix: str, *, now: datetime) -> bool:
    """Ends a key; whether there was one."""
    k = schema.keys
    with writing(engine) as connection:
        return bool(
            connection.execute(
                update(k).where(k.c.prefix == prefix, k.c.revoked_at.is_(None)).values(revoked_at=micros(now))
            ).rowcount
        )


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: nothing to guess, so that no slow hash is needed.
    return hashlib.sha256(secret.encode()).digest()
