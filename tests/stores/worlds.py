"""Small platforms in a database, and what their memberships must be, worked out without the package's own folding."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select

from haechi.stores import schema
from haechi.stores.clock import micros

BEGIN = dt.datetime.fromisoformat("2026-01-01T00:00:00")
NOW = dt.datetime.fromisoformat("2026-11-01T00:00:00")


def at(minute: int) -> dt.datetime:
    return BEGIN + dt.timedelta(minutes=minute)


def make(
    engine: Engine,
    *,
    themes: dict[str, Any],
    item_themes: Sequence[tuple[str, str, float]],
    people: Sequence[tuple[str, str | None, dt.date | None]] = (),
    permissions: Sequence[dict[str, Any]] = (),
) -> None:
    """Puts a platform's catalogue into an empty database.

    Args:
        engine: the database.
        themes: by identifier the instant of approval (None: not approved) and the categories.
        item_themes: item, theme, weight.
        people: identifier, country, date of birth.
        permissions: rows of the table, with `person_id` for the person.
    """
    with engine.begin() as connection:
        numbers: dict[str, int] = {}
        for theme, (approved, categories) in themes.items():
            made = connection.execute(
                schema.themes.insert().values(
                    theme_id=theme,
                    name=theme,
                    state="approved" if approved is not None else "proposed",
                    categories=json.dumps(sorted(categories)),
                    approved_at=None if approved is None else micros(approved),
                    created_at=0,
                    version=1,
                )
            )
            numbers[theme] = made.inserted_primary_key[0]  # type: ignore[index]
        items: dict[str, int] = {}
        for item, theme, weight in item_themes:
            if item not in items:
                made = connection.execute(schema.items.insert().values(item_id=item))
                items[item] = made.inserted_primary_key[0]  # type: ignore[index]
            connection.execute(
                schema.item_themes.insert().values(
                    item=items[item], theme=numbers[theme], weight=int(weight * 1_000_000_000 + 0.5)
                )
            )
        known: dict[str, int] = {}
        for person, country, born in people:
            made = connection.execute(
                schema.people.insert().values(person_id=person, country=country, birth_date=born)
            )
            known[person] = made.inserted_primary_key[0]  # type: ignore[index]
        for row in permissions:
            values = {
                "category": None, "basis": "explicit_consent", "withdrawn_at": None, "expires_at": None,
                "notice": "1", "evidence": "e", "separate": True, "by_guardian": False, "recorded_at": 0,
                **{name: value for name, value in row.items() if name != "person_id"},
            }  # fmt: skip
            for name in ("given_at", "withdrawn_at", "expires_at"):
                if values.get(name) is not None:
                    values[name] = micros(values[name])
            connection.execute(schema.permissions.insert().values(person=known[row["person_id"]], **values))


def memberships(engine: Engine) -> set[tuple[str, str, int, int | None, int | None]]:
    """Person, theme, since, until, score (of open ones the evidence)."""
    m, p, t, e = schema.memberships, schema.people, schema.themes, schema.evidence
    with engine.connect() as connection:
        rows = connection.execute(
            select(p.c.person_id, t.c.theme_id, m.c.since, m.c.until, m.c.score, e.c.evidence)
            .join_from(m, p, m.c.person == p.c.person)
            .join(t, t.c.theme == m.c.theme)
            .join(e, (e.c.person == m.c.person) & (e.c.theme == m.c.theme))
        ).all()
    return {(a, b, c, d, score if d is not None else evidence) for a, b, c, d, score, evidence in rows}
