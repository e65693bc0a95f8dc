"""Texts of strangers, cut into pieces that a page can mark: evidence, and signs that nobody sees.

Nothing here is markup. A template puts each piece in by itself, escaped.
"""

import itertools
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from haechi.terms.showing import UNINKED

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_VARIANTS: Final = range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E)
_OF_PICTURES: Final = frozenset("\ufe0e\ufe0f\u200d")
"""They choose how a pictogram looks; elsewhere they hide something."""
_LINES: Final = frozenset("\n\r\t")


class Mark(NamedTuple):
    """Evidence: `raw[start:end]`, and the number of the signal that it is of."""

    start: int
    end: int
    signal: int


class Piece(NamedTuple):
    """A piece of a text.

    Attributes:
        text: as it stands; of a sign that nobody sees, its number in Unicode.
        signals: numbers of the signals that it is evidence of; empty where it is none.
        ends: of these, those whose evidence ends with it.
        unseen: it stands for one sign that nobody sees.
        raw: what it is in the text.
    """

    text: str
    signals: tuple[int, ...]
    ends: tuple[int, ...]
    unseen: bool
    raw: str


def pieces(raw: str, marks: Sequence[Mark] = ()) -> list[Piece]:
    """A text in pieces, which together are the text: cut where evidence begins or ends, and around unseen signs.

    Args:
        raw: the text as it was submitted.
        marks: evidence in it; they may overlap. What lies outside the text is left out.
    """
    inside = [one for one in marks if 0 <= one.start < one.end <= len(raw)]
    unseen = {at for at in range(len(raw)) if is_unseen(raw, at)}
    cuts = {0, len(raw)}
    for one in inside:
        cuts |= {one.start, one.end}
    for at in unseen:
        cuts |= {at, at + 1}
    places = sorted(cuts)
    found = []
    for start, end in itertools.pairwise(places):
        covering = [one for one in inside if one.start <= start and end <= one.end]
        found.append(
            Piece(
                text=named(raw[start]) if start in unseen else raw[start:end],
                signals=tuple(sorted({one.signal for one in covering})),
                ends=tuple(sorted({one.signal for one in covering if one.end == end})),
                unseen=start in unseen,
                raw=raw[start:end],
            )
        )
    return found


def visible(raw: str) -> str:
    """A text in which each sign that nobody sees stands as its number."""
    return "".join(f"[{one.text}]" if one.unseen else one.text for one in pieces(raw))


def named(sign: str) -> str:
    """A sign's number in Unicode, such as U+200B."""
    return f"U+{ord(sign):04X}"


def is_unseen(raw: str, at: int) -> bool:
    """Whether nobody sees a sign of a text: controls, marks of direction, joiners, fillers, what Unicode has not."""
    sign = raw[at]
    if sign in _LINES:
        return False
    if sign in _OF_PICTURES and at and unicodedata.category(raw[at - 1]) in ("So", "Sk", "Po"):
        return False
    if sign in _OF_PICTURES and at and raw[at - 1] in _OF_PICTURES | frozenset("0123456789"):
        return False
    code = ord(sign)
    return unicodedata.category(sign) in _UNSEEN or sign in UNINKED or any(code in some for some in _VARIANTS)
