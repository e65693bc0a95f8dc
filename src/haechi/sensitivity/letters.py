"""What a word looks like to the learned model: the runs of letters in it, hashed.

Word pieces as features after Joulin et al. (EACL 2017), hashed after Weinberger et al. (ICML 2009). The hash is
CRC-32, which every machine computes alike.
"""

from typing import Final
from zlib import crc32

BUCKETS: Final = 1 << 16
_SHORTEST: Final = 6
_LONGEST: Final = 40
_RUNS: Final = (3, 4, 5)


def tells_by_letters(word: str) -> bool:
    """Whether the letters of a word in plain form can say anything: Latin ones, and enough of them.

    The two or three letters of an East Asian word are shared by words of every meaning: a model of them was right
    less often than not.
    """
    return word.isascii() and word.isalpha() and _SHORTEST <= len(word) <= _LONGEST


def buckets(word: str) -> list[int]:
    """The buckets of a word's pieces, each once: runs of 3 to 5 letters, its two ends included."""
    text = f" {word} "
    pieces = {text[place : place + length] for length in _RUNS for place in range(len(text) - length + 1)}
    return sorted({crc32(piece.encode()) % BUCKETS for piece in pieces})
