"""What makes a picture recognisable after edits.

Two things are taken from a picture. One hash of the whole: 256 bits, the signs of its low cosine frequencies about
their median, as Meta describes its PDQ algorithm (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ
Image-Hashing Algorithm", 2019). And marks: places that stand out at some scale, each described by its surroundings
(D. Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 2004; kept upright, for turned ads are
rare and upright marks tell more), each description made 256 bits by two thresholds (W. Zhou, Y. Lu, H. Li, Q. Tian,
"Scalar Quantization for Large Scale Image Search", ACM Multimedia 2012). Marks survive crops, frames, collages and
bands because they move with what they stand on; a mirrored picture's marks are the same bits in another order.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Bits = NDArray[np.uint8]
Floats = NDArray[np.float64]

BYTES: Final = 32
MARKS: Final = 80
"""Marks kept of a known picture. With half as many, a copy under a band has few left, and templates come near it."""
ASKED: Final = 400
"""Marks of a picture that is looked up, at most; the first of them are the most telling."""
THUMB: Final = 72
_ASKED_SIDE: Final = 2 * 384
LONG_SIDE: Final = 384
_GRID: Final = 4
_SPREAD: Final = 4.0
"""Least spread of grey values between the darkest and the lightest hundredth; below it nothing stands out."""
_GAIN: Final = 4.0
"""How far faint pictures are made stronger before places are sought in them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Places of one picture that stand out, the most telling first.

    Attributes:
        places: x, y as shares of width and height, and size as shares of width and of height; shape (n, 4).
        bits: descriptions, shape (n, 32).
    """

    places: Floats
    bits: Bits


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking at an asked picture: as it is or stretched, as it is or mirrored.

    Attributes:
        grey: the picture, mirrored where the view is; not stretched, for shares stay the same.
        marks: of this view.
        telling: how many of the first marks are asked of the bank.
    """

    grey: Grey
    marks: Marks
    telling: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture that is looked up.

    Attributes:
        whole: hashes of the whole picture without its frame, as it is and mirrored.
        views: six.
    """

    whole: tuple[bytes, bytes]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a bank keeps of a picture, about 9 KB.

    Attributes:
        whole: hash of the whole picture without its frame.
        marks: at most `MARKS`.
        thumb: the picture squeezed to `THUMB` x `THUMB` grey values.
    """

    whole: bytes
    marks: Marks
    thumb: Grey


def fingerprint(grey: Grey) -> Fingerprint:
    """Of a picture that is to be known.

    Args:
        grey: its grey values, shape (height, width).
    """
    thumb = cv2.resize(grey, (THUMB, THUMB), interpolation=cv2.INTER_AREA).astype(np.uint8)
    return Fingerprint(whole=whole_hash(without_frame(grey)), marks=marks(grey, MARKS), thumb=thumb)


