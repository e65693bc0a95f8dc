"""One picture looked at: its text, its codes, its copies, and what it says when it cannot be read."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont, ImageOps

from haechi.review.images import reading
from haechi.review.images.bank import Bank, rejected
from haechi.review.images.codes import codes
from haechi.review.images.dense import Edges, dense_text, text_angle
from haechi.review.images.look import fingerprint_of, look, look_inside
from haechi.review.images.reading import LANGUAGES, read
from tests.ads.images.scenes import encoded, grey, scene

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
ENGINE = shutil.which("tesseract")
can_read = pytest.mark.skipif(
    ENGINE is None or not FONT.exists() or not set(LANGUAGES) <= reading._installed(ENGINE or ""),
    reason="needs Tesseract with its languages, and a font that has them",
)
NONE = ("synthetic",)
"""No engine has it: nothing is read, which these tests do not need."""
LINES = ["合成の例文です", "무료 강좌를 엽니다", "Synthetic course today"]


def creative(
    lines: list[str], *, ink: str = "white", ground: str = "#123a6b", scale: float = 1
) -> Image.Image:
    image = Image.new("RGB", (1200, 628), ground)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 150 * number), line, font=ImageFont.truetype(FONT, 64), fill=ink)
    return image.resize((int(1200 * scale), int(628 * scale)))


@can_read
@pytest.mark.parametrize(
    ("ink", "ground", "scale"),
    [("white", "#123a6b", 1), ("black", "#f5e663", 1), ("#808080", "#9c9c9c", 1), ("white", "#a01020", 0.35)],
)
def test_text_in_three_languages_is_read_with_its_places(ink: str, ground: str, scale: float) -> None:
    """If it fails, a scam whose words stand in its picture is not seen."""
    found = look(encoded(creative(LINES, ink=ink, ground=ground, scale=scale), "PNG"))
    assert found.text_read
    assert found.dense_text
    told = {"".join(line.text.split()): line for line in found.lines}
    for number, line in enumerate(LINES):
        box = told["".join(line.split())]
        assert abs(box.y - (60 + 150 * number + 20) * scale) < 45
        assert box.x + box.width <= found.width


@can_read
def test_boxes_are_in_pixels_of_the_whole_picture() -> None:
    """If it fails, evidence in large pictures points to the wrong place."""
    found = look(encoded(creative(LINES[2:]).resize((3_600, 1_884)), "JPEG"))
    (line,) = found.lines
    assert found.width == 3_600
    assert 150 < line.x < 230
    assert line.x + line.width > 1_800


def test_without_engine_or_language_nothing_is_said_to_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """If it fails, a machine without Tesseract approves pictures full of words."""
    image = grey(scene(1))
    assert read(image, languages=("synthetic",)) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    found = look(encoded(scene(1), "PNG"))
    assert not found.text_read
    assert found.lines == ()
    assert found.failure is None


@pytest.mark.parametrize("script", ["sleep 30", "exit 3", "head -c 100 /dev/urandom"])
def test_an_engine_that_hangs_fails_or_talks_rubbish_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    """If it fails, one picture on which the engine hangs stops the review."""
    engine = tmp_path / "tesseract"
    told = "\\n".join(LANGUAGES)
    engine.write_text(
        f'#!/bin/sh\nif [ "$1" = "--list-langs" ]; then printf "{told}\\n"; exit 0; fi\n{script}\n'
    )
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    found = read(grey(scene(1)), seconds=0.5)
    assert found == () if "urandom" in script else found is None


def coded(text: str, kind: str = "QRCode", size: int = 240) -> Image.Image:
    made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(kind))
    image = Image.fromarray(np.asarray(made.to_image(scale=8)))
    return image.resize((size, size), Image.Resampling.NEAREST).convert("RGB")


ADDRESS = "https://example.test/synthetic/7"


@pytest.mark.parametrize(
    "edit",
    [
        lambda image: image,
        ImageOps.invert,
        lambda image: image.rotate(17, expand=True, fillcolor="white"),
        lambda image: image.resize((62, 62), Image.Resampling.BILINEAR),
        ImageOps.mirror,
    ],
    ids=["plain", "inverted", "turned", "small", "mirrored"],
)
def test_a_code_is_read_however_it_is_drawn(edit: object) -> None:
    """If it fails, an ad hands people to a chat by a code that nobody followed."""
    canvas = scene(5, (640, 400))
    code = edit(coded(ADDRESS))  # type: ignore[operator]
    canvas.paste(code, (300, 60))
    (found,) = codes(grey(canvas))
    assert found.text == ADDRESS
    assert 290 <= found.x <= 420
    assert found.x + found.width <= 300 + code.width


def test_several_codes_and_none() -> None:
    """If it fails, only the first code of a picture is followed, or one is seen where there is none."""
    canvas = Image.new("RGB", (700, 300), "white")
    canvas.paste(coded("first synthetic"), (20, 20))
    canvas.paste(coded("second synthetic"), (400, 40))
    assert [code.text for code in codes(grey(canvas))] == ["first synthetic", "second synthetic"]
    assert all(codes(grey(scene(seed))) == () for seed in range(10))


def test_words_are_told_from_scenes_without_reading() -> None:
    """If it fails, pictures full of words pass unread, or photographs are held."""
    draw = ImageDraw.Draw(image := Image.new("RGB", (600, 400), "navy"))
    for line in range(6):
        text = "Synthetic words of an ad in rows"
        draw.text((20, 20 + 60 * line), text, font=ImageFont.load_default(30), fill="white")
    assert dense_text(grey(image))
    assert not any(dense_text(grey(scene(seed))) for seed in range(40))
    assert not dense_text(np.zeros((1, 1), np.uint8))


def test_a_copy_of_a_known_picture_is_told_with_its_identifier() -> None:
    """If it fails, the bank is not asked."""
    bank = Bank()
    bank.add(rejected("ad-1"), fingerprint_of(encoded(scene(1), "PNG")))
    found = look(encoded(ImageOps.mirror(scene(1)), "JPEG"), bank=bank, languages=NONE)
    assert [identifier for identifier, score in found.copies if score >= 0.95] == ["rejected:ad-1"]
    assert len(found.hashes[0]) == 32
    assert look(encoded(scene(2), "JPEG"), bank=bank, languages=NONE).copies == ()


def test_a_copy_in_a_later_frame_is_found() -> None:
    """If it fails, a moving picture hides its copy behind a harmless first frame."""
    bank = Bank()
    bank.add(rejected("ad-1"), fingerprint_of(encoded(scene(1), "PNG")))
    moving = encoded(scene(2), "WEBP", save_all=True, append_images=[scene(3), scene(1)])
    assert look(moving, bank=bank, languages=NONE).copies[0][0] == "rejected:ad-1"


def test_a_code_in_a_corner_of_the_last_frame_or_white_on_nothing_is_read() -> None:
    """If it fails, a frame that looks nearly like the first hides what people are sent to."""
    first = Image.new("RGB", (900, 600), "white")
    last = first.copy()
    last.paste(coded(ADDRESS, size=60), (820, 520))
    moving = encoded(first, "GIF", save_all=True, append_images=[first, last])
    assert [code.text for code in look(moving, languages=NONE).codes] == [ADDRESS]
    cut = Image.new("RGBA", (300, 300), (255, 255, 255, 0))
    cut.putalpha(ImageOps.invert(coded(ADDRESS, size=300).convert("L")))
    assert [code.text for code in look(encoded(cut, "PNG"), languages=NONE).codes] == [ADDRESS]


def test_a_refused_picture_says_why_and_nothing_else(tmp_path: Path) -> None:
    """If it fails, a decision is made on half of what is known of a picture."""
    assert look(b"<svg/>").failure == "active-content"
    assert look_inside(tmp_path, "../x.png").failure == "missing"
    assert look(b"GIF89a").lines == ()
    (tmp_path / "x.png").write_bytes(encoded(scene(1), "PNG"))
    assert look_inside(tmp_path, "x.png", languages=NONE).width == 480


SCAM = [
    "Hanako Tanabe",
    "free stock lessons",
    "guaranteed returns",
    "30% a month",
    "Add LINE @abcd123",
]
COLUMNS = ["田辺花子の無料投資教室", "毎月三割の利益を保証", "LINEで友だち追加"]


def poster(angle: float, lines: list[str] = SCAM) -> Image.Image:
    """Five lines, turned as a whole."""
    image = Image.new("RGB", (1080, 1080), "#123a6b")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((220, 290 + 102 * number), line, font=ImageFont.truetype(FONT, 64), fill="white")
    return image.rotate(angle, Image.Resampling.BICUBIC, fillcolor="#123a6b")


def columns(lines: list[str] = COLUMNS) -> Image.Image:
    """Upright letters under one another, columns from right to left."""
    image = Image.new("RGB", (1080, 1080), "#123a6b")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        for row, letter in enumerate(line):
            place = (860 - 130 * number, 100 + 74 * row)
            draw.text(place, letter, font=ImageFont.truetype(FONT, 64), fill="white")
    return image


@can_read
@pytest.mark.parametrize("angle", [8, 10, -10, 15, 22, 45, 90, 180, 270])
def test_tilted_words_are_read_or_the_picture_says_they_are_not(angle: float) -> None:
    """If it fails, a scam passes because its words are tilted, on their side or on their head."""
    found = look(encoded(poster(angle), "PNG"), seconds=30)
    words = " ".join(line.text for line in found.lines)
    assert "LINE" in words or (found.dense_text and not found.text_read)
    assert all(0 <= line.x <= line.x + line.width <= 1080 for line in found.lines)
    assert all(0 <= line.y <= line.y + line.height <= 1080 for line in found.lines)


@can_read
def test_a_tilted_line_is_placed_where_it_stands() -> None:
    """If it fails, evidence read in a turned picture points to the wrong place."""
    found = look(encoded(poster(90), "PNG"), seconds=30)
    (line,) = (one for one in found.lines if "LINE" in one.text)
    assert abs(line.x - (290 + 102 * 4 + 20)) < 30
    assert line.height > 400 > line.width


@can_read
def test_flat_words_do_not_hide_tilted_ones() -> None:
    """If it fails, one harmless flat line on top lets tilted words pass unread."""
    image = poster(45)
    draw = ImageDraw.Draw(image)
    draw.text((40, 20), "Synthetic course today", font=ImageFont.truetype(FONT, 64), fill="white")
    found = look(encoded(image, "PNG"), seconds=30)
    words = " ".join(line.text for line in found.lines)
    assert "Synthetic" in words
    assert "LINE" in words or (found.dense_text and not found.text_read)


@can_read
@pytest.mark.parametrize("lines", [COLUMNS, COLUMNS[:1]], ids=["three columns", "one"])
def test_columns_are_read_or_the_picture_says_they_are_not(lines: list[str]) -> None:
    """If it fails, a scam in vertical Japanese is approved unread."""
    found = look(encoded(columns(lines), "PNG"), seconds=30)
    words = "".join(line.text for line in found.lines)
    assert "友だち" in words or (found.dense_text and not found.text_read)


@pytest.mark.skipif(not FONT.exists(), reason="needs a font that has the letters")
@pytest.mark.parametrize("angle", [-80, -45, -10, 15, 30, 58, 90])
def test_without_an_engine_tilted_words_are_told_too(angle: float) -> None:
    """If it fails, a machine without Tesseract approves tilted words."""
    found = look(encoded(poster(angle), "PNG"), languages=NONE)
    assert found.dense_text
    assert not found.text_read


def test_scenes_have_no_text_at_any_angle() -> None:
    """If it fails, photographs are held for a person as if they were full of words."""
    assert all(text_angle(Edges(grey(scene(seed))), flat=True) is None for seed in range(40))
    assert text_angle(Edges(np.zeros((1, 1), np.uint8)), flat=True) is None


@can_read
def test_a_picture_without_words_stays_quiet() -> None:
    """If it fails, photographs are held for a person as unread."""
    found = look(encoded(scene(3, (1080, 1080)), "PNG"), seconds=30)
    assert found.text_read
    assert not found.dense_text
