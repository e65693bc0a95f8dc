"""The bank of known pictures: copies are found after edits, strangers and templates are not, and damage is told."""

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

from haechi.errors import KnowledgeError, MissingError, UsageError
from haechi.review.images.alignment import SURE, Agreement
from haechi.review.images.bank import Bank, Known, known, of_party, rejected
from haechi.review.images.buckets import buckets, near
from haechi.review.images.fingerprint import asked, fingerprint, marks, mirrored, whole_hash, without_frame
from tests.ads.images.scenes import grey, scene


def jpeg(image: Image.Image) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=30)
    return Image.open(buffer).convert("RGB")


def banded(image: Image.Image, share: float) -> Image.Image:
    edited = image.copy()
    top = int(image.height * (1 - share))
    ImageDraw.Draw(edited).rectangle((0, top, image.width, image.height), fill=(250, 220, 0))
    return edited


def quarter(image: Image.Image) -> Image.Image:
    canvas = scene(777, (960, 640))
    canvas.paste(image.resize((480, 320)), (480, 0))
    return canvas


def half(image: Image.Image) -> Image.Image:
    canvas = scene(778, (480, 320))
    canvas.paste(image.resize((240, 320)), (0, 0))
    return canvas


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "none": lambda image: image,
    "crop": lambda image: image.crop((60, 10, 460, 290)),
    "border": lambda image: ImageOps.expand(image, 32, fill=(200, 10, 10)),
    "mirror": ImageOps.mirror,
    "band": lambda image: banded(image, 0.3),
    "quarter": quarter,
    "half": half,
    "jpeg": jpeg,
    "small": lambda image: image.resize((160, 107)),
    "blur": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "bright": lambda image: ImageEnhance.Brightness(image).enhance(1.4),
    "turned": lambda image: image.rotate(3, Image.Resampling.BICUBIC),
    "mirrored crop with band": lambda image: banded(ImageOps.mirror(image.crop((20, 20, 470, 310))), 0.15),
}
KNOWN = 12


@pytest.fixture(scope="module")
def bank() -> Bank:
    made = Bank()
    for seed in range(KNOWN):
        made.add(rejected(f"ad-{seed}"), fingerprint(grey(scene(seed))))
    return made


@pytest.mark.parametrize("edit", EDITS)
def test_a_copy_is_surely_found_after_an_edit(bank: Bank, edit: str) -> None:
    """If it fails, a rejected creative runs again after one simple edit."""
    for seed in range(2):
        found = bank.look_up(asked(grey(EDITS[edit](scene(seed)))))
        assert found, (edit, seed)
        assert found[0][0] == rejected(f"ad-{seed}")
        assert found[0][1] >= SURE
        assert all(score < SURE for _, score in found[1:])


def test_a_stranger_is_not_found(bank: Bank) -> None:
    """If it fails, honest ads are rejected as copies."""
    for seed in range(100, 106):
        assert all(score < SURE for _, score in bank.look_up(asked(grey(scene(seed)))))


def creative(words: list[str]) -> Image.Image:
    image = Image.linear_gradient("L").resize((600, 400)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 600, 50), fill=(20, 60, 160))
    draw.ellipse((20, 5, 60, 45), fill=(250, 200, 0))
    font = ImageFont.load_default(34)
    for line, text in enumerate(words):
        draw.text((40, 80 + 60 * line), text, font=font, fill=(255, 255, 255) if line < 3 else (0, 0, 0))
    return image


def test_a_template_with_other_words_is_no_copy() -> None:
    """If it fails, one rejected ad takes every ad of the same agency's template with it."""
    bank = Bank()
    first = creative(
        ["Synthetic course on stocks", "free for the first 100", "starts on Monday", "ask us today"]
    )
    bank.add(rejected("ad"), fingerprint(grey(first)))
    other = creative(
        ["Invented shoes for summer", "red, blue and green", "in forty two sizes", "visit our shop"]
    )
    assert all(score < SURE for _, score in bank.look_up(asked(grey(other))))
    assert bank.look_up(asked(grey(first)))[0][1] >= SURE