def asked(grey: Grey) -> Asked:
    """Of a picture that is to be looked up. Collages squeeze: it is looked at stretched to twice its size, too.

    Args:
        grey: its grey values, shape (height, width).
    """
    inner = without_frame(grey)
    whole = (whole_hash(inner), whole_hash(np.ascontiguousarray(inner[:, ::-1])))
    scale = _ASKED_SIDE / max(grey.shape)
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    turned = np.ascontiguousarray(grey[:, ::-1])
    views = []
    for across, down, most, telling in ((1, 1, ASKED, 96), (2, 1, ASKED // 2, 48), (1, 2, ASKED // 2, 48)):
        found = marks(grey, most, across=across, down=down)
        views += [View(grey, found, telling), View(turned, mirrored(found), telling)]
    return Asked(whole=whole, views=tuple(views))


def marks(grey: Grey, most: int, *, across: float = 1.0, down: float = 1.0) -> Marks:
    """Places that stand out, spread over the picture.

    Args:
        grey: grey values, shape (height, width).
        most: how many to give at most.
        across: stretch the picture so before looking; undoes what a collage squeezed.
        down: the same for its height.
    """
    height, width = grey.shape[0] * down, grey.shape[1] * across
    scale = LONG_SIDE / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    smaller = size[0] < grey.shape[1] or size[1] < grey.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)
    found = _upright(small, most)
    if not found:
        return Marks(np.zeros((0, 4)), np.zeros((0, BYTES), np.uint8))
    kept, described = _detector().compute(small, found)
    places = np.array(
        [(k.pt[0] / size[0], k.pt[1] / size[1], k.size / size[0], k.size / size[1]) for k in kept]
    )
    return Marks(places, _quantised(np.asarray(described, np.float32)))


def described_at(grey: Grey, places: Floats) -> Bits:
    """Describes given places of a picture, whether they stand out there or not.

    Args:
        grey: grey values; its longer side is about `LONG_SIDE`.
        places: as in `Marks`, all of them within the picture.

    Returns:
        one row for each place.
    """
    height, width = grey.shape
    points = []
    for number, (x, y, across, _) in enumerate(places.tolist()):
        # The detector tells octave and layer with each place; from the size alone they follow as it made them.
        step = 3 * np.log2(max(across * width, 1.0) / _FIRST_SIZE)
        octave = max(-1, int(np.floor((step - 0.5) / 3)))
        layer = int(np.clip(round(step - 3 * octave), 1, 3))
        packed = (octave & 255) | (layer << 8)
        points.append(cv2.KeyPoint(x * width, y * height, across * width, 0.0, 1.0, packed, number))
    bits = np.full((len(places), BYTES), 0, np.uint8)
    kept, described = _detector().compute(grey, points)
    if kept:
        bits[[point.class_id for point in kept]] = _quantised(np.asarray(described, np.float32))
    return bits


_FIRST_SIZE: Final = 3.2
"""Size of a place in the first layer of the first octave: twice the detector's first blur of 1.6."""


def mirrored(found: Marks) -> Marks:
    """The marks of the picture with left and right exchanged, without looking at it again."""
    places = found.places.copy()
    places[:, 0] = 1 - places[:, 0]
    single = np.unpackbits(found.bits, axis=1).reshape(len(found.bits), 2, 4, 4, 8)
    turned = single[:, :, :, ::-1, (4 - np.arange(8)) % 8]
    return Marks(places, np.packbits(turned.reshape(len(found.bits), 256), axis=1))


def whole_hash(grey: Grey) -> bytes:
    """256-bit hash of a whole picture; near pictures differ in few bits (PDQ: up to 31 is a match).

    Args:
        grey: grey values, shape (height, width).
    """
    height, width = grey.shape
    window = ((width + 127) // 128, (height + 127) // 128)
    smooth = grey.astype(np.float32)
    for _ in range(2):
        smooth = cv2.blur(smooth, window, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    rows = ((np.arange(64) + 0.5) * height / 64).astype(int)
    columns = ((np.arange(64) + 0.5) * width / 64).astype(int)
    turned = _cosines() @ smooth[np.ix_(rows, columns)] @ _cosines().T
    bits = (turned > np.median(turned)).ravel()
    return np.packbits(bits[::-1]).tobytes()


def without_frame(grey: Grey) -> Grey:
    """The picture without edges of one grey value, at most a third of each side; the whole where nothing is left."""
    plain_rows = np.ptp(grey.astype(np.int16), axis=1) <= _PLAIN
    plain_columns = np.ptp(grey.astype(np.int16), axis=0) <= _PLAIN
    top, bottom = _run(plain_rows), _run(plain_rows[::-1])
    left, right = _run(plain_columns), _run(plain_columns[::-1])
    inner = grey[top : grey.shape[0] - bottom, left : grey.shape[1] - right]
    return inner if min(inner.shape) >= _GRID else grey


_PLAIN: Final = 12


def _run(plain: NDArray[np.bool_]) -> int:
    """Length of the run of plain lines at the start, at most a third of all."""
    third = len(plain) // 3
    return int(np.argmin(np.append(plain[:third], False)))


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """The 16 lowest cosine frequencies over 64 places, without the constant one."""
    turns = np.arange(1, 17)[:, None] * (2 * np.arange(64)[None, :] + 1)
    table: NDArray[np.float64] = np.sqrt(2 / 64) * np.cos(np.pi / 128 * turns)
    return table


@lru_cache(maxsize=1)
def _detector() -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=0, contrastThreshold=0.012, edgeThreshold=12)


def _upright(small: Grey, most: int) -> list[cv2.KeyPoint]:
    """Places that stand out: in each of 16 fields the most telling first, one field after the other."""
    low, high = (float(edge) for edge in np.percentile(small, (1, 99)))
    if high - low < _SPREAD:
        return []
    gain = min(_GAIN, 255 / (high - low))
    small = ((small.astype(np.float32) - low) * gain).clip(0, 255).astype(np.uint8)
    once = {(round(k.pt[0], 1), round(k.pt[1], 1), round(k.size, 1)): k for k in _detector().detect(small)}
    all_of_them = list(once.values())
    if not all_of_them:
        return []
    spot = np.array([(k.pt[0], k.pt[1], k.size, k.response) for k in all_of_them])
    telling = spot[:, 3] * np.sqrt(np.minimum(spot[:, 2], 40))
    column, row = (
        np.minimum((spot[:, axis] / small.shape[1 - axis] * _GRID).astype(int), _GRID - 1) for axis in (0, 1)
    )
    field = row * _GRID + column
    order = np.argsort(-telling, kind="stable")
    rank = np.zeros(len(spot), int)
    for one in range(_GRID * _GRID):
        here = order[field[order] == one]
        rank[here] = np.arange(len(here))
    chosen = np.lexsort((-telling, rank))[:most]
    return [_turned_upright(all_of_them[one]) for one in chosen]


def _turned_upright(point: cv2.KeyPoint) -> cv2.KeyPoint:
    return cv2.KeyPoint(
        point.pt[0], point.pt[1], point.size, 0.0, point.response, point.octave, point.class_id
    )


def _quantised(described: NDArray[np.float32]) -> Bits:
    """128 numbers to 256 bits: above the middle one, and above three quarters of them."""
    ordered = np.sort(described, axis=1)
    half = (ordered[:, 63] + ordered[:, 64])[:, None] / 2
    upper = (ordered[:, 95] + ordered[:, 96])[:, None] / 2
    halves = [np.packbits(described > level, axis=1) for level in (half, upper)]
    return np.concatenate(halves, axis=1)
