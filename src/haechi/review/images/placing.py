"""Where a known picture lies in an asked one, by the marks that look alike."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from haechi.review.images.fingerprint import Floats, Marks

NEAR: Final = 40
"""Marks that differ in at most so many of 256 bits may be the same place."""
_LEAST: Final = 3
_SLACK: Final = 0.035
"""How far off, as a share of the picture, a mark may lie; a picture turned by four degrees is still within."""
_MOST: Final = 240
_OCTAVE: Final = 0.6
_FREE: Final = 6
"""From so many marks on the map may turn and shear; with fewer it only scales and shifts."""


class Placed(NamedTuple):
    """Where the known picture lies.

    Attributes:
        place: 2 x 3, from places of the known picture to places of the asked one (shares of width and height).
        pairs: how many marks agree with it.
    """

    place: Floats
    pairs: int


def distances(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Bits in which each row of `one` differs from each row of `other`."""
    left, right = (np.ascontiguousarray(bits).view(np.uint64) for bits in (one, other))
    apart: NDArray[np.intp] = np.bitwise_count(left[:, None] ^ right[None]).sum(-1, dtype=np.intp)
    return apart


def placed(known: Marks, asked: Marks) -> Placed | None:
    """Where the known picture lies in the asked one, by their marks.

    Returns:
        None where fewer than three marks agree.
    """
    if not len(known.bits) or not len(asked.bits):
        return None
    apart = distances(known.bits, asked.bits)
    first, second = np.nonzero(apart <= NEAR)
    if len(first) < _LEAST:
        return None
    if len(first) > _MOST:
        nearest = np.argsort(apart[first, second], kind="stable")[:_MOST]
        first, second = first[nearest], second[nearest]
    here, there = known.places[first], asked.places[second]
    scale = there[:, 2:] / here[:, 2:]
    shift = there[:, :2] - scale * here[:, :2]
    meant = scale[:, None] * here[None, :, :2] + shift[:, None]
    close = np.abs(meant - there[None, :, :2]).max(-1) <= _SLACK * np.maximum(1.0, scale.max(1))[:, None]
    close &= np.abs(np.log2(scale[:, None] / scale[None])).max(-1) <= _OCTAVE
    best = int(np.argmax(_different(close, first, second)))
    agreeing = close[best]
    return _refined(here, there, agreeing, (scale[best], shift[best]), (first, second))


def _different(
    close: NDArray[np.bool_], first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.intp]:
    """For each proposal, how many different marks of either picture agree with it, whichever are fewer."""
    counts = []
    for ends in (first, second):
        column = np.zeros((len(ends), int(ends.max()) + 1), np.float32)
        column[np.arange(len(ends)), ends] = 1
        counts.append(((close.astype(np.float32) @ column) > 0).sum(1))
    fewer: NDArray[np.intp] = np.minimum(counts[0], counts[1])
    return fewer


def _refined(
    here: Floats,
    there: Floats,
    agreeing: NDArray[np.bool_],
    start: tuple[Floats, Floats],
    ends: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> Placed | None:
    """The least-squares map through the agreeing marks, which are asked again with it."""
    scale, shift = start
    found = np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])
    homogeneous = np.column_stack([here[:, :2], np.ones(len(here))])
    for slack in (_SLACK, _SLACK / 2):
        many = _count(agreeing, ends)
        if many < _LEAST:
            return None
        chosen = homogeneous[agreeing]
        if many >= _FREE and np.linalg.matrix_rank(chosen - chosen.mean(0), tol=0.05) >= 2:  # noqa: PLR2004 - a plane
            found = np.linalg.lstsq(chosen, there[agreeing, :2], rcond=None)[0].T
        off = np.abs(homogeneous @ found.T - there[:, :2]).max(1)
        agreeing = off <= slack * max(1.0, float(np.abs(found[:, :2]).max()))
    many = _count(agreeing, ends)
    return Placed(found, many) if many >= _LEAST and _sane(found) else None


def _count(agreeing: NDArray[np.bool_], ends: tuple[NDArray[np.intp], NDArray[np.intp]]) -> int:
    return min(len(np.unique(one[agreeing])) for one in ends)


def _sane(found: Floats) -> bool:
    """Whether the map neither mirrors, nor squeezes a picture to nothing, nor turns it far."""
    (a, b, _), (c, d, _) = found
    return bool(0.08 < a < 8 and 0.08 < d < 8 and abs(b) < a / 2 and abs(c) < d / 2)  # noqa: PLR2004
