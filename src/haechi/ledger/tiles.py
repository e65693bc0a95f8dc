"""How a tree is cut into tiles of 256 hashes, and entries into bundles of 256: C2SP tlog-tiles."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from haechi.errors import LedgerError
from haechi.ledger.hashes import SIZE, whole_root
from haechi.ledger.tree import Node

WIDTH: Final = 256
"""Hashes in a whole tile, entries in a whole bundle."""
HEIGHT: Final = 8
"""Levels of the tree in a tile."""
LONGEST: Final = 65_535
"""Bytes of the longest entry: a bundle writes lengths in two bytes."""
_LENGTH: Final = 2
_DIGITS: Final = 1000


def tile_width(level: int, tile: int, size: int) -> int:
    """How many hashes a tile has in a tree: 256, fewer at the right edge, or none beyond."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - tile * WIDTH))


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree, the lowest level first."""
    level = 0
    while hashes := size >> HEIGHT * level:
        for tile in range(-(-hashes // WIDTH)):
            yield level, tile, tile_width(level, tile, size)
        level += 1


def tile_path(level: int | str, tile: int, width: int = WIDTH) -> str:
    """Where a tile lies; `entries` in place of the level is a bundle. Index 1234067 is `x001/x234/067`."""
    parts = [f"{tile % _DIGITS:03}"]
    while tile := tile // _DIGITS:
        parts.insert(0, f"x{tile % _DIGITS:03}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[place : place + SIZE] for place in range(0, len(tile), SIZE)]


def nodes_of(read: Callable[[int, int], Sequence[bytes]]) -> Node:
    """Whole nodes of a tree, by its tiles.

    Args:
        read: gives the hashes of the tile (level, number), as many as there are.

    Cost:
        A tile read and at most 127 hashes for each node; a tile asked for again is read once.
    """
    known: dict[tuple[int, int], Sequence[bytes]] = {}

    def node(level: int, index: int) -> bytes:
        wide = 1 << level % HEIGHT
        tile, begin = divmod(index * wide, WIDTH)
        named = level // HEIGHT, tile
        if named not in known:
            known[named] = read(*named)
        hashes = known[named][begin : begin + wide]
        if len(hashes) < wide:
            raise LedgerError(f"the tile of level {named[0]}, number {tile:,} has too few hashes.")
        return whole_root(list(hashes))

    return node


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each after its length in two bytes, the higher first."""
    return b"".join(len(entry).to_bytes(_LENGTH) + entry for entry in entries)


def read_bundle(bundle: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        LedgerError: a length leads past the end.
    """
    entries = []
    place = 0
    while place < len(bundle):
        begin = place + _LENGTH
        place = begin + int.from_bytes(bundle[place:begin])
        if begin > len(bundle) or place > len(bundle):
            raise LedgerError("a bundle of entries ends in the middle of one.")
        entries.append(bundle[begin:place])
    return entries
