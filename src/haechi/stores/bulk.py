"""A whole dataset into the platform: catalogue first, screened as every theme is, then permissions, then behaviours.

Interrupted work goes on where it stopped: each chunk of behaviours has its own key, and one that is there already is
passed over; people, items and themes that are known stay as they are.
"""

from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Engine, select, text

from haechi.ledger.seal import Master
from haechi.records import Dataset
from haechi.stores import schema
from haechi.stores.bulk_permissions import load_permissions
from haechi.stores.bulk_requests import load_requests
from haechi.stores.bulk_rows import Step, chunks
from haechi.stores.bulk_told import load_told
from haechi.stores.catalogue import changed
from haechi.stores.clock import micros
from haechi.stores.ingest import Behaviour, Ingest, digest_of
from haechi.stores.numbers import Numbers
from haechi.stores.people import Keep, Person, put_people
from haechi.stores.requests import Requests
from haechi.stores.rows import fill, temporary, writing
from haechi.stores.themes import Themes
from haechi.themes.evidence import WEIGHT_SCALE

_SCREENED_AT_ONCE: Final = 500
_ALONG_TIME: Final = "ORDER BY person_id, occurred_at, item_id, kind"
_THEME_COLUMNS: Final = (
    "theme_id", "name", "path", "lang", "taxonomy", "state", "categories", "standing", "created_at", "version",
)  # fmt: skip


def load(
    source: Dataset,
    engine: Engine,
    *,
    themes: Themes,
    ingest: Ingest,
    separate: bool,
    requests: Requests,
    master: Master | None,
    now: datetime,
    step: Step,
) -> None:
    """Loads every table that the platform keeps.

    Args:
        source: the dataset, validated.
        engine: the platform's database.
        themes: screens what comes in.
        ingest: takes the behaviours.
        separate: the dataset's permissions were asked apart from everything else; the records do not say it.
        requests: takes in the requests that are open.
        master: wraps people's keys, and knows who was erased.
        now: naive UTC instant.
        step: is told of progress.
    """
    _people(source, engine, partial(ingest.keep_anew, now=now), master, step)
    _catalogue(source, engine, now, step)
    while done := themes.screen_some(_SCREENED_AT_ONCE, by="load", now=now):
        step("themes screened", done)
    load_permissions(source, engine, ingest, separate=separate, master=master, now=now, step=step)
    load_told(source, engine, master=master, now=now, step=step)
    load_requests(source, engine, requests, now=now, step=step)
    # In one order, so that a chunk is the same when it comes again; along time for each person, as memberships grow.
    for rows in chunks(source, "behaviours", _ALONG_TIME):
        batch = [
            Behaviour(str(row["person_id"]), str(row["item_id"]), row["kind"], row["occurred_at"])
            for row in rows
        ]
        # By its content: the same dataset in another place is the same dataset.
        ingest(batch, source="load", key=digest_of(batch).hex(), now=now)
        step("behaviours", len(batch))


def _people(source: Dataset, engine: Engine, keep: Keep, master: Master | None, step: Step) -> None:
    for rows in chunks(source, "people"):
        known = [
            Person(
                person_id=str(row["person_id"]),
                country=row["country"],
                region=row["region"],
                birth_date=row["birth_date"],
            )
            for row in rows
        ]
        put_people(engine, known, master=master, keep=keep)
        step("people", len(rows))


def _catalogue(source: Dataset, engine: Engine, now: datetime, step: Step) -> None:
    for rows in chunks(source, "items"):
        with writing(engine) as connection:
            temporary(
                connection, "items_loaded", "item_id TEXT, kind TEXT, name TEXT, lang TEXT",
                [(str(row["item_id"]), row["kind"], row["name"], row["lang"]) for row in rows],
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO items (item_id, kind, name, lang) SELECT item_id, kind, name, lang "
                    "FROM temp_items_loaded WHERE true ON CONFLICT (item_id) DO UPDATE SET kind = excluded.kind, "
                    "name = excluded.name, lang = excluded.lang"
                )
            )
        step("items", len(rows))
    for rows in chunks(source, "themes"):
        with writing(engine) as connection:
            known = set(connection.execute(select(schema.themes.c.theme_id)).scalars())
            fresh = [row for row in rows if str(row["theme_id"]) not in known]
            fill(
                connection, "themes", _THEME_COLUMNS,
                [
                    (str(row["theme_id"]), row["name"], row["path"], row["lang"], row["taxonomy"], "proposed", "[]",
                     "{}", micros(row["created_at"] or now), 0)
                    for row in fresh
                ],
            )  # fmt: skip
        step("themes", len(rows))
    for rows in chunks(source, "item_themes"):
        with writing(engine) as connection:
            items = Numbers(schema.items, "item", "item_id").of(
                connection, [str(row["item_id"]) for row in rows]
            )
            t = schema.themes
            numbers = {row.theme_id: row.theme for row in connection.execute(select(t.c.theme, t.c.theme_id))}
            pairs = {
                (item, numbers[str(row["theme_id"])]): int(
                    (1.0 if row["weight"] is None else row["weight"]) * WEIGHT_SCALE + 0.5
                )
                for item, row in zip(items, rows, strict=True)
                if str(row["theme_id"]) in numbers
            }
            temporary(
                connection, "mapped", "item BIGINT, theme BIGINT, weight BIGINT",
                [(*pair, weight) for pair, weight in pairs.items()],
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO item_themes (item, theme, weight) SELECT item, theme, weight FROM temp_mapped "
                    "WHERE true ON CONFLICT (item, theme) DO UPDATE SET weight = excluded.weight"
                )
            )
            changed(connection)
        step("item_themes", len(rows))
