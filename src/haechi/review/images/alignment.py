"""Whether one picture shows another, and how much of it.

Marks that look alike propose where the known picture lies in the asked one; the proposal most marks agree with is
refined, and then the pixels themselves are compared field by field. Marks alone would take two creatives of one
template for copies: the frame and the logo agree. The pixels tell that the words do not.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from haechi.review.images.fingerprint import LONG_SIDE, THUMB, Floats, Grey, Marks, described_at

NEAR: Final = 40
"""Marks that differ in at most so many of 256 bits may be the same place."""
LEAST_PAIRS: Final = 3
_SLACK: Final = 0.035
_FIELDS: Final = 8
_SIDE: Final = THUMB // _FIELDS
_TEXTURED: Final = 6.0
"""Least spread of grey values of a field in which something can be compared."""
_CAP: Final = 30.0
_AGREES: Final = 0.7


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the asked picture shows the known one.

    Attributes:
        pairs: marks that agree on one place.
        visible: share of the known picture's detail that lies within the asked one.
        agreed: share of the known picture's detail whose pixels agree.
    """

    pairs: int
    visible: float
    agreed: float

    @property
    def likeness(self) -> float:
        """Share of the visible detail that agrees."""
        return self.agreed / self.visible if self.visible else 0.0


NOTHING: Final = Agreement(0, 0.0, 0.0)


