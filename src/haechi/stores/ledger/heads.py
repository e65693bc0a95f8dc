"""Checkpoints of the ledger: signed, kept, never one that an earlier one gainsays."""

from sqlalchemy import Connection, insert, select

from haechi.errors import LedgerError
from haechi.ledger.checkpoint import read_checkpoint, sign_checkpoint
from haechi.ledger.keys import SecretKey
from haechi.ledger.note import Note, is_signed, read_note
from haechi.ledger.tree import edge_root, root
from haechi.stores import schema
from haechi.stores.ledger.append import lock_head
from haechi.stores.ledger.read import nodes


def sign_head(connection: Connection, key: SecretKey) -> Note:
    """The checkpoint of the tree as it is, signed and kept; the one that is there where nothing was appended since.

    Args:
        connection: in a transaction that writes. Give the checkpoint away after the commit, not before.
        key: the ledger's.

    Raises:
        LedgerError: the ledger no longer holds what an earlier checkpoint says: no ledger may sign two checkpoints
            that gainsay each other (C2SP tlog-checkpoint, section Signatures).
    """
    size, edge = lock_head(connection)
    latest = latest_head(connection)
    if latest is not None:
        before = read_checkpoint(latest)
        if before.size > size or root(before.size, nodes(connection)) != before.root:
            raise LedgerError(
                f"the ledger of {size:,} entries does not begin with its own checkpoint of {before.size:,}: nothing "
                "is signed. Run haechi ledger verify."
            )
        if before.size == size and is_signed(latest, key.public):
            return latest
    note = sign_checkpoint(size, edge_root(edge), key)
    c = schema.ledger_checkpoints
    connection.execute(c.delete().where(c.c.size == size))
    connection.execute(insert(c).values(size=size, note=str(note)))
    return note


def latest_head(connection: Connection) -> Note | None:
    """The last checkpoint that was kept.

    Raises:
        LedgerError: it is no note.
    """
    c = schema.ledger_checkpoints
    found = connection.execute(select(c.c.note).order_by(c.c.size.desc()).limit(1)).scalar()
    return None if found is None else read_note(found.encode())
