"""Words in disguise: letters of another alphabet, figures and signs for letters, letters set apart.

Whoever wants a theme past a screen writes "g a y", "J3wish", or "gay" with a Cyrillic letter. What may be meant is
read like any other name, where the name as it stands says nothing.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from string import ascii_letters
from typing import Final, NamedTuple

import msgspec

from haechi.sensitivity.decide import Label
from haechi.sensitivity.normalise import View, is_cjk, views

DISGUISE: Final = "disguise:"
"""Before the concept whose word was written in disguise."""
DISGUISE_SCORE: Final = 0.7
"""Of what a word in disguise gives away: below what the word itself would."""

_SIGNS: Final = {
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "l", "+": "t", "€": "e", "£": "l", "¡": "i",
}  # fmt: skip
_OTHERWISE: Final = {"1": "l", "!": "l"}
"""Signs that stand for one of two letters."""
_SIGN: Final = re.compile(f"[{re.escape(''.join(_SIGNS))}]")
_SIGN_AT_LETTER: Final = re.compile(
    f"[A-Za-z][{re.escape(''.join(_SIGNS))}]|[{re.escape(''.join(_SIGNS))}][A-Za-z]"
)
_SHORT: Final = 3
_BETWEEN: Final = r"[ .\-_*~/\u00b7\u30fb\u2022]"
_APART: Final = re.compile(rf"(?<!\w)[^\W_](?:{_BETWEEN}[^\W_]){{2,}}(?!\w)")
_NAMED: Final = re.compile(r"(?:LATIN LETTER SMALL CAPITAL|LATIN CAPITAL LETTER|SYMBOL LETTER) ([A-Z])$")
_WORD: Final = re.compile(r"\S+")


class Reading(NamedTuple):
    """A way that a name may be meant.

    Attributes:
        text: the name without the disguise.
        starts: for each character, where its original begins.
        ends: for each character, where its original ends.
    """

    text: str
    starts: list[int]
    ends: list[int]


def undisguised(text: str) -> list[View]:
    """The plain forms of the ways in which `text` may be meant, other than as it stands; for most names none."""
    if not _may_hide(text):
        return []
    as_it_stands = Reading(text, list(range(len(text))), list(range(1, len(text) + 1)))
    found: dict[str, Reading] = {}
    lettered = _lettered(as_it_stands)
    for read in (lettered, _signs_read(lettered, _SIGNS), _signs_read(lettered, _SIGNS | _OTHERWISE)):
        for joined in (read, _joined(read)):
            if joined.text != text:
                found.setdefault(joined.text, joined)
    return [_traced(view, read) for read in found.values() for view in views(read.text)]


def as_disguised(label: Label) -> Label:
    """A label as of a word in disguise."""
    told = DISGUISE + label.decided_by.removeprefix("concept:")
    return msgspec.structs.replace(label, score=DISGUISE_SCORE, decided_by=told)


def _may_hide(text: str) -> bool:
    """Whether there is anything to read otherwise; quick, for most names are what they say."""
    if _SIGN_AT_LETTER.search(text) or _APART.search(text):
        return True
    return not text.isascii() and any(_looks_like(char) is not None for char in text if not char.isascii())


def _lettered(read: Reading) -> Reading:
    """With Latin letters in the place of those that look like them."""
    return read._replace(text="".join(_looks_like(char) or char for char in read.text))


def _signs_read(read: Reading, signs: Mapping[str, str]) -> Reading:
    """With letters in the place of figures and signs, in words that have both."""
    return read._replace(text=_WORD.sub(lambda word: _word_read(word.group(), signs), read.text))


def _word_read(word: str, signs: Mapping[str, str]) -> str:
    # A mark at the end of a word ends a sentence.
    body = word.rstrip("!|+.,;:?)")
    signs_in = len(_SIGN.findall(body))
    # Not of 63rd, nor of a name with a number behind it: VH1.
    if signs_in * 2 >= len(body) or (len(body) <= _SHORT and _SIGN.search(body, 1, len(body) - 1) is None):
        return word
    return _SIGN.sub(lambda sign: signs[sign.group()], body) + word[len(body) :]


def _joined(read: Reading) -> Reading:
    """With letters that stand apart moved together."""
    kept = [True] * len(read.text)
    for run in _APART.finditer(read.text):
        for place in range(run.start() + 1, run.end(), 2):
            kept[place] = False
    return Reading(
        "".join(char for char, stays in zip(read.text, kept, strict=True) if stays),
        [place for place, stays in zip(read.starts, kept, strict=True) if stays],
        [place for place, stays in zip(read.ends, kept, strict=True) if stays],
    )


def _traced(view: View, read: Reading) -> View:
    """A plain form of a reading, with the way back to the name as it stands."""
    last = len(read.text) - 1
    if last < 0:
        return view
    starts, ends = [], []
    for place in range(len(view.text)):
        start, end = view.origin(place, place + 1)
        starts.append(read.starts[min(max(start, 0), last)])
        ends.append(read.ends[min(max(end - 1, 0), last)])
    return View(view.text, starts, ends)


def _looks_like(char: str) -> str | None:
    """The Latin letter that a character of another alphabet looks like; None where it is itself."""
    return None if char.isascii() or is_cjk(char) else _look_alikes().get(char) or _by_name(char)


def _by_name(char: str) -> str | None:
    """The letter in a sign such as a small capital or a letter in a square."""
    named = _NAMED.search(unicodedata.name(char, ""))
    return named.group(1) if named else None


@cache
def _look_alikes() -> Mapping[str, str]:
    """Letters of other alphabets, each to the Latin letter that it is mistaken for.

    From Unicode's list of confusable characters (UTS 39), as the package brings it.
    """
    # Nearly a megabyte of JSON is read only for a name that has such letters.
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415

    found: dict[str, str] = {}
    for char, others in confusables_data.items():
        if len(char) == 1 and not char.isascii():
            letters = [other["c"] for other in others if other["c"] in ascii_letters]
            letters.sort(key=lambda letter: (letter.isupper() != char.isupper(), letter))
            if letters:
                # The list does not part I from l; the case of the character does.
                found[char] = "I" if char.isupper() and letters[0] == "l" else letters[0]
    return found
