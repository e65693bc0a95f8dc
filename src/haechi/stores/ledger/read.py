"""Entries, tiles and proofs, from the database."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from haechi.errors import LedgerError, UsageError
from haechi.ledger.entry import KINDS, Entry, Kind, parts_of, read_entry
from haechi.ledger.seal import Master, unseal
from haechi.ledger.tiles import WIDTH, nodes_of
from haechi.ledger.tree import Node, consistency_path, inclusion_path
from haechi.stores import schema
from haechi.stores.rows import fetch

_PAGE: Final = 1_000


def size_of(connection: Connection) -> int:
    """Entries in the ledger."""
    found = fetch(connection, "SELECT size FROM ledger_head")
    return int(found[0][0]) if found else 0


def edge_of(connection: Connection) -> bytes:
    """The edge of the tree."""
    return bytes(connection.execute(select(schema.ledger_head.c.edge)).scalar() or b"")


def entries(
    connection: Connection, *, kind: Kind | None = None, person: int | None = None, since: int = 0
) -> Iterator[tuple[int, Entry]]:
    """Entries in their order, with their numbers.

    Args:
        connection: in a transaction.
        kind: only these.
        person: only those about this person, by the platform's number; none after the person's key was destroyed.
        since: from this number on.

    Raises:
        LedgerError: an entry is no entry.
    """
    e, p = schema.ledger_entries, schema.ledger_people
    question = select(e.c.entry, e.c.body).order_by(e.c.entry).limit(_PAGE)
    if kind is not None:
        question = question.where(e.c.kind == KINDS.index(kind))
    if person is not None:
        question = question.join(p, p.c.entry == e.c.entry).where(p.c.person == person)
    while rows := connection.execute(question.where(e.c.entry >= since)).all():
        for row in rows:
            yield row.entry, read_entry(bytes(row.body))
        since = rows[-1].entry + 1


def body_of(connection: Connection, number: int) -> bytes:
    """An entry's bytes.

    Raises:
        UsageError: there is no such entry.
    """
    e = schema.ledger_entries
    body = connection.execute(select(e.c.body).where(e.c.entry == number)).scalar()
    if body is None:
        raise UsageError(f"no entry {number:,}; expected a number from 0 to {size_of(connection) - 1:,}.")
    return bytes(body)


def personal_fields(
    connection: Connection, number: int, person: int, master: Master
) -> dict[str, Any] | None:
    """What an entry says of a person.

    Returns:
        None where the person's key was destroyed, or the entry has nothing sealed.

    Raises:
        UsageError: there is no such entry.
        LedgerError: it is about somebody else, or the key or the entry was changed.
    """
    k = schema.ledger_keys
    wrapped = connection.execute(select(k.c.wrapped).where(k.c.person == person)).scalar()
    sealed, rest = parts_of(read_entry(body_of(connection, number)))
    if wrapped is None or sealed is None:
        return None
    return unseal(master.unwrap(bytes(wrapped), person), sealed, rest)


def nodes(connection: Connection) -> Node:
    """The tree's whole nodes, by the tiles that the database holds."""
    return nodes_of(lambda level, tile: _tile(connection, level, tile))


def tile_bytes(connection: Connection, level: int, tile: int) -> bytes:
    """A tile of level 1 or above; nothing where there is none."""
    found = fetch(
        connection,
        f"SELECT hashes FROM ledger_tiles WHERE level = {level:d} AND tile = {tile:d}",  # noqa: S608 - numbers
    )
    return bytes(found[0][0]) if found else b""


def proof_of(connection: Connection, number: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry in the tree of a size.

    Raises:
        UsageError: the tree of this size does not hold it.
    """
    _within(connection, size)
    if not 0 <= number < size:
        raise UsageError(f"entry {number:,} is not in the tree of {size:,}; expected a smaller number.")
    return inclusion_path(number, size, nodes(connection))


def consistency_of(connection: Connection, old: int, size: int) -> list[bytes]:
    """The proof that the tree of a size begins with that of a smaller one.

    Raises:
        UsageError: the ledger was never so large, or the sizes are the wrong way round.
    """
    _within(connection, size)
    if not 0 <= old <= size:
        raise UsageError(f"the tree of {old:,} is not smaller than that of {size:,}.")
    return consistency_path(old, size, nodes(connection))


def _within(connection: Connection, size: int) -> None:
    held = size_of(connection)
    if size > held:
        raise LedgerError(f"the ledger holds {held:,} entries, fewer than the {size:,} of the checkpoint.")


def _tile(connection: Connection, level: int, tile: int) -> bytes:
    if level:
        return tile_bytes(connection, level, tile)
    begin = tile * WIDTH
    rows = fetch(
        connection,
        "SELECT leaf FROM ledger_entries "  # noqa: S608 - numbers
        f"WHERE entry >= {begin:d} AND entry < {begin + WIDTH:d} ORDER BY entry",
    )
    return b"".join([leaf for (leaf,) in rows])
