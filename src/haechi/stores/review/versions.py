"""Versions of ads: added, never changed; and how an ad stands by its current one."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, select, update

from haechi.errors import MissingError, UsageError
from haechi.review.ads import Ad, Decision
from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros
from haechi.stores.review.decided import as_decision
from haechi.stores.review.jobs import open_review
from haechi.stores.review.publishing import shown, tell_ad_server
from haechi.stores.review.words import Cause, State

_LONGEST: Final = 20_000
"""Characters of any one text of an ad."""
_MOST: Final = 1_000
"""Entries of any one list of an ad's targeting."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How an ad stands.

    Attributes:
        ad_id: which.
        version: number of the version that counts, from 1 on.
        ad_hash: what exactly a decision on it is about; None while it is judged for the first time.
        state: in one word.
        submitted_at: when the version came, naive UTC.
        decision_id: of the decision that holds for the version, or None while it is undecided.
        decision: that decision, or None.
        repeated: it had come before just so, and nothing was done.
    """

    ad_id: str
    version: int
    ad_hash: str | None
    state: State
    submitted_at: datetime
    decision_id: str | None
    decision: Decision | None
    repeated: bool = False


def standing_of(connection: Connection, row: Row[Any], *, repeated: bool = False) -> Standing:
    """How an ad stands, by its row."""
    d = tables.decisions
    version = version_row(connection, row.current)
    made = None
    if row.decision is not None:
        made = connection.execute(select(d).where(d.c.decision == row.decision)).one()
    return Standing(
        ad_id=row.ad_id,
        version=version.number,
        ad_hash=version.ad_hash,
        state=shown(row.state, row.run),
        submitted_at=instant(version.submitted_at),
        decision_id=None if made is None else made.decision_id,
        decision=None if made is None else as_decision(made, row.ad_id),
        repeated=repeated,
    )


def find_ad(connection: Connection, ad_id: str) -> Row[Any] | None:
    """An ad's row, or None where there is none."""
    a = tables.ads
    return connection.execute(select(a).where(a.c.ad_id == ad_id)).first()


def expect_ad(connection: Connection, ad_id: str, *, advertiser: int | None = None) -> Row[Any]:
    """An ad's row.

    Args:
        connection: in a transaction.
        ad_id: which.
        advertiser: whose it must be, by our number; None: anybody's.

    Raises:
        MissingError: there is none, or it is another advertiser's.
    """
    row = find_ad(connection, ad_id)
    if row is None or (advertiser is not None and row.advertiser != advertiser):
        raise MissingError("no ad has this identifier.")
    return row


def version_row(connection: Connection, version: int) -> Row[Any]:
    """A version's row, by our number."""
    v = tables.versions
    return connection.execute(select(v).where(v.c.version == version)).one()


def add_version(
    connection: Connection, ad: int, values: Mapping[str, object], *, cause: Cause, by: str, now: datetime
) -> int:
    """Adds a version, which counts from now on; its number in the database."""
    a, v = tables.ads, tables.versions
    before = connection.execute(select(v.c.number).where(v.c.ad == ad)).scalars().all()
    made = connection.execute(
        v.insert().values(
            ad=ad, number=max(before, default=0) + 1, finance=False, cause=cause, by=by,
            submitted_at=micros(now), **values,
        )
    ).inserted_primary_key  # fmt: skip
    version = int(made[0])  # type: ignore[index]
    connection.execute(update(a).where(a.c.ad == ad).values(current=version))
    return version


def stop(connection: Connection, row: Row[Any], version: int, *, now: datetime) -> None:
    """Stops an ad because a new version of it came; whoever looks at the old one finds that it moved on.

    Args:
        connection: in a transaction that writes.
        row: the ad's, as it was before.
        version: our number of the new version.
        now: naive UTC instant.
    """
    a, j = tables.ads, tables.jobs
    connection.execute(update(a).where(a.c.ad == row.ad).values(state="screening", decision=None))
    known = open_review(connection, row.ad)
    if known is not None:
        connection.execute(update(j).where(j.c.job == known.job).values(version=version, turn=known.turn + 1))
    if row.state == "approved":
        tell_ad_server(connection, row.ad_id, None, runs=False, now=now)


def picture_hash(picture: bytes | None) -> str | None:
    """SHA-256 of a picture's bytes, in hexadecimal."""
    return None if picture is None else hashlib.sha256(picture).hexdigest()


def expect_short(ad: Ad) -> None:
    """Refuses an ad of which a text or a list is longer than any real one.

    Raises:
        UsageError: see above.
    """
    lists = {f"targeting.{name}": said for name, said in msgspec.structs.asdict(ad.targeting).items()}
    for name, entries in lists.items():
        if len(entries) > _MOST:
            raise UsageError(f"{name}: found {len(entries):,} entries; expected at most {_MOST:,}.")
    texts = [(name, value) for name, value in msgspec.structs.asdict(ad).items() if isinstance(value, str)]
    texts += [(name, one) for name, entries in lists.items() for one in entries]
    for name, text in texts:
        if len(text) > _LONGEST:
            raise UsageError(f"{name}: found {len(text):,} characters; expected at most {_LONGEST:,}.")
