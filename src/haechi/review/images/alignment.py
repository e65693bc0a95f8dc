"""Whether one picture shows another, and how surely.

Marks that look alike propose where the known picture lies in the asked one; the proposal most marks agree with is
refined. Then the pixels are compared field by field, and at last every mark of the known picture is asked again in
the place where it must be. The first alone would take two creatives of one template for copies, for frame and logo
agree; so would the second, for at a small size one line of text looks like another. The third tells the words apart.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from haechi.review.images.fingerprint import LONG_SIDE, THUMB, Fingerprint, Floats, Grey, Marks, described_at
from haechi.review.images.placing import Placed

SURE: Final = 0.95
"""From here on a copy is evidence by itself; below it is a hint for a person."""
_FIELDS: Final = 8
_SIDE: Final = THUMB // _FIELDS
_TEXTURED: Final = 6.0
"""Least spread of grey values of a field in which something can be compared."""
_CAP: Final = 30.0
_AGREES: Final = 0.7
_WORTH_ASKING: Final = 0.2
"""Share of the detail that must agree before marks are asked again."""
_HOLDS: Final = 40
"""Marks that differ in at most so many of 256 bits hold where they must be; strangers differ in about 110."""
STRONG: Final = 1.1
"""`Agreement.strength` from which a copy is told: what nineteen of twenty copies reach under the hardest edit, a band
over three tenths. Of 5,000 strangers full of text, each against 12,500 pictures, the nearest came to a quarter of it
(`benchmarks/ad_images.py`)."""
_HINT_SHARE: Final = 0.6


class Agreement(NamedTuple):
    """How far the asked picture shows the known one.

    Attributes:
        pairs: marks that agree on one place.
        agreed: share of the known picture's detail whose pixels agree.
        alike: share of all detail there, of the known or of the asked picture, whose pixels agree.
        compared: marks of the known picture that lie where pixels agree.
        held: how many of them look there as they are known.
        visible: marks of the known picture that lie within the asked one.
        shown: how many of them look there as they are known.
        extent: over how much of the known picture those are spread; 1 when evenly over all of it.
        place: 2 x 3, from places of the known picture to places of the asked one.
    """

    pairs: int
    agreed: float
    alike: float
    compared: int
    held: int
    visible: int
    shown: int
    extent: float
    place: Floats

    @property
    def share(self) -> float:
        """Of the marks that lie where pixels agree, how many hold."""
        return self.held / self.compared if self.compared else 0.0

    @property
    def strength(self) -> float:
        """How much speaks for a copy: marks that agree, times the shares of marks and of pixels that do.

        One word in the same letters holds at many marks, spread over a tenth of a picture: so the spread counts, too.
        """
        seen = self.shown / self.visible if self.visible else 0.0
        spread = min(1.0, self.extent)
        return float(self.pairs * seen * self.agreed * min(1.0, self.alike) ** 0.5 * spread * self.share)

    @property
    def score(self) -> float:
        """0 to 1, how sure it is that the known picture is shown; from `SURE` on nothing else is needed."""
        if self.strength < STRONG:
            return 0.0
        # Where nothing covers a copy, all of it agrees, and then nearly all marks hold. A template's other words
        # agree at small size, too, but their marks do not hold.
        needed = 0.7 + min(0.1, 1.5 * max(0.0, self.agreed - 0.75))
        if self.share >= needed:
            return min(1.0, SURE + 0.05 * self.share * min(1.0, self.compared / 20))
        return min(0.9, 0.3 + 0.4 * self.share + 0.2 * self.agreed) if self.share >= _HINT_SHARE else 0.0


def pixels_agree(known: Fingerprint, grey: Grey) -> bool:
    """Whether the pixels of the whole pictures agree nearly everywhere, laid over one another as they are."""
    whole = np.eye(2, 3)
    compared = _compared(known.thumb.astype(np.float32), *_cut_out(grey, whole, (THUMB, THUMB)))
    return compared.agreed >= 0.8  # noqa: PLR2004 - four fifths of the detail


def agreement(known: Fingerprint, grey: Grey, found: Placed) -> Agreement:
    """Asks pixels and marks whether the known picture lies where it is said to.

    Args:
        known: the known picture.
        grey: grey values of the asked one.
        found: where it is said to lie.
    """
    thumb = known.thumb.astype(np.float32)
    best = Agreement(found.pairs, 0.0, 0.0, 0, 0, 0, 0, 0.0, found.place)
    for place in (found.place, _adjusted(thumb, grey, found.place)):
        if place is None:
            continue
        compared = _compared(thumb, *_cut_out(grey, place, (THUMB, THUMB)))
        if compared.agreed < _WORTH_ASKING:
            continue
        held = _held(known.marks, grey, place, compared.same)
        this = Agreement(found.pairs, compared.agreed, compared.alike, *held, place)
        best = max(best, this, key=lambda one: (one.score, one.agreed))
        if best.score >= SURE:
            break
    return best


class _Compared(NamedTuple):
    """Pixels compared field by field.

    Attributes:
        agreed: as in `Agreement`.
        alike: as in `Agreement`.
        same: for each field, whether its pixels agree.
        loosely: for each, whether they do so loosely.
    """

    agreed: float
    alike: float
    same: NDArray[np.bool_]
    loosely: NDArray[np.bool_]


def _compared(
    thumb: NDArray[np.float32], seen: NDArray[np.float32], inside: NDArray[np.float32]
) -> _Compared:
    """Compares the known picture with what is seen in its place, and how much of that is inside the asked one."""
    known, found = _fields(_smooth(thumb)), _fields(_smooth(seen))
    spread, found_spread = known.std(1), found.std(1)
    centred = found - found.mean(1, keepdims=True)
    likeness = ((known - known.mean(1, keepdims=True)) * centred).mean(1)
    likeness /= np.maximum(spread * found_spread, 1e-6)
    within = _fields(inside).mean(1) > 0.8  # noqa: PLR2004 - four fifths of it
    there = within & (found_spread >= spread / 4)
    same = there & (likeness >= _AGREES)
    # Contrast may have been changed: what is seen is weighed as if it had the known picture's.
    gain = float(np.median(found_spread[same] / np.maximum(spread[same], 1e-6))) if same.any() else 1.0
    either = np.maximum(spread, found_spread / max(gain, 0.2))
    return _Compared(
        _share(_weight(spread), same),
        _share(_weight(either) * within, same),
        same,
        there & (likeness >= _AGREES / 2) & (spread >= _TEXTURED / 2),
    )


def _weight(spread: NDArray[np.float32]) -> Floats:
    """How much each field weighs, by the spread of its grey values."""
    return np.where(spread >= _TEXTURED, np.minimum(spread, _CAP), 0.0).astype(np.float64)


def _share(weight: Floats, chosen: NDArray[np.bool_]) -> float:
    return float(weight[chosen].sum() / max(float(weight.sum()), 1e-9))


def _smooth(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(picture, (3, 3)), np.float32)


def _fields(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture in `_FIELDS` x `_FIELDS` fields, one a row."""
    parted = picture.reshape(_FIELDS, _SIDE, _FIELDS, _SIDE).swapaxes(1, 2)
    return parted.reshape(_FIELDS * _FIELDS, _SIDE * _SIDE)


