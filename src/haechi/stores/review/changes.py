"""Who changed what when, of everything that review knows beside the ads."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, func, select

from haechi.stores import review_schema as tables
from haechi.stores.clock import instant, micros

Kind = Literal["advertiser", "party", "authorisation", "register"]
_MOST: Final = 200


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    Attributes:
        at: when, naive UTC.
        by: the key, user or command that made it.
        version: of the object after it, from 1 on.
        detail: each field that changed, with what it was before and is after.
    """

    at: datetime
    by: str
    version: int
    detail: dict[str, tuple[Any, Any]]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of `after` that are not what they were."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def write_change(
    connection: Connection,
    kind: Kind,
    object_id: str,
    detail: Mapping[str, object],
    *,
    version: int,
    by: str,
    now: datetime,
) -> None:
    """Writes a change down, in the transaction that makes it."""
    connection.execute(
        tables.changes.insert().values(
            at=micros(now), by=by, kind=kind, object_id=object_id, version=version,
            detail=json.dumps(detail, ensure_ascii=False),
        )
    )  # fmt: skip


def changes_of(connection: Connection, kind: Kind, object_id: str) -> list[Change]:
    """The last changes of one object, the newest first; 200 at most."""
    c = tables.changes
    rows = connection.execute(
        select(c)
        .where(c.c.kind == kind, c.c.object_id == object_id)
        .order_by(c.c.version.desc(), c.c.change.desc())
        .limit(_MOST)
    ).all()
    return [
        Change(
            at=instant(row.at),
            by=row.by,
            version=row.version,
            detail=msgspec.json.decode(row.detail, type=dict[str, tuple[Any, Any]]),
        )
        for row in rows
    ]


def stamp(connection: Connection) -> int:
    """A number that grows with every change of what review knows."""
    return int(connection.execute(select(func.max(tables.changes.c.change))).scalar() or 0)
