"""What people stopped: profiling, advertising, disclosure, everything, or one theme; and since when it is lifted."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import fetch, temporary
from haechi.terms.words import PURPOSES, Purpose

Pair = tuple[int, int]
"""A person's and a theme's number."""


class Stopped(NamedTuple):
    """What is stopped, looked up for some people at once.

    Attributes:
        purposes: for each person what may no longer be done with any theme.
        themes: the pairs of a person and a theme that the person disowned.
        lifted: for each person, since when nothing that had stopped profiling stands any more, in microseconds.
    """

    purposes: dict[int, frozenset[Purpose]]
    themes: frozenset[Pair]
    lifted: dict[int, int]

    def bars(self, person: int, theme: int) -> bool:
        """Whether a person may not be in a theme."""
        return "profiling" in self.purposes.get(person, ()) or (person, theme) in self.themes


NOTHING = Stopped({}, frozenset(), {})


def stop(
    connection: Connection,
    person: int,
    purposes: Sequence[Purpose | None],
    *,
    request: int,
    theme: int | None = None,
    now: datetime,
) -> None:
    """Writes down what stops; what is open because of it is taken back by `stores.keeping_anew`.

    Args:
        connection: in a transaction that writes.
        person: whose data.
        purposes: what stops; None: everything.
        request: by which request.
        theme: only with this theme.
        now: naive UTC instant.
    """
    rows = [
        {"person": person, "purpose": purpose, "theme": theme, "since": micros(now), "request": request}
        for purpose in purposes
    ]
    if rows:
        connection.execute(schema.stops.insert(), rows)


def lift(connection: Connection, request: int, *, now: datetime) -> int:
    """Ends what a request had stopped; what happened in the meantime counts for nothing.

    Returns:
        how many stops ended.
    """
    s = schema.stops
    which = (s.c.request == request) & s.c.lifted_at.is_(None)
    return int(connection.execute(update(s).where(which).values(lifted_at=micros(now))).rowcount)


def stopped_of(connection: Connection, people: Collection[int]) -> Stopped:
    """What some people stopped; quick where nobody stopped anything."""
    if not people or not fetch(connection, "SELECT 1 FROM stops LIMIT 1"):
        return NOTHING
    temporary(connection, "stopping", "person BIGINT", [(person,) for person in sorted(people)])
    purposes: dict[int, set[Purpose]] = defaultdict(set)
    themes: set[Pair] = set()
    lifted: dict[int, int] = {}
    for person, purpose, theme, lifted_at in fetch(
        connection,
        "SELECT s.person, s.purpose, s.theme, s.lifted_at FROM temp_stopping c CROSS JOIN stops s "
        "WHERE s.person = c.person",
    ):
        if lifted_at is not None:
            if purpose in (None, "profiling"):
                lifted[person] = max(lifted_at, lifted.get(person, 0))
        elif theme is not None:
            themes.add((person, theme))
        else:
            purposes[person].update(PURPOSES if purpose is None else (purpose,))
    return Stopped(
        {person: frozenset(found) for person, found in purposes.items()}, frozenset(themes), lifted
    )


def people_stopping(connection: Connection, purpose: Purpose) -> list[int]:
    """Everybody who stopped a purpose, or everything, for all themes."""
    s = schema.stops
    which = s.c.lifted_at.is_(None) & s.c.theme.is_(None) & (s.c.purpose.is_(None) | (s.c.purpose == purpose))
    return list(connection.execute(select(s.c.person).where(which).distinct()).scalars())
