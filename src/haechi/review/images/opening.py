"""Bytes to pixels, within limits.

The format is decided by content. A file that is two formats at once is refused, for another program may show its
other face. Size, frames and what stands beside the pixels are counted before a decoder is asked, so that a small
file cannot become a large picture.
"""

import os
import re
import stat
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from haechi.review.images.containers import MOST_FRAMES, BrokenError, Layout, layout

Failure = Literal["too-large", "unreadable", "active-content", "several-formats", "missing"]
Pixels = NDArray[np.uint8]

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_PIXELS: Final = 25_000_000
"""Of one frame: 5,000 x 5,000. The worst picture within it takes a decoder about 1.3 s and 0.6 GB."""
MOST_PIXELS_OF_ALL: Final = 100_000_000
"""Of all frames together, for a later frame cannot be had without the earlier ones."""
MOST_BESIDE: Final = 4 * 1024 * 1024
MOST_AFTER: Final = 256 * 1024
"""Bytes behind a picture's end that are no further picture of its own: cameras and editors leave some, and little."""
MOST_SCANS: Final = 40
"""Of a progressive JPEG; encoders make about ten, and each costs as much time as a whole picture."""
LONGEST_SIDE: Final = 1_600
"""Larger pictures are made smaller once they are open; text of an ad is large enough to read in them."""


