"""Texts in the form in which words are found, with the way back to where they stand."""

import re
import unicodedata
from typing import Final, NamedTuple


class Plain(NamedTuple):
    """One plain form of a text.

    Attributes:
        text: compatibility forms resolved, invisible characters gone, lower case.
        starts: for each character of `text`, where its original begins.
        ends: for each character of `text`, where its original ends.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Characters that show nothing: Unicode's default ignorable ones, controls, and those that no font has to know."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099-\u309c\uff9e\uff9f\ufe20-\ufe2f"
)
_JAMO: Final = "\u1100-\u11ff\u3131-\u318e\uffa1-\uffdc"
_JOINS: Final = re.compile(f"[{_MARKS}{_JAMO}]")
_FIRST: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_LAST: Final = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_CLUSTER: Final = re.compile(
    rf"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[{_FIRST}][ㅏ-ㅣ](?:[{_LAST}](?![ㅏ-ㅣ]))?"
    rf"|[^{_MARKS}\s][{_MARKS}]+"
)
# Letters in a row that laugh or weep and are no syllable: ㅋㅋㅠㅠ.
_LAUGHTER: Final = re.compile(r"([ㅋㅎ])\1[ㅏ-ㅣ]|.?[ㄱ-ㅎ]([ㅗㅜㅠㅡ])\2", re.DOTALL)
_VOICED: Final = str.maketrans(
    {"\uff9e": "\u3099", "\u309b": "\u3099", "\uff9f": "\u309a", "\u309c": "\u309a"}
)
_MARK: Final = re.compile(f"[{_MARKS}]")
_BLANKS: Final = dict.fromkeys("\n\x0b\x0c\x85\u2028\u2029", "\n") | {"\t": "\t", "\r": "\r", "\u2800": " "}
"""Line ends of every kind, and the braille cell without dots."""
_LETTER_NAMED: Final = re.compile(
    "(?:LATIN LETTER SMALL CAPITAL|(?:NEGATIVE|CROSSED NEGATIVE) .*LATIN CAPITAL LETTER) ([A-Z])$"
)


def plain(text: str) -> Plain:
    """The plain form of `text`.

    Compatibility forms are resolved (UAX 15, NFKC), marks and parts of Korean syllables joined to the letter that
    they make, letters in boxes and small capitals made letters, what shows nothing left out.
    """
    size = len(text)
    if text.isascii() and _CONTROL.search(text) is None:
        return Plain(text.lower(), list(range(size)), list(range(1, size + 1)))
    if _JOINS.search(text) is not None:
        return _joined(text)
    return _spread([_FOLDED[letter] for letter in text], list(range(size)), list(range(1, size + 1)))


def _spread(pieces: list[str], starts: list[int], ends: list[int]) -> Plain:
    """The plain form whose parts are `pieces`, each standing at its start and end."""
    sizes = set(map(len, pieces))
    if sizes <= {1}:
        return Plain("".join(pieces), starts, ends)
    begun = [start for piece, start in zip(pieces, starts, strict=True) for _ in piece]
    ended = [end for piece, end in zip(pieces, ends, strict=True) for _ in piece]
    return Plain("".join(pieces), begun, ended)


def _joined(text: str) -> Plain:
    """The plain form of a text in which letters are written in parts; what shows nothing parts none."""
    kept = [place for place, letter in enumerate(text) if _FOLDED[letter]]
    shown = "".join(_compatible_jamo(text[place]) for place in kept)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for cluster in _CLUSTER.finditer(shown):
        if _LAUGHTER.match(shown, max(cluster.start() - 1, 0)):
            continue
        _apart(shown, kept, last, cluster.start(), (pieces, starts, ends))
        pieces.append(_composed(cluster.group()))
        starts.append(kept[cluster.start()])
        ends.append(kept[cluster.end() - 1] + 1)
        last = cluster.end()
    _apart(shown, kept, last, len(shown), (pieces, starts, ends))
    return _spread(pieces, starts, ends)


def _apart(
    shown: str, kept: list[int], start: int, end: int, into: tuple[list[str], list[int], list[int]]
) -> None:
    """Add the letters of `shown[start:end]` one by one."""
    for place in range(start, end):
        into[0].append(_FOLDED[shown[place]])
        into[1].append(kept[place])
        into[2].append(kept[place] + 1)


def _composed(cluster: str) -> str:
    """One letter from its parts; marks that no letter has, such as strokes laid over it, are left out."""
    if cluster[0] in _FIRST and len(cluster) > 1 and "ㅏ" <= cluster[1] <= "ㅣ":
        last = _LAST.index(cluster[2]) + 1 if len(cluster) > 2 else 0  # noqa: PLR2004
        return chr(0xAC00 + (_FIRST.index(cluster[0]) * 21 + ord(cluster[1]) - ord("ㅏ")) * 28 + last)
    base = unicodedata.normalize("NFKC", cluster[0])
    made = unicodedata.normalize("NFC", base + cluster[1:].translate(_VOICED))
    return _MARK.sub("", made).lower() if made else made


def _compatible_jamo(letter: str) -> str:
    """Half-width Korean letters in their usual width; any other as it is."""
    if "\uffa1" <= letter <= "\uffdc":
        told = unicodedata.decomposition(letter)
        return chr(int(told.split()[1], 16)) if told else letter
    return letter


class _Folded(dict[str, str]):
    """What one character becomes, worked out once for each."""

    def __missing__(self, letter: str) -> str:
        made = self[letter] = _fold(letter)
        return made


def _fold(letter: str) -> str:
    if letter in _BLANKS:
        return _BLANKS[letter]
    if INVISIBLE.match(letter) or unicodedata.category(letter) in ("Cf", "Cc"):
        return ""
    if "\u3131" <= letter <= "\u318e":  # NFKC makes these into parts that no font shows alone
        return letter
    named = _LETTER_NAMED.search(unicodedata.name(letter, "")) if letter > "\u0250" else None
    return named.group(1).lower() if named else unicodedata.normalize("NFKC", letter).lower()


_FOLDED: Final = _Folded()
