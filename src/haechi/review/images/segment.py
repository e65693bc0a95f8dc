"""Known pictures as arrays that can lie in a file, and which of them an asked picture may show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from haechi.review.images.alignment import Agreement, agreement, pixels_agree
from haechi.review.images.buckets import Buckets, buckets, near
from haechi.review.images.fingerprint import BYTES, THUMB, Asked, Fingerprint, Floats, Marks
from haechi.review.images.placing import NEAR, Placed, placed

WHOLE: Final = 31
"""PDQ's own limit: whole hashes that differ in at most so many bits are near."""
_TRIED: Final = 12
_VIEWS: Final = 2
_JUDGED: Final = 5
_WHOLE_HINT: Final = 0.6
_UNIT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Segment:
    """Known pictures, unchanging.

    Attributes:
        names: identifiers in UTF-8, one after the other.
        name_ends: where each identifier ends in `names`; shape (pictures,).
        mark_ends: where each picture's marks end in `bits` and `places`; shape (pictures,).
        whole: hashes of whole pictures; shape (pictures, 32).
        grey: darkest and lightest grey value of each thumb; shape (pictures, 2).
        thumbs: two grey values of 16 in a byte; shape (pictures, THUMB * THUMB / 2).
        bits: marks' descriptions; shape (marks, 32).
        places: marks' places in 65,535ths; shape (marks, 4).
        buckets: of the marks.
        flat: index over `whole`.
    """

    names: NDArray[np.uint8]
    name_ends: NDArray[np.uint64]
    mark_ends: NDArray[np.uint64]
    whole: NDArray[np.uint8]
    grey: NDArray[np.uint8]
    thumbs: NDArray[np.uint8]
    bits: NDArray[np.uint8]
    places: NDArray[np.uint16]
    buckets: Buckets
    flat: faiss.IndexBinaryFlat = field(init=False, repr=False)

    def __post_init__(self) -> None:
        flat = faiss.IndexBinaryFlat(8 * BYTES)
        flat.add(np.ascontiguousarray(self.whole))
        object.__setattr__(self, "flat", flat)

    def __len__(self) -> int:
        return len(self.whole)

    def name(self, number: int) -> str:
        """Identifier of one picture."""
        start = int(self.name_ends[number - 1]) if number else 0
        return bytes(self.names[start : int(self.name_ends[number])]).decode()

    def known(self, number: int) -> Fingerprint:
        """What is kept of one picture."""
        start = int(self.mark_ends[number - 1]) if number else 0
        end = int(self.mark_ends[number])
        places = np.asarray(self.places[start:end], np.float64) / _UNIT
        pair = np.asarray(self.thumbs[number])
        low, high = self.grey[number].astype(np.float32)
        shades = np.stack([pair >> 4, pair & 15], axis=1).reshape(THUMB, THUMB)
        thumb = (low + shades * ((high - low) / 15)).round().astype(np.uint8)
        return Fingerprint(
            bytes(self.whole[number]), Marks(places, np.ascontiguousarray(self.bits[start:end])), thumb
        )


