"""Precision, recall and F1 from names that count as right, wrong and missed, with intervals.

Intervals are percentile bootstrap intervals over names (Efron and Tibshirani, An Introduction to the Bootstrap,
1993, ch. 13): names are drawn again with replacement, the same draws for every figure.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

LEVEL: Final = 0.95
_AT_ONCE: Final = 64

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Counted(msgspec.Struct, frozen=True):
    """Which names count how towards one figure; arrays of one length, a name a place.

    Attributes:
        right: told and so. wrong: told and not so. missed: so and not told.
    """

    right: Flags
    wrong: Flags
    missed: Flags


class Measure(msgspec.Struct, frozen=True):
    """One measure: its value, and between what it lies; None where nothing was there to measure."""

    value: float | None
    low: float | None
    high: float | None


class Figure(msgspec.Struct, frozen=True):
    """How well one thing is told.

    Attributes:
        positives: how many it is so of.
        told: how many it was told of.
        precision: share of those told that are so.
        recall: share of those so that were told.
        f1: harmonic mean of the two.
    """

    positives: int
    told: int
    precision: Measure
    recall: Measure
    f1: Measure


def figures(counted: Mapping[str, Counted], *, resamples: int, seed: int) -> dict[str, Figure]:
    """Every figure with its intervals, from the same draws.

    Args:
        counted: figure to what counts towards it.
        resamples: how often the names are drawn again.
        seed: of the draws; the same seed gives the same intervals.
    """
    if not counted:
        return {}
    keys = list(counted)
    # Arrays are names by figures; a name may count several times towards a figure over categories.
    right, wrong, missed = (
        np.stack([np.asarray(getattr(counted[key], part), dtype=np.int32) for key in keys], axis=1)
        for part in ("right", "wrong", "missed")
    )
    drawn = _drawn(len(right), (right, wrong, missed), resamples, seed)
    found = {}
    for place, key in enumerate(keys):
        sums = tuple(int(part[:, place].sum()) for part in (right, wrong, missed))
        again = tuple(part[:, place] for part in drawn)
        found[key] = Figure(
            positives=sums[0] + sums[2],
            told=sums[0] + sums[1],
            precision=_measure(_ratio(sums[0], sums[0] + sums[1]), _ratios(again[0], again[0] + again[1])),
            recall=_measure(_ratio(sums[0], sums[0] + sums[2]), _ratios(again[0], again[0] + again[2])),
            f1=_measure(
                _ratio(2 * sums[0], 2 * sums[0] + sums[1] + sums[2]),
                _ratios(2 * again[0], 2 * again[0] + again[1] + again[2]),
            ),
        )
    return found


def _drawn(
    names: int, parts: tuple[npt.NDArray[np.int32], ...], resamples: int, seed: int
) -> tuple[Floats, ...]:
    """The sums of each part in each draw: draws by figures."""
    rng = np.random.default_rng(seed)
    sums: list[list[Floats]] = [[] for _ in parts]
    for first in range(0, resamples, _AT_ONCE):
        times = rng.multinomial(names, np.full(names, 1 / names), size=min(_AT_ONCE, resamples - first))
        for found, part in zip(sums, parts, strict=True):
            found.append((times @ part).astype(np.float64))
    return tuple(np.concatenate(found) for found in sums)


def _measure(value: float | None, again: Floats) -> Measure:
    there = again[~np.isnan(again)]
    if value is None or not len(there):
        return Measure(value, None, None)
    low, high = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Measure(value, float(low), float(high))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _ratios(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = part / whole
    return found
