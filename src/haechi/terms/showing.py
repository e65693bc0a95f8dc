"""Whether a text says anything to who reads it."""

import unicodedata
from typing import Final

UNINKED: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that show nothing: fillers of Hangul, the empty pattern of Braille, inherent vowels."""
_SHOWING: Final = frozenset("LNPS")
"""Letters, numbers, punctuation and symbols. Marks alone stand on nothing; the rest is space and control."""


def shown_signs(text: str) -> int:
    """How many signs of a text show by themselves; 0: whoever reads it sees nothing.

    `str.strip` is no such question: to it a joiner of no width, or a filler of Hangul, is a word.
    """
    return sum(unicodedata.category(sign)[0] in _SHOWING and sign not in UNINKED for sign in text)


def shows(text: str) -> bool:
    """Whether a text has one sign at least that shows."""
    return shown_signs(text) > 0