class RefusedError(Exception):
    """The picture is not opened.

    Attributes:
        failure: why, as `Picture.failure` tells it.
    """

    def __init__(self, failure: Failure) -> None:
        self.failure: Failure = failure
        super().__init__(failure)


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that could be opened.

    Attributes:
        width: pixels of the whole, upright.
        height: the same.
        frames: red, green and blue of one picture, or of the first, middle and last of a moving one; transparent
            ones on white and on black; the longer side at most `LONGEST_SIDE`.
    """

    width: int
    height: int
    frames: tuple[Pixels, ...]


def read_inside(folder: Path, path: str) -> bytes:
    """Reads a picture that must lie inside a folder.

    Args:
        folder: of the file of ads.
        path: as the ad names it, with `/`.

    Raises:
        RefusedError: `missing` where there is no regular file of that name inside the folder: a path that leads
            out, a link that leads out and a device count as not there; `too-large` where it has too many bytes.
    """
    root, target = _place(folder, path)
    return _read_steps(root, target.relative_to(root).parts)


def is_inside(folder: Path, path: str) -> bool:
    """Whether `read_inside` would find a file of that name; nothing is read."""
    try:
        return _place(folder, path)[1].is_file()
    except RefusedError:
        return False


def _place(folder: Path, path: str) -> tuple[Path, Path]:
    """The folder and a file inside it, both without links."""
    parts = PurePosixPath(path).parts
    if not parts or "\0" in path or path.startswith("/") or ".." in parts:
        raise RefusedError("missing")
    try:
        root = folder.resolve(strict=True)
        target = root.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError):
        raise RefusedError("missing") from None
    if not target.is_relative_to(root) or target == root:
        raise RefusedError("missing")
    return root, target


def _read_steps(root: Path, parts: tuple[str, ...]) -> bytes:
    """Opens folder by folder and follows no link, so that nothing can be exchanged after it was checked."""
    handles = []
    try:
        handles.append(os.open(root, os.O_RDONLY | os.O_DIRECTORY))
        for part in parts[:-1]:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            handles.append(os.open(part, flags, dir_fd=handles[-1]))
        handles.append(os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handles[-1]))
        if not stat.S_ISREG(os.fstat(handles[-1]).st_mode):
            raise RefusedError("missing")
        with os.fdopen(os.dup(handles[-1]), "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError:
        raise RefusedError("missing") from None
    finally:
        for handle in handles:
            os.close(handle)
    if len(data) > MOST_BYTES:
        raise RefusedError("too-large")
    return data


def opened(data: bytes) -> Opened:
    """A picture's frames as red, green and blue, upright as its camera says.

    Args:
        data: the whole file.

    Raises:
        RefusedError: it is not opened.
    """
    if len(data) > MOST_BYTES:
        raise RefusedError("too-large")
    told = _allowed(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decoded(data, told)
    except (Image.DecompressionBombError, MemoryError):
        raise RefusedError("too-large") from None
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, RuntimeError):
        # What Pillow's decoders raise on broken data, by its documentation and by trying.
        raise RefusedError("unreadable") from None


def _allowed(data: bytes) -> Layout:
    """Checks the structure before anything is decoded."""
    try:
        told = layout(data)
    except BrokenError:
        raise RefusedError("several-formats" if _other_inside(data, len(data)) else "unreadable") from None
    if told is None:
        raise RefusedError("active-content" if _looks_active(data) else "unreadable")
    if _other_inside(data, told.end) or (_foreign(data[told.end :]) and not told.more_pictures):
        raise RefusedError("several-formats")
    if _SCRIPT.search(data):
        raise RefusedError("active-content")
    pixels = told.width * told.height
    if (
        pixels > MOST_PIXELS
        or told.frames > MOST_FRAMES
        or pixels * told.frames > MOST_PIXELS_OF_ALL
        or told.beside > MOST_BESIDE
        or told.scans > MOST_SCANS
    ):
        raise RefusedError("too-large")
    if not pixels:
        raise RefusedError("unreadable")
    return told


_SCRIPT: Final = re.compile(
    rb"<script|<\?php|<svg[\s>]|<html[\s>]|<iframe|javascript:|<!doctype", re.IGNORECASE
)
_ACTIVE_START: Final = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<\?xml|<!doctype|<!--|<svg|<html|<head|<body|<script|<\?php|%PDF-|%!PS)",
    re.IGNORECASE,
)


def _looks_active(data: bytes) -> bool:
    """Whether it is a page, a drawing or a document that can carry programs; in UTF-16, too."""
    start = data[:4096]
    return any(
        _ACTIVE_START.search(text) or _SCRIPT.search(text) for text in (start, start.replace(b"\0", b""))
    )


def _other_inside(data: bytes, end: int) -> bool:
    """Whether readers that search for their own start or end would find another format."""
    if b"%PDF-" in data[:1024] or b"%PDF-" in data[end:]:
        return True
    found = data.rfind(b"PK\x05\x06")
    if found < 0 or found + 22 > len(data):
        return False
    # A ZIP's end record tells where its list of files ends: right before itself.
    length = int.from_bytes(data[found + 12 : found + 16], "little")
    return length == 0 or data[max(0, found - length) : max(0, found - length) + 4] == b"PK\x01\x02"


_STARTS: Final = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"%PDF", b"\x7fELF",
    b"MZ\x90\0",
    b"<?xml", b"<!DOCTYPE", b"<html", b"<svg", b"<script", b"<?php", b"BZh9", b"\xfd7zXZ", b"ustar", b"ftyp", b"OggS",
    b"\x1f\x8b\x08", b"#!/bin", b"wOFF",
)  # fmt: skip


def _foreign(rest: bytes) -> bool:
    """Whether what follows a picture's end is another format's start, or more than cameras add of their own.

    So much that is no picture is a load of something, even where nobody knows of what.
    """
    if len(rest) > MOST_AFTER:
        return True
    lower = rest.lower()
    return any(one.lower() in lower for one in _STARTS)


def _decoded(data: bytes, told: Layout) -> Opened:
    if ImageFile.LOAD_TRUNCATED_IMAGES:
        raise ValueError("this program was told to accept pictures that are cut off")
    with Image.open(BytesIO(data), formats=[told.format]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise RefusedError("too-large")
        size = (image.width, image.height)
        frames = getattr(image, "n_frames", 1)
        if frames > MOST_FRAMES or image.width * image.height * frames > MOST_PIXELS_OF_ALL:
            raise RefusedError("too-large")
        if told.format == "JPEG":
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        found = []
        for number in sorted({0, frames // 2, frames - 1}):
            if frames > 1:
                image.seek(number)
            found += _pixels(image)
        lying = (found[0].shape[0] > found[0].shape[1]) != (size[1] > size[0])
        return Opened(size[lying], size[1 - lying], tuple(found))


def _pixels(image: Image.Image) -> list[Pixels]:
    """One frame as red, green and blue; a transparent one on white and on black, for words may show on one only."""
    image.load()
    frame = ImageOps.exif_transpose(image)
    if frame.mode.startswith(("I", "F")):
        frame = _deep(frame)
    if not frame.has_transparency_data:
        return [_small(frame)]
    frame = frame.convert("RGBA")
    grounds = ("white",) if frame.getchannel("A").getextrema() == (255, 255) else ("white", "black")
    return [_small(Image.alpha_composite(Image.new("RGBA", frame.size, one), frame)) for one in grounds]


def _small(frame: Image.Image) -> Pixels:
    frame = frame.convert("RGB")
    frame.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    return np.asarray(frame, np.uint8)


def _deep(frame: Image.Image) -> Image.Image:
    """16 bits a pixel made 8; Pillow's own conversion would cut off what is above 255."""
    values = np.asarray(frame, np.float64)
    return Image.fromarray((values / 65_535 * 255).clip(0, 255).astype(np.uint8))
