"""Proofs checked, with nothing but the hashes they hold: the algorithms of RFC 9162."""

from collections.abc import Iterator, Sequence

from haechi.errors import LedgerError
from haechi.ledger.hashes import EMPTY_ROOT, SIZE, node_hash


def check_inclusion(leaf: bytes, entry: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Whether a leaf is in a tree at a place, RFC 9162, section 2.1.3.2.

    Args:
        leaf: hash of the entry.
        entry: its number, from 0 on.
        size: leaves of the tree.
        path: the proof.
        root: the tree's.

    Raises:
        LedgerError: it is not.
    """
    if not 0 <= entry < size:
        raise LedgerError(
            f"the proof is of entry {entry:,} in a tree of {size:,}; expected a smaller number."
        )
    found = leaf
    for step, from_left in _climb(entry, size - 1, path):
        found = node_hash(step, found) if from_left else node_hash(found, step)
    if found != root:
        raise LedgerError(f"entry {entry:,} is not what the tree of {size:,} holds at this place.")


def check_consistency(old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]) -> None:
    """Whether a tree is the beginning of another, RFC 9162, section 2.1.4.2.

    Args:
        old: leaves of the smaller tree.
        size: leaves of the larger tree.
        old_root: of the smaller tree.
        root: of the larger tree.
        path: the proof; empty for an empty tree and for equal sizes.

    Raises:
        LedgerError: it is not.
    """
    if old > size:
        raise LedgerError(f"the tree of {size:,} entries is smaller than {old:,}: it was rolled back.")
    if old in {0, size}:
        if path or old_root != (root if old else EMPTY_ROOT):
            raise LedgerError(_forked(old, size))
        return
    if not path:
        raise LedgerError("the consistency proof is empty.")
    # A whole subtree's root is known already and not sent.
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = steps[0]
    for step, from_left in _climb(place, last, steps[1:]):
        older = node_hash(step, older) if from_left else older
        newer = node_hash(step, newer) if from_left else node_hash(newer, step)
    if older != old_root or newer != root:
        raise LedgerError(_forked(old, size))


def _climb(place: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The steps up to the root, and whether each comes from the left.

    Args:
        place: index of the node at its level (`fn` in the RFC).
        last: index of the level's last node (`sn`).
        path: the steps.
    """
    for step in path:
        if last == 0:
            raise LedgerError("the proof is longer than its tree is high.")
        if len(step) != SIZE:
            raise LedgerError(f"a hash of the proof is not {SIZE} bytes long.")
        from_left = bool(place & 1) or place == last
        yield step, from_left
        while from_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        raise LedgerError("the proof is shorter than its tree is high.")


def _forked(old: int, size: int) -> str:
    return (
        f"the tree of {size:,} entries does not begin with the tree of {old:,} that was seen before: it was forked "
        "or rewritten."
    )
