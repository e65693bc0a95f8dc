"""An index of texts that answers which earlier ones are nearly the same.

MinHash (Broder, On the resemblance and containment of documents, 1997) with banding (Indyk and Motwani, Approximate
nearest neighbors, 1998). Everything lies in flat arrays of a fixed number of places, and the oldest text gives its
place to the newest, as in the hash chains of RFC 1951 compressors: memory is bounded, a place costs 512 bytes, and
nothing is ever rebuilt.
"""

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from haechi.review.masking import shingles

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.uint64]

_BANDS: Final = 32
_ROWS: Final = 4
_HASHES: Final = _BANDS * _ROWS
_SEED: Final = 20240621
_LONGEST_WALK: Final = 64
FEWEST: Final = 12
"""Fewer different shingles say nothing of where a text comes from."""
_FEW: Final = 24
NEAR: Final = 0.5
NEAR_OF_FEW: Final = 0.8
"""Resemblance from which texts are nearly the same; the second for texts of fewer than 24 shingles."""


class Near(NamedTuple):
    """A text of the index that is nearly the same: its place in the order of arrival, and the resemblance."""

    place: int
    similarity: float


class Signature(NamedTuple):
    """What is kept of a text: the least of each hash, and how many shingles it has."""

    least: "npt.NDArray[np.uint16]"
    size: int


_random = np.random.Generator(np.random.PCG64(_SEED))
_FACTORS: Final = _random.integers(1, 2**63, size=_HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_ADDENDS: Final = _random.integers(0, 2**63, size=_HASHES, dtype=np.uint64)
_BAND: Final = np.arange(_BANDS)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


def signature(masked: str) -> Signature | None:
    """The signature of a masked text, or None where it is too short to tell where it comes from."""
    pieces = shingles(masked)
    if len(pieces) < FEWEST:
        return None
    codes = np.fromiter((zlib.crc32(piece.encode()) for piece in pieces), np.uint64, len(pieces))
    codes = (codes + np.uint64(1)) * _MIX
    mixed = (codes ^ (codes >> np.uint64(29)))[:, None] * _FACTORS[None, :] + _ADDENDS[None, :]
    least = (mixed >> np.uint64(32)).min(axis=0)
    return Signature((least & np.uint64(0xFFFF)).astype(np.uint16), len(pieces))


class Copies:
    """Texts by their signatures.

    Args:
        capacity: how many are kept; beyond that the oldest go. Memory is taken as it is used: for each kept text 512
            bytes, of which 256 are its signature.

    Attributes:
        newest: the place of the text added last; 0 when there is none.
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        self.capacity = capacity
        self._buckets = 1 << max(10, (capacity - 1).bit_length())
        # Zeros are given by the system when they are first written: a small run costs little. Places begin at 1.
        self._heads = np.zeros((_BANDS, self._buckets), np.uint32)
        self._before = np.zeros((capacity, _BANDS), np.uint32)
        self._least = np.zeros((capacity, _HASHES), np.uint16)
        self._sizes = np.zeros(capacity, np.uint32)
        self.newest = 0

    @property
    def oldest(self) -> int:
        """The place of the oldest text that is kept."""
        return max(1, self.newest - self.capacity + 1)

    def add(self, entry: Signature) -> int:
        """Keeps a text; its place, counted from 1."""
        self.newest += 1
        slot = self.newest % self.capacity
        buckets = self._buckets_of(entry)
        self._before[slot] = self._heads[_BAND, buckets]
        self._heads[_BAND, buckets] = self.newest
        self._least[slot] = entry.least
        self._sizes[slot] = min(entry.size, 0xFFFFFFFF)
        return self.newest

    def near(self, entry: Signature) -> list[Near]:
        """The kept texts that are nearly the same, the most alike first, of equals the oldest first."""
        places = self._candidates(self._buckets_of(entry))
        if not len(places):
            return []
        slots = places % self.capacity
        alike = np.mean(self._least[slots] == entry.least, axis=1)
        fewest = np.minimum(self._sizes[slots], entry.size)
        kept = alike >= np.where(fewest < _FEW, NEAR_OF_FEW, NEAR)
        found = [Near(int(place), float(one)) for place, one in zip(places[kept], alike[kept], strict=True)]
        return sorted(found, key=lambda one: (-one.similarity, one.place))

    def _buckets_of(self, entry: Signature) -> "npt.NDArray[np.int64]":
        rows = entry.least.reshape(_BANDS, _ROWS).astype(np.uint64)
        key = (
            rows[:, 0]
            | rows[:, 1] << np.uint64(16)
            | rows[:, 2] << np.uint64(32)
            | rows[:, 3] << np.uint64(48)
        )
        key = (key ^ (key >> np.uint64(31))) * _MIX
        buckets: npt.NDArray[np.int64] = ((key >> np.uint64(20)) % np.uint64(self._buckets)).astype(np.int64)
        return buckets

    def _candidates(self, buckets: "npt.NDArray[np.int64]") -> "npt.NDArray[np.int64]":
        """Places that share a bucket, at most the newest 64 of each."""
        oldest = self.oldest
        bands = _BAND
        at = self._heads[bands, buckets].astype(np.int64)
        met = []
        for _ in range(_LONGEST_WALK):
            kept = at >= oldest
            at, bands = at[kept], bands[kept]
            if not len(at):
                break
            met.append(at)
            at = self._before[at % self.capacity, bands].astype(np.int64)
        return np.unique(np.concatenate(met)) if met else np.empty(0, np.int64)


def resemblance(one: str, other: str) -> float:
    """The exact resemblance of two masked texts: shared shingles to all of them (Jaccard)."""
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second) if first or second else 0.0
