"""Creatives drawn with Pillow: shapes, a made-up portrait, words, a QR code. Same seed and fonts, same bytes.

Fonts are asked of fontconfig; Noto Sans CJK has all scripts that are needed.
"""

import functools
import io
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from random import Random
from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont, ImageOps

from haechi.errors import UsageError
from haechi.example.campaigns.draft import Creative
from haechi.example.campaigns.drawing import happens

SIDE: Final = 640
"""Pixels of a creative's side."""
PORTRAIT: Final = 320
QUALITY: Final = 85
_CROPPED: Final = 0.08
_BAND: Final = 0.2
_BORDER: Final = 0.08
_COARSE_QUALITY: Final = 20
_CODE: Final = 200
_MARGIN: Final = 24
_NOT_DRAWN: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u2b00-\u2bff]")
_FAMILY: Final = {"ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR", "zh-tw": "Noto Sans CJK TC"}
Edit = Callable[[Image.Image, Random], Image.Image]


def creative(spec: Creative) -> bytes:
    """The picture as JPEG.

    Raises:
        UsageError: no font for its language is installed.
    """
    chance = Random(spec.seed)  # noqa: S311 - synthetic
    picture = _ground(SIDE, chance)
    top = _MARGIN
    if spec.portrait is not None:
        crowded = len(spec.lines) > 1
        side = PORTRAIT // 2 if crowded else PORTRAIT * 3 // 4 if spec.code else PORTRAIT
        at = (SIDE - side - _MARGIN if crowded else (SIDE - side) // 2, _MARGIN)
        picture.paste(portrait(spec.portrait).resize((side, side)), at)
        top = side + 2 * _MARGIN
    if spec.lines:
        crowded = len(spec.lines) > 1 and spec.code is not None
        _write(picture, spec.lines, spec.language, (top, SIDE - (_CODE + _MARGIN if crowded else 0)))
    if spec.code is not None:
        picture.paste(code(spec.code), (SIDE - _CODE - _MARGIN, SIDE - _CODE - _MARGIN))
    quality = QUALITY
    if spec.edit is not None:
        picture = EDITS[spec.edit](picture, chance)
        quality = _COARSE_QUALITY if spec.edit == "jpeg" else QUALITY
    return _jpeg(picture, quality)


@functools.lru_cache(maxsize=128)
def portrait(party_id: str) -> Image.Image:
    """A made-up portrait of a made-up person: the reference picture of a protected party."""
    chance = Random(f"portrait:{party_id}")  # noqa: S311 - synthetic
    picture = _ground(PORTRAIT, chance)
    draw = ImageDraw.Draw(picture)
    light = chance.randint(165, 235)
    skin = (light, light - chance.randint(20, 40), light - chance.randint(45, 75))
    hair, coat = (tuple(chance.randint(10, 200) for _ in range(3)) for _ in range(2))
    middle, width = 160 + chance.randint(-25, 25), chance.randint(62, 84)
    draw.ellipse((middle - 140, 225, middle + 140, 460), fill=coat)
    draw.ellipse((middle - width - 12, 40, middle + width + 12, 200), fill=hair)
    draw.ellipse((middle - width, 62, middle + width, 245), fill=skin)
    for side in (-1, 1):
        eye = middle + side * width // 2
        draw.ellipse((eye - 12, 132, eye + 12, 146), fill="white")
        draw.ellipse((eye - 5, 133, eye + 5, 145), fill=hair)
        draw.line((eye - 16, 118, eye + 16, 116 + side * chance.randint(-4, 4)), fill=hair, width=6)
    draw.line((middle, 145, middle + chance.randint(-8, 8), 180), fill=tuple(x - 40 for x in skin), width=4)
    draw.arc(
        (middle - 28, 185, middle + 28, 185 + chance.randint(16, 40)), 10, 170, fill=(150, 40, 50), width=5
    )
    if happens(chance, 0.4):
        for side in (-1, 1):
            eye = middle + side * width // 2
            draw.ellipse((eye - 22, 120, eye + 22, 160), outline="black", width=4)
    return picture


def reference(party_id: str) -> bytes:
    """The portrait as JPEG."""
    return _jpeg(portrait(party_id), QUALITY)


def code(text: str) -> Image.Image:
    """A QR code that says the text, with its quiet zone."""
    made = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=4, add_quiet_zones=True
    )
    return Image.fromarray(np.array(made)).convert("RGB").resize((_CODE, _CODE), Image.Resampling.NEAREST)


@functools.cache
def font(language: str, size: int) -> ImageFont.FreeTypeFont:
    """A font with the language's letters.

    Raises:
        UsageError: fontconfig is not there, or knows none.
    """
    file, index = _font_file("zh-tw" if language == "zh" else language)
    return ImageFont.truetype(file, size, index=index)


