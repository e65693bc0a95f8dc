"""Leaf and node hashes of RFC 9162, section 2.1.1, with SHA-256."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

SIZE: Final = 32
"""Bytes of a hash."""
EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of a tree without entries."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry; the prefix 0x00 keeps a leaf from passing for a node."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Hashes of many entries."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two nodes; the prefix 0x01 keeps a node from passing for a leaf."""
    return sha256(b"\x01%b%b" % (left, right)).digest()


def level_above(nodes: list[bytes]) -> list[bytes]:
    """The nodes above, of pairs from the left; a last one without a partner is left out."""
    return [
        sha256(b"\x01%b%b" % (left, right)).digest()
        for left, right in zip(nodes[::2], nodes[1::2], strict=False)
    ]
