"""What the console shows: counts and histories, never a person."""

import json
from collections import Counter
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, case, func, select

from haechi.release.audiences import Answered
from haechi.stores import schema
from haechi.stores.clock import instant, micros

_MOST: Final = 200
_DAY: Final = 86_400_000_000


class ThemeRow(msgspec.Struct, frozen=True):
    """A line of the list of themes."""

    theme_id: str
    name: str
    state: str
    categories: tuple[str, ...]
    waiting: bool


def states(connection: Connection) -> dict[str, int]:
    """How many themes are in which state."""
    t = schema.themes
    rows = connection.execute(select(t.c.state, func.count()).group_by(t.c.state)).all()
    return {row[0]: row[1] for row in rows}


def themes(connection: Connection, *, state: str | None, words: str) -> list[ThemeRow]:
    """Themes by name, those that wait for somebody first; at most two hundred."""
    t = schema.themes
    asked = select(t.c.theme_id, t.c.name, t.c.state, t.c.categories, t.c.standing)
    if state:
        asked = asked.where(t.c.state == state)
    if words:
        asked = asked.where(func.lower(t.c.name).contains(words.lower(), autoescape=True))
    rows = connection.execute(asked.order_by(t.c.state != "proposed", t.c.name).limit(_MOST)).all()
    return [
        ThemeRow(
            row.theme_id, row.name, row.state, tuple(json.loads(row.categories or "[]")),
            json.loads(row.standing).get("endorsed") is not None,
        )
        for row in rows
    ]  # fmt: skip


def members(connection: Connection, theme_id: str) -> int:
    """How many people are in a theme."""
    m, t = schema.memberships, schema.themes
    return int(
        connection.execute(
            select(func.count()).select_from(m.join(t, t.c.theme == m.c.theme)).where(
                t.c.theme_id == theme_id, m.c.until.is_(None))
        ).scalar_one()
    )  # fmt: skip


def permissions(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """By purpose and category: how many hold now, how many were ever given and withdrawn."""
    p = schema.permissions
    at = micros(now)
    holds = p.c.withdrawn_at.is_(None) & (p.c.expires_at.is_(None) | (p.c.expires_at > at))
    rows = connection.execute(
        select(
            p.c.purpose,
            func.coalesce(p.c.category, "").label("category"),
            func.count().label("given"),
            func.count(p.c.withdrawn_at).label("withdrawn"),
            func.sum(case((holds, 1), else_=0)).label("holding"),
        ).group_by(p.c.purpose, p.c.category).order_by(p.c.purpose, p.c.category)
    ).all()  # fmt: skip
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it


def permissions_by_month(connection: Connection) -> list[dict[str, Any]]:
    """For each month, the latest first: how many permissions were given and how many withdrawn."""
    p = schema.permissions
    months: dict[str, list[int]] = {}
    for place, column in enumerate((p.c.given_at, p.c.withdrawn_at)):
        # By days, which every database can count; there are few of them.
        day = column / _DAY
        for number, count in connection.execute(
            select(day, func.count()).where(column.is_not(None)).group_by(day)
        ):
            month = f"{instant(int(number) * _DAY):%Y-%m}"
            months.setdefault(month, [0, 0])[place] += count
    return [
        {"month": month, "given": given, "withdrawn": withdrawn}
        for month, (given, withdrawn) in sorted(months.items(), reverse=True)
    ]


def audiences(connection: Connection) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Advertisers with how much they asked and booked; and how many questions were refused, by reason."""
    a, q, b = schema.advertisers, schema.questions, schema.bookings
    rows = connection.execute(
        select(
            a.c.advertiser_id, a.c.name, a.c.verified,
            select(func.count()).where(q.c.advertiser == a.c.advertiser).scalar_subquery().label("questions"),
            select(func.count()).where(b.c.advertiser == a.c.advertiser).scalar_subquery().label("bookings"),
        ).order_by(a.c.name).limit(_MOST)
    ).all()  # fmt: skip
    refused: Counter[str] = Counter()
    for row in connection.execute(select(q.c.answered)).scalars():
        refused[msgspec.json.decode(row, type=Answered).refused or "answered"] += 1
    return [dict(row._mapping) for row in rows], dict(refused)  # noqa: SLF001


def counts(connection: Connection) -> dict[str, int]:
    """Rows of the large tables."""
    found = {}
    for table in (
        schema.people, schema.items, schema.behaviours, schema.memberships, schema.permissions, schema.advertisers,
    ):  # fmt: skip
        found[table.name] = int(connection.execute(select(func.count()).select_from(table)).scalar_one())
    return found