def segment(pictures: Iterable[tuple[str, Fingerprint]]) -> Segment:
    """Known pictures put together.

    Args:
        pictures: each with its identifier.
    """
    chosen = list(pictures)
    prints = [one for _, one in chosen]
    names = [name.encode() for name, _ in chosen]
    grey = np.array([(one.thumb.min(), one.thumb.max()) for one in prints], np.uint8).reshape(-1, 2)
    bits = np.concatenate([np.zeros((0, BYTES), np.uint8), *(one.marks.bits for one in prints)])
    places = np.concatenate([np.zeros((0, 4)), *(one.marks.places for one in prints)])
    return Segment(
        names=np.frombuffer(b"".join(names), np.uint8),
        name_ends=np.cumsum([len(name) for name in names], dtype=np.uint64),
        mark_ends=np.cumsum([len(one.marks.bits) for one in prints], dtype=np.uint64),
        whole=np.frombuffer(b"".join(one.whole for one in prints), np.uint8).reshape(-1, BYTES),
        grey=grey,
        thumbs=np.array([_packed(one.thumb) for one in prints], np.uint8).reshape(-1, THUMB * THUMB // 2),
        bits=bits,
        places=(places.clip(0, 1) * _UNIT).round().astype(np.uint16),
        buckets=buckets(bits),
    )


def _packed(thumb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two of 16 grey values in a byte."""
    low, high = int(thumb.min()), int(thumb.max())
    shades = ((thumb.astype(np.float32) - low) * (15 / max(1, high - low))).round().astype(np.uint8).ravel()
    return np.asarray((shades[0::2] << 4) | shades[1::2], np.uint8)


def shown(here: Segment, asked: Asked) -> list[tuple[int, float]]:
    """Pictures of a segment that an asked picture shows.

    Returns:
        number in the segment, and how sure; in no order.
    """
    return told(here, asked, agreements(here, asked))


def told(here: Segment, asked: Asked, judged: Iterable[tuple[int, Agreement]]) -> list[tuple[int, float]]:
    """What `shown` says of a picture whose agreements are known."""
    found: dict[int, float] = {}
    for number, one in judged:
        found[number] = max(one.score, found.get(number, 0.0))
    near_whole = _near_whole(here, asked)
    for number in sorted(near_whole - {one for one, score in found.items() if score})[:_TRIED]:
        found[number] = _by_whole(here.known(number), asked)
    return [(number, score) for number, score in found.items() if score]


def agreements(here: Segment, asked: Asked) -> list[tuple[int, Agreement]]:
    """The pictures that share most marks with the asked one, each with how far it is shown."""
    return [
        (number, agreement(here.known(number), asked.views[view].grey, Placed(place, pairs)))
        for pairs, number, view, place in _placed(here, asked)[:_JUDGED]
    ]


def _placed(here: Segment, asked: Asked) -> list[tuple[int, int, int, Floats]]:
    """Where candidates lie: how many marks agree, which picture, in which view and where; the most marks first."""
    found = []
    for number, views in _candidates(here, asked).items():
        known = here.known(number)
        tried = [(view, placed(known.marks, asked.views[view].marks)) for view in views]
        told = [(one.pairs, number, view, one.place) for view, one in tried if one is not None]
        if told:
            found.append(max(told, key=lambda one: one[0]))
    return sorted(found, key=lambda one: (-one[0], one[1]))


def _by_whole(known: Fingerprint, asked: Asked) -> float:
    """A hint where the whole pictures look alike but have no marks to prove it."""
    return _WHOLE_HINT if any(pixels_agree(known, view.grey) for view in asked.views[:2]) else 0.0


def _near_whole(here: Segment, asked: Asked) -> set[int]:
    """Pictures whose whole hash is near, mirrored or not."""
    wanted = np.frombuffer(b"".join(asked.whole), np.uint8).reshape(2, BYTES)
    _, _, numbers = here.flat.range_search(wanted, WHOLE + 1)
    return {int(number) for number in numbers}


def _candidates(here: Segment, asked: Asked) -> dict[int, list[int]]:
    """Pictures with the most near marks, each with the views in which they are near, the best first.

    A mark that is near many pictures says little of any: its one vote is parted between them.
    """
    if not len(here.bits):
        return {}
    rows = np.concatenate([view.marks.bits[: view.telling] for view in asked.views])
    if not len(rows):
        return {}
    of_view = np.repeat(
        np.arange(len(asked.views)), [len(view.marks.bits[: view.telling]) for view in asked.views]
    )
    asker, mark = near(here.buckets, here.bits, rows, NEAR)
    if not len(asker):
        return {}
    picture = np.searchsorted(here.mark_ends, mark, side="right")
    votes = 1 / np.bincount(asker)[asker]
    pairs, which = np.unique(picture * len(asked.views) + of_view[asker], return_inverse=True)
    weight = np.bincount(which, votes)
    total: dict[int, float] = {}
    views: dict[int, list[int]] = {}
    for place in np.argsort(-weight, kind="stable")[: 4 * _TRIED]:
        number, view = divmod(int(pairs[place]), len(asked.views))
        total[number] = total.get(number, 0.0) + float(weight[place])
        views.setdefault(number, []).append(view)
    best = sorted(total, key=lambda number: (-total[number], number))[:_TRIED]
    return {number: views[number][:_VIEWS] for number in best}