@pytest.mark.parametrize(
    ("seen", "sure"),
    [
        # Measured: copies under the hardest edits, the strongest strangers, and entries that are a word or two.
        (Agreement(23, 0.66, 0.31, 33, 30, 75, 30, 0.36, np.eye(2, 3)), True),
        (Agreement(38, 0.50, 0.25, 47, 46, 80, 46, 0.45, np.eye(2, 3)), True),
        (Agreement(36, 0.42, 0.49, 38, 34, 78, 42, 0.05, np.eye(2, 3)), False),
        (Agreement(17, 0.70, 0.73, 40, 12, 65, 12, 0.13, np.eye(2, 3)), False),
        (Agreement(16, 0.35, 0.39, 14, 13, 56, 24, 0.17, np.eye(2, 3)), False),
        (Agreement(31, 0.27, 0.23, 32, 26, 80, 30, 0.15, np.eye(2, 3)), False),
    ],
)
def test_a_word_in_the_same_letters_is_no_copy(seen: Agreement, sure: bool) -> None:
    """If it fails, ads are held for a word that a rejected one has, too; or copies are no longer sure."""
    assert (seen.score >= SURE) is sure
    assert (seen.score > 0) is sure


def test_plain_and_tiny_pictures_are_neither_found_nor_harmful(bank: Bank) -> None:
    """If it fails, an empty picture stops the review or is everybody's copy."""
    plain = Bank()
    plain.add(rejected("white"), fingerprint(np.full((200, 300), 255, np.uint8)))
    for image in (
        np.full((200, 300), 255, np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((1, 900), np.uint8),
    ):
        assert bank.look_up(asked(image)) == ()
        assert plain.look_up(asked(image)) == ()
        fingerprint(image)
    assert Bank().look_up(asked(grey(scene(1)))) == ()


def test_a_removed_picture_is_gone_at_once_and_from_the_file(bank: Bank, tmp_path: Path) -> None:
    """If it fails, a reversed decision or a withdrawn party goes on rejecting ads."""
    own = Bank()
    for seed in range(3):
        own.add(of_party("mei", seed), fingerprint(grey(scene(seed))))
    own.save(tmp_path / "bank")
    own = Bank.load(tmp_path / "bank")
    question = asked(grey(scene(1)))
    assert own.look_up(question)[0][0] == "party:mei#1"
    assert own.remove(of_party("mei", 1))
    assert not own.remove(of_party("mei", 1))
    assert own.look_up(question) == ()
    assert len(own) == 2
    own.save(tmp_path / "bank")
    again = Bank.load(tmp_path / "bank")
    assert len(again) == 2
    assert again.look_up(question) == ()
    assert again.look_up(asked(grey(scene(2))))[0][0] == "party:mei#2"
    assert b"party:mei#1" not in (tmp_path / "bank").read_bytes()


def test_adding_again_replaces(tmp_path: Path) -> None:
    """If it fails, a corrected picture is known twice, once wrongly."""
    own = Bank()
    own.add(rejected("ad"), fingerprint(grey(scene(1))))
    own.look_up(asked(grey(scene(1))))
    own.add(rejected("ad"), fingerprint(grey(scene(2))))
    assert len(own) == 1
    assert own.look_up(asked(grey(scene(1)))) == ()
    assert own.look_up(asked(grey(scene(2))))[0][1] >= SURE


def test_saved_and_loaded_it_answers_the_same(bank: Bank, tmp_path: Path) -> None:
    """If it fails, a restart changes decisions."""
    bank.save(tmp_path / "bank")
    loaded = Bank.load(tmp_path / "bank")
    loaded.save(tmp_path / "again")
    assert (tmp_path / "bank").read_bytes() == (tmp_path / "again").read_bytes()
    for seed in (0, 5, 200):
        question = asked(grey(scene(seed)))
        assert loaded.look_up(question) == bank.look_up(question)
    Bank().save(tmp_path / "empty")
    assert len(Bank.load(tmp_path / "empty")) == 0
    assert Bank.load(tmp_path / "empty").look_up(asked(grey(scene(1)))) == ()


def test_any_damage_is_told(bank: Bank, tmp_path: Path) -> None:
    """If it fails, a damaged bank quietly finds nothing."""
    small = Bank()
    small.add(rejected("ad"), fingerprint(grey(scene(1))))
    path = tmp_path / "bank"
    small.save(path)
    good = path.read_bytes()
    chance = random.Random(1)  # noqa: S311 - places to damage
    used = np.frombuffer(good, np.uint8).nonzero()[0].tolist()
    for place in [*range(16), *(chance.choice(used) for _ in range(25))]:
        broken = bytearray(good)
        broken[place] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        with pytest.raises(KnowledgeError, match="Bank of pictures"):
            Bank.load(path)
    for cut in (0, 5, 15, 100, 4_095, 5_000, len(good) - 1):
        path.write_bytes(good[:cut])
        with pytest.raises(KnowledgeError):
            Bank.load(path)
    with pytest.raises(MissingError):
        Bank.load(tmp_path / "none")


@pytest.mark.parametrize(
    "wrong", ["", "ad-1", "rejected:", "party:mei", "party:#1", "party:mei#x", "other:1"]
)
def test_a_wrong_identifier_is_refused(wrong: str) -> None:
    """If it fails, a picture is in the bank of which nobody knows what it is."""
    with pytest.raises(UsageError):
        Bank().add(wrong, fingerprint(grey(scene(1))))


@settings(max_examples=40)
@given(st.text(min_size=1), st.integers(0, 10**6))
def test_identifiers_read_back(name: str, number: int) -> None:
    """If it fails, an ad or party with an odd identifier is confused with another."""
    assert known(rejected(name)) == Known("rejected", name)
    assert known(of_party(name, number)) == Known("party", name)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_mirrored_marks_are_the_mirrored_pictures_marks(seed: int) -> None:
    """If it fails, mirrored copies are not found."""
    picture = grey(scene(seed, (240, 160)))
    ours = mirrored(marks(picture, 30))
    truth = marks(np.ascontiguousarray(picture[:, ::-1]), 400)
    assert np.array_equal(mirrored(ours).bits, marks(picture, 30).bits)
    if len(ours.bits):
        apart = np.unpackbits(ours.bits[:, None] ^ truth.bits[None], axis=2).sum(2).min(1)
        assert np.median(apart) <= 16


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40))
def test_buckets_tell_nothing_that_is_not_near_and_the_same_always(seed: int, most: int) -> None:
    """If it fails, look-ups miss exact copies or drown in strangers."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 256, (60, 32), dtype=np.uint8)
    question = bits[:20].copy()
    question[:, 0] ^= 3
    one, other = near(buckets(bits), bits, np.concatenate([bits[:5], question]), most)
    rows = np.concatenate([bits[:5], question])
    apart = np.unpackbits(rows[one] ^ bits[other], axis=1).sum(1)
    assert (apart <= most).all()
    assert {(number, number) for number in range(5)} <= set(zip(one.tolist(), other.tolist(), strict=True))


def test_the_whole_hash_follows_the_published_algorithm() -> None:
    """If it fails, hashes cannot be compared with those that others publish.

    The properties are those that PDQ's description names: half of the bits are set, near pictures differ in few
    bits, and turning left and right round changes the sign of every second frequency across.
    """
    picture = grey(scene(3))
    told = np.unpackbits(np.frombuffer(whole_hash(picture), np.uint8))
    assert told.sum() == 128
    blurred = np.unpackbits(
        np.frombuffer(whole_hash(grey(scene(3).filter(ImageFilter.GaussianBlur(2)))), np.uint8)
    )
    assert (told != blurred).sum() <= 31
    turned = np.unpackbits(np.frombuffer(whole_hash(np.ascontiguousarray(picture[:, ::-1])), np.uint8))
    across = (told[::-1].reshape(16, 16) == turned[::-1].reshape(16, 16)).mean(0)
    assert (across[1::2] > 0.8).all()
    assert (across[0::2] < 0.2).all()


def test_a_frame_of_one_colour_is_taken_away() -> None:
    """If it fails, a border hides a picture from the whole hash."""
    picture = grey(scene(4))
    framed = np.pad(picture, ((20, 30), (10, 40)), constant_values=128)
    assert without_frame(framed).shape == picture.shape
    assert np.array_equal(without_frame(framed), picture)
