"""Facts become entries, in the caller's own transaction: both are there, or neither.

Whoever appends holds the row of the ledger's head until the transaction ends, so that writers come one after the
other and the tree cannot fork: SQLite by the write lock that `BEGIN IMMEDIATE` takes, PostgreSQL by the lock of the
row. Append last in a transaction, so that others wait no longer than they must.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Engine, delete, select, text

from haechi.errors import UsageError
from haechi.ledger.entry import KINDS, Fact, write_entry
from haechi.ledger.hashes import SIZE, leaf_hashes
from haechi.ledger.seal import Master, new_key, seal
from haechi.ledger.tiles import HEIGHT, LONGEST, WIDTH
from haechi.ledger.tree import grow
from haechi.stores import schema
from haechi.stores.rows import fill

_KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}
_ENTRY_COLUMNS: Final = ("entry", "kind", "leaf", "body")
_HEAD: Final = {
    "sqlite": "SELECT size, edge FROM ledger_head",
    "postgresql": "SELECT size, edge FROM ledger_head FOR UPDATE",
}
_MOVE_HEAD: Final = {
    "sqlite": "UPDATE ledger_head SET size = ?, edge = ?",
    "postgresql": "UPDATE ledger_head SET size = %s, edge = %s",
}
_EXTEND: Final = text(
    "INSERT INTO ledger_tiles (level, tile, hashes) VALUES (:level, :tile, :hashes) "
    "ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes"
)
_AT_ONCE: Final = 500
"""Values in one question: databases admit a limited number."""


def append(connection: Connection, facts: Sequence[Fact], *, master: Master | None = None) -> range:
    """Writes facts at the end of the ledger.

    Args:
        connection: in a transaction that writes; the entries are there when it is committed.
        facts: in the order they are to stand.
        master: wraps people's keys; needed where a fact has personal fields.

    Returns:
        The numbers of the entries.

    Raises:
        UsageError: a fact is none that an entry admits, is longer than 65,535 bytes, or cannot be sealed. Undo the
            transaction.
    """
    size, edge = lock_head(connection)
    sealers = _keys(connection, facts, master)
    bodies = [
        write_entry(fact, lambda personal, rest, fact=fact: seal(sealers[fact.person], personal, rest))  # type: ignore[misc]
        for fact in facts
    ]
    if max(map(len, bodies), default=0) > LONGEST:
        raise UsageError(f"an entry is longer than {LONGEST:,} bytes; expected the long part elsewhere.")
    leaves = leaf_hashes(bodies)
    numbers = range(size, size + len(facts))
    rows = [
        (number, _KIND_NUMBERS[fact.kind], leaf, body)
        for number, fact, leaf, body in zip(numbers, facts, leaves, bodies, strict=True)
    ]
    fill(connection, "ledger_entries", _ENTRY_COLUMNS, rows)
    about = [
        (fact.person, number) for number, fact in zip(numbers, facts, strict=True) if fact.person is not None
    ]
    fill(connection, "ledger_people", ("person", "entry"), about)
    edge, whole = grow(size, edge, leaves)
    level = 1
    while hashes := whole.get(level * HEIGHT):
        _extend_tiles(connection, level, size >> level * HEIGHT, hashes)
        level += 1
    connection.exec_driver_sql(_MOVE_HEAD[connection.dialect.name], (numbers.stop, edge))
    return numbers


def destroy_key(connection: Connection, person: int) -> bool:
    """Makes what the ledger says of a person unreadable for ever, and forgets which entries are about them.

    The tree stays as it is. Call `scrub` after the commit. Copies of the key that left the database, such as backups,
    are not reached: see docs/explanation/ledger.md.

    Args:
        connection: in a transaction that writes.
        person: the platform's number.

    Returns:
        Whether there was a key.
    """
    lock_head(connection)
    if connection.dialect.name == "sqlite":
        # Freed space is overwritten, not only marked as free.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.execute(delete(schema.ledger_people).where(schema.ledger_people.c.person == person))
    found = connection.execute(delete(schema.ledger_keys).where(schema.ledger_keys.c.person == person))
    return bool(found.rowcount)


def scrub(engine: Engine) -> bool:
    """Clears what the database itself still remembers of destroyed keys; after the commit, outside a transaction.

    SQLite's write-ahead log is copied into the file and cut to nothing. PostgreSQL is told to vacuum; its own log and
    the bytes of freed space are for its operator.

    Returns:
        Whether all was cleared; not while somebody still reads an older state of SQLite: call it again later.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            # On the driver's own cursor: SQLAlchemy would begin a transaction, in which this cannot be done.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]  # type: ignore[index]
        connection.exec_driver_sql("VACUUM ledger_keys, ledger_people")
        return True


def lock_head(connection: Connection) -> tuple[int, bytes]:
    """Size and edge of the tree, locked until the transaction ends."""
    question = _HEAD[connection.dialect.name]
    row = connection.exec_driver_sql(question).first()
    if row is None:
        # The first entry of all; two that come at once both find the row afterwards.
        connection.execute(
            text("INSERT INTO ledger_head (ledger, size, edge) VALUES (1, 0, :edge) ON CONFLICT DO NOTHING"),
            {"edge": b""},
        )
        row = connection.exec_driver_sql(question).one()
    return int(row.size), bytes(row.edge)


def _keys(connection: Connection, facts: Sequence[Fact], master: Master | None) -> dict[int, bytes]:
    """The keys of the people of whom something is sealed, made where there are none."""
    people = sorted({fact.person for fact in facts if fact.personal is not None and fact.person is not None})
    if not people:
        return {}
    if master is None:
        raise UsageError("an entry has personal fields; expected a master key, which wraps the person's key.")
    found: dict[int, bytes] = {}
    for begin in range(0, len(people), _AT_ONCE):
        some = ", ".join(f"{person:d}" for person in people[begin : begin + _AT_ONCE])
        rows = connection.exec_driver_sql(
            f"SELECT person, wrapped FROM ledger_keys WHERE person IN ({some})"  # noqa: S608 - numbers
        )
        found |= {person: master.unwrap(bytes(wrapped), person) for person, wrapped in rows}
    made = {person: new_key() for person in people if person not in found}
    wrapped = [(person, master.wrap(key, person)) for person, key in made.items()]
    fill(connection, "ledger_keys", ("person", "wrapped"), wrapped)
    return found | made


def _extend_tiles(connection: Connection, level: int, first: int, hashes: Sequence[bytes]) -> None:
    """Adds hashes to the tiles of a level, from the hash numbered `first` on."""
    tiles = schema.ledger_tiles
    tile, place = divmod(first, WIDTH)
    held = b"".join(hashes)
    if place:
        before = connection.execute(
            select(tiles.c.hashes).where(tiles.c.level == level, tiles.c.tile == tile)
        ).scalar_one()
        held = bytes(before) + held
    bytes_of_tile = WIDTH * SIZE
    rows = [
        {"level": level, "tile": tile + number, "hashes": held[begin : begin + bytes_of_tile]}
        for number, begin in enumerate(range(0, len(held), bytes_of_tile))
    ]
    connection.execute(_EXTEND, rows)