@functools.cache
def _font_file(language: str) -> tuple[str, int]:
    program = shutil.which("fc-list")
    if program is None:
        raise UsageError(
            "pictures of ads need fontconfig: the command fc-list was not found. Install fontconfig."
        )
    asked = [program, f":lang={language}:style=Bold:outline=true", "file", "index", "family"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603
    best = _FAMILY.get(language, "Noto Sans CJK")
    found = sorted(
        (f"{best}:" not in line, "Noto Sans CJK" not in line, line) for line in lines if ":index=" in line
    )
    if not found:
        raise UsageError(
            f"pictures of ads need a bold font for the language {language}: fontconfig knows none. "
            "Install Noto Sans CJK (for example the package fonts-noto-cjk)."
        )
    line = found[0][2]
    return line.partition(": ")[0].rstrip(":"), int(line.rpartition(":index=")[2].split(":")[0]) & 0xFFFF


def _ground(side: int, chance: Random) -> Image.Image:
    """A background with shapes of its own, so that no two are alike."""
    colours = np.array([[[chance.randint(40, 250) for _ in range(3)] for _ in range(4)] for _ in range(4)])
    picture = Image.fromarray(colours.astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(chance.randint(4, 9)):
        x, y, reach = chance.randint(0, side), chance.randint(0, side), chance.randint(side // 16, side // 4)
        shade = tuple(chance.randint(0, 255) for _ in range(3))
        shape = chance.choice((draw.ellipse, draw.rectangle))
        shape((x - reach, y - reach, x + reach, y + reach), outline=shade, width=chance.randint(3, 14))
    return picture


def _write(picture: Image.Image, lines: tuple[str, ...], language: str, between: tuple[int, int]) -> None:
    """Words on a pale panel between two heights, as large as fits."""
    top, bottom = between
    draw = ImageDraw.Draw(picture)
    words = tuple(clean for line in lines if (clean := _NOT_DRAWN.sub("", line).strip()))
    room = bottom - top - _MARGIN
    for size in range(44, 13, -2):
        letters = font(language, size)
        wrapped = [part for line in words for part in _wrapped(line, letters, SIDE - 3 * _MARGIN)]
        step = int(size * 1.35)
        if len(wrapped) * step + _MARGIN <= room:
            break
    draw.rectangle(
        (_MARGIN // 2, top, SIDE - _MARGIN // 2, top + len(wrapped) * step + _MARGIN), fill=(252, 250, 240)
    )
    for row, line in enumerate(wrapped):
        draw.text((_MARGIN, top + _MARGIN // 2 + row * step), line, font=letters, fill=(20, 20, 60))


def _wrapped(line: str, letters: ImageFont.FreeTypeFont, width: int) -> list[str]:
    rows, row = [], ""
    for part in re.findall(r"[A-Za-z0-9:/@._+#?=&,%'-]+ ?|.", line):
        if row and letters.getlength(row + part) > width:
            rows.append(row.rstrip())
            row = ""
        row += part
        while letters.getlength(row) > width:
            fits = max(n for n in range(1, len(row)) if letters.getlength(row[:n]) <= width)
            rows.append(row[:fits])
            row = row[fits:]
    return [*rows, row.rstrip()] if row.strip() else rows


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=quality)
    return sink.getvalue()


def _crop(picture: Image.Image, chance: Random) -> Image.Image:
    del chance
    cut = int(min(picture.size) * _CROPPED)
    return picture.crop((cut, cut, picture.width - cut, picture.height - cut))


def _band(picture: Image.Image, chance: Random) -> Image.Image:
    edited = picture.copy()
    height = int(picture.height * _BAND)
    top = chance.choice((0, picture.height - height))
    ImageDraw.Draw(edited).rectangle((0, top, picture.width, top + height), fill=(250, 210, 30))
    return edited


def _border(picture: Image.Image, chance: Random) -> Image.Image:
    del chance
    return ImageOps.expand(picture, border=int(picture.width * _BORDER), fill=(10, 10, 10))


def _mirror(picture: Image.Image, chance: Random) -> Image.Image:
    del chance
    return ImageOps.mirror(picture)


def _collage(picture: Image.Image, chance: Random) -> Image.Image:
    """The picture beside another one."""
    edited = Image.new("RGB", (picture.width * 2, picture.height))
    first = happens(chance, 0.5)
    edited.paste(picture, (0 if first else picture.width, 0))
    edited.paste(_ground(picture.height, chance), (picture.width if first else 0, 0))
    return edited


def _coarse(picture: Image.Image, chance: Random) -> Image.Image:
    """Smaller; it is then packed coarsely."""
    del chance
    return picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))


EDITS: Final[Mapping[str, Edit]] = {
    "crop": _crop,
    "band": _band,
    "border": _border,
    "mirror": _mirror,
    "collage": _collage,
    "jpeg": _coarse,
}
