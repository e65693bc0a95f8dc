"""Text in a picture: read by Tesseract where it is installed, and told to be there without it.

An engine that is missing, lacks a language or takes too long has read nothing: `read` says so, and then only
`dense_text` tells that there was something to read. The engine reads lines that lie nearly flat; `read_turned` finds
the others, reads the picture once more turned, and tells if they stay unread.
"""

import os
import shutil
import subprocess
import time
from functools import lru_cache
from io import BytesIO
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from haechi.review.ads import Box
from haechi.review.images.dense import Edges, dense_text, text_angle, turned

LANGUAGES: Final = ("jpn", "kor", "eng")
SECONDS: Final = 5.0
_SMALL: Final = 900
"""Pictures whose longer side is shorter are made twice as large before they are read."""
_LEAST_SURE: Final = 30.0
_SURE: Final = 80.0
"""Of upside-down text the engine makes words too; few of their letters, about 1 in 15, are as sure as this."""
_TURNED_LEAST: Final = 60.0
_FEW: Final = 6
"""With fewer sure letters nothing was read: engines see as many in a texture."""
_FAINT: Final = 90
_COLUMN: Final = "4"
"""Lines of different sizes under one another: finds lines of Hangul that the automatic layout leaves out."""
_BLOCK: Final = "6"
_UPRIGHT: Final = "5"
_VERTICAL: Final = "jpn_vert"
"""Columns of upright Japanese; read only where it is installed."""
_WORD: Final = "5"
_COLUMNS: Final = 12
_WIDE: Final = 0x2E80
"""From here on scripts write words without spaces, Hangul apart."""

Grey = NDArray[np.uint8]


def read(
    grey: Grey, *, languages: tuple[str, ...] = LANGUAGES, seconds: float = SECONDS
) -> tuple[Box, ...] | None:
    """Lines of text in a picture, in the order of reading, each with where it stands.

    Args:
        grey: grey values, shape (height, width).
        languages: Tesseract's names; all of them must be installed.
        seconds: how long it may take.

    Returns:
        None where no engine read it: it is not installed, lacks a language, failed or took too long.
    """
    told = _flat(grey, languages, seconds)
    return None if told is None else told.lines


class Reading(NamedTuple):
    """What was read in a picture.

    Attributes:
        lines: of text, each with where it stands.
        missed: whether it holds what looks like much text that could not be read, at whatever angle.
    """

    lines: tuple[Box, ...]
    missed: bool


def read_turned(
    grey: Grey, *, languages: tuple[str, ...] = LANGUAGES, seconds: float = SECONDS
) -> Reading | None:
    """Lines of text in a picture, also of text that is tilted, stands on its side or on its head.

    Args:
        grey: grey values, shape (height, width).
        languages: Tesseract's names; all of them must be installed.
        seconds: how long it may take in all; what is not read by then is missed.

    Returns:
        None where no engine read it: it is not installed, lacks a language, failed or took too long.
    """
    until = time.monotonic() + seconds
    told = _flat(grey, languages, seconds)
    if told is None:
        return None
    edges = Edges(grey)
    # Harmless flat words must not hide tilted ones: what was read well is taken out, and the rest is looked at.
    angle = text_angle(edges.without(told.lines if told.well else ()), flat=not told.well)
    if angle is None:
        return Reading(told.lines, missed=False)
    best = told if angle == 0 else _NOTHING
    for turn in (angle, angle + 180):
        if best.well or turn == 0:
            continue
        again = _at(grey, turn, languages, until - time.monotonic())
        best = max(best, again, key=lambda one: one.sure)
    lines = told.lines if best is told else told.lines + best.lines
    return Reading(lines, missed=best.sure < _FEW)


class _Told(NamedTuple):
    """Lines, how many of the letters are sure, and how many letters there are."""

    lines: tuple[Box, ...]
    sure: int
    letters: int

    @property
    def well(self) -> bool:
        return self.sure >= _FEW and 2 * self.sure >= self.letters


_NOTHING: Final = _Told((), 0, 0)


def _flat(grey: Grey, languages: tuple[str, ...], seconds: float) -> _Told | None:
    """The picture read as it is."""
    engine = shutil.which("tesseract")
    if engine is None or not set(languages) <= _installed(engine):
        return None
    scale = 2 if max(grey.shape) < _SMALL else 1
    clear = _clear(grey, scale)
    table = _run(engine, clear, languages, seconds, _COLUMN)
    told = None if table is None else _told(table, scale)
    if told is not None and not told.lines and dense_text(grey):
        # Finding the page's parts fails on busy grounds; taken as one block the same text is read.
        table = _run(engine, clear, languages, seconds, _BLOCK)
        told = None if table is None else _told(table, scale)
    return told