def distances(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Bits in which each row of `one` differs from each row of `other`."""
    left, right = (np.ascontiguousarray(bits).view(np.uint64) for bits in (one, other))
    return np.bitwise_count(left[:, None] ^ right[None]).sum(-1, dtype=np.intp)


def placed(known: Marks, asked: Marks) -> tuple[Floats, int] | None:
    """Where the known picture lies in the asked one, by their marks.

    Returns:
        a 2 x 3 map from places of the known to places of the asked picture (shares of width and height), and how
        many marks agree; None where fewer than `LEAST_PAIRS` do.
    """
    if not len(known.bits) or not len(asked.bits):
        return None
    apart = distances(known.bits, asked.bits)
    first, second = np.nonzero(apart <= NEAR)
    if len(first) < LEAST_PAIRS:
        return None
    if len(first) > _MOST_PAIRS:
        nearest = np.argsort(apart[first, second], kind="stable")[:_MOST_PAIRS]
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


_MOST_PAIRS: Final = 240
_OCTAVE: Final = 0.6


def _different(
    close: NDArray[np.bool_], first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.intp]:
    """For each proposal, how many different marks of either picture agree with it, whichever are fewer."""
    counts = []
    for ends in (first, second):
        column = np.zeros((len(ends), int(ends.max()) + 1), np.float32)
        column[np.arange(len(ends)), ends] = 1
        counts.append(((close.astype(np.float32) @ column) > 0).sum(1))
    return np.minimum(counts[0], counts[1])


def _refined(
    here: Floats,
    there: Floats,
    agreeing: NDArray[np.bool_],
    start: tuple[Floats, Floats],
    ends: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> tuple[Floats, int] | None:
    """The least-squares map through the agreeing marks, which are asked again with it."""
    scale, shift = start
    found = np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])
    homogeneous = np.column_stack([here[:, :2], np.ones(len(here))])
    for slack in (_SLACK, _SLACK / 2):
        many = _count(agreeing, ends)
        if many < LEAST_PAIRS:
            return None
        chosen = homogeneous[agreeing]
        if many >= _FREE and np.linalg.matrix_rank(chosen - chosen.mean(0), tol=0.05) >= 2:  # noqa: PLR2004 - a plane
            found = np.linalg.lstsq(chosen, there[agreeing, :2], rcond=None)[0].T
        off = np.abs(homogeneous @ found.T - there[:, :2]).max(1)
        agreeing = off <= slack * max(1.0, float(np.abs(found[:, :2]).max()))
    many = _count(agreeing, ends)
    return (found, many) if many >= LEAST_PAIRS and _sane(found) else None


_FREE: Final = 6
"""From so many marks on the map may turn and shear; with fewer it only scales and shifts."""


def _count(agreeing: NDArray[np.bool_], ends: tuple[NDArray[np.intp], NDArray[np.intp]]) -> int:
    return min(len(np.unique(one[agreeing])) for one in ends)


def _sane(found: Floats) -> bool:
    """Whether the map neither mirrors, nor squeezes a picture to nothing, nor turns it far."""
    (a, b, _), (c, d, _) = found
    return bool(0.08 < a < 8 and 0.08 < d < 8 and abs(b) < a / 2 and abs(c) < d / 2)  # noqa: PLR2004


def compared(thumb: Grey, asked: Grey, place: Floats, pairs: int) -> Agreement:
    """Compares pixels where the known picture is said to lie.

    Args:
        thumb: the known picture, squeezed.
        asked: grey values of the asked picture.
        place: as `placed` gives it.
        pairs: how many marks agreed.
    """
    seen, inside = _cut_out(asked, place, (THUMB, THUMB))
    smooth = cv2.blur(thumb.astype(np.float32), (3, 3))
    known, found, whole = _fields(smooth), _fields(cv2.blur(seen, (3, 3))), _fields(inside).mean(1)
    spread = known.std(1)
    weight = np.where(spread >= _TEXTURED, np.minimum(spread, _CAP), 0.0)
    if not weight.sum():
        return NOTHING
    weight /= weight.sum()
    seen_too = whole > 0.8  # noqa: PLR2004 - four fifths of the field
    centred = found - found.mean(1, keepdims=True)
    likeness = ((known - known.mean(1, keepdims=True)) * centred).mean(1)
    likeness /= np.maximum(spread * centred.std(1), 1e-6)
    agrees = seen_too & (likeness >= _AGREES) & (centred.std(1) >= spread / 4)
    return Agreement(pairs, float(weight[seen_too].sum()), float(weight[agrees].sum()))


def _fields(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture in `_FIELDS` x `_FIELDS` fields, one a row."""
    parted = picture.reshape(_FIELDS, _SIDE, _FIELDS, _SIDE).swapaxes(1, 2)
    return parted.reshape(_FIELDS * _FIELDS, _SIDE * _SIDE)


def held(known: Marks, asked: Grey, place: Floats) -> tuple[int, int]:
    """Asks every mark of the known picture again, in the pixels where it must be.

    Returns:
        how many marks lie within the asked picture, and how many of them look there as they are known.
    """
    ratio = float(np.median(known.places[:, 2] / known.places[:, 3]))
    size = (min(LONG_SIDE, round(LONG_SIDE / ratio)), min(LONG_SIDE, round(LONG_SIDE * ratio)))
    homogeneous = np.column_stack([known.places[:, :2], np.ones(len(known.places))])
    meant = homogeneous @ place.T
    inside = ((meant > 0) & (meant < 1)).all(1)
    if not inside.any():
        return 0, 0
    cut, _ = _cut_out(asked, place, size)
    bits = described_at(cut.astype(np.uint8), known.places[inside])
    apart = np.bitwise_count(bits.view(np.uint64) ^ known.bits[inside].view(np.uint64)).sum(1)
    return int(inside.sum()), int((apart <= HELD).sum())


HELD: Final = 56
"""Marks that differ in at most so many of 256 bits hold where they must be; strangers differ in about 110."""


def _cut_out(
    asked: Grey, place: Floats, size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The part of the asked picture where the known one lies, as `size` pixels, and how much of it is inside."""
    height, width = asked.shape
    across, down = 2 * size[0], 2 * size[1]
    wanted = (across / max(place[0, 0], 1e-3), down / max(place[1, 1], 1e-3))
    source = (int(min(width, max(8, wanted[0]))), int(min(height, max(8, wanted[1]))))
    small = cv2.resize(asked, source, interpolation=cv2.INTER_AREA)
    to_pixels = place * np.array([[source[0]], [source[1]]])
    middle = to_pixels @ np.array([0.5 / across, 0.5 / down, 1.0]) - 0.5
    back = np.column_stack([to_pixels[:, 0] / across, to_pixels[:, 1] / down, middle])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(small, back, (across, down), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(np.ones_like(small), back, (across, down), flags=flags, borderValue=(0.0,))
    return tuple(  # type: ignore[return-value]
        cv2.resize(one.astype(np.float32), size, interpolation=cv2.INTER_AREA) for one in (cut, mask)
    )
