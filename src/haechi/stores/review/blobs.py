"""Pictures, kept once each under the SHA-256 of their bytes, until a date."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, select, update

from haechi.errors import UsageError
from haechi.stores import review_schema as tables
from haechi.stores.clock import micros
from haechi.stores.rows import writing

LARGEST: Final = 10_000_000
"""Bytes of a picture."""
RETENTION: Final = timedelta(days=400)
"""Of an ad one may ask until a year after it was last shown (DSA Art. 39); and a month on top."""
_KINDS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
)


def put_blob(connection: Connection, content: bytes, *, retain_until: datetime, now: datetime) -> str:
    """Keeps bytes; those that are there already are kept at least as long.

    Args:
        connection: in a transaction that writes.
        content: the bytes.
        retain_until: naive UTC instant until which they stay.
        now: naive UTC instant.

    Returns:
        their SHA-256, in hexadecimal.

    Raises:
        UsageError: there are none, or too many.
    """
    if not content or len(content) > LARGEST:
        raise UsageError(f"a picture of {len(content):,} bytes; expected 1 to {LARGEST:,}.")
    b = tables.blobs
    sha256 = hashlib.sha256(content).hexdigest()
    until = micros(retain_until)
    known = connection.execute(select(b.c.retain_until).where(b.c.sha256 == sha256)).scalar()
    if known is None:
        connection.execute(
            b.insert().values(
                sha256=sha256, media_type=media_type_of(content), bytes=content, received_at=micros(now),
                retain_until=until,
            )
        )  # fmt: skip
    elif known < until:
        connection.execute(update(b).where(b.c.sha256 == sha256).values(retain_until=until))
    return sha256


def read_blob(connection: Connection, sha256: str) -> bytes | None:
    """Bytes that are kept; None where they are not, or no longer."""
    b = tables.blobs
    found = connection.execute(select(b.c.bytes).where(b.c.sha256 == sha256)).scalar()
    return None if found is None else bytes(found)


def media_type_of(content: bytes) -> str:
    """What the first bytes say that it is; what no picture begins with is a mere row of bytes."""
    for place, sign, kind in _KINDS:
        if content[place : place + len(sign)] == sign:
            return kind
    return "application/octet-stream"


def forget_blobs(engine: Engine, *, now: datetime) -> int:
    """Destroys pictures whose date is over, but for those of ads that may still run, and those compared with.

    Returns:
        how many.
    """
    b, a, v = tables.blobs, tables.ads, tables.versions
    with writing(engine) as connection:
        used = set(
            connection.execute(
                select(v.c.picture)
                .join_from(a, v, v.c.version == a.c.current)
                .where(v.c.picture.is_not(None), a.c.run != "expired")
            ).scalars()
        )
        used |= set(connection.execute(select(tables.golden.c.picture)).scalars())
        p = tables.parties
        for images in connection.execute(select(p.c.images).where(p.c.ended_at.is_(None))).scalars():
            used |= set(json.loads(images))
        over = connection.execute(select(b.c.sha256).where(b.c.retain_until <= micros(now))).scalars().all()
        gone = [sha256 for sha256 in over if sha256 not in used]
        for sha256 in gone:
            connection.execute(delete(b).where(b.c.sha256 == sha256))
        return len(gone)
