"""Random streams: one for each table, so that a change in one leaves the others as they were."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.int32]

_LEAST_SLOTS = 1 << 16
_MOST_SLOTS = 1 << 24


def stream(seed: int, what: str, part: int = 0) -> np.random.Generator:
    """The random stream of `what`; `part` numbers the pieces of a table made piece by piece."""
    return np.random.Generator(np.random.SFC64([seed, zlib.crc32(what.encode()), part]))


def slots(weights: npt.NDArray[np.floating]) -> Slots:
    """A table in which index i stands about in proportion to `weights[i]`, at least once.

    One random look-up then draws from the distribution: much faster than a binary search when a hundred
    million draws are made.
    """
    size = min(max(16 * len(weights), _LEAST_SLOTS), _MOST_SLOTS)
    times = np.maximum(1, (weights / weights.sum() * size).astype(np.int64))
    return np.repeat(np.arange(len(weights), dtype=np.int32), times)


def draw(table: Slots, random: np.random.Generator, count: int) -> Slots:
    """`count` draws from a table of `slots`."""
    drawn: Slots = table[random.integers(0, len(table), count, dtype=np.uint32)]
    return drawn


def pick(
    random: np.random.Generator, values: Sequence[str], shares: Sequence[float], count: int
) -> list[str]:
    """`count` values, each with its share."""
    chosen = random.choice(len(values), size=count, p=np.asarray(shares) / sum(shares))
    return [values[i] for i in chosen]
