"""A ledger as a folder of files that anyone can check and serve: C2SP tlog-tiles."""

import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from haechi.errors import LedgerError, OutputError, UsageError
from haechi.ledger.check import Bundle, Checked, Step, check, untold
from haechi.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from haechi.ledger.hashes import SIZE
from haechi.ledger.keys import PublicKey
from haechi.ledger.note import Note
from haechi.ledger.tiles import (
    HEIGHT,
    WIDTH,
    hashes_of,
    nodes_of,
    read_bundle,
    tile_path,
    tile_width,
    tiles_of,
    write_bundle,
)
from haechi.ledger.tree import Node, root
from haechi.stores.ledger.read import nodes, tile_bytes
from haechi.stores.rows import fetch

CHECKPOINT: Final = "checkpoint"


class Folder:
    """An exported ledger, as `check` reads it.

    Args:
        at: the folder.
        size: of the checkpoint it is read for.
    """

    def __init__(self, at: Path, size: int) -> None:
        self._at = at
        self.flaws: list[str] = []
        self.size = size

    def bundles(self) -> Iterator[Bundle]:
        """All entries and leaf hashes in order; files that hold too much are noted in `flaws`."""
        for tile in range(-(-self.size // WIDTH)):
            width = tile_width(0, tile, self.size)
            try:
                entries = read_bundle(self._read("entries", tile, width))
            except LedgerError:
                # Nobody can say where its entries begin: all of them are missing.
                entries = []
            leaves = self._read(0, tile, width)
            if len(entries) > width:
                self.flaws.append(f"{tile_path('entries', tile, width)}: more than {width} entries")
            if len(leaves) > width * SIZE:
                self.flaws.append(f"{tile_path(0, tile, width)}: more than {width} hashes")
            yield _filled(entries, width), _filled(hashes_of(leaves), width)

    def tile(self, level: int, tile: int) -> bytes:
        """A tile, as far as the tree of this size has it; nothing where there is none."""
        return self._read(level, tile, tile_width(level, tile, self.size))

    def node(self) -> Node:
        """The tree's whole nodes, by these tiles."""
        return nodes_of(self.tile)

    def _read(self, level: int | str, tile: int, width: int) -> bytes:
        """A file; the whole one where the narrower is gone, as tlog-tiles allows."""
        for wide in (width, WIDTH):
            try:
                found = (self._at / tile_path(level, tile, wide)).read_bytes()
            except FileNotFoundError:
                continue
            if wide == width:
                return found
            return found[: width * SIZE] if level != "entries" else write_bundle(read_bundle(found)[:width])
        return b""


def read_head(folder: Path, key: PublicKey) -> tuple[Checkpoint, Note]:
    """The checkpoint of an exported ledger.

    Raises:
        UsageError: there is none.
        LedgerError: the ledger did not sign it.
    """
    try:
        written = (folder / CHECKPOINT).read_bytes()
    except OSError as fault:
        raise UsageError(
            f"{folder}: expected an exported ledger with a checkpoint; {fault.strerror}."
        ) from None
    return open_checkpoint(written, key)


def check_folder(
    folder: Path, key: PublicKey, *, sizes: Collection[int] = (), step: Step = untold
) -> Checked:
    """Looks at every byte of an exported ledger, with nothing but its public key.

    Args:
        folder: the export.
        key: the ledger's.
        sizes: the tree's roots at these sizes are wanted.
        step: is told of progress.

    Raises:
        UsageError: there is none.
        LedgerError: the ledger did not sign its checkpoint.
    """
    head, _ = read_head(folder, key)
    held = Folder(folder, head.size)
    checked = check(held, sizes, step=step)
    for said in held.flaws:
        checked.flaw(said)
    if checked.root != head.root:
        checked.flaw(f"checkpoint of {head.size:,} entries: its root is not that of the entries")
    return checked


def export(connection: Connection, folder: Path, note: Note, key: PublicKey, step: Step) -> int:
    """Writes what a folder lacks; the checkpoint comes last, so that it is never ahead of the files it speaks of.

    Args:
        connection: in a transaction.
        folder: empty, new, or an earlier export of this ledger.
        note: the checkpoint to be written.
        key: the ledger's.
        step: is told of progress.

    Returns:
        Entries written.

    Raises:
        LedgerError: the folder holds another ledger, or more than this one.
        OutputError: a file could not be written; the earlier checkpoint still stands and its files with it.
    """
    head = read_checkpoint(note)
    before = _checkpoint_before(connection, folder, key, head)
    try:
        for begin in range(before // WIDTH * WIDTH, head.size, WIDTH):
            _write_bundle(connection, folder, begin // WIDTH, head.size)
            step(min(begin + WIDTH, head.size) - max(begin, before))
        level = 1
        while head.size >> level * HEIGHT:
            for tile in range(
                (before >> level * HEIGHT) // WIDTH, -(-(head.size >> level * HEIGHT) // WIDTH)
            ):
                width = tile_width(level, tile, head.size)
                _write(
                    folder, tile_path(level, tile, width), tile_bytes(connection, level, tile)[: width * SIZE]
                )
            level += 1
        # All that the checkpoint speaks of is on the disk before it is.
        os.sync()
        _write(folder, CHECKPOINT, str(note).encode())
        os.sync()
        _tidy(folder, before, head.size)
    except OSError as fault:
        raise OutputError(f"{fault.filename or folder}: could not be written; {fault.strerror}.") from None
    return head.size - before


def _checkpoint_before(connection: Connection, folder: Path, key: PublicKey, head: Checkpoint) -> int:
    """Entries that the folder has already, which must be this ledger's first ones."""
    if not (folder / CHECKPOINT).exists():
        return 0
    before, _ = read_head(folder, key)
    if before.size > head.size:
        raise LedgerError(
            f"{folder} holds {before.size:,} entries and the ledger {head.size:,}: the ledger was rolled back. "
            "Nothing was written."
        )
    if root(before.size, nodes(connection)) != before.root:
        raise LedgerError(
            f"the {before.size:,} entries of {folder} are not the ledger's first ones: it was forked or rewritten. "
            "Nothing was written."
        )
    return before.size


def _write_bundle(connection: Connection, folder: Path, tile: int, size: int) -> None:
    width = tile_width(0, tile, size)
    begin = tile * WIDTH
    rows = fetch(
        connection,
        "SELECT leaf, body FROM ledger_entries "  # noqa: S608 - numbers
        f"WHERE entry >= {begin} AND entry < {begin + width} ORDER BY entry",
    )
    _write(folder, tile_path("entries", tile, width), write_bundle([row[1] for row in rows]))
    _write(folder, tile_path(0, tile, width), b"".join(row[0] for row in rows))


def _write(folder: Path, name: str, content: bytes) -> None:
    """A file that is there whole or not at all."""
    file = folder / name
    # Tiles never change: one that stands there comes from an export that was interrupted.
    if name != CHECKPOINT and file.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.part")
    beside.write_bytes(content)
    beside.replace(file)


def _tidy(folder: Path, before: int, size: int) -> None:
    """Narrow tiles go once the whole ones are there; tlog-tiles, section Partial Tiles."""
    for level, tile, width in tiles_of(before):
        if width < WIDTH and tile_width(level, tile, size) == WIDTH:
            for name in (level,) if level else (level, "entries"):
                shutil.rmtree((folder / tile_path(name, tile, width)).parent, ignore_errors=True)


def _filled(found: Sequence[bytes | None], width: int) -> list[bytes | None]:
    """As many as there should be: what lacks is None, what is too much is left out."""
    return [*found[:width], *[None] * (width - len(found))]
