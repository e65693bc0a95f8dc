"""Which known marks are near a mark, without asking all of them.

Marks that agree in 18 chosen bits lie in one bucket; eight choices make it unlikely that near marks never meet
(A. Gionis, P. Indyk, R. Motwani, "Similarity Search in High Dimensions via Hashing", VLDB 1999). Two marks that
differ in 24 of 256 bits meet with a chance of about 0.77, and a picture has eighty of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from haechi.review.images.fingerprint import Bits

TABLES: Final = 8
_KEY: Final = 18
_FULL: Final = 256
"""A longer bucket is asked for its first marks only: they are everywhere, or many copies of one picture."""

Numbers = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Buckets:
    """Marks in buckets.

    Attributes:
        starts: for each table, where each bucket starts in `order`; shape (`TABLES`, 2**18 + 1).
        order: for each table, the marks' numbers, bucket by bucket; shape (`TABLES`, marks).
    """

    starts: Numbers
    order: Numbers


def buckets(bits: Bits) -> Buckets:
    """Puts marks into buckets.

    Args:
        bits: one row of 32 bytes for each mark.
    """
    keys = _keys(bits)
    starts = np.zeros((TABLES, (1 << _KEY) + 1), np.uint32)
    order = np.empty((TABLES, len(bits)), np.uint32)
    for table in range(TABLES):
        order[table] = np.argsort(keys[:, table], kind="stable")
        starts[table, 1:] = np.cumsum(np.bincount(keys[:, table], minlength=1 << _KEY))
    return Buckets(starts, order)


def near(made: Buckets, bits: Bits, asked: Bits, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of an asked mark and a known one that differ in at most `most` bits and meet in a bucket.

    Args:
        made: the known marks' buckets.
        bits: the known marks.
        asked: the asked marks.
        most: bits in which they may differ.

    Returns:
        numbers of asked marks, and of known marks beside them.
    """
    keys = _keys(asked)
    askers, known = [], []
    for table in range(TABLES):
        start = made.starts[table, keys[:, table]].astype(np.int64)
        many = np.minimum(made.starts[table, keys[:, table] + 1] - start, _FULL)
        asker = np.repeat(np.arange(len(asked)), many)
        within = np.arange(len(asker)) - np.repeat(np.cumsum(many) - many, many)
        askers.append(asker)
        known.append(made.order[table, np.repeat(start, many) + within])
    one, other = np.concatenate(askers), np.concatenate(known)
    # Compared before the same pair of several tables is dropped: that is cheaper than finding it first.
    close = np.bitwise_count(asked.view(np.uint64)[one] ^ bits.view(np.uint64)[other]).sum(1) <= most
    pairs = np.unique(one[close] * np.int64(1 << 32) + other[close].astype(np.int64))
    return (pairs >> 32).astype(np.intp), (pairs & 0xFFFFFFFF).astype(np.intp)


@lru_cache(maxsize=1)
def _chosen() -> NDArray[np.intp]:
    """The bits of each table: a fixed choice, for saved buckets depend on it."""
    lottery = np.random.RandomState(20240621)
    return np.stack([lottery.permutation(256)[:_KEY] for _ in range(TABLES)])


def _keys(bits: Bits) -> NDArray[np.int64]:
    """Bucket of each mark in each table, shape (marks, `TABLES`)."""
    keys = np.empty((len(bits), TABLES), np.int64)
    weights = 1 << np.arange(_KEY, dtype=np.int64)
    for first in range(0, len(bits), 100_000):
        single = np.unpackbits(bits[first : first + 100_000], axis=1)
        for table, chosen in enumerate(_chosen()):
            keys[first : first + 100_000, table] = single[:, chosen] @ weights
    return keys
