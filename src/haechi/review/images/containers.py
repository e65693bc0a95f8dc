"""What the bytes of a picture are, told by walking through its structure before anything is decoded.

A walk gives the format, the size, how many frames there are, where the data ends and how much of it is something
else than pixels. It follows the formats' own descriptions: JPEG (ITU-T T.81), PNG (W3C, Third Edition), GIF89a
(CompuServe), WebP (RFC 9649), AVIF (ISO/IEC 14496-12 boxes). A walk that ends early means a file that is cut off.
"""

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

MOST_FRAMES: Final = 1_000


class Layout(NamedTuple):
    """How a picture's bytes are laid out.

    Attributes:
        format: as Pillow names it.
        width: pixels.
        height: pixels.
        frames: at least so many; counting stops above `MOST_FRAMES`.
        end: where the picture's data ends.
        beside: bytes that are neither pixels nor structure: profiles, comments, camera data.
        more_pictures: whether the file says that further pictures of the same format follow its end.
        scans: how often a decoder must go through all pixels.
    """

    format: str
    width: int
    height: int
    frames: int
    end: int
    beside: int
    more_pictures: bool = False
    scans: int = 1


class BrokenError(ValueError):
    """The structure is not what its format says, or it ends early."""


def layout(data: bytes) -> Layout | None:
    """Walks through a picture; None where its first bytes are of no format that is allowed.

    Raises:
        BrokenError: the structure is broken or cut off.
    """
    for fits, walk in _FORMATS:
        if fits(data):
            try:
                return walk(data)
            except (IndexError, struct.error):
                raise BrokenError("cut off") from None
    return None


def _jpeg(data: bytes) -> Layout:
    place, size, beside, more, scans = 2, (0, 0), 0, False, 0
    while (kind := _marker(data, place)) != _JPEG_END:
        if kind == _FILLING or kind in _ALONE:
            place += 1 if kind == _FILLING else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4])
        if length < 2 or place + 2 + length > len(data):  # noqa: PLR2004 - the length counts itself
            raise BrokenError("segment")
        if kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            size = (max(size[0], width), max(size[1], height))
        elif kind in _JPEG_BESIDE:
            beside += length
            more = more or data[place + 4 : place + 8] == b"MPF\0"
        place += 2 + length
        if kind == _JPEG_SCAN:
            scans += 1
            place = _after_scan(data, place)
    if not all(size):
        raise BrokenError("no frame")
    return Layout("JPEG", *size, 1, place + 2, beside, more, scans)


def _marker(data: bytes, place: int) -> int:
    if data[place] != _FILLING:
        raise BrokenError("no marker")
    return data[place + 1]


