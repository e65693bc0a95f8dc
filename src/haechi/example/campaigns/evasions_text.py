"""What scammers do to a text so that no word in it is found, while people still read it.

Links and identifiers are left as they are: they must work.
"""

import functools
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from importlib import resources
from random import Random
from typing import Any, Final

from haechi.example.campaigns.drawing import happens

Change = Callable[[str, str, Random], str]
"""Of a text in a language."""

_KEPT: Final = re.compile(r"https?://\S+|[\w@.+-]*example\w*", re.ASCII)
_ZERO_WIDTH: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")
_SPACES: Final = (" ", "\u2009", "\u3000", "\u00a0")
_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SHORTEST_WORD: Final = 3


@functools.cache
def tables() -> dict[str, Any]:
    """The tables of `texts/evasions.json`."""
    return dict(
        json.loads((resources.files(__package__) / "texts" / "evasions.json").read_text(encoding="utf-8"))
    )


def homoglyph(text: str, language: str, chance: Random) -> str:
    """Letters that look the same; of Hangul, syllables as their letters joined, which look the same too."""
    table = dict(tables()["look_alikes"]["latin"])
    if language == "ja":
        table |= tables()["look_alikes"]["kana"]

    def one(letter: str) -> str:
        if language == "ko" and "\uac00" <= letter <= "\ud7a3":
            return unicodedata.normalize("NFD", letter)
        return str(table.get(letter, letter))

    return _outside(text, lambda part: "".join(one(x) if happens(chance, 0.45) else x for x in part))


def cjk_variant(text: str, language: str, chance: Random) -> str:
    """Variant, simplified and look-alike forms of Han characters; Han for Sino-Korean words."""
    table: Mapping[str, str] = tables()["variants"].get(language, {})
    return _outside(text, lambda part: _swapped(part, table, 0.8, chance))


def zero_width(text: str, language: str, chance: Random) -> str:
    """Characters that nobody sees, between those of words."""
    del language

    def spread(part: str) -> str:
        return "".join(
            x + chance.choice(_ZERO_WIDTH) if not x.isspace() and happens(chance, 0.35) else x for x in part
        )

    return _outside(text, spread)


def spacing(text: str, language: str, chance: Random) -> str:
    """Full-width forms, and spaces between the characters of words."""

    def spread(part: str) -> str:
        words = []
        for word in re.split(r"(\s+|[、。\uff01\uff1f「」…→])|(?<=[をはがにでの])", part):
            if not word:
                continue
            long = len(word) >= _SHORTEST_WORD and not word.isspace()
            if long and happens(chance, (0.35 if language in ("en", "de") else 0.6)):
                word = chance.choice(_SPACES).join(word)  # noqa: PLW2901
            words.append(word.translate(_FULL_WIDTH) if happens(chance, 0.4) else word)
        return "".join(words)

    return _outside(text, spread)


def leet(text: str, language: str, chance: Random) -> str:
    """Digits and signs for letters, readings and the net's spellings for words."""
    words: Mapping[str, str] = tables()["leet"].get(language, {})
    letters: Mapping[str, str] = tables()["leet"]["latin"]

    def spelt(part: str) -> str:
        part = _swapped(part, words, 0.85, chance)
        return re.sub(
            r"[A-Za-z]{3,}", lambda found: _swapped(found[0], letters, 0.45, chance), part, flags=re.ASCII
        )

    return _outside(text, spelt)


CHANGES: Final[Mapping[str, Change]] = {
    "homoglyph": homoglyph,
    "cjk-variant": cjk_variant,
    "zero-width": zero_width,
    "spacing": spacing,
    "leet": leet,
}


def _outside(text: str, change: Callable[[str], str]) -> str:
    """The text with everything but its links and identifiers changed."""
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [change(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, change(text[at:])])


def _swapped(text: str, table: Mapping[str, str], share: float, chance: Random) -> str:
    """The text with words of the table replaced, each with a probability, longer words first."""
    if not table:
        return text
    pattern = "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))
    return re.sub(pattern, lambda found: table[found[0]] if happens(chance, share) else found[0], text)
