"""Every stored byte held against the tree that the entries make: what does not fit is named.

The tree is made anew from the entries, as appending makes it, and compared on the way with the leaf hashes,
the tiles and the edge that are stored, and with the roots of checkpoints.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from haechi.ledger.hashes import SIZE, leaf_hashes
from haechi.ledger.tiles import HEIGHT, WIDTH, hashes_of
from haechi.ledger.tree import edge_root, grow

Bundle = tuple[list[bytes | None], list[bytes | None]]
"""Up to 256 entries and their stored leaf hashes; None stands for one that is missing."""
MOST_FLAWS: Final = 100
"""So many are named; the others are counted."""


Step = Callable[[int], None]
"""Told how many entries more were looked at."""


def untold(_: int) -> None:
    """For those who do not want to know."""


class Held(Protocol):
    """What a database or a folder holds of a ledger."""

    @property
    def size(self) -> int:
        """Entries, as it says."""

    def bundles(self) -> Iterator[Bundle]:
        """All entries and leaf hashes in order, 256 at a time, fewer at the end alone."""

    def tile(self, level: int, tile: int) -> bytes:
        """A tile of level 1 or above; nothing where there is none."""


@dataclass(slots=True)
class Checked:
    """What came out.

    Attributes:
        size: entries looked at.
        edge: of the tree that they make.
        roots: of the sizes that were asked for.
        flaws: what does not fit, in words, the first hundred.
        count: of all flaws.
    """

    size: int = 0
    edge: bytes = b""
    roots: dict[int, bytes] = field(default_factory=dict)
    flaws: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def root(self) -> bytes:
        """Of the tree that the entries make."""
        return edge_root(self.edge)

    def flaw(self, said: str) -> None:
        """Something does not fit."""
        self.count += 1
        if self.count <= MOST_FLAWS:
            self.flaws.append(said)


def check(
    held: Held, sizes: Collection[int] = (), *, edge: bytes | None = None, step: Step = untold
) -> Checked:
    """Looks at every entry, leaf hash and tile.

    Args:
        held: a ledger.
        sizes: the tree's roots at these sizes are wanted.
        edge: the edge that is stored, where one is.
        step: is told of progress.

    Cost:
        Reads everything once; two hashes an entry. Memory grows by a byte for eight entries.
    """
    checked = Checked()
    wanted = _by_bundle(sizes)
    made: dict[int, list[bytes]] = defaultdict(list)
    for bundle in held.bundles():
        begin = checked.size
        leaves = _leaves(held, begin, bundle, checked, edge)
        for size in wanted.get(begin // WIDTH, ()):
            if size - begin <= len(leaves):
                checked.roots[size] = edge_root(grow(begin, checked.edge, leaves[: size - begin])[0])
        checked.edge, whole = grow(begin, checked.edge, leaves)
        for level in range(HEIGHT, max(whole, default=0) + 1, HEIGHT):
            made[level // HEIGHT] += whole[level]
        checked.size += len(leaves)
        step(len(leaves))
    if 0 in sizes:
        checked.roots[0] = edge_root(b"")
    for level, hashes in made.items():
        _compare_tiles(held, level, hashes, checked)
    if edge is not None and edge != checked.edge:
        checked.flaw(f"the edge of the tree: what is stored is not what the {checked.size:,} entries make")
    return checked


def _by_bundle(sizes: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for size in sorted(set(sizes)):
        if size:
            found[(size - 1) // WIDTH].append(size)
    return found


def _leaves(held: Held, begin: int, bundle: Bundle, checked: Checked, edge: bytes | None) -> list[bytes]:
    """The leaf hashes to go on with: those of the entries, or those that are stored where the tree above has them."""
    entries, stored = bundle
    if None not in entries:
        hashed = leaf_hashes(cast("list[bytes]", entries))
        if hashed == stored:
            return hashed
    hashed = leaf_hashes(entry or b"" for entry in entries)
    kept = [leaf or bytes(SIZE) for leaf in stored]
    above = _above(held, begin, len(kept), edge)
    hash_changed = bool(above) and _matches(begin, hashed, checked.edge, above)
    entry_changed = bool(above) and _matches(begin, kept, checked.edge, above)
    for place, (entry, made, was) in enumerate(zip(entries, hashed, stored, strict=True), begin):
        if entry is None:
            checked.flaw(f"entry {place:,}: missing")
        elif made != was:
            what = (
                "the stored leaf hash was changed" if hash_changed else "the entry does not hash to its leaf"
            )
            checked.flaw(f"entry {place:,}: {what}")
    return kept if entry_changed else hashed


def _above(held: Held, begin: int, count: int, edge: bytes | None) -> bytes:
    """What is stored above a bundle: its node in the tile of level 1, or the edge at the end."""
    if count < WIDTH:
        return edge or b""
    tile, place = divmod(begin // WIDTH, WIDTH)
    return held.tile(1, tile)[place * SIZE : (place + 1) * SIZE]


def _matches(begin: int, leaves: Sequence[bytes], before: bytes, above: bytes) -> bool:
    edge, whole = grow(begin, before, leaves)
    return above == (whole[HEIGHT][0] if len(leaves) == WIDTH else edge)


def _compare_tiles(held: Held, level: int, hashes: list[bytes], checked: Checked) -> None:
    for tile in range(-(-len(hashes) // WIDTH)):
        made = hashes[tile * WIDTH : (tile + 1) * WIDTH]
        stored = held.tile(level, tile)
        if stored == b"".join(made):
            continue
        was = hashes_of(stored)
        if len(stored) != len(made) * SIZE:
            checked.flaw(
                f"tile of level {level}, number {tile:,}: {len(stored):,} bytes; expected {len(made) * SIZE:,}"
            )
        for place, (now, then) in enumerate(zip(made, was, strict=False), tile * WIDTH):
            if now != then:
                wide = 1 << HEIGHT * level
                checked.flaw(
                    f"node {place:,} of level {level * HEIGHT} (tile of level {level}, number {tile:,}): not the "
                    f"root of entries {place * wide:,} to {(place + 1) * wide - 1:,}"
                )
