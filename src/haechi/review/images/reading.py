"""Text in a picture: read by Tesseract where it is installed, and told to be there without it.

An engine that is missing, lacks a language or takes too long has read nothing: `read` says so, and then only
`dense_text` tells that there was something to read.
"""

import os
import shutil
import subprocess
from functools import lru_cache
from io import BytesIO
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from haechi.review.ads import Box

LANGUAGES: Final = ("jpn", "kor", "eng")
SECONDS: Final = 5.0
_SMALL: Final = 900
"""Pictures whose longer side is shorter are made twice as large before they are read."""
_LEAST_SURE: Final = 30.0
_FAINT: Final = 90
_COLUMN: Final = "4"
"""Lines of different sizes under one another: finds lines of Hangul that the automatic layout leaves out."""
_BLOCK: Final = "6"
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
    engine = shutil.which("tesseract")
    if engine is None or not set(languages) <= _installed(engine):
        return None
    scale = 2 if max(grey.shape) < _SMALL else 1
    clear = _clear(grey, scale)
    told = _run(engine, clear, languages, seconds, _COLUMN)
    lines = None if told is None else _lines(told, scale)
    if lines == () and dense_text(grey):
        # Finding the page's parts fails on busy grounds; taken as one block the same text is read.
        told = _run(engine, clear, languages, seconds, _BLOCK)
        lines = None if told is None else _lines(told, scale)
    return lines


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


def _lines(table: str, scale: int) -> tuple[Box, ...]:
    """Words of the table put together to lines; lines of which the engine is unsure are noise."""
    lines: dict[tuple[str, ...], list[tuple[float, int, int, int, int, str]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == _COLUMNS and cells[0] == _WORD and cells[11].strip():
            x, y, width, height = (int(cell) for cell in cells[6:10])
            lines.setdefault(tuple(cells[1:5]), []).append((float(cells[10]), x, y, width, height, cells[11]))
    found = []
    for words in lines.values():
        if sum(word[0] for word in words) / len(words) < _LEAST_SURE:
            continue
        left, top = min(word[1] for word in words), min(word[2] for word in words)
        right, bottom = max(word[1] + word[3] for word in words), max(word[2] + word[4] for word in words)
        text = _joined([word[5] for word in words])
        found.append(Box(left // scale, top // scale, (right - left) // scale, (bottom - top) // scale, text))
    return tuple(found)


def _joined(words: list[str]) -> str:
    """Words with spaces between them, save between two that are written without."""
    text = words[0]
    for word in words[1:]:
        text += word if _without_space(text[-1]) and _without_space(word[0]) else f" {word}"
    return text


def _without_space(letter: str) -> bool:
    return ord(letter) >= _WIDE and not 0xAC00 <= ord(letter) <= 0xD7A3  # noqa: PLR2004 - Hangul syllables


def dense_text(grey: Grey) -> bool:
    """Whether much of a picture is covered by what looks like text, told without reading it.

    Text is many small strokes of like height in rows: edges that grow together along a line into long, flat, well
    filled pieces. Measured on synthetic creatives and on photographs by `benchmarks/ad_images.py`.
    """
    scale = _DENSE_SIDE / max(grey.shape)
    size = (max(8, round(grey.shape[1] * scale)), max(8, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    low, high = (float(edge) for edge in np.percentile(small, (0.5, 99.5)))
    gain = min(_GAIN, 255 / max(1.0, high - low))
    small = ((small.astype(np.float32) - low) * gain).clip(0, 255).astype(np.uint8)
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    strong = (edges > max(40.0, 2.5 * float(edges.mean()))).astype(np.uint8)
    rows = cv2.morphologyEx(strong, cv2.MORPH_CLOSE, np.ones((1, 11), np.uint8))
    many, _, stats, _ = cv2.connectedComponentsWithStats(rows, connectivity=4)
    covered, pieces = 0, 0
    for left, top, width, height, area in stats[1:many].tolist():
        strokes = _changes(strong[top + height // 2, left : left + width])
        flat = _LOWEST <= height <= _HIGHEST and width >= 2 * height
        if flat and area >= 0.45 * width * height and strokes >= width / height:
            covered, pieces = covered + width * height, pieces + 1
    return pieces >= 2 and covered >= 0.025 * size[0] * size[1]  # noqa: PLR2004 - a fortieth of the picture


_DENSE_SIDE: Final = 512
_GAIN: Final = 3.0
_LOWEST: Final = 5
_HIGHEST: Final = 64


def _changes(line: NDArray[np.uint8]) -> int:
    """How often a line through the middle goes in and out of strokes."""
    return int(np.count_nonzero(np.diff(line.astype(np.int8))))
