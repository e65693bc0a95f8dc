"""What the ledger costs, beside the floor of each figure measured in the same run.

    python benchmarks/ledger.py [--entries 1000000] [--folder DIR] [--seconds 5] [--threads 64]

Appended in batches of 1,000, with and without personal fields; acknowledged one by one, by one caller and by many at
once; proofs from the whole tree; every byte verified. Floors: plain SHA-256 of the same bytes, a plain read of the
database's file, plain inserts and commits of the same bytes by SQLite alone.
"""

import argparse
import datetime as dt
import hashlib
import os
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from haechi.ledger.entry import Fact, write_entry
from haechi.ledger.hashes import leaf_hash
from haechi.ledger.keys import LEDGER, make_key
from haechi.ledger.proof import check_inclusion
from haechi.ledger.seal import Master
from haechi.ledger.tree import edge_root
from haechi.stores import open_store
from haechi.stores.ledger import Together, append, proof_of, sign_head
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.ledger.read import body_of, edge_of, size_of
from haechi.stores.opened import SQLITE_FILE
from haechi.stores.rows import reading, writing

BEGIN: Final = dt.datetime.fromisoformat("2026-01-01T00:00:00")
BATCH: Final = 1_000
MASTER: Final = Master(bytes(32))


def facts(number: int, count: int, *, sealed: bool) -> list[Fact]:
    """Disclosures of themes to advertisers, as the platform writes them."""
    return [
        Fact(
            "theme-disclosed",
            BEGIN + dt.timedelta(microseconds=number + place),
            {"theme": f"t{(number + place) % 97_000}", "advertiser": f"a{place % 4_000}", "law": "kr-pipa"},
            (number + place) * 7 % 980_000 if sealed else None,
            {"purpose": "advertising", "category": "religion"} if sealed else None,
        )
        for place in range(count)
    ]


def batches(engine: Engine, count: int, *, sealed: bool) -> float:
    """Entries a second in batches, each in a transaction of its own; making the facts is not counted."""
    spent, number = 0.0, 0
    while number < count:
        some = facts(number, BATCH, sealed=sealed)
        begin = time.perf_counter()
        with writing(engine) as connection:
            append(connection, some, master=MASTER)
        spent += time.perf_counter() - begin
        number += BATCH
    return count / spent


def bare(folder: Path) -> sqlite3.Connection:
    """SQLite alone, as durable."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS t (k INTEGER PRIMARY KEY, body BLOB)")
    return connection


def bare_commits(folder: Path, body: bytes, rows: int, seconds: float) -> float:
    """Rows a second, so many in a commit, by SQLite alone."""
    connection, done, begin = bare(folder), 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t (body) VALUES (?)", [(body,)] * rows)
        connection.execute("COMMIT")
        done += rows
    return done / (time.perf_counter() - begin)


def one_by_one(write: Callable[[Fact], object], threads: int, seconds: float) -> float:
    """Entries a second, each acknowledged to its caller before the caller writes the next."""
    counts = [0] * threads
    stop = time.perf_counter() + seconds

    def call(caller: int) -> None:
        while time.perf_counter() < stop:
            (fact,) = facts(counts[caller], 1, sealed=False)
            write(fact)
            counts[caller] += 1

    callers = [threading.Thread(target=call, args=(caller,)) for caller in range(threads)]
    begin = time.perf_counter()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return sum(counts) / (time.perf_counter() - begin)


def proofs(engine: Engine, count: int = 1_000) -> list[float]:
    """Milliseconds for an inclusion proof of any entry, each from the database anew."""
    chance = random.Random(1)  # noqa: S311 - which entries
    spent = []
    with reading(engine) as connection:
        size, root = size_of(connection), edge_root(edge_of(connection))
        for _ in range(count):
            number = chance.randrange(size)
            begin = time.perf_counter()
            path = proof_of(connection, number, size)
            spent.append((time.perf_counter() - begin) * 1000)
            check_inclusion(leaf_hash(body_of(connection, number)), number, size, path, root)
    return sorted(spent)


def floors(folder: Path, entries: int) -> tuple[float, float]:
    """Seconds for plain SHA-256 of as many bytes in as many pieces as verifying hashes, and to read the file."""
    body = write_entry(facts(0, 1, sealed=False)[0])
    pair = os.urandom(65)
    sample = min(entries, 1_000_000)
    begin = time.perf_counter()
    for _ in range(sample):
        hashlib.sha256(body).digest()
        hashlib.sha256(pair).digest()
    hashing = (time.perf_counter() - begin) * entries / sample
    begin = time.perf_counter()
    with (folder / SQLITE_FILE).open("rb") as file:
        while file.read(1 << 20):
            pass
    return hashing, time.perf_counter() - begin


def told(what: str, figures: Sequence[float], unit: str, floor: float | None = None) -> None:
    """A line: a figure, and how it stands to its floor."""
    middle = statistics.median(figures)
    print(
        f"{what:<58} {middle:>12,.2f} {unit}"
        + ("" if floor is None else f"   floor {floor:,.2f}, {middle / floor:.2f} of it")
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder = Path(made)
        body = write_entry(facts(0, 1, sealed=False)[0])
        print(f"load {os.getloadavg()[0]:.1f}; entries of {len(body)} bytes; SQLite, WAL, synchronous FULL")
        floor = bare_commits(folder, body, BATCH, given.seconds)
        sealed = open_store(str(folder / "sealed"))
        told(
            "appended in batches of 1,000, sealed, entries/s",
            [batches(sealed, 100_000, sealed=True)],
            "",
            floor,
        )
        engine = open_store(str(folder / "ledger"))
        told(
            "appended in batches of 1,000, entries/s",
            [batches(engine, given.entries, sealed=False)],
            "",
            floor,
        )

        def alone(fact: Fact) -> None:
            with writing(engine) as connection:
                append(connection, [fact])

        floor = bare_commits(folder, body, 1, given.seconds)
        told("one by one, one caller, entries/s", [one_by_one(alone, 1, given.seconds)], "", floor)
        together = Together(engine)
        many = one_by_one(
            lambda fact: together(lambda connection: append(connection, [fact])), given.threads, given.seconds
        )
        told(f"one by one, {given.threads} callers together, entries/s", [many], "", floor)
        key = make_key("example.org/ledger", LEDGER, bytes(32))
        with writing(engine) as connection:
            sign_head(connection, key)
        spent = proofs(engine)
        told("inclusion proof, median, ms", spent, "")
        print(f"{'inclusion proof, 99th of 100, ms':<58} {spent[len(spent) * 99 // 100]:>12,.2f}")
        begin = time.perf_counter()
        with one_state(engine) as connection:
            checked = check_database(connection, key.public)
        verified = time.perf_counter() - begin
        hashing, reading_ = floors(folder / "ledger", checked.size)
        print(f"{checked.size:,} entries, {checked.count} flaws")
        told("verified, seconds", [verified], "", hashing + reading_)
        print(f"    of the floor, hashing {hashing:.2f}, reading {reading_:.2f}")


if __name__ == "__main__":
    main()
