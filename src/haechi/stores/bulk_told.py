"""What another system told its advertisers, from its records: advertisers, grants and deliveries."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select, text

from haechi.ledger.seal import Master
from haechi.records import Dataset
from haechi.stores import schema
from haechi.stores.bulk_rows import Step, chunks
from haechi.stores.clock import maybe_micros, micros
from haechi.stores.disclosures import Disclosure, disclose
from haechi.stores.erased import Erased
from haechi.stores.numbers import Numbers
from haechi.stores.rows import temporary, writing


def load_told(source: Dataset, engine: Engine, *, master: Master | None, now: datetime, step: Step) -> None:
    """Loads who could use which theme and what was delivered; what is known already is passed over.

    Args:
        source: the dataset, validated.
        engine: the platform's database.
        master: wraps people's keys, and knows who was erased.
        now: naive UTC instant.
        step: is told of progress.
    """
    for rows in chunks(source, "advertisers"):
        with writing(engine) as connection:
            temporary(
                connection, "advertisers_loaded",
                "advertiser_id TEXT, name TEXT, country TEXT, verified BOOLEAN, created_at BIGINT",
                [
                    (str(row["advertiser_id"]), row["name"], row["country"], bool(row["verified"]), micros(now))
                    for row in rows
                ],
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO advertisers (advertiser_id, name, country, verified, created_at) "
                    "SELECT advertiser_id, name, country, verified, created_at FROM temp_advertisers_loaded "
                    "WHERE true ON CONFLICT (advertiser_id) DO NOTHING"
                )
            )
        step("advertisers", len(rows))
    for rows in chunks(source, "grants"):
        with writing(engine) as connection:
            known = _Known(connection)
            temporary(
                connection, "grants_loaded", "theme BIGINT, advertiser BIGINT, since BIGINT, until BIGINT",
                [
                    (known.themes[theme], known.advertisers[advertiser], micros(row["since"]),
                     maybe_micros(row["until"]))
                    for row in rows
                    if (theme := str(row["theme_id"])) in known.themes
                    and (advertiser := str(row["advertiser_id"])) in known.advertisers
                ],
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO grants (theme, advertiser, since, until) "
                    "SELECT DISTINCT theme, advertiser, since, until FROM temp_grants_loaded WHERE true "
                    "ON CONFLICT (theme, advertiser, since) DO NOTHING"
                )
            )
        step("grants", len(rows))
    _deliveries(source, engine, master, step)


def _deliveries(source: Dataset, engine: Engine, master: Master | None, step: Step) -> None:
    people, erased = Numbers(schema.people, "person", "person_id"), Erased(master)
    for rows in chunks(source, "deliveries"):
        with writing(engine) as connection:
            known = _Known(connection)
            erased.look(connection)
            gone = erased.since({str(row["person_id"]) for row in rows})
            kept = [
                row
                for row in rows
                if str(row["person_id"]) not in gone
                and str(row["theme_id"]) in known.themes
                and str(row["advertiser_id"]) in known.advertisers
            ]
            numbers = people.of(connection, [str(row["person_id"]) for row in kept])
            told = [
                Disclosure(
                    person=person,
                    at=row["delivered_at"],
                    advertiser=known.advertisers[str(row["advertiser_id"])],
                    theme=known.themes[str(row["theme_id"])],
                )
                for person, row in zip(numbers, kept, strict=True)
            ]
            disclose(connection, told, master=master, recorded_by="load")
            connection.commit()
            people.keep()
        step("deliveries", len(rows))


class _Known:
    """Numbers of the themes and advertisers that are there."""

    def __init__(self, connection: Connection) -> None:
        t, a = schema.themes, schema.advertisers
        self.themes = {
            row.theme_id: int(row.theme) for row in connection.execute(select(t.c.theme_id, t.c.theme))
        }
        self.advertisers = {
            row.advertiser_id: int(row.advertiser)
            for row in connection.execute(select(a.c.advertiser_id, a.c.advertiser))
        }