def _at(grey: Grey, angle: float, languages: tuple[str, ...], seconds: float) -> _Told:
    """The picture read after it is turned; the lines' boxes are where they stand in the picture as it is."""
    engine = shutil.which("tesseract")
    if engine is None or seconds <= 0:
        return _NOTHING
    scale = 2 if max(grey.shape) < _SMALL else 1
    picture, back = turned(_clear(grey, scale), angle)
    upright = angle % 180 == 90  # noqa: PLR2004 - a quarter turn, left or right
    if upright and angle < 180 and _VERTICAL in _installed(engine) and "jpn" in languages:  # noqa: PLR2004
        table = _run(engine, _clear(grey, scale), (_VERTICAL,), seconds, _UPRIGHT)
        told = _NOTHING if table is None else _told(table, scale, _TURNED_LEAST)
        if told.well:
            return told
    table = _run(engine, picture, languages, seconds, _COLUMN)
    told = _NOTHING if table is None else _told(table, 1, _TURNED_LEAST)
    return told._replace(lines=tuple(_placed(line, back, scale, grey) for line in told.lines))


def _placed(line: Box, back: NDArray[np.float64], scale: int, grey: Grey) -> Box:
    """The upright box around a line of a turned picture, in the picture as it is."""
    across, down = (line.x, line.x + line.width), (line.y, line.y + line.height)
    corners = np.array([(x, y, 1.0) for x in across for y in down]) @ back.T / scale
    height, width = grey.shape
    left, top = (max(0, round(float(one))) for one in corners.min(axis=0))
    right, bottom = (round(float(one)) for one in corners.max(axis=0))
    return Box(left, top, max(0, min(width, right) - left), max(0, min(height, bottom) - top), line.text)


@lru_cache(maxsize=4)
def _installed(engine: str) -> frozenset[str]:
    """Languages that the engine has."""
    try:
        told = subprocess.run(  # noqa: S603 - a found program, no words of others
            [engine, "--list-langs"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(told.stdout.split())


def _clear(grey: Grey, scale: int) -> Grey:
    """The picture larger where it is small, and stronger where it is faint."""
    if scale > 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    low, high = np.percentile(grey, (2, 98))
    if high - low < _FAINT:
        return cv2.createCLAHE(clipLimit=2.0, tileGridSize=(4, 8)).apply(grey).astype(np.uint8)
    return grey


def _run(engine: str, grey: Grey, languages: tuple[str, ...], seconds: float, layout: str) -> str | None:
    """What the engine says, as a table; None where it failed."""
    picture = BytesIO()
    Image.fromarray(grey).save(picture, "PPM")
    call = [engine, "stdin", "stdout", "-l", "+".join(languages), "--psm", layout, "--dpi", "150", "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - a found program, no words of others
            call,
            input=picture.getvalue(),
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def _told(table: str, scale: int, least: float = _LEAST_SURE) -> _Told:
    """Words of the table put together to lines; lines of which the engine is unsure are noise."""
    lines: dict[tuple[str, ...], list[tuple[float, int, int, int, int, str]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == _COLUMNS and cells[0] == _WORD and cells[11].strip():
            x, y, width, height = (int(cell) for cell in cells[6:10])
            lines.setdefault(tuple(cells[1:5]), []).append((float(cells[10]), x, y, width, height, cells[11]))
    found, sure, letters = [], 0, 0
    for words in lines.values():
        letters += sum(_letters(word[5]) for word in words)
        if sum(word[0] for word in words) / len(words) < least:
            continue
        sure += sum(_letters(word[5]) for word in words if word[0] >= _SURE)
        left, top = min(word[1] for word in words), min(word[2] for word in words)
        right, bottom = max(word[1] + word[3] for word in words), max(word[2] + word[4] for word in words)
        text = _joined([word[5] for word in words])
        found.append(Box(left // scale, top // scale, (right - left) // scale, (bottom - top) // scale, text))
    return _Told(tuple(found), sure, letters)


def _letters(word: str) -> int:
    return sum(letter.isalnum() for letter in word)


def _joined(words: list[str]) -> str:
    """Words with spaces between them, save between two that are written without."""
    text = words[0]
    for word in words[1:]:
        text += word if _without_space(text[-1]) and _without_space(word[0]) else f" {word}"
    return text


def _without_space(letter: str) -> bool:
    return ord(letter) >= _WIDE and not 0xAC00 <= ord(letter) <= 0xD7A3  # noqa: PLR2004 - Hangul syllables
