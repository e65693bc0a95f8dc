"""How English words may sound, from their spelling.

A reading is a sequence of sounds. Consonants are one letter each, as in `eastern_sounds`; "x" is th, and an s that
may be a z. Vowels stay as they are spelt, with a few signs of their own for those whose place tells more than their
letters; `sound_distance` says what each may sound like.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice, product
from typing import Final, TypeAlias

CONSONANTS: Final = frozenset("pbtdxszckgmnr")
Reading: TypeAlias = tuple[str, ...]

_MOST_READINGS: Final = 4
_SILENT_R: Final = "R"
# The first that fits counts. What it may sound like, the likeliest first: "|" parts readings, "+" sounds; "=" is as
# spelt. Signs: a_ a long a, R a silent r, V a vowel before it, E a silent e, N a vowel before a final n, W the
# sound in women and woman, Y the first one in yes.
_SPELLINGS: Final = (
    # Vowels, and what is written as one; they come first, for they are the most.
    (r"eigh|aigh", "ei"), (r"igh", "y"), (r"augh|ough", "ou|a+p"), (r"isl(?=e|an)", "y+r"),
    (r"(?<=[cszgh])es$", "|e+z"), (r"(?<=\w\w)(?<![aeou])e(?=s?$)", "E"), (r"(?<=\w\w)[aeio](?=ns?$)", "N"),
    (r"[eiu](?=r(?![aiouyh]|e(?!s?$)))", "V"),
    *((f"{vowel}(?=[bcdfgklmnpstvz]es?$)", f"{vowel}_") for vowel in "aiou"),
    (r"^y(?=i)", ""), (r"^y(?=[aeou])", "Y"), (r"wo(?=m[ae]n)", "W"), (r"^wr", "r"), (r"(?<=s)w(?=er$|ord)", ""),
    (r"wh?(?=[aeiouy])", "w"),
    (r"eau|oui|aa|ae|ai|ao|au|aw|ay|ea|ee|ei|eo|eu|ew|ey|ia|ie|io|oa|oe|oi|oo|ou|ow|oy|ua|ue|ui|[aeiouyw]", "="),
    # At the beginning of a word.
    (r"^(?:kn|gn|pn)", "n"), (r"^ps", "s"), (r"^x$", "e+k+s"), (r"^x", "z"), (r"^gh", "g"),
    (r"^ma?c(?=[^aeiouhky])", "m+a+k"),
    # At its end.
    (r"mb(?=s?$)|mn$", "m"), (r"bt$|dt", "t"), (r"que$", "k"), (r"ts$|tz", "c"), (r"tes$", "c|t+e+s"),
    (r"ds$|des$", "z"), (r"gn(?=s?$)|ln$", "n"), (r"ngh?(?=s?$|[bdmnpst])", "n"), (r"(?<=ou)ld$", "d"),
    (r"(?<=tion)s$", "x|"), (r"(?<=\w\w)s$|z$", "x"),
    # Several letters for one sound.
    (r"tch|cz", "c"), (r"dg(?=[ei])", "z"), (r"sch", "s|s+k"), (r"ch(?=[rln])", "k"), (r"ch", "c|k"), (r"sh", "s"),
    (r"ph", "p"), (r"sth(?=m)|(?<=\w)st(?=m|le|en$)", "s"), (r"th", "x|d"), (r"c?qu", "k+w"), (r"ck", "k"),
    (r"[cx]c(?=[eiy])|x", "k+s"), (r"sc(?=[eiy])", "s"), (r"gu(?=[eiy])", "g"), (r"ng(?=h)", "n+g|n"),
    (r"(?<=s)ti(?=on|an)", "c"), (r"(?:ti|ci|si)(?=on|an|al|ou|en)|(?:ti|ci)(?=a)", "s"),
    (r"nct", "n+k+t|n+t"), (r"(?<=[ao])l(?=[mkf])", "|r"),
    (r"gh", "|g"),
    # One letter of more than one sound.
    (r"c(?=[eiy])", "s"), (r"g(?=[eiy])", "z|g"), (r"j", "z|h"), (r"tu(?=re|ra|al)", "c"),
    (r"(?<=s)t(?=u|ew|eu)|t(?=une|ude|our|ic|eam)", "t|c"), (r"d(?=io|ua|uc)", "d|z"), (r"(?<=\w)m(?=[pb])", "n"),
    (r"r(?=[aiouyh]|e(?!s?$))|l", "r"), (r"r", _SILENT_R),
    (r"(?<![bdgkjt])h(?=u|oo)", "h|p"), (r"(?<![bdgkjt])h(?=[aeiouy])", "h"), (r"h", ""),
    (r"[ckq]", "k"), (r"[fp]", "p"), (r"[vb]", "b"), (r"[stzdgmn]", "="),
)  # fmt: skip
_SPELLING: Final = re.compile("|".join(f"({spelling})" for spelling, _ in _SPELLINGS))
_MEANT: Final = tuple(
    None if told == "=" else tuple(tuple(filter(None, part.split("+"))) for part in told.split("|"))
    for _, told in _SPELLINGS
)
_DOUBLED: Final = re.compile(r"([^aeiouyc])\1")


def readings_of(word: str) -> Iterator[Reading]:
    """The ways in which a word in plain form may sound, the likeliest first."""
    heard = []
    for match in _SPELLING.finditer(_DOUBLED.sub(r"\1", word)):
        told = _MEANT[(match.lastindex or 1) - 1]
        heard.append(told or ((match.group(),),))
    for parts in islice(product(*heard), _MOST_READINGS):
        reading = tuple(chain.from_iterable(parts))
        yield reading
        if _SILENT_R in reading:
            # As in other languages, whose names keep it: Marcos, Orban.
            yield tuple("r" if sound == _SILENT_R else sound for sound in reading)
