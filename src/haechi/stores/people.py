"""What is known of people: where they live and when they were born."""

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import Engine, text

from haechi.errors import UsageError
from haechi.ledger.seal import Master
from haechi.stores.erased import Erased
from haechi.stores.numbers import expect_identifiers
from haechi.stores.rows import temporary, writing
from haechi.terms.countries import COUNTRIES


class Person(msgspec.Struct, kw_only=True):
    """A person, as far as the law of the place needs it."""

    person_id: str
    country: str | None = None
    region: str | None = None
    birth_date: date | None = None


def put_people(engine: Engine, people: Sequence[Person], *, master: Master | None) -> int:
    """Adds people, or changes what is known of them; who was erased and has not come back stays out.

    Args:
        engine: the database.
        people: any number.
        master: by which people who were erased are known; needed where somebody was.

    Returns:
        how many were left out.

    Raises:
        UsageError: a country is none; nothing was taken.
        DataError: an identifier is none; nothing was taken.
    """
    for one in people:
        if one.country is not None and one.country not in COUNTRIES:
            raise UsageError(f"unknown country {one.country[:20]!r}; expected an ISO 3166-1 alpha-2 code.")
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
        connection.execute(
            text(
                "INSERT INTO people (person_id, country, region, birth_date) "
                "SELECT person_id, country, region, birth_date FROM temp_people_put WHERE true "
                "ON CONFLICT (person_id) DO UPDATE SET country = excluded.country, region = excluded.region, "
                "birth_date = excluded.birth_date"
            )
        )
    return len(people) - len([one for one in people if one.person_id not in gone])
