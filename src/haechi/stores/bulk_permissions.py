"""Permissions that another system recorded; loaded again, what was withdrawn meanwhile is withdrawn here too."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, update

from haechi.ledger.entry import Fact, Kind
from haechi.ledger.seal import Master
from haechi.records import Dataset
from haechi.stores import schema
from haechi.stores.bulk_rows import Row, Step, chunks
from haechi.stores.clock import maybe_micros, micros
from haechi.stores.erased import Erased
from haechi.stores.ingest import Ingest
from haechi.stores.ledger.append import append
from haechi.stores.numbers import Numbers
from haechi.stores.rows import fetch, fill, temporary, writing

_COLUMNS: Final = (
    "person", "purpose", "category", "basis", "given_at", "withdrawn_at", "notice", "evidence", "separate",
    "by_guardian", "recorded_at",
)  # fmt: skip
_LOADED: Final = (
    "place BIGINT, person BIGINT, purpose TEXT, category TEXT, basis TEXT, given_at BIGINT, "
    "withdrawn_at BIGINT"
)
_SAME: Final = (
    "p.person = l.person AND p.purpose = l.purpose AND coalesce(p.category, '') = coalesce(l.category, '') "
    "AND p.basis = l.basis AND p.given_at = l.given_at"
)


def load_permissions(
    source: Dataset,
    engine: Engine,
    ingest: Ingest,
    *,
    separate: bool,
    master: Master | None,
    now: datetime,
    step: Step,
) -> None:
    """Takes permissions in; one that is there already, by the person, what for and when it was given, counts once.

    Args:
        source: the dataset, validated.
        engine: the platform's database.
        ingest: works out anew who is in what, where a permission ended.
        separate: they were asked apart from everything else; the records do not say it.
        master: seals what the ledger says of people, and knows who was erased.
        now: naive UTC instant.
        step: is told of progress.
    """
    erased, numbers = Erased(master), Numbers(schema.people, "person", "person_id")
    for rows in chunks(source, "permissions"):
        with writing(engine) as connection:
            erased.look(connection)
            gone = erased.since({str(row["person_id"]) for row in rows})
            kept = [row for row in rows if str(row["person_id"]) not in gone]
            people = numbers.of(connection, [str(row["person_id"]) for row in kept])
            new, ended = _compared(connection, people, kept)
            fill(
                connection, "permissions", _COLUMNS,
                [
                    (people[place], row["purpose"], row["category"], row["basis"], micros(row["given_at"]),
                     maybe_micros(row["withdrawn_at"]), "", row["evidence"] or "", separate, False, micros(now))
                    for place, row in enumerate(kept)
                    if place in new
                ],
            )  # fmt: skip
            p = schema.permissions
            for permission, place in ended.items():
                withdrawn_at = maybe_micros(kept[place]["withdrawn_at"])
                connection.execute(
                    update(p).where(p.c.permission == permission).values(withdrawn_at=withdrawn_at)
                )
            ingest.keep_anew(connection, {people[place] for place in ended.values()}, now=now)
            facts = [fact for place in sorted(new) for fact in _proved(people[place], kept[place], master)]
            for place in ended.values():
                facts += list(_proved(people[place], kept[place], master))[1:]
            append(connection, facts, master=master)
            connection.commit()
            numbers.keep()
        step("permissions", len(rows))


def _compared(
    connection: Connection, people: list[int], rows: list[Row]
) -> tuple[frozenset[int], dict[int, int]]:
    """Places of the rows that are not there yet; and the permissions that ended meanwhile, with their places."""
    temporary(
        connection, "permissions_loaded", _LOADED,
        [
            (place, person, row["purpose"], row["category"], row["basis"], micros(row["given_at"]),
             maybe_micros(row["withdrawn_at"]))
            for place, (person, row) in enumerate(zip(people, rows, strict=True))
        ],
    )  # fmt: skip
    new = fetch(
        connection,
        "SELECT place FROM temp_permissions_loaded l "  # noqa: S608 - ours
        f"WHERE NOT EXISTS (SELECT 1 FROM permissions p WHERE {_SAME})",
    )
    ended = fetch(
        connection,
        "SELECT p.permission, l.place FROM temp_permissions_loaded l CROSS JOIN permissions p "  # noqa: S608 - ours
        f"WHERE {_SAME} AND p.withdrawn_at IS NULL AND l.withdrawn_at IS NOT NULL",
    )
    return frozenset(row[0] for row in new), {row[0]: row[1] for row in ended}


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
