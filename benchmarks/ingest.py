"""Behaviours a second that a store takes, with receipts after the commit and memberships kept current.

    python benchmarks/ingest.py [--seconds 60] [--database FOLDER|URL] [--batch 10000]

The reference catalogue: 980,000 people, 300,000 items with about two themes each, 97,000 themes of which one in fifty
gives a category away. Beside it the floor: the same rows put into the same table by the same driver, nothing else.
"""

import argparse
import datetime as dt
import gc
import random
import statistics
import tempfile
import time
from typing import Final

from sqlalchemy import Engine

from haechi.law import load_packs
from haechi.stores import open_store, schema
from haechi.stores.ingest import KIND_NUMBERS, Behaviour, Ingest
from haechi.stores.rows import fill, writing
from haechi.terms.words import BehaviourKind

PEOPLE, ITEMS, THEMES = 980_000, 300_000, 97_000
BEGIN: Final = dt.datetime.fromisoformat("2026-01-01T00:00:00")
KINDS: Final[tuple[BehaviourKind, ...]] = (*("view",) * 12, *("click",) * 5, "like", "like", "unlike")


def catalogue(engine: Engine) -> None:
    """Synthetic items and themes, approved from the beginning."""
    chance = random.Random(1)  # noqa: S311 - synthetic data
    with writing(engine) as connection:
        columns = ("theme", "theme_id", "name", "state", "categories", "approved_at", "created_at", "version")
        told = ["[]", '["religion"]']
        rows = [(n, f"t{n}", f"t{n}", "approved", told[n % 50 == 0], 1, 1, 1) for n in range(1, THEMES + 1)]
        fill(connection, "themes", columns, rows)
        fill(connection, "items", ("item", "item_id"), [(n, f"i{n}") for n in range(1, ITEMS + 1)])
        pairs = {(chance.randint(1, ITEMS), int(THEMES * chance.random() ** 3) + 1) for _ in range(2 * ITEMS)}
        fill(
            connection,
            "item_themes",
            ("item", "theme", "weight"),
            [(*p, 1_000_000_000) for p in sorted(pairs)],
        )


def batch(number: int, size: int) -> list[Behaviour]:
    """Behaviours of one moment after another; popular items come more often."""
    chance = random.Random(number)  # noqa: S311 - synthetic data
    begin = BEGIN + dt.timedelta(seconds=number)
    return [
        Behaviour(
            f"p{chance.randrange(PEOPLE)}",
            f"i{int(ITEMS * chance.random() ** 2) + 1}",
            chance.choice(KINDS),
            begin + dt.timedelta(microseconds=place),
        )
        for place in range(size)
    ]


def floor(database: str, size: int) -> float:
    """Rows a second into the table of behaviours alone, in as many transactions."""
    engine = open_store(database)
    numbers = range(40)
    rows = [
        [
            (
                int(b.person_id[1:]) + 1,
                int(b.item_id[1:]),
                number * 1_000_000 + place,
                1,
                place,
                KIND_NUMBERS[b.kind],
            )
            for place, b in enumerate(batch(number, size))
        ]
        for number in numbers
    ]
    with writing(engine) as connection:
        connection.execute(schema.batches.insert().values(
            batch=1, source="s", idempotency_key="k", digest=b"", rows=0, received_at=0))  # fmt: skip
        fill(connection, "people", ("person", "person_id"), [(n, f"p{n}") for n in range(1, PEOPLE + 1)])
        fill(connection, "items", ("item", "item_id"), [(n, f"i{n}") for n in range(1, ITEMS + 1)])
    begun = time.perf_counter()
    for part in rows:
        with writing(engine) as connection:
            fill(connection, "behaviours", ("person", "item", "occurred_at", "batch", "place", "kind"), part)
    taken = time.perf_counter() - begun
    engine.dispose()
    return len(numbers) * size / taken


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    # As every haechi command does: rows are no garbage in circles.
    gc.set_threshold(100_000)
    lowest = floor(tempfile.mkdtemp(), options.batch)
    print(f"floor, rows alone into SQLite: {lowest:,.0f}/s")
    engine = open_store(options.database or tempfile.mkdtemp())
    catalogue(engine)
    ingest = Ingest(engine, load_packs())
    spent, rates, number, done = 0.0, [], 0, 0
    while spent < options.seconds:
        made = batch(number, options.batch)
        begun = time.perf_counter()
        ingest(made, source="s", key=str(number))
        taken = time.perf_counter() - begun
        spent += taken
        rates.append(options.batch / taken)
        number += 1
        done += options.batch
        if number % 20 == 0:
            print(f"  {done:12,} behaviours: {statistics.median(rates[-20:]):9,.0f}/s")
    print(f"{engine.dialect.name}, batches of {options.batch:,}: {done / spent:,.0f}/s over {spent:.0f} s, "
          f"{done / spent / lowest:.2f} of the floor")  # fmt: skip


if __name__ == "__main__":
    main()
