"""Names written as they sound: an English name in katakana or hangul, and the term it is.

Both are brought to a skeleton of consonants that survives the way through either script (l and r, b and v, f and p,
z and j are one; r before a consonant falls silent), under which they are looked up, and then held against each other
letter by letter. Romanisation after Hepburn and the Revised Romanization of Korean (MCST 2000).
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

_ALIKE: Final = {4: 0.8, 5: 0.7, 6: 0.64}
"""Consonants of a name to the share of letters in common (Ratcliff and Metzener 1988) from which two spellings are
one: the more consonants meet, the less the vowels must."""
_ALIKE_IF_LONG: Final = 0.58
_ALIKE_WITH_SYLLABLE: Final = 0.9
"""The same where one of few words is a single syllable, as many ordinary words are."""
_FEWEST: Final = 4
"""Consonants below which too many names sound alike."""
MOST_WORDS: Final = 4

_KANA_BY_ROW: Final = {
    "アイウエオァィゥェォ": "a i u e o a i u e o",
    "カキクケコガギグゲゴ": "ka ki ku ke ko ga gi gu ge go",
    "サシスセソザジズゼゾ": "sa si su se so za zi zu ze zo",
    "タチツテトダヂヅデド": "ta zi tu te to da zi zu de do",
    "ナニヌネノ": "na ni nu ne no",
    "ハヒフヘホバビブベボパピプペポヴ": "ha hi fu he ho ba bi bu be bo pa pi pu pe po bu",
    "マミムメモヤユヨャュョ": "ma mi mu me mo ya yu yo ya yu yo",
    "ラリルレロワヲン": "ra ri ru re ro wa o n",
}
_KANA: Final = {
    kana: sound
    for row, told in _KANA_BY_ROW.items()
    for kana, sound in zip(row, told.split(" "), strict=True)
}
_SMALL: Final = frozenset("ァィゥェォャュョ")
# Leading consonants, vowels and final consonants of a syllable, in Unicode's order.
_LEADS: Final = (
    "g",
    "k",
    "n",
    "d",
    "t",
    "r",
    "m",
    "b",
    "p",
    "s",
    "s",
    "_",
    "z",
    "z",
    "z",
    "k",
    "t",
    "p",
    "h",
)
_MIDDLES: Final = (
    "a",
    "e",
    "ya",
    "ye",
    "o",
    "e",
    "yo",
    "ye",
    "o",
    "wa",
    "we",
    "we",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "u",
    "ui",
    "i",
)
_TAILS: Final = (
    "_",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "r",
    "k",
    "m",
    "r",
    "r",
    "r",
    "p",
    "r",
    "m",
    "p",
    "p",
    "t",
    "t",
    "n",
    "t",
    "t",
    "k",
    "t",
    "p",
    "_",
)
_FIRST_SYLLABLE: Final = 0xAC00
_VOWELS: Final = "aeiou"
# From the spelling of English names to their sound, in this order; what stands alone on the right falls silent.
_SPELLING: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"\bkn|\bgn", "n"),
        (r"\bwr|rh", "r"),
        (r"\bps", "s"),
        (r"mich(?=ael|el)", "mik"),
        (r"tch|dge?(?=[eiy])|sch|sh|ch(?=[eiayou])|ci(?=[aou])|ti(?=on)|j", "z"),
        (r"ch", "k"),
        (r"ck|q|c(?![eiy])", "k"),
        (r"c", "s"),
        (r"g(?=[eiy])(?!e[tl]|i[rfvbla])", "z"),
        (r"ph", "f"),
        (r"igh|ough|augh", "o"),
        (r"th(?!om|er|on)", "s"),
        (r"gh|h", ""),
        (r"x", "ks"),
        (r"[fv](?!\w)", "b"),
        (r"ee|ea|ie", "i"),
        (r"oo|ou|ew", "u"),
        (r"y", "i"),
        (r"w", "u"),
        (r"r(?![aeiou])|re?(?!\w)", ""),
        (r"(?<=\w\w)e(?!\w)", ""),
    )
)
_ONE_FOR_ANOTHER: Final = str.maketrans({"l": "r", "v": "b", "f": "p", "j": "z"})
_DOUBLED: Final = re.compile(r"(.)\1+")
_CLASSES: Final = str.maketrans({"p": "P", "b": "P", "t": "T", "d": "T", "k": "K", "g": "K", "s": "S", "z": "S",
                                 "r": "R", "n": "N", "m": "N", "h": ""})  # fmt: skip
_SILENT: Final = re.compile(r"[aeiouyw_]+")


def sound_of_english(words: str) -> str:
    """Roughly how an English name in plain form sounds, in the letters of a romanisation."""
    for pattern, sound in _SPELLING:
        words = pattern.sub(sound, words)
    return _DOUBLED.sub(r"\1", words.translate(_ONE_FOR_ANOTHER))


@lru_cache(4096)
def sound_of_eastern(words: str) -> str | None:
    """How katakana or hangul words in plain form sound; None for any other writing."""
    out: list[str] = []
    for char in words:
        if char == " ":
            out.append(" ")
        elif char in "ーッ":
            continue
        elif char in _KANA:
            sound = _KANA[char]
            if char in _SMALL and out and out[-1][-1:] in _VOWELS and len(out[-1]) > 1:
                # A small vowel takes the place of the one before it: フェ is fe.
                out[-1] = out[-1][:-1]
            out.append(sound)
        elif "\uac00" <= char <= "\ud7a3":
            code = ord(char) - _FIRST_SYLLABLE
            lead, middle, tail = _LEADS[code // 588], _MIDDLES[code % 588 // 28], _TAILS[code % 28]
            out.append(f"{lead}{middle}{tail}".replace("_", ""))
        else:
            return None
    return _DOUBLED.sub(r"\1", "".join(out).translate(_ONE_FOR_ANOTHER).replace("h", ""))


def skeleton(sound: str) -> str:
    """The classes of its consonants, words apart: "kari zob" is "KR SP"."""
    return " ".join(
        _DOUBLED.sub(r"\1", _SILENT.sub("-", word).translate(_CLASSES).replace("-", ".")).replace(".", "")
        for word in sound.split()
    )


def index_of(names: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Skeleton to the English names of several words that have it, each with its sound.

    Args:
        names: in plain form; those of one word, or with too few consonants, are left out.
    """
    found: dict[str, dict[str, str]] = {}
    for name in names:
        if " " in name and len(name.split()) <= MOST_WORDS and name.isascii():
            sound = sound_of_english(name)
            key = skeleton(sound)
            if len(key.replace(" ", "")) >= _FEWEST and len(key.split()) == len(name.split()):
                found.setdefault(key, {})[name] = sound
    return {key: tuple(sounding.items()) for key, sounding in found.items()}


def heard(words: str, index: Mapping[str, tuple[tuple[str, str], ...]]) -> list[str]:
    """The English names that katakana or hangul words may be, the nearest first."""
    sound = sound_of_eastern(words)
    if sound is None:
        return []
    key = skeleton(sound)
    consonants = len(key.replace(" ", ""))
    enough = _ALIKE.get(consonants, _ALIKE_IF_LONG)
    if consonants in _ALIKE and any(len(word) == 1 for word in words.split()):
        enough = _ALIKE_WITH_SYLLABLE if consonants < max(_ALIKE) else _ALIKE[min(_ALIKE)]
    near = ((_alike(sound, other), name) for name, other in index.get(key, ()))
    return [name for share, name in sorted(near, reverse=True) if share >= enough]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.replace(" ", ""), other.replace(" ", ""), autojunk=False).ratio()
