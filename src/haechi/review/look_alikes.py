"""Which letters are taken for one another: the tables behind everything that reads through a disguise."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from string import ascii_letters
from typing import Final
from unicodedata import category, normalize

from haechi.sensitivity.normalise import is_cjk

_SIGNS: Final = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "l": "i"}
"""Figures, and the one letter that looks like another: in a class all its letters are one."""
_SMALL_KANA: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_KATAKANA: Final = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
_OFFSET: Final = 0x1F1E6


def letter_of(letter: str) -> str:
    """The letter itself: without Latin accent, katakana as hiragana; empty for what is no letter or figure.

    Args:
        letter: one character of a plain form.
    """
    if letter.isascii():
        return letter if letter.isalnum() else ""
    if "\u30a1" <= letter <= "\u30f6":
        return letter.translate(_KATAKANA)
    if letter == "\u30fc":
        return letter
    if category(letter)[0] not in "LN":
        return ""
    base = normalize("NFD", letter)
    return base[0] if base[0] in ascii_letters else letter


def class_of(letter: str, original: str) -> str:
    """The one that stands for all letters that look like `letter`; empty for what is no letter or figure.

    Args:
        letter: one character of a plain form.
        original: the character behind it, whose case tells what it looks like.
    """
    if "\U0001f1e6" <= letter <= "\U0001f1ff":
        return _latin(chr(ord(letter) - _OFFSET + ord("a")))
    if letter == "\u30fc":
        return letter
    one = letter_of(letter)
    if not one or one.isascii():
        return _SIGNS.get(one, one)
    if is_cjk(one):
        by_hand = _by_hand().get(one)
        return by_hand or kanji().get(one, one).translate(_SMALL_KANA)
    latin = latin_of(original) or latin_of(one)
    return _latin(latin) if latin else one


def latin_of(letter: str) -> str | None:
    """The small Latin letter that a letter of another alphabet is taken for; None where there is none."""
    if letter.isascii() or is_cjk(letter):
        return None
    return _by_hand().get(letter) or _confusable().get(letter)


def _latin(letter: str) -> str:
    return _SIGNS.get(letter, letter)


@cache
def kanji() -> Mapping[str, str]:
    """Forms of Chinese characters, each to the one that stands for all of them."""
    found = {cells[0]: cells[1] for cells in _rows("kanji-variants.tsv")}
    for one, other, kind in _rows("kanji-by-hand.tsv"):
        if kind == "other":
            found[one] = found.get(other, other)
    return found


@cache
def simplified() -> frozenset[str]:
    """Simplified Chinese forms that no Japanese character set has."""
    return frozenset(cells[0] for cells in _rows("kanji-variants.tsv") if cells[2] == "simplified")


@cache
def shapes() -> Mapping[str, str]:
    """For a Chinese character, as one text, the others that are written for it because they look like it."""
    found: dict[str, set[str]] = {}
    for one, other, kind in _rows("kanji-by-hand.tsv"):
        if kind == "shape":
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {one: "".join(sorted(others)) for one, others in found.items()}


@cache
def _by_hand() -> Mapping[str, str]:
    return {cells[0]: cells[1] for cells in _rows("letters-by-hand.tsv")}


@cache
def _confusable() -> Mapping[str, str]:
    """From Unicode's list of confusable characters (UTS 39), as the package brings it."""
    # Nearly a megabyte of JSON is read only for a text that has such letters.
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415

    found: dict[str, str] = {}
    for letter, others in confusables_data.items():
        if len(letter) == 1 and not letter.isascii():
            letters = sorted(other["c"].lower() for other in others if other["c"] in ascii_letters)
            if letters:
                found[letter] = letters[0]
    return found


def _rows(name: str) -> Iterator[list[str]]:
    table = resources.files("haechi.knowledge").joinpath("ads", name).read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