def _adjusted(thumb: NDArray[np.float32], grey: Grey, place: Floats) -> Floats | None:
    """The place moved a little so that pixels agree best, asked only where they agree loosely; None if far off."""
    cut, inside = _cut_out(grey, place, (THUMB, THUMB))
    loosely = _compared(thumb, cut, inside).loosely.reshape(_FIELDS, _FIELDS)
    mask = (np.kron(loosely, np.ones((_SIDE, _SIDE))) > 0) & (inside > 0.9)  # noqa: PLR2004
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-4)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        _, moved = cv2.findTransformECC(thumb, cut, start, cv2.MOTION_AFFINE, stop, mask.astype(np.uint8), 3)
    except cv2.error:  # it says so when it does not converge
        return None
    turn = np.asarray(moved, np.float64)[:, :2]
    shift = (np.asarray(moved, np.float64)[:, 2] + 0.5 - turn.sum(1) / 2) / THUMB
    if np.abs(turn - np.eye(2)).max() > 0.15 or np.abs(shift).max() > 0.12:  # noqa: PLR2004
        return None
    moved_to: Floats = place @ np.vstack([np.column_stack([turn, shift]), [0, 0, 1]])
    return moved_to


def _held(
    known: Marks, grey: Grey, place: Floats, same: NDArray[np.bool_]
) -> tuple[int, int, int, int, float]:
    """`compared`, `held`, `visible`, `shown` and `extent` of an `Agreement`; `same` says which fields agree."""
    ratio = float(np.median(known.places[:, 2] / known.places[:, 3]))
    size = (
        max(16, min(LONG_SIDE, round(LONG_SIDE / ratio))),
        max(16, min(LONG_SIDE, round(LONG_SIDE * ratio))),
    )
    meant = np.column_stack([known.places[:, :2], np.ones(len(known.places))]) @ place.T
    visible = ((meant > 0) & (meant < 1)).all(1)
    if not visible.any():
        return 0, 0, 0, 0, 0.0
    places = known.places[visible]
    cut, _ = _cut_out(grey, place, size)
    bits = described_at(cut.astype(np.uint8), places)
    wrong = np.bitwise_count(bits.view(np.uint64) ^ known.bits[visible].view(np.uint64)).sum(1)
    shown = wrong <= _HOLDS
    column, row = (np.minimum((places[:, axis] * _FIELDS).astype(int), _FIELDS - 1) for axis in (0, 1))
    agree = same[row * _FIELDS + column]
    there = places[shown, :2]
    # A line runs through many pictures: marks along one prove nothing, so their spread across counts too.
    spread = float(np.linalg.det(np.cov(there.T))) if len(there) > 2 else 0.0  # noqa: PLR2004
    return (
        int(agree.sum()), int((shown & agree).sum()), len(places), int(shown.sum()), 12 * max(0.0, spread) ** 0.5,
    )  # fmt: skip


def _cut_out(
    grey: Grey, place: Floats, size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The part of the asked picture where the known one lies, as `size` pixels, and how much of it is inside."""
    height, width = grey.shape
    across, down = 2 * size[0], 2 * size[1]
    wanted = (across / max(place[0, 0], 1e-3), down / max(place[1, 1], 1e-3))
    source = (int(min(width, max(8, wanted[0]))), int(min(height, max(8, wanted[1]))))
    small = cv2.resize(grey, source, interpolation=cv2.INTER_AREA)
    to_pixels = place * np.array([[source[0]], [source[1]]])
    middle = to_pixels @ np.array([0.5 / across, 0.5 / down, 1.0]) - 0.5
    back = np.column_stack([to_pixels[:, 0] / across, to_pixels[:, 1] / down, middle])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(small, back, (across, down), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(np.ones_like(small), back, (across, down), flags=flags, borderValue=(0.0,))
    halved = [cv2.resize(one.astype(np.float32), size, interpolation=cv2.INTER_AREA) for one in (cut, mask)]
    return np.asarray(halved[0], np.float32), np.asarray(halved[1], np.float32)
