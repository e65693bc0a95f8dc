"""Bytes to pixels: what is opened is right, and what is dangerous is refused before it costs anything."""

import io
import os
import struct
import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin, features

from haechi.review.images.opening import (
    LONGEST_SIDE,
    MOST_AFTER,
    MOST_BYTES,
    RefusedError,
    opened,
    read_inside,
)
from tests.ads.images.scenes import encoded, scene

SCENE = scene(1)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", *(["AVIF"] if features.check("avif") else [])]
FILES = {kind: encoded(SCENE, kind) for kind in FORMATS}


def why(data: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        opened(data)
    return refused.value.failure


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG put together by hand, by the standard."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, body in chunks:
        parts.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    return b"".join(parts)


def header(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_allowed_format_opens_with_its_size_and_colours(kind: str) -> None:
    """If it fails, ads in a common format cannot be reviewed."""
    found = opened(FILES[kind])
    assert (found.width, found.height) == SCENE.size
    assert found.frames[0].shape == (320, 480, 3)
    assert np.abs(found.frames[0].astype(int) - np.asarray(SCENE)).mean() < 12


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("twentieth", range(20))
def test_a_file_cut_off_anywhere_is_unreadable(kind: str, twentieth: int) -> None:
    """If it fails, half a picture passes review and the whole one runs."""
    data = FILES[kind]
    assert why(data[: len(data) * twentieth // 20]) == "unreadable"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_without_its_last_byte_is_no_picture(kind: str) -> None:
    """If it fails, the end of a file is not checked and anything may hang on it."""
    assert why(FILES[kind][:-1]) == "unreadable"


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("page.html", "<script>synthetic</script>")
    return buffer.getvalue()


OTHERS = {
    "zip": a_zip(),
    "html": b"\n<html><body>synthetic</body></html>",
    "script": b"<script>1</script>",
    "pdf": b"%PDF-1.7\n1 0 obj",
    "php": b"<?php echo 1;",
    "png": encoded(scene(2), "PNG"),
    "gif": encoded(scene(2), "GIF"),
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "elf": b"\x7fELF\x02\x01",
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("kind", FORMATS)
def test_another_format_behind_the_picture_is_refused(kind: str, other: str) -> None:
    """If it fails, one file is a harmless picture to us and something else to the one who downloads it."""
    assert why(FILES[kind] + OTHERS[other]) == "several-formats"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_load_behind_the_picture_is_refused_and_a_cameras_bytes_are_not(kind: str) -> None:
    """If it fails, nine megabytes of anything ride along with a harmless picture, for whoever knows to read them."""
    assert why(FILES[kind] + bytes(9_000_000)) == "several-formats"
    assert why(FILES[kind] + bytes(MOST_AFTER + 1)) == "several-formats"
    assert opened(FILES[kind] + bytes(4_096)).width == 480


def test_an_archive_or_page_inside_the_picture_is_refused() -> None:
    """If it fails, a polyglot that hides its other face in a comment passes."""
    jpeg = FILES["JPEG"]

    def with_comment(body: bytes) -> bytes:
        return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]

    assert opened(with_comment(b"a synthetic comment")).width == 480
    assert why(with_comment(b"%PDF-1.4 synthetic")) == "several-formats"
    assert why(with_comment(b"<script>alert(1)</script>")) == "active-content"
    assert why(with_comment(a_zip())) == "several-formats" or why(with_comment(a_zip())) == "active-content"
    assert why(b"GIF89a/*" + FILES["PNG"]) in ("unreadable", "several-formats")


ACTIVE = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "svg with prolog": b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
    "svg with spaces": b" \n\t<SVG onload='alert(1)'/>",
    "svg with mark": b"\xef\xbb\xbf<svg/>",
    "svg in utf-16": "<svg onload='alert(1)'/>".encode("utf-16"),
    "html": b"<!DOCTYPE html><script>1</script>",
    "pdf": b"%PDF-1.7\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0",
    "php": b"<?php system('synthetic');",
}


@pytest.mark.parametrize("name", ACTIVE)
def test_what_can_carry_programs_is_refused_as_active(name: str) -> None:
    """If it fails, a drawing that runs scripts is treated as a broken picture, or opened."""
    assert why(ACTIVE[name]) == "active-content"


@pytest.mark.parametrize(
    "data", [b"", b"x", b"BM" + bytes(60), b"II*\0" + bytes(40), b"\0" * 100, b"8BPS\0\1"]
)
def test_other_formats_and_rubbish_are_unreadable(data: bytes) -> None:
    """If it fails, formats reach decoders that nobody chose."""
    assert why(data) == "unreadable"


def in_time(data: bytes, expected: str) -> None:
    start = time.process_time()
    assert why(data) == expected
    assert time.process_time() - start < 1.0


def test_a_small_file_cannot_become_a_large_picture() -> None:
    """If it fails, a file of some kilobytes takes gigabytes."""
    pixels = zlib.compress(bytes(60_001 * 100), 9)
    in_time(png(header(20_000, 20_000), (b"IDAT", pixels), (b"IEND", b"")), "too-large")
    in_time(png(header(2**31 - 1, 2**31 - 1), (b"IDAT", pixels), (b"IEND", b"")), "too-large")
    jpeg = bytearray(FILES["JPEG"])
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 65_535, 65_535)
    in_time(bytes(jpeg), "too-large")
    gif = bytearray(FILES["GIF"])
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    in_time(bytes(gif), "too-large")
    in_time(encoded(Image.new("L", (5_200, 5_200)), "WEBP", lossless=True, method=0), "too-large")


def test_a_second_frame_header_cannot_hide_the_size() -> None:
    """If it fails, a decoder sees a larger picture than the limit was asked about."""
    gif = FILES["GIF"]
    huge = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x00"
    in_time(gif[:-1] + huge + b"\x3b", "too-large")


def test_a_gif_of_a_hundred_thousand_frames_is_refused_at_once() -> None:
    """If it fails, one ad occupies a core for minutes."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    start = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    assert len(opened(start + frame * 3 + b"\x3b").frames) == 3
    in_time(start + frame * 100_000 + b"\x3b", "too-large")
    wide = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    large = b"GIF89a" + struct.pack("<HHBBB", 5_000, 5_000, 0x80, 0, 0) + bytes(6)
    in_time(large + wide * 900 + b"\x3b", "too-large")


def test_giant_profiles_and_texts_are_refused() -> None:
    """If it fails, memory goes to bytes that nobody sees."""
    profile = b"synthetic\0\0" + zlib.compress(bytes(100_000_000), 9)
    in_time(
        png(header(1, 1), (b"iCCP", profile), (b"IDAT", zlib.compress(bytes(4))), (b"IEND", b"")),
        "unreadable",
    )
    told = PngImagePlugin.PngInfo()
    told.add_text("synthetic", "x" * 5_000_000)
    in_time(encoded(SCENE, "PNG", pnginfo=told), "too-large")
    jpeg = FILES["JPEG"]
    comments = (b"\xff\xe1" + struct.pack(">H", 65_535) + bytes(65_533)) * 100
    in_time(jpeg[:2] + comments + jpeg[2:], "too-large")
    bomb = b"synthetic\0\0" + zlib.compress(b"y" * 100_000_000, 9)
    in_time(
        png(header(1, 1), (b"zTXt", bomb), (b"IDAT", zlib.compress(bytes(4))), (b"IEND", b"")), "unreadable"
    )


def test_a_progressive_picture_of_endless_scans_is_refused() -> None:
    """If it fails, a small JPEG makes the decoder go through all its pixels thousands of times."""
    jpeg = encoded(SCENE, "JPEG", progressive=True)
    assert opened(jpeg).width == 480
    last = jpeg.rindex(b"\xff\xda")
    in_time(jpeg[:last] + jpeg[last:-2] * 100 + jpeg[-2:], "too-large")


def test_a_file_with_too_many_bytes_is_refused() -> None:
    """If it fails, uploads have no limit."""
    in_time(bytes(MOST_BYTES + 1), "too-large")


def test_the_cameras_orientation_is_followed() -> None:
    """If it fails, text in photographs lies on its side and is not read."""
    exif = Image.Exif()
    exif[0x0112] = 6
    found = opened(encoded(SCENE, "JPEG", exif=exif, quality=95))
    assert (found.width, found.height) == (320, 480)
    expected = np.asarray(SCENE.rotate(-90, expand=True), int)
    assert np.abs(found.frames[0].astype(int) - expected).mean() < 5


def test_colours_of_every_kind_become_the_same_picture() -> None:
    """If it fails, an unusual colour space hides what people see."""
    truth = np.asarray(SCENE, int)
    for data, slack in (
        (encoded(SCENE.convert("CMYK"), "JPEG", quality=95), 8),
        (encoded(SCENE.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"), 12),
        (encoded(SCENE.convert("RGBA"), "PNG"), 1),
    ):
        assert np.abs(opened(data).frames[0].astype(int) - truth).mean() < slack
    values = np.asarray(SCENE.convert("L"), np.uint16) * 257
    deep = opened(encoded(Image.fromarray(values), "PNG")).frames[0]
    assert np.abs(deep[:, :, 0].astype(int) - np.asarray(SCENE.convert("L"), int)).max() <= 1


def test_what_is_transparent_is_shown_on_white_and_on_black() -> None:
    """If it fails, white words on a transparent ground are seen by people on a dark page, and not by us."""
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    on_white, on_black = opened(encoded(clear, "PNG")).frames
    assert (on_white == 255).all()
    assert (on_black == 0).all()
    assert len(opened(encoded(SCENE.convert("RGBA"), "PNG")).frames) == 1
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([255, 0, 0] * 256)
    assert (opened(encoded(palette, "PNG", transparency=0)).frames[0] == 255).all()


def test_first_middle_and_last_frame_of_a_moving_picture_are_seen() -> None:
    """If it fails, the scam stands in the frame that nobody looks at."""
    colours = [(40 * step, 0, 255 - 40 * step) for step in range(6)]
    several = [Image.new("RGB", (30, 20), colour) for colour in colours]
    for kind in ("GIF", "WEBP", "PNG"):
        data = encoded(several[0], kind, save_all=True, append_images=several[1:], lossless=True)
        found = [tuple(int(one) for one in frame[5, 5]) for frame in opened(data).frames]
        assert np.abs(np.array(found) - np.array([colours[0], colours[3], colours[5]])).max() <= 6


def test_a_large_picture_is_made_smaller_and_its_size_told() -> None:
    """If it fails, boxes of evidence point to the wrong place."""
    found = opened(encoded(SCENE.resize((4_000, 2_000)), "JPEG"))
    assert (found.width, found.height) == (4_000, 2_000)
    assert max(found.frames[0].shape) == LONGEST_SIDE


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(FORMATS), data=st.data())
def test_broken_bytes_never_raise_anything_else(kind: str, data: st.DataObject) -> None:
    """If it fails, one prepared file stops the review of all ads."""
    broken = bytearray(FILES[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        broken[data.draw(st.integers(0, min(len(broken), 2_000) - 1))] = data.draw(st.integers(0, 255))
    with suppress(RefusedError):
        opened(bytes(broken))


def missing(folder: Path, path: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_inside(folder, path)
    assert refused.value.failure == "missing"


def test_a_path_cannot_leave_the_folder(tmp_path: Path) -> None:
    """If it fails, a row of a table reads any file of the machine."""
    folder = tmp_path / "ads"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(FILES["PNG"])
    (folder / "good.png").write_bytes(FILES["PNG"])
    (folder / "inner" / "good.png").write_bytes(FILES["PNG"])
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    (folder / "in.png").symlink_to("inner/good.png")
    (folder / "loop").symlink_to("loop")
    for path in ("good.png", "inner/good.png", "./good.png", "in.png"):
        assert read_inside(folder, path) == FILES["PNG"]
    outside = (
        "../secret.png", "inner/../../secret.png", "inner/../good.png", str(tmp_path / "secret.png"),
        str(folder / "good.png"), "out.png", "up/secret.png", "loop", "nothing.png", "inner", "", ".",
        "good.png\0.txt", "good.png/x", "a" * 5_000,
    )  # fmt: skip
    for path in outside:
        missing(folder, path)


def test_devices_and_pipes_are_not_read(tmp_path: Path) -> None:
    """If it fails, a review waits for ever, or reads zeros without end."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    missing(tmp_path, "pipe")
    missing(tmp_path, "zero")


def test_a_file_that_grows_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """If it fails, a sparse file of a terabyte is read into memory."""
    with (tmp_path / "large").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RefusedError) as refused:
        read_inside(tmp_path, "large")
    assert refused.value.failure == "too-large"
