"""All that is found in one picture."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from haechi.review.ads import Box
from haechi.review.case import Picture
from haechi.review.images.bank import Bank, LooksUp, of_party
from haechi.review.images.codes import codes
from haechi.review.images.dense import Edges, dense_text, text_angle
from haechi.review.images.faces import Faces
from haechi.review.images.fingerprint import Fingerprint, Grey, asked, fingerprint
from haechi.review.images.opening import Opened, Pixels, RefusedError, opened, read_inside
from haechi.review.images.reading import LANGUAGES, SECONDS, read_turned

_SAME: Final = 8.0
"""Frames that nowhere differ by more, of 255 grey values on average over a patch, are looked at once."""
_PATCH: Final = 12


def look(
    data: bytes,
    *,
    bank: LooksUp | None = None,
    languages: tuple[str, ...] = LANGUAGES,
    seconds: float = SECONDS,
) -> Picture:
    """Opens a picture, reads it and looks it up.

    Args:
        data: the whole file.
        bank: known pictures, or None.
        languages: of the text in it, as Tesseract names them.
        seconds: how long reading one frame may take.

    Returns:
        what was found; a picture that is refused says why in `failure`.
    """
    try:
        picture = opened(data)
    except RefusedError as refused:
        return Picture(failure=refused.failure)
    lines: list[Box] = []
    found_codes: list[Box] = []
    copies: dict[str, float] = {}
    hashes = []
    dense, all_read = False, True
    frames = _frames(picture)
    # The engine is a process of its own: while it reads, this one looks for everything else.
    with ThreadPoolExecutor(max_workers=1) as reader:
        readings = [reader.submit(read_turned, grey, languages=languages, seconds=seconds) for grey in frames]
        for grey, reading in zip(frames, readings, strict=True):
            dense = dense or dense_text(grey)
            found_codes += [
                code for code in codes(grey) if code.text not in {one.text for one in found_codes}
            ]
            print_of = asked(grey)
            hashes.append(print_of.whole[0])
            for identifier, score in bank.look_up(print_of) if bank is not None else ():
                copies[identifier] = max(score, copies.get(identifier, 0.0))
            told = reading.result()
            if told is None:
                dense = dense or text_angle(Edges(grey), flat=True) is not None
                all_read = False
                continue
            dense, all_read = dense or told.missed, all_read and not told.missed
            lines += [line for line in told.lines if line.text not in {one.text for one in lines}]
    scale = picture.width / picture.frames[0].shape[1]
    return Picture(
        width=picture.width,
        height=picture.height,
        lines=tuple(_scaled(line, scale) for line in lines),
        dense_text=dense,
        text_read=all_read,
        codes=tuple(_scaled(code, scale) for code in found_codes),
        hashes=tuple(hashes),
        copies=tuple(sorted(copies.items(), key=lambda one: (-one[1], one[0]))),
    )


def look_inside(
    folder: Path,
    path: str,
    *,
    bank: LooksUp | None = None,
    languages: tuple[str, ...] = LANGUAGES,
    seconds: float = SECONDS,
) -> Picture:
    """Looks at a picture that must lie inside a folder; one that does not is `missing`.

    Args:
        folder: of the file of ads.
        path: as the ad names it.
        bank: known pictures, or None.
        languages: of the text in it, as Tesseract names them.
        seconds: how long reading one frame may take.
    """
    try:
        data = read_inside(folder, path)
    except RefusedError as refused:
        return Picture(failure=refused.failure)
    return look(data, bank=bank, languages=languages, seconds=seconds)


def with_faces(picture: Picture, data: bytes, faces: Faces | None, *, suspected: bool) -> Picture:
    """Adds protected parties' faces, if the ad is suspected for another reason already.

    Faces are biometric data (GDPR Art. 9; Korea's PIPA Art. 23 with Decree Art. 18; Japan's APPI Art. 2(2)): an ad
    that nothing else speaks against is never searched for them, and nothing is kept of a face that is not enrolled.

    Args:
        picture: what was found in `data`.
        data: the same file.
        faces: enrolled parties, or None where the operator supplies no models.
        suspected: whether its text or its hand-off speaks for a scam.
    """
    if faces is None or not suspected or picture.failure is not None:
        return picture
    open_again = opened(data)
    best: dict[str, tuple[str, float, Box]] = {}
    for frame in open_again.frames:
        for party, score, box in faces.look_up(frame):
            if party not in best or best[party][1] < score:
                scale = open_again.width / frame.shape[1]
                best[party] = (party, score, _scaled(box, scale))
    return replace(picture, faces=tuple(sorted(best.values(), key=lambda one: (-one[1], one[0]))))


def fingerprint_of(data: bytes) -> Fingerprint:
    """What a bank keeps of a picture, of its first frame where it moves.

    Raises:
        RefusedError: it cannot be opened.
    """
    return fingerprint(_grey(opened(data).frames[0]))


def finds_itself(data: bytes) -> bool:
    """Whether a known picture is found where an ad shows just it.

    One of a single colour, or of a few pixels, has nothing by which anything could be told from it: to look for
    itself is the only question that tells without guessing why.

    Raises:
        RefusedError: it cannot be opened.
    """
    grey = _grey(opened(data).frames[0])
    alone = Bank()
    alone.add(of_party("itself", 0), fingerprint(grey))
    return bool(alone.look_up(asked(grey)))


def _frames(picture: Opened) -> list[Grey]:
    """Grey frames that differ from each other."""
    kept: list[Grey] = []
    for frame in picture.frames:
        grey = _grey(frame)
        if all(_differ(grey, other) for other in kept):
            kept.append(grey)
    return kept


def _differ(one: Grey, other: Grey) -> bool:
    """Whether two frames differ in some patch; words may be all that changes."""
    if one.shape != other.shape:
        return True
    size = (max(1, one.shape[1] // _PATCH), max(1, one.shape[0] // _PATCH))
    apart = cv2.resize(cv2.absdiff(one, other), size, interpolation=cv2.INTER_AREA)
    return bool(apart.max() > _SAME)


def _grey(frame: Pixels) -> Grey:
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def _scaled(box: Box, scale: float) -> Box:
    if scale == 1:
        return box
    x, y, width, height = (round(one * scale) for one in (box.x, box.y, box.width, box.height))
    return Box(x, y, width, height, box.text)
