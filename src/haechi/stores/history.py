"""What was done to themes, users and keys, the latest first, a page at a time, as somebody wants to look for it."""

import heapq
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal, get_args

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, select, true

from haechi.stores import schema
from haechi.stores.clock import instant, micros

PAGE: Final = 50
Kind = Literal["decisions", "changes", "screenings", "users and keys"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_EVENTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "decisions": ("endorsed", "approved", "approved-with-permission", "blocked"),
    "changes": ("proposed", "renamed", "merged", "took in", "retired"),
    "screenings": ("screened",),
}


class Event(msgspec.Struct, frozen=True):
    """Something that was done.

    Attributes:
        at: naive UTC instant.
        theme_id: to which theme, or None.
        about: the name of the theme, user or key.
        kind: what.
        state: of the theme after it, or "".
        by: who.
        reason: why, or what it became.
    """

    at: datetime
    theme_id: str | None
    about: str
    kind: str
    state: str
    by: str
    reason: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for; everything where nothing is said.

    Attributes:
        kind: of which kind.
        theme_id: of one theme.
        by: done by whom: a part of the name, in any case.
        since: the first day.
        until: the last day.
        repeated: also screenings that found what the one before had found.
    """

    kind: Kind | None = None
    theme_id: str | None = None
    by: str = ""
    since: date | None = None
    until: date | None = None
    repeated: bool = False


class Place(msgspec.Struct, frozen=True):
    """Where a page ends: the next one shows what is older.

    Attributes:
        event: number of a theme's event; older ones have lower numbers.
        entry: number of an entry of the trail.
    """

    event: int = 2**63 - 1
    entry: int = 2**63 - 1

    def __str__(self) -> str:
        return f"{self.event}.{self.entry}"

    @classmethod
    def read(cls, written: str) -> "Place":
        """A place from its text; the beginning where it is none."""
        parts = written.split(".")
        if len(parts) == 2 and all(part.isdecimal() and len(part) < 20 for part in parts):  # noqa: PLR2004
            return cls(*(min(int(part), 2**63 - 1) for part in parts))
        return cls()


def history(
    connection: Connection, wanted: Wanted, after: Place | None = None, most: int = PAGE
) -> tuple[list[Event], Place | None]:
    """A page of what was done.

    Args:
        connection: in a transaction.
        wanted: what is looked for.
        after: where the page before ended; None: the first page.
        most: events of the page.

    Returns:
        the events, and where the page ends; None where nothing older is left.
    """
    after = after or Place()
    sources = [_of_themes(connection, wanted, after, most + 1)]
    if wanted.theme_id is None:
        sources.append(_of_trail(connection, wanted, after, most + 1))
    both = list(heapq.merge(*sources, key=lambda one: one[0].at, reverse=True))
    place = after
    for _, number in both[:most]:
        place = msgspec.structs.replace(place, **number)
    return [event for event, _ in both[:most]], place if len(both) > most else None


_Numbered = tuple[Event, dict[str, int]]


def _of_themes(connection: Connection, wanted: Wanted, after: Place, most: int) -> Iterator[_Numbered]:
    if wanted.kind == "users and keys":
        return
    e, t = schema.theme_events, schema.themes
    asked = select(e, t.c.theme_id, t.c.name).join_from(e, t, e.c.theme == t.c.theme)
    asked = asked.where(e.c.event < after.event)
    if wanted.theme_id is not None:
        asked = asked.where(t.c.theme_id == wanted.theme_id)
    if wanted.kind is not None:
        asked = asked.where(e.c.kind.in_(_EVENTS[wanted.kind]))
    if not wanted.repeated:
        earlier = e.alias()
        before = (
            select(earlier.c.detail)
            .where(earlier.c.theme == e.c.theme, earlier.c.event < e.c.event)
            .order_by(earlier.c.event.desc())
            .limit(1)
            .scalar_subquery()
        )
        asked = asked.where((e.c.kind != "screened") | (e.c.detail != func.coalesce(before, "")))
    for row in _rows(connection, asked.where(_narrowed(e, wanted)).order_by(e.c.event.desc()), most):
        event = Event(instant(row.at), row.theme_id, row.name, row.kind, row.state, row.by, row.reason)
        yield event, {"event": row.event}


def _of_trail(connection: Connection, wanted: Wanted, after: Place, most: int) -> Iterator[_Numbered]:
    if wanted.kind not in (None, "users and keys"):
        return
    a = schema.audit_trail
    asked = select(a).where(a.c.entry < after.entry, _narrowed(a, wanted)).order_by(a.c.entry.desc())
    for row in _rows(connection, asked, most):
        yield (
            Event(instant(row.at), None, row.object, row.action, "", row.by, row.detail),
            {"entry": row.entry},
        )


def _rows(connection: Connection, asked: Select[Any], most: int) -> Any:  # noqa: ANN401 - SQLAlchemy's rows
    return connection.execute(asked.limit(most)).all()


def _narrowed(table: Any, wanted: Wanted) -> ColumnElement[bool]:  # noqa: ANN401 - either of two tables
    """By whom and when."""
    narrowed: ColumnElement[bool] = true()
    if wanted.by:
        narrowed &= func.lower(table.c.by).contains(wanted.by.lower(), autoescape=True)
    if wanted.since is not None:
        narrowed &= table.c.at >= micros(datetime.combine(wanted.since, time()))
    if wanted.until is not None and wanted.until < date.max:
        narrowed &= table.c.at < micros(datetime.combine(wanted.until + timedelta(days=1), time()))
    return narrowed
