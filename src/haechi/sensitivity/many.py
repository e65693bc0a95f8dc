"""Finds the terms of many texts at once: most texts need nothing of their own, so they are looked through as one.

A text that runs in step with its only plain form (see `normalise`) is folded and searched together with all others
like it. Any other text is left to be looked at alone, which always gives the same hits.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from haechi.sensitivity.lexicon import Lexicon
from haechi.sensitivity.match import Hit, holding
from haechi.sensitivity.normalise import FIRST_EASTERN, IN_STEP, STEADY_RANGES, View, has_entity

_STEADY, _BLANK, _TIER, _LOW, _CAPITAL, _LATIN, _EASTERN, _AMPERSAND = (1 << bit for bit in range(8))
_PARTS: Final = "\0\1\0"
"""What stands between two texts: in the plain form a blank each, and between them what no term holds."""
_NO_LETTER: Final = "\u30fb"
"""The dot between katakana words."""
_TABLE: Final = 0x10000

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


Seen = tuple[str, tuple[Hit, ...]]
"""A text's plain form, and what was found in it."""


def find_in_all(lexicon: Lexicon, texts: Sequence[str]) -> tuple[list[Seen | None], list[bool]]:
    """All terms of concepts and contexts in each text, as far as the texts can be looked through together.

    Args:
        lexicon: the terms.
        texts: any texts.

    Returns:
        for each text its plain form and its hits, in the order of their ends, or None where it must be looked at
        alone; and for each whether it is certain to be readable: words in letters that the knowledge covers.
    """
    found: list[Seen | None] = [None] * len(texts)
    joined = f"\0{_PARTS.join(texts)}\0"
    if joined.count("\0") != 2 * len(texts) or joined.count("\1") != len(texts) - 1:
        return found, [False] * len(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = np.minimum(codes, _TABLE - 1)
    kinds = _kinds()[codes]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    begins = np.concatenate(([0], np.cumsum(lengths + len(_PARTS))[:-1])) + 1
    together = lengths > 0
    together[np.searchsorted(begins, _uneven(kinds), "right") - 1] = False
    for place in np.unique(np.searchsorted(begins, np.flatnonzero(kinds & _AMPERSAND), "right") - 1):
        together[place] &= not has_entity(texts[place])
    letters = ((kinds & (_LATIN | _EASTERN)) != 0) & (codes != ord(_NO_LETTER))
    readable = together & np.logical_or.reduceat(letters, begins)
    plain = _folding()[codes].tobytes().decode("utf-32-le")
    ends = (begins + lengths + 1).tolist()
    bases = (begins - 1).tolist()
    for place in np.flatnonzero(together).tolist():
        found[place] = (plain[bases[place] : ends[place]], ())
    for owner, matches in _by_text(lexicon, plain, begins):
        seen = found[owner]
        if seen is not None:
            base = bases[owner]
            inside = ((pattern, start - base, end - base) for pattern, start, end in matches)
            found[owner] = (seen[0], tuple(holding(lexicon, inside, View(seen[0]))))
    return found, readable.tolist()


def _by_text(
    lexicon: Lexicon, plain: str, begins: Places
) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
    """The automaton's matches, those of one text together with the text's number."""
    matches = lexicon.automaton.find_matches_as_indexes(plain, overlapping=True)
    starts = np.fromiter((start for _, start, _ in matches), np.int64, len(matches))
    # A match may take in the blank before the text.
    owners = (np.searchsorted(begins, starts + 1, "right") - 1).tolist()
    first = 0
    for place in range(1, len(matches) + 1):
        if place == len(matches) or owners[place] != owners[first]:
            yield owners[first], matches[first:place]
            first = place


def _uneven(kinds: Bytes) -> Places:
    """Where a text shows that it does not run in step with its one plain form, or has two."""
    here, after = kinds[:-1], kinds[1:]
    odd = kinds == 0
    between: Flags = (here & after & _BLANK) != 0
    between |= ((here & _TIER) != 0) & ((after & _BLANK) == 0)
    between |= ((here & _LOW) != 0) & ((after & _CAPITAL) != 0)
    between |= ((here & _LATIN) != 0) & ((after & _EASTERN) != 0)
    between |= ((here & _EASTERN) != 0) & ((after & _LATIN) != 0)
    odd[:-1] |= between
    odd[1:] |= ((after & _TIER) != 0) & ((here & _BLANK) == 0)
    odd[:-2] |= ((here & after & _CAPITAL) != 0)[:-1] & _small(kinds[2:])
    return np.flatnonzero(odd)


def _small(kinds: Bytes) -> Flags:
    """Small letters, digits not among them."""
    small: Flags = (kinds & (_LOW | _LATIN)) == (_LOW | _LATIN)
    return small


@cache
def _kinds() -> Bytes:
    """What matters of each character of the basic plane; 0: a text with it must be looked at alone."""
    kinds = np.zeros(_TABLE, dtype=np.uint8)
    for first, last in STEADY_RANGES:
        kinds[ord(first) : ord(last) + 1] = _STEADY | (_EASTERN if first >= FIRST_EASTERN else 0)
    for code in range(128):
        char = chr(code)
        if char.isalpha():
            kinds[code] |= _LATIN | (_CAPITAL if char.isupper() else _LOW)
        elif char.isdigit():
            kinds[code] |= _LOW
    kinds[ord(" ")] |= _BLANK
    kinds[[ord(">"), ord("|")]] |= _TIER
    kinds[ord("&")] |= _AMPERSAND
    kinds[[0, 1]] = _STEADY
    return kinds


@cache
def _folding() -> npt.NDArray[np.uint32]:
    """What each character of the basic plane becomes in the plain form, for those that run in step."""
    folded = np.arange(_TABLE, dtype="<u4")
    for code, char in IN_STEP.items():
        folded[code] = ord(char)
    folded[1] = 1
    # Halves of pairs are no characters; a text with one is looked at alone.
    folded[0xD800:0xE000] = ord(" ")
    return folded
