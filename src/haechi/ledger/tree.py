"""The tree that grows at its right edge, and what proofs are made of.

A whole subtree of 2^level leaves is named (level, index): it holds the leaves from index * 2^level on. Every node
that ever becomes whole stays as it is for ever, so a tree of any size is told by its whole
nodes. RFC 9162, section 2.1.
"""

from collections.abc import Callable, Iterator, Sequence

from haechi.ledger.hashes import EMPTY_ROOT, SIZE, level_above, node_hash

Node = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree (level, index)."""


def grow(size: int, edge: bytes, leaves: Sequence[bytes]) -> tuple[bytes, dict[int, list[bytes]]]:
    """Adds leaves at the right.

    Args:
        size: leaves before.
        edge: hashes of the largest whole subtrees that the tree before is made of, the lowest first: one for each
            bit of its size that is set.
        leaves: hashes of the new leaves, in order.

    Returns:
        The edge after, and for each level the nodes that became whole, from the left; level 0 is the leaves.

    Cost:
        One hash a leaf, whatever the size.
    """
    held = edge_levels(size, edge)
    whole: dict[int, list[bytes]] = {}
    nodes, level = list(leaves), 0
    while nodes:
        whole[level] = nodes
        if size >> level & 1:
            nodes = [held.pop(level), *nodes]
        if len(nodes) % 2:
            held[level] = nodes[-1]
        nodes = level_above(nodes)
        level += 1
    return b"".join(held[level] for level in sorted(held)), whole


def edge_levels(size: int, edge: bytes) -> dict[int, bytes]:
    """The edge's nodes by level."""
    levels = [level for level in range(size.bit_length()) if size >> level & 1]
    return {level: edge[place * SIZE : (place + 1) * SIZE] for place, level in enumerate(levels)}


def edge_root(edge: bytes) -> bytes:
    """The root of the tree whose edge this is."""
    if not edge:
        return EMPTY_ROOT
    root = edge[:SIZE]
    for place in range(SIZE, len(edge), SIZE):
        root = node_hash(edge[place : place + SIZE], root)
    return root


def root(size: int, node: Node) -> bytes:
    """The root of the tree's first `size` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_path(entry: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from an entry to the root, RFC 9162, section 2.1.3.1.

    Args:
        entry: its number, from 0 on; below `size`.
        size: leaves of the tree.
        node: gives whole nodes.
    """
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if entry < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node))
            begin = middle
    return path[::-1]


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """The hashes that show a tree to be the beginning of a larger one, RFC 9162, section 2.1.4.1.

    Args:
        old: leaves of the smaller tree; none where it is empty or no smaller.
        size: leaves of the larger tree.
        node: gives whole nodes.
    """
    if old in (0, size):
        return []
    path: list[bytes] = []
    begin, end, beginning = 0, size, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node))
            begin, beginning = middle, False
    if not beginning:
        path.append(_range_hash(begin, end, node))
    return path[::-1]


def whole_parts(begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The largest whole subtrees (level, index) that cover the leaves from `begin` to before `end`, from the left.

    `begin` must be where RFC 9162 would split: a multiple of the power of two next above the length, or 0.
    """
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _range_hash(begin: int, end: int, node: Node) -> bytes:
    *before, last = whole_parts(begin, end)
    found = node(*last)
    for level, index in reversed(before):
        found = node_hash(node(level, index), found)
    return found


def _split(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1
