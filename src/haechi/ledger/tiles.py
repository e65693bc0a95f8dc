"""How a tree is cut into tiles of 256 hashes, and entries into bundles of 256: C2SP tlog-tiles."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from haechi.errors import LedgerError
from haechi.ledger.hashes import SIZE, level_above
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


def nodes_of(read: Callable[[int, int], bytes]) -> Node:
    """Whole nodes of a tree, by its tiles.

    Args:
        read: gives the tile (level, number), as much of it as there is.

    Cost:
        A read and at most 255 hashes for each tile; upper tiles, which every proof needs, are mostly remembered.
    """
    known: dict[tuple[int, int], tuple[list[bytes], ...]] = {}

    def node(level: int, index: int) -> bytes:
        above, within = divmod(level, HEIGHT)
        tile, place = divmod(index, WIDTH >> within)
        if (above, tile) not in known:
            known[above, tile] = (_remembered if above else _nodes_within)(read(above, tile))
        nodes = known[above, tile][within]
        if place >= len(nodes):
            raise LedgerError(f"the tile of level {above}, number {tile:,} has too few hashes.")
        return nodes[place]

    return node


def _nodes_within(tile: bytes) -> tuple[list[bytes], ...]:
    """The nodes of a tile by level, its own hashes first."""
    levels = [hashes_of(tile)]
    for _ in range(1, HEIGHT):
        levels.append(level_above(levels[-1]))
    return tuple(levels)


_remembered = lru_cache(maxsize=512)(_nodes_within)
"""By the tile's bytes, so that it cannot be out of date; some 16 MB. Every proof needs the few upper tiles."""


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
