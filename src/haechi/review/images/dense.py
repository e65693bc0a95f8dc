"""Whether much of a picture is covered by what looks like text, flat or at another angle, told without reading it.

Text is many small strokes of like height in rows: edges that grow together along a line into long, flat, well filled
pieces. Rows at another angle are found by turning the small picture of its edges.
"""

import math
from collections.abc import Iterable
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from haechi.review.ads import Box

Grey = NDArray[np.uint8]

_SIDE: Final = 512
_GAIN: Final = 3.0
_LOWEST: Final = 5
_HIGHEST: Final = 64
_MUCH: Final = 0.025
"""A fortieth of the picture."""
_STEPS: Final = 8
"""Turns within a quarter: rows that lie within half a step, 5.6 degrees, of flat grow together as flat ones do."""
_FINE: Final = 90 / _STEPS / 3
"""Degrees by which an angle is tried to either side: the engine reads lines up to about 5 degrees from flat."""


class Edges:
    """Strong edges of a picture made small.

    Args:
        grey: grey values, shape (height, width).
    """

    def __init__(self, grey: Grey) -> None:
        self._scale = _SIDE / max(grey.shape)
        size = (max(8, round(grey.shape[1] * self._scale)), max(8, round(grey.shape[0] * self._scale)))
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        low, high = (float(edge) for edge in np.percentile(small, (0.5, 99.5)))
        gain = min(_GAIN, 255 / max(1.0, high - low))
        small = ((small.astype(np.float32) - low) * gain).clip(0, 255).astype(np.uint8)
        edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
        self.strong: Grey = (edges > max(40.0, 2.5 * float(edges.mean()))).astype(np.uint8)

    def without(self, boxes: Iterable[Box]) -> Self:
        """The same without what stands in boxes of the picture; changes these edges."""
        for box in boxes:
            left, top = (max(0, int(one * self._scale) - 2) for one in (box.x, box.y))
            right, bottom = (
                math.ceil(one * self._scale) + 2 for one in (box.x + box.width, box.y + box.height)
            )
            self.strong[top:bottom, left:right] = 0
        return self


def dense_text(grey: Grey) -> bool:
    """Whether much of a picture is covered by what looks like lines of text that lie nearly flat.

    Measured on synthetic creatives and on photographs by `benchmarks/ad_images.py`.
    """
    return _flat_enough(Edges(grey).strong)


def text_angle(edges: Edges, *, flat: bool) -> float | None:
    """By how many degrees against the clock a picture is to be turned for its text to lie flat.

    Args:
        edges: of the picture.
        flat: whether text that lies flat already counts.

    Returns:
        0 up to 180, as text on its head looks like text; None where nothing looks like much text.
    """
    strong = edges.strong
    crowded = cv2.blur(strong * 255, (15, 15)) > _CROWDED * 255
    if np.count_nonzero(crowded) < (_LEAST_CROWDED if flat else _REST_CROWDED) * strong.size:
        return None
    best, found = _HINT * strong.size, None
    for step in range(_STEPS):
        tilted = _turned_edges(strong, 90 * step / _STEPS)
        for angle, rows in ((90 * step / _STEPS, tilted), (90 * step / _STEPS + 90, np.rot90(tilted))):
            area, _ = _covered(np.ascontiguousarray(rows))
            if area > best and (flat or angle > 0):
                best, found = float(area), angle
    if found is None:
        return None
    if found == 0 and not _flat_enough(strong):
        return None
    found, best = _finer(strong, found)
    return found if best >= _MUCH * strong.size else None


_CROWDED: Final = 0.3
_LEAST_CROWDED: Final = 0.015
_REST_CROWDED: Final = 0.04
"""Where fewer places are crowded with edges, no angle is tried: it takes about 55 ms. Of pictures whose flat words
were read the rest must be more crowded, so that ordinary creatives are not slowed down."""
_HINT: Final = 0.005
"""Between two angles that are tried, lines of Hangul or of small letters grow together only in part."""


def _finer(strong: Grey, angle: float) -> tuple[float, float]:
    """The best of an angle and its neighbours, and what is covered then; flat and upright text stays so."""
    best, area = angle, float(_enough(_covered(_turned_edges(strong, angle)), strong))
    for other in (angle - _FINE, angle + _FINE):
        covered = float(_enough(_covered(_turned_edges(strong, other)), strong))
        if covered > area:
            best, area = angle if angle % 90 == 0 else other, covered
    return best, area


def turned(picture: Grey, angle: float, ground: float | None = None) -> tuple[Grey, NDArray[np.float64]]:
    """A picture turned against the clock, made larger so that nothing is cut off.

    Args:
        picture: grey values.
        angle: degrees.
        ground: what fills the corners; the middle grey value of the picture's rim if None.

    Returns:
        the picture, and the matrix, shape (2, 3), that takes places in it back to places in the one given.
    """
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(height * sine + width * cosine), round(height * cosine + width * sine))
    matrix[:, 2] += size[0] / 2 - width / 2, size[1] / 2 - height / 2
    if ground is None:
        ground = float(np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])))
    whole = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=ground)
    return whole.astype(np.uint8), np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def _turned_edges(strong: Grey, angle: float) -> Grey:
    if angle == 0:
        return strong
    return (turned(strong * 255, angle, 0)[0] > 110).astype(np.uint8)  # noqa: PLR2004 - as thick as before


def _enough(found: tuple[int, int], strong: Grey) -> int:
    """Pixels covered if these are lines of text; one line alone must be a large one, as a column is."""
    covered, pieces = found
    return covered if pieces > 1 or covered >= 2 * _MUCH * strong.size else 0


def _flat_enough(strong: Grey) -> bool:
    covered, pieces = _covered(strong)
    return pieces > 1 and covered >= _MUCH * strong.size


def _covered(strong: Grey) -> tuple[int, int]:
    """Pixels covered by what looks like flat lines of text, and how many lines."""
    rows = cv2.morphologyEx(strong, cv2.MORPH_CLOSE, np.ones((1, 11), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(rows, connectivity=4)
    width, height, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    flat = (height >= _LOWEST) & (height <= _HIGHEST) & (width >= 2 * height)
    covered, pieces = 0, 0
    for x, y, across, down, _ in stats[1:][flat & (area >= 0.45 * width * height)].tolist():
        if _changes(strong[y + down // 2, x : x + across]) >= across / down:
            covered, pieces = covered + across * down, pieces + 1
    return covered, pieces


def _changes(line: NDArray[np.uint8]) -> int:
    """How often a line through the middle goes in and out of strokes."""
    return int(np.count_nonzero(np.diff(line.astype(np.int8))))