_FILLING: Final = 0xFF
_JPEG_END: Final = 0xD9
_JPEG_SCAN: Final = 0xDA
_JPEG_BESIDE: Final = frozenset((*range(0xE0, 0xF0), 0xFE))
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _after_scan(data: bytes, place: int) -> int:
    """Where the next marker is that is neither a stuffed byte nor a restart."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise BrokenError("scan")
        kind = data[place + 1]
        if kind and not 0xD0 <= kind <= 0xD7:  # noqa: PLR2004 - restarts
            return place
        place += 2


def _png(data: bytes) -> Layout:
    place, size, frames, beside = 8, (0, 0), 1, 0
    while True:
        length, kind = struct.unpack_from(">I4s", data, place)
        if place + 12 + length > len(data):
            raise BrokenError("chunk")
        if place == 8 and kind != b"IHDR":  # noqa: PLR2004 - right after the signature
            raise BrokenError("header")
        if kind == b"IHDR":
            size = struct.unpack_from(">II", data, place + 8)
        elif kind == b"acTL":
            frames = max(1, *struct.unpack_from(">I", data, place + 8))
        elif kind not in _PNG_PIXELS:
            beside += length
        place += 12 + length
        if kind == b"IEND":
            return Layout("PNG", *size, frames, place, beside)


_PNG_PIXELS: Final = (b"IDAT", b"fdAT", b"fcTL", b"PLTE", b"IEND")


def _gif(data: bytes) -> Layout:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    place = 13 + _table(flags)
    frames = beside = 0
    while frames <= MOST_FRAMES:
        kind = data[place]
        if kind == 0x3B:  # noqa: PLR2004 - trailer
            if not frames:
                raise BrokenError("no frame")
            return Layout("GIF", width, height, frames, place + 1, beside)
        start = place
        if kind == 0x2C:  # noqa: PLR2004 - image
            left, top, across, down, flags = struct.unpack_from("<HHHHB", data, place + 1)
            width, height = max(width, left + across), max(height, top + down)
            place = _after_blocks(data, place + 11 + _table(flags))
            frames += 1
        elif kind == 0x21:  # noqa: PLR2004 - extension
            place = _after_blocks(data, place + 2)
            beside += place - start
        else:
            raise BrokenError("block")
    return Layout("GIF", width, height, frames, len(data), beside)


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, place: int) -> int:
    while data[place]:
        place += 1 + data[place]
    return place + 1


def _webp(data: bytes) -> Layout:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise BrokenError("length")
    place, size, frames, beside = 12, (0, 0), 0, 0
    while place + 8 <= end:
        kind, length = data[place : place + 4], int.from_bytes(data[place + 4 : place + 8], "little")
        body = place + 8
        if body + length > end:
            raise BrokenError("chunk")
        if kind in (b"VP8X", b"VP8 ", b"VP8L"):
            size = (
                max(size[0], _webp_size(kind, data, body)[0]),
                max(size[1], _webp_size(kind, data, body)[1]),
            )
        if kind == b"ANMF":
            frames += 1
        elif kind not in _WEBP_PIXELS:
            beside += length
        place = body + length + length % 2
    if not all(size):
        raise BrokenError("no frame")
    return Layout("WEBP", *size, max(1, frames), end, beside)


_WEBP_PIXELS: Final = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM")


def _webp_size(kind: bytes, data: bytes, body: int) -> tuple[int, int]:
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[body + 4 : body + 7], "little"),
            1 + int.from_bytes(data[body + 7 : body + 10], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[body + 1 : body + 5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    across, down = struct.unpack_from("<HH", data, body + 6)
    return across & 0x3FFF, down & 0x3FFF


def _avif(data: bytes) -> Layout:
    place, beside = 0, 0
    width = height = 0
    found = set()
    while place + 8 <= len(data) and (length := _box(data, place)):
        kind = data[place + 4 : place + 8]
        if kind not in _AVIF_BOXES:
            break
        found.add(kind)
        if place + length > len(data):
            raise BrokenError("box")
        if kind == b"meta":
            width, height = _largest_ispe(data[place : place + length])
        elif kind != b"mdat":
            beside += length
        place += length
    if not {b"meta", b"mdat"} <= found or not width or not height:
        raise BrokenError("no picture")
    return Layout("AVIF", width, height, 2 if b"moov" in found else 1, place, beside)


_AVIF_BOXES: Final = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"moof", b"sidx")


def _box(data: bytes, place: int) -> int:
    """Length of a box; 0 where there is none."""
    length, _ = struct.unpack_from(">I4s", data, place)
    if length == 1:
        (length,) = struct.unpack_from(">Q", data, place + 8)
    return len(data) - place if length == 0 else int(length) if length >= 8 else 0  # noqa: PLR2004 - its own head


def _largest_ispe(meta: bytes) -> tuple[int, int]:
    """Largest width and height that the picture's properties tell."""
    width = height = 0
    place = meta.find(b"ispe")
    while 0 <= place <= len(meta) - 16:
        across, down = struct.unpack_from(">II", meta, place + 8)
        width, height = max(width, across), max(height, down)
        place = meta.find(b"ispe", place + 4)
    return width, height


_FORMATS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Layout]], ...]] = (
    (lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    (lambda data: data[:6] in (b"GIF87a", b"GIF89a"), _gif),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis"), _avif),
)
