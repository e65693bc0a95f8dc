"""Kills a process that appends, again and again, and looks at what it left.

    python -m tests.stores.ledger_kills DATABASE COUNT SEED

Each child writes facts and their entries in batches, each in one transaction, and tells the parent of each after its
commit. It is killed (SIGKILL) at a random instant. Then every entry that was told of must be there, as many facts as
entries, the tree must hold byte by byte, and it must begin with every tree that was seen before.
"""

import datetime as dt
import os
import random
import signal
import sys
import time
from functools import partial

from sqlalchemy import Connection, func, insert, select

from haechi.ledger.entry import Fact
from haechi.ledger.keys import LEDGER, make_key
from haechi.ledger.seal import Master
from haechi.stores import open_store, schema
from haechi.stores.ledger import Together, append, sign_head
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.ledger.read import size_of
from haechi.stores.opened import connect
from haechi.stores.rows import writing

KEY = make_key("example.org/ledger", LEDGER, bytes(32))
MASTER = Master(bytes(32))
AT = dt.datetime.fromisoformat("2026-01-01T00:00:00")
MOST_SECONDS = 0.06


def child(database: str, seed: int, told: int) -> None:
    """Appends until it is killed."""
    chance = random.Random(seed)  # noqa: S311 - how much at once
    engine = connect(database)
    together = Together(engine)
    while True:
        count = chance.choice((1, 1, 1, 2, 40, 300))
        if chance.random() < 0.5:
            end = together(partial(write, count=count))
        else:
            with writing(engine) as connection:
                end = write(connection, count)
                if chance.random() < 0.2:
                    sign_head(connection, KEY)
        os.write(told, end.to_bytes(8))


def write(connection: Connection, count: int) -> int:
    """Facts and their entries, in one transaction; the ledger's size after."""
    begin = size_of(connection)
    numbers = range(begin, begin + count)
    connection.execute(
        insert(schema.audit_trail),
        [{"at": number, "by": "b", "action": "a", "object": "o", "detail": ""} for number in numbers],
    )
    facts = [
        Fact("ad-decided", AT, {"n": number}, number % 9, {"n": number} if number % 2 else None)
        for number in numbers
    ]
    return append(connection, facts, master=MASTER).stop


def killed(database: str, seed: int) -> int:
    """Starts a child, kills it, and gives the size that it last told of."""
    reads, writes = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reads)
        child(database, seed, writes)
    os.close(writes)
    os.read(reads, 8)  # it has begun
    time.sleep(random.Random(seed).random() * MOST_SECONDS)  # noqa: S311 - when
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    said = b""
    while more := os.read(reads, 1 << 16):
        said += more
    os.close(reads)
    return int.from_bytes(said[-8:])


def main() -> None:
    """Kills as often as asked; ends with 1 at the first thing that is wrong."""
    database, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    open_store(database).dispose()
    seen: dict[int, bytes] = {}
    for turn in range(count):
        acknowledged = killed(database, seed + turn)
        engine = connect(database)
        with one_state(engine) as connection:
            facts = connection.execute(select(func.count()).select_from(schema.audit_trail)).scalar_one()
            checked = check_database(connection, KEY.public, sizes=list(seen), master=MASTER)
        engine.dispose()
        wrong = [
            *checked.flaws,
            *(["an acknowledged entry is lost"] if checked.size < acknowledged else []),
            *(["facts and entries differ in number"] if facts != checked.size else []),
            *(["forked"] if any(checked.roots[size] != root for size, root in seen.items()) else []),
        ]
        if wrong:
            sys.exit(f"kill {turn}, seed {seed + turn}: {wrong}")
        seen[checked.size] = checked.root
    print(f"{count} kills, {max(seen):,} entries")  # noqa: T201


if __name__ == "__main__":
    main()
