"""What the ledger costs, beside the floor of each figure measured in the same run.

    python benchmarks/ledger.py [--entries 1000000] [--folder DIR] [--seconds 5] [--threads 64]

Appended in batches of 1,000, with and without personal fields; acknowledged one by one, by one caller and by many at
once; proofs from the whole tree; every byte verified. Floors: plain SHA-256 of the same bytes, a plain read of the
database's file, plain inserts and commits of the same bytes by SQLite alone. Beside the time on the clock stands the
processor's, which other work on the machine lengthens less. A folder that is given is kept, and gone on with.
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
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


@dataclass(frozen=True)
class Spent:
    """Seconds for an entry: on the clock, and the processor's."""

    clock: float
    processor: float


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


def batches(engine: Engine, count: int, *, sealed: bool) -> Spent:
    """What an entry takes in batches, each in a transaction of its own; making the facts is not counted."""
    spent, processor, number = 0.0, 0.0, 0
    while number < count:
        some = facts(number, BATCH, sealed=sealed)
        begin, before = time.perf_counter(), time.process_time()
        with writing(engine) as connection:
            append(connection, some, master=MASTER)
        spent += time.perf_counter() - begin
        processor += time.process_time() - before
        number += BATCH
    return Spent(spent / count, processor / count)


def bare(folder: Path) -> sqlite3.Connection:
    """SQLite alone, as durable."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS t (k INTEGER PRIMARY KEY, body BLOB)")
    return connection


def bare_commits(folder: Path, body: bytes, rows: int, seconds: float) -> float:
    """Seconds a row, so many in a commit, by SQLite alone."""
    connection, done, begin = bare(folder), 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t (body) VALUES (?)", [(body,)] * rows)
        connection.execute("COMMIT")
        done += rows
    return (time.perf_counter() - begin) / done


def one_by_one(write: Callable[[Fact], object], threads: int, seconds: float) -> Spent:
    """What an entry takes, each acknowledged to its caller before the caller writes the next."""
    counts = [0] * threads
    stop = time.perf_counter() + seconds

    def call(caller: int) -> None:
        while time.perf_counter() < stop:
            (fact,) = facts(counts[caller], 1, sealed=False)
            write(fact)
            counts[caller] += 1

    callers = [threading.Thread(target=call, args=(caller,)) for caller in range(threads)]
    begin, before = time.perf_counter(), time.process_time()
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    done = sum(counts)
    return Spent((time.perf_counter() - begin) / done, (time.process_time() - before) / done)


def proofs(engine: Engine, count: int = 1_000) -> tuple[list[float], float]:
    """Seconds for an inclusion proof of any entry, each from the database anew; and the processor's, on average."""
    chance = random.Random(1)  # noqa: S311 - which entries
    spent, processor = [], 0.0
    with reading(engine) as connection:
        size, root = size_of(connection), edge_root(edge_of(connection))
        for _ in range(count):
            number = chance.randrange(size)
            begin, before = time.perf_counter(), time.process_time()
            path = proof_of(connection, number, size)
            processor += time.process_time() - before
            spent.append(time.perf_counter() - begin)
            check_inclusion(leaf_hash(body_of(connection, number)), number, size, path, root)
    return sorted(spent), processor / count


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


def rate(what: str, spent: Spent, floor: float) -> None:
    """A line: entries a second, the floor's, and what the processor would do alone."""
    print(
        f"{what:<50} {1 / spent.clock:>10,.0f}/s   floor {1 / floor:>9,.0f}/s   {floor / spent.clock:>5.2f} of it   "
        f"processor {spent.processor * 1e6:>7.1f} us = {1 / spent.processor:>9,.0f}/s"
    )


def measure(folder: Path, entries: int, seconds: float, threads: int) -> None:
    """All figures, one after the other."""
    body = write_entry(facts(0, 1, sealed=False)[0])
    print(f"load {os.getloadavg()[0]:.1f}; entries of {len(body)} bytes; SQLite, WAL, synchronous FULL")
    floor = bare_commits(folder, body, BATCH, seconds)
    rate(
        "in batches of 1,000, sealed", batches(open_store(str(folder / "sealed")), 50_000, sealed=True), floor
    )
    engine = open_store(str(folder / "ledger"))
    with reading(engine) as connection:
        missing = max(entries - size_of(connection), 50_000)
    rate("in batches of 1,000", batches(engine, missing, sealed=False), floor)

    def alone(fact: Fact) -> None:
        with writing(engine) as connection:
            append(connection, [fact])

    together = Together(engine)
    floor = bare_commits(folder, body, 1, seconds)
    rate("one by one, one caller", one_by_one(alone, 1, seconds), floor)
    rate(
        f"one by one, {threads} callers together",
        one_by_one(lambda fact: together(partial(append, facts=[fact])), threads, seconds),
        floor,
    )
    spent, processor = proofs(engine)
    print(
        f"inclusion proof: median {statistics.median(spent) * 1e3:.2f} ms, 99th of 100 {spent[990] * 1e3:.2f} ms, "
        f"processor {processor * 1e3:.2f} ms"
    )
    verify(engine, folder / "ledger")


def verify(engine: Engine, folder: Path) -> None:
    """Every byte looked at, beside the floor."""
    key = make_key("example.org/ledger", LEDGER, bytes(32))
    with writing(engine) as connection:
        sign_head(connection, key)
    begin, before = time.perf_counter(), time.process_time()
    with one_state(engine) as connection:
        checked = check_database(connection, key.public)
    clock, processor = time.perf_counter() - begin, time.process_time() - before
    hashing, reading_ = floors(folder, checked.size)
    floor = hashing + reading_
    print(
        f"{checked.size:,} entries verified, {checked.count} flaws: {clock:.1f} s, processor {processor:.1f} s; "
        f"floor {floor:.1f} s (hashing {hashing:.1f}, reading {reading_:.1f}), {clock / floor:.1f} times"
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=64)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        measure(folder, given.entries, given.seconds, given.threads)


if __name__ == "__main__":
    main()
