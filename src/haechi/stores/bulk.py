"""A whole dataset into the platform: catalogue first, screened as every theme is, then permissions, then behaviours.

Interrupted work goes on where it stopped: each chunk of behaviours has its own key, and one that is there already is
passed over; people, items and themes that are known stay as they are.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, func, select, text

from haechi.ledger.entry import Fact, Kind
from haechi.ledger.seal import Master
from haechi.records import Dataset
from haechi.stores import schema
from haechi.stores.bulk_rows import Row, Step, chunks
from haechi.stores.bulk_told import load_told
from haechi.stores.catalogue import changed
from haechi.stores.clock import micros
from haechi.stores.erased import Erased
from haechi.stores.ingest import Behaviour, Ingest
from haechi.stores.ledger.append import append
from haechi.stores.numbers import Numbers
from haechi.stores.people import Person, put_people
from haechi.stores.rows import fill, reading, temporary, writing
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
        master: wraps people's keys, and knows who was erased.
        now: naive UTC instant.
        step: is told of progress.
    """
    _people(source, engine, master, step)
    _catalogue(source, engine, now, step)
    while done := themes.screen_some(_SCREENED_AT_ONCE, by="load", now=now):
        step("themes screened", done)
    _permissions(source, engine, separate=separate, master=master, now=now, step=step)
    load_told(source, engine, master=master, now=now, step=step)
    # In one order, so that a chunk is the same when it comes again; along time for each person, as memberships grow.
    for number, rows in enumerate(chunks(source, "behaviours", _ALONG_TIME)):
        batch = [
            Behaviour(str(row["person_id"]), str(row["item_id"]), row["kind"], row["occurred_at"])
            for row in rows
        ]
        ingest(batch, source=f"load {source.location}", key=str(number), now=now)
        step("behaviours", len(batch))


def _people(source: Dataset, engine: Engine, master: Master | None, step: Step) -> None:
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
        put_people(engine, known, master=master)
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


def _permissions(
    source: Dataset,
    engine: Engine,
    *,
    separate: bool,
    master: Master | None,
    now: datetime,
    step: Step,
) -> None:
    p = schema.permissions
    with reading(engine) as connection:
        already = connection.execute(select(func.count()).select_from(p)).scalar_one()
    if already:
        # Those of an earlier, interrupted load came in one transaction each; here nothing tells which.
        return
    columns = ("person", "purpose", "category", "basis", "given_at", "withdrawn_at", "notice", "evidence", "separate",
               "by_guardian", "recorded_at")  # fmt: skip
    erased = Erased(master)
    with writing(engine) as connection:
        erased.look(connection)
        numbers = Numbers(schema.people, "person", "person_id")
        for rows in chunks(source, "permissions"):
            gone = erased.since({str(row["person_id"]) for row in rows})
            kept = [row for row in rows if str(row["person_id"]) not in gone]
            people = numbers.of(connection, [str(row["person_id"]) for row in kept])
            fill(
                connection, "permissions", columns,
                [
                    (person, row["purpose"], row["category"], row["basis"], micros(row["given_at"]),
                     None if row["withdrawn_at"] is None else micros(row["withdrawn_at"]), "", row["evidence"] or "",
                     separate, False, micros(now))
                    for person, row in zip(people, kept, strict=True)
                ],
            )  # fmt: skip
            facts = [
                fact
                for person, row in zip(people, kept, strict=True)
                for fact in _proved(person, row, master)
            ]
            append(connection, facts, master=master)
            step("permissions", len(rows))


def _proved(person: int, row: Row, master: Master | None) -> Iterator[Fact]:
    """What the ledger is told of a permission that another system recorded."""
    said = {name: row[name] for name in ("purpose", "category", "basis", "evidence")}
    stages: tuple[tuple[Kind, datetime | None], ...] = (
        ("permission-given", row["given_at"]),
        ("permission-withdrawn", row["withdrawn_at"]),
    )
    for kind, at in stages:
        if at is not None:
            public = {"recorded_by": "load"}
            yield Fact(kind, at, public) if master is None else Fact(kind, at, public, person, said)
