"""Bookings and memberships put straight into a database."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from haechi.stores import schema

Span = tuple[int, int | None]


def _number(connection: Connection, table: Table, number: str, identifier: str, **values: Any) -> int:
    key, name = table.c[number], table.c[identifier]
    found = connection.execute(select(key).where(name == values[identifier])).scalar()
    if found is None:
        connection.execute(table.insert().values(**values))
        found = connection.execute(select(key).where(name == values[identifier])).scalar_one()
    return int(found)


def person(connection: Connection, person_id: str, country: str | None = "KR", **known: Any) -> int:
    return _number(
        connection, schema.people, "person", "person_id", person_id=person_id, country=country, **known
    )


def theme(
    connection: Connection, theme_id: str, name: str | None = None, categories: Iterable[str] = ()
) -> int:
    return _number(
        connection, schema.themes, "theme", "theme_id", theme_id=theme_id, name=name or theme_id, state="approved",
        categories=json.dumps(sorted(categories)), approved_at=0, created_at=0, version=1,
    )  # fmt: skip


def member(connection: Connection, person_id: str, memberships: Mapping[str, Iterable[Span]]) -> None:
    number = person(connection, person_id)
    for theme_id, spans in memberships.items():
        for since, until in spans:
            connection.execute(
                schema.memberships.insert().values(
                    person=number, theme=theme(connection, theme_id), since=since, until=until,
                    score=None if until is None else 1000,
                )
            )  # fmt: skip


def booked(
    connection: Connection, advertiser_id: str, expression: object, since: int, until: int | None
) -> None:
    advertiser = _number(
        connection, schema.advertisers, "advertiser", "advertiser_id", advertiser_id=advertiser_id,
        name=f"{advertiser_id} Ltd.", verified=True, created_at=0,
    )  # fmt: skip
    handles = len(connection.execute(select(schema.bookings.c.handle)).all())
    connection.execute(
        schema.questions.insert().values(
            advertiser=advertiser, canonical=f"q{handles}", expression=json.dumps(expression), period=0, asked_at=0,
            answered="{}",
        )
    )  # fmt: skip
    q = schema.questions
    connection.execute(
        schema.bookings.insert().values(
            handle=f"h{handles}", advertiser=advertiser, expression=json.dumps(expression), since=since, until=until,
            question=connection.execute(select(q.c.question).where(q.c.canonical == f"q{handles}")).scalar_one(),
        )
    )  # fmt: skip
