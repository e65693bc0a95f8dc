"""A database's ledger, looked at byte by byte."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import Connection, Engine, func, inspect, select
from sqlalchemy.exc import DBAPIError

from haechi.errors import LedgerError, UsageError
from haechi.ledger.check import Bundle, Checked, Step, check, untold
from haechi.ledger.checkpoint import open_checkpoint
from haechi.ledger.entry import KIND_BEGINS, KINDS, parts_of, read_entry
from haechi.ledger.keys import PublicKey
from haechi.ledger.seal import Master, unseal
from haechi.ledger.tiles import WIDTH, tiles_of
from haechi.stores import schema
from haechi.stores.ledger.read import edge_of, size_of, tile_bytes
from haechi.stores.rows import fetch

_AT_ONCE: Final = 64 * WIDTH
_PAGE: Final = 1_000
_MARKS: Final[dict[object, bytes]] = {number: f'{kind}"'.encode() for number, kind in enumerate(KINDS)}
_BETWEEN: Final = "FROM ledger_entries WHERE entry >= {begin:d} AND entry < {end:d} ORDER BY entry"
_Row = tuple[int, int, bytes, bytes]


class Stored:
    """The ledger of a database, as `check` reads it.

    Args:
        connection: in a transaction; on PostgreSQL one that sees one state of the database throughout.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.flaws: list[str] = []
        self.size = size_of(connection)

    def bundles(self) -> Iterator[Bundle]:
        """All entries and leaf hashes in order; what the other columns say wrongly is noted in `flaws`."""
        for begin in range(0, self.size, _AT_ONCE):
            end = min(begin + _AT_ONCE, self.size)
            rows = self._rows(begin, end)
            bodies: list[bytes | None] = [row[3] for row in rows]
            leaves: list[bytes | None] = [row[2] for row in rows]
            if len(rows) < end - begin:
                found = {row[0]: row for row in rows}
                bodies = [found[number][3] if number in found else None for number in range(begin, end)]
                leaves = [found[number][2] if number in found else None for number in range(begin, end)]
            self._look_at_kinds(rows)
            for place in range(0, end - begin, WIDTH):
                yield bodies[place : place + WIDTH], leaves[place : place + WIDTH]

    def tile(self, level: int, tile: int) -> bytes:
        """A tile of level 1 or above; nothing where there is none."""
        return tile_bytes(self._connection, level, tile)

    def _rows(self, begin: int, end: int) -> list[_Row]:
        between = _BETWEEN.format(begin=begin, end=end)
        try:
            rows = fetch(self._connection, f"SELECT entry, kind, leaf, body {between}")
            if all(type(leaf) is type(body) is bytes for _, _, leaf, body in rows):
                return rows
        except sqlite3.OperationalError:
            # A text that is no UTF-8 cannot even be read as one.
            pass
        # SQLite keeps a value of any type in any column: what is no longer bytes is read as bytes all the same.
        cast = "CAST(leaf AS BLOB), CAST(body AS BLOB), typeof(leaf) = 'blob' AND typeof(body) = 'blob'"
        told = fetch(self._connection, f"SELECT entry, kind, {cast} {between}")
        self.flaws += [f"entry {row[0]:,}: a column is not stored as bytes" for row in told if not row[4]]
        return [row[:4] for row in told]

    def _look_at_kinds(self, rows: Sequence[_Row]) -> None:
        marks, nothing = _MARKS, b"\x00"
        if all(body.startswith(marks.get(kind, nothing), KIND_BEGINS) for _, kind, _, body in rows):
            return
        for number, kind, _, body in rows:
            if not body.startswith(marks.get(kind, nothing), KIND_BEGINS):
                self.flaws.append(f"entry {number:,}: its column kind is not the entry's kind")


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads and sees one state of the database throughout.

    Raises:
        UsageError: the database has no ledger.
    """
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(writes=False, **options) as connection:
        if not inspect(connection).has_table(schema.ledger_head.name):
            raise UsageError(
                "the database has no ledger; expected one that haechi serve or haechi load opened."
            )
        connection.rollback()
        transaction = connection.begin()
        try:
            yield connection
        finally:
            # Even to end it may fail where the database is damaged, and nothing was written.
            with suppress(DBAPIError):
                transaction.rollback()


def check_database(
    connection: Connection,
    key: PublicKey,
    *,
    sizes: Collection[int] = (),
    master: Master | None = None,
    step: Step = untold,
) -> Checked:
    """Looks at every byte of a database's ledger.

    Args:
        connection: of `one_state`.
        key: the ledger's, for the checkpoints that it keeps.
        sizes: the tree's roots at these sizes are wanted besides.
        master: where given, what is sealed is opened too.
        step: is told of progress.

    Raises:
        LedgerError: the database cannot even be read.
    """
    try:
        return _check_database(connection, key, sizes, master, step)
    except (DBAPIError, sqlite3.Error, TypeError) as fault:
        # Bytes of the database's own were changed, or a value is of another type than its column's.
        raise LedgerError(
            f"the database itself is damaged and cannot be read: {type(fault).__name__}."
        ) from None


def _check_database(
    connection: Connection, key: PublicKey, sizes: Collection[int], master: Master | None, step: Step
) -> Checked:
    stored = Stored(connection)
    c = schema.ledger_checkpoints
    notes = {row.size: row.note for row in connection.execute(select(c.c.size, c.c.note))}
    checked = check(stored, {*notes, *sizes}, edge=edge_of(connection), step=step)
    for size, note in notes.items():
        try:
            found, _ = open_checkpoint(note.encode(), key)
        except LedgerError as fault:
            checked.flaw(f"checkpoint of {size:,} entries: {fault}")
            continue
        if (found.size, found.root) != (size, checked.roots.get(size)):
            checked.flaw(
                f"checkpoint of {size:,} entries: its root is not that of the first {size:,} entries"
            )
    for said in (
        *stored.flaws,
        *_beside(connection, checked.size),
        *_sealed(connection, master),
        *_own_structure(connection),
    ):
        checked.flaw(said)
    return checked


def _beside(connection: Connection, size: int) -> Iterator[str]:
    """What is there and should not be."""
    e, t, p = schema.ledger_entries, schema.ledger_tiles, schema.ledger_people
    for number in connection.execute(
        select(e.c.entry).where(~e.c.entry.between(0, size - 1)).limit(10)
    ).scalars():
        yield f"entry {number:,}: beyond the ledger's size of {size:,}"
    expected = {(level, tile) for level, tile, _ in tiles_of(size) if level}
    for level, tile in connection.execute(select(t.c.level, t.c.tile)):
        if (level, tile) not in expected:
            yield f"tile of level {level}, number {tile:,}: there is none in a tree of {size:,}"
    lost = select(func.count()).select_from(p.outerjoin(e, e.c.entry == p.c.entry)).where(e.c.entry.is_(None))
    if count := connection.execute(lost).scalar_one():
        yield f"index of people: {count:,} rows point to entries that are not there"


def _sealed(connection: Connection, master: Master | None) -> Iterator[str]:
    """What does not open with the key of the person that the index names; nobody is named, not even by number."""
    if master is None:
        return
    e, k, p = schema.ledger_entries, schema.ledger_keys, schema.ledger_people
    bad = 0
    keys: dict[int, bytes] = {}
    for row in connection.execute(select(k)):
        try:
            keys[row.person] = master.unwrap(bytes(row.wrapped), row.person)
        except LedgerError:
            bad += 1
    if bad:
        yield f"keys of people: {bad:,} do not open with this master key"
    about = select(p.c.person, e.c.entry, e.c.body).join(e, e.c.entry == p.c.entry)
    for row in connection.execute(about.execution_options(yield_per=_PAGE)):
        if row.person in keys and b',"sealed":"' in row.body:
            try:
                sealed, rest = parts_of(read_entry(bytes(row.body)))
                unseal(keys[row.person], sealed or b"", rest)
            except LedgerError:
                yield f"entry {row.entry:,}: not sealed with the key of the person that the index names"


def _own_structure(connection: Connection) -> Iterator[str]:
    """What SQLite finds wrong with its own pages and indexes: an index that lacks a row hides an entry."""
    if connection.dialect.name != "sqlite":
        return
    for table in schema.METADATA.tables:
        if table.startswith("ledger_"):
            for (said,) in fetch(connection, f"PRAGMA integrity_check({table})"):
                if said != "ok":
                    yield f"table {table}: {said}"
