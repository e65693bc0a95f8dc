"""How far a word in katakana or hangul is from the English word that it may be, sound by sound.

Both have the same consonants, by class; between them stand vowels and breaths, which English spells in many ways and
the scripts write in few. Costs are ranks, from 0 (one and the same) to 1 (as far as two sounds of a class can be).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_KEPT: Final = 65_536
# How unlike two consonants of a class are: a stop that ends a Korean syllable has no voice, th has no letter.
_UNLIKE: Final = {
    frozenset(pair): cost
    for pair, cost in {"pb": 0.25, "kg": 0.25, "td": 0.3, "mn": 0.4, "sz": 0.3, "sc": 0.5, "zc": 0.2,
                       "xs": 0.0, "xz": 0.0, "xc": 0.4}.items()
}  # fmt: skip
# What the vowels and breaths of `english_sounds` may sound like.
HEARD: Final = {
    spelt: frozenset(told.split())
    for spelt, told in {
        "a": "a e ei o v", "e": "e i v ei", "i": "i ai aia aiv", "o": "o a u v ou", "u": "a v u yu o", "y": "i ai",
        "a_": "ei e i v a", "i_": "ai i", "o_": "o ou a v", "u_": "yu u",
        "aa": "a", "ae": "ae e ei i v ~", "ai": "ei e ai ie", "ao": "ao au", "au": "o au v a", "aw": "o v aw vw",
        "ay": "ei ai e i a", "ea": "i e ei ia ea yo yv v iv", "ee": "i", "ei": "ei ai i e", "eo": "eo io i e o iv yv",
        "eu": "yu u oi", "ew": "yu u iu", "ey": "i ei e ai", "ia": "ia iv a v aia aiv aie",
        "ie": "i ai ie aie ia aia aiv iv", "io": "io aio v o yo yv", "oa": "o oa", "oe": "o oe", "oi": "oi",
        "oo": "u o", "ou": "au u o v a", "ow": "au o ou aw", "oy": "oi", "ua": "ua wa ue",
        "ue": "yu u ue yue yuv uv", "ui": "ui u i uv", "eau": "o yu", "oui": "ui wi",
        "E": "e i", "N": "a e i o u v ~", "V": "a v e i u o", "R": "a v",
        "W": "u ui wi wu", "w": "w u wa o how hw ho", "Y": "y", "h": "h",
    }.items()
}  # fmt: skip
_LONGEST_HEARD: Final = 3
_NOT_HEARD: Final = {"e": 0.1, "E": 0.0, "R": 0.0, "h": 0.2, "w": 0.3, "Y": 0.2}
_VOWEL_NOT_HEARD: Final = 0.5
# A vowel too many: least where the script cannot do without.
_ADDED: Final = {
    "~": 0.0, "U": 0.03, "O": 0.05, "I": 0.05, "y": 0.05, "w": 0.1, "i": 0.3, "u": 0.3, "o": 0.4, "v": 0.4, "h": 0.4,
    "a": 0.5, "e": 0.5,
}  # fmt: skip
_VOWELS: Final = frozenset("aeiouv~")
_BREATHS: Final = frozenset("RhwYE")
_OTHER_VOWEL: Final = 0.4


@dataclass(frozen=True, eq=False, slots=True)
class Word:
    """A word taken apart; compared by identity, so that distances are quickly found again.

    Attributes:
        key: the classes of its consonants, or itself where it is a little word.
        consonants: each of them.
        gaps: what stands before, between and after them.
        weight: how much it says: 1 a consonant, half a breath; 0 a little word.
    """

    key: str
    consonants: tuple[str, ...]
    gaps: tuple[tuple[str, ...], ...]
    weight: float


@lru_cache(_KEPT)
def distance(english: Word, eastern: Word) -> float:
    """How far they are, both of one key."""
    consonants = zip(english.consonants, eastern.consonants, strict=True)
    gaps = zip(english.gaps, eastern.gaps, strict=True)
    return sum(0.0 if one == other else _UNLIKE[frozenset((one, other))] for one, other in consonants) + sum(
        _gap(spelt, written) for spelt, written in gaps
    )


@lru_cache(_KEPT)
def _gap(spelt: tuple[str, ...], written: tuple[str, ...]) -> float:
    """The least cost of reading what is spelt as what is written."""
    if not spelt:
        return sum(_ADDED[letter] for letter in written)
    first, rest = spelt[0], spelt[1:]
    costs = [_NOT_HEARD.get(first, _VOWEL_NOT_HEARD) + _gap(rest, written)]
    if written:
        costs.append(_ADDED[written[0]] + _gap(spelt, written[1:]))
        if first not in _BREATHS and written[0].lower() in _VOWELS:
            costs.append(_OTHER_VOWEL + _gap(rest, written[1:]))
    costs += (
        _gap(rest, written[length:])
        for length in range(1, min(_LONGEST_HEARD, len(written)) + 1)
        if "".join(written[:length]).lower() in HEARD[first]
    )
    return min(costs)
