"""How words in katakana and hangul sound, in Latin letters.

Romanised after Hepburn and the Revised Romanization of Korean (MCST 2000), with these liberties: what neither script
keeps apart is one letter (l and r, v and b, f and p); "c" is ch and ts, "z" is j too; ㅓ is "v", and ㅡ is "~". A
capital is a vowel that the script adds where English has none, more often than not: "sUtOrItO" is street.
"""

import re
from functools import lru_cache
from typing import Final

_KANA_BY_ROW: Final = {
    "アイウエオァィゥェォ": "a i u e o a i u e o",
    "カキクケコガギグゲゴ": "ka ki ku ke ko ga gi gu ge go",
    "サシスセソザジズゼゾ": "sa si su se so za zi zu ze zo",
    "タチツテトダヂヅデド": "ta ci cu te to da zi zu de do",
    "ナニヌネノ": "na ni nu ne no",
    "ハヒフヘホバビブベボパピプペポヴ": "ha hi pu he ho ba bi bu be bo pa pi pu pe po bu",
    "マミムメモヤユヨャュョ": "ma mi mu me mo ya yu yo ya yu yo",
    "ラリルレロワヲン": "ra ri ru re ro wa o n",
}
_KANA: Final = {
    kana: sound
    for row, told in _KANA_BY_ROW.items()
    for kana, sound in zip(row, told.split(" "), strict=True)
}
_SMALL: Final = frozenset("ァィゥェォャュョ")
_UNHEARD: Final = frozenset("ーッ")
"""Long vowels and held consonants, which English spelling does not show."""
_VOWELS: Final = "aeiou"
# Leading consonants, vowels and final consonants of a syllable, in Unicode's order; "-" is none.
_LEADS: Final = "gkndtrmbpss-zzcktph"
_MIDDLES: Final = (
    "a", "e", "ya", "ye", "v", "e", "yv", "ye", "o", "wa", "we", "we", "yo", "u", "wv", "we", "wi", "yu", "~", "i",
    "i",
)  # fmt: skip
_TAILS: Final = "-kkknnntrkmrrrprmppttnttktp-"
_FIRST_SYLLABLE: Final = "\uac00"
_LAST_SYLLABLE: Final = "\ud7a3"

_ADDED_IN_KANA: Final = re.compile("(?<=[kgsztdcnpbmry])u|(?<=[td])o|(?<=[czs])i")
_ADDED_IN_HANGUL: Final = re.compile("(?<=[czs])i")
_M_BEFORE_LIPS: Final = re.compile("m(?=[pb])")
_NG_AT_END: Final = re.compile("ngU(?![aeiouvwyr])")
"""キング is king: no vowel and no r comes after."""
_KEPT: Final = 65_536


@lru_cache(_KEPT)
def sound_of(word: str) -> str | None:
    """How a word sounds; None for one that is not all katakana, or all hangul, or both."""
    out: list[str] = []
    for char in word:
        if char in _KANA:
            if char in _SMALL and out and out[-1][-1:] in _VOWELS and len(out[-1]) > 1:
                # A small vowel takes the place of the one before it: フェ is fe.
                out[-1] = out[-1][:-1]
            out.append(_KANA[char])
        elif _FIRST_SYLLABLE <= char <= _LAST_SYLLABLE:
            out.append(_syllable(char))
        elif char not in _UNHEARD:
            return None
    added = _ADDED_IN_KANA if word[:1] in _KANA else _ADDED_IN_HANGUL
    # Japanese has one letter for m and n before p and b.
    sound = added.sub(_as_added, _M_BEFORE_LIPS.sub("n", "".join(out)))
    return _NG_AT_END.sub("n", sound)


def _syllable(char: str) -> str:
    place = ord(char) - ord(_FIRST_SYLLABLE)
    return f"{_LEADS[place // 588]}{_MIDDLES[place % 588 // 28]}{_TAILS[place % 28]}".replace("-", "")


def _as_added(vowel: re.Match[str]) -> str:
    return vowel.group().upper()
