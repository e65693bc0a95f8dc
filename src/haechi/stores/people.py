"""What is known of people: where they live and when they were born."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Final

import msgspec
from sqlalchemy import Connection, Engine, text

from haechi.errors import UsageError
from haechi.ledger.seal import Master
from haechi.stores.erased import Erased
from haechi.stores.numbers import expect_identifiers
from haechi.stores.rows import fetch, temporary, writing
from haechi.terms.countries import COUNTRIES

Keep = Callable[[Connection, Collection[int]], None]
"""Works out anew who is in what, for some people."""
_REGION: Final = re.compile("[A-Z]{2}-[A-Z0-9]{1,3}")
_FIELDS: Final = ("country", "region", "birth_date")
_CHANGED: Final = (
    "SELECT p.person FROM temp_people_put t CROSS JOIN people p "  # noqa: S608 - names of ours
    "WHERE p.person_id = t.person_id AND p.corrected_at IS NULL AND ("
    + " OR ".join(
        f"(t.{field} IS NOT NULL AND CAST(t.{field} AS TEXT) <> coalesce(CAST(p.{field} AS TEXT), ''))"
        for field in _FIELDS
    )
    + ")"
)
_PUT: Final = (
    "INSERT INTO people (person_id, country, region, birth_date) "  # noqa: S608 - names of ours
    "SELECT person_id, country, region, birth_date FROM temp_people_put WHERE true "
    "ON CONFLICT (person_id) DO UPDATE SET "
    + ", ".join(
        f"{field} = CASE WHEN people.corrected_at IS NULL THEN coalesce(excluded.{field}, people.{field}) "
        f"ELSE people.{field} END"
        for field in _FIELDS
    )
)


class Person(msgspec.Struct, kw_only=True):
    """A person, as far as the law of the place needs it."""

    person_id: str
    country: str | None = None
    region: str | None = None
    birth_date: date | None = None


def put_people(
    engine: Engine,
    people: Sequence[Person],
    *,
    master: Master | None,
    keep: Keep | None = None,
) -> int:
    """Adds people, or changes what is known of them; who was erased and has not come back stays out.

    What is left open changes nothing, and what a person had corrected stays as it was corrected.

    Args:
        engine: the database.
        people: any number.
        master: by which people who were erased are known; needed where somebody was.
        keep: works out anew who is in what, for people under another law or of another age now; None where nobody can
            be in anything yet.

    Returns:
        how many were left out.

    Raises:
        UsageError: a country is none; nothing was taken.
        DataError: an identifier is none; nothing was taken.
    """
    for one in people:
        if one.country is not None and one.country not in COUNTRIES:
            raise UsageError(f"unknown country {one.country[:20]!r}; expected an ISO 3166-1 alpha-2 code.")
        if one.region is not None and not (
            _REGION.fullmatch(one.region) and one.region[:2] == (one.country or one.region[:2])
        ):
            raise UsageError(
                f"region {one.region[:20]!r}; expected ISO 3166-2 in its country, such as US-CA."
            )
    expect_identifiers("people", "person_id", [one.person_id for one in people])
    erased = Erased(master)
    with writing(engine) as connection:
        erased.look(connection)
        gone = {
            person_id for person_id, at in erased.since({one.person_id for one in people}).items() if at < 0
        }
        # The last word on a person counts.
        last = {one.person_id: one for one in people if one.person_id not in gone}
        temporary(
            connection,
            "people_put",
            "person_id TEXT, country TEXT, region TEXT, birth_date DATE",
            [(one.person_id, one.country, one.region, one.birth_date) for one in last.values()],
        )
        changed = [row[0] for row in fetch(connection, _CHANGED)]
        connection.execute(text(_PUT))
        if keep is not None and changed:
            keep(connection, changed)
    return len(people) - len([one for one in people if one.person_id not in gone])
