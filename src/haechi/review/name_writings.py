"""The ways in which a protected party's name may be written."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from haechi.review.ads import ProtectedParty
from haechi.review.undisguised import bare
from haechi.sensitivity.normalise import is_han, is_hangul, is_kana


class Writing(NamedTuple):
    """One way of writing one party's name.

    Attributes:
        party_id: whose.
        letters: its letters, nothing between them.
        classes: each as the one that stands for all that look like it.
        joints: after how many letters a word of it ends and the next begins.
        words: each word of it.
        swapped: whether family and given name are changed over.
        weak: whether it is so short or common that it needs something else beside it.
        cased: whether the name is written with a capital.
        reshaped: whether one character is not the name's but one of similar shape.
    """

    party_id: str
    letters: str
    classes: str
    joints: frozenset[int]
    words: tuple[str, ...]
    swapped: bool
    weak: bool
    cased: bool
    reshaped: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one Latin word, which may be a word of the language too."""
        return len(self.words) == 1 and self.letters.isascii()


_PARTS: Final = re.compile(r"[\s·・･,=\uff1d\u3000]+")
_PIECES: Final = re.compile(r"[-\u2010.'\u2019]+")
"""What stands between the words of one part: Smith-Jones."""
_FEWEST_LATIN: Final = 3
_SHORT_LATIN: Final = 4
_FULL_KANJI: Final = 4
_SHORT_KANA: Final = 3
_LONG_SINGLE: Final = 6


def writings(party: ProtectedParty) -> Iterator[Writing]:
    """Every way of writing the names and aliases of `party`, each once."""
    seen: set[tuple[str, bool]] = set()
    for name in (*party.names, *party.aliases):
        parts = [part for part in _PARTS.split(name.strip()) if part]
        for swapped, order in _orders(parts):
            writing = _writing(party, order, swapped=swapped)
            if (
                writing is not None
                and (writing.letters, swapped) not in seen
                and (writing.letters, False) not in seen
            ):
                seen.add((writing.letters, swapped))
                yield writing


def _orders(parts: list[str]) -> Iterator[tuple[bool, list[str]]]:
    yield False, parts
    if len(parts) > 1:
        yield True, [parts[-1], *parts[:-1]]
        if len(parts) > 2:  # noqa: PLR2004
            yield True, [*parts[1:], parts[0]]
    elif len(parts) == 1 and len(parts[0]) == _FULL_KANJI and all(map(is_han, parts[0])):
        # Nearly every Japanese name of four characters is two and two.
        yield True, [parts[0][2:], parts[0][:2]]


def _writing(party: ProtectedParty, parts: list[str], *, swapped: bool) -> Writing | None:
    forms = [bare(part)[0] for part in parts]
    letters = "".join(form.letters for form in forms)
    if len(letters) < 2 or (letters.isascii() and len(letters) < _FEWEST_LATIN):  # noqa: PLR2004
        return None
    pieces = (piece for part in parts for piece in _PIECES.split(part) if piece)
    *joints, _ = accumulate(len(bare(piece)[0].letters) for piece in pieces)
    words = tuple(form.letters for form in forms if form.letters)
    return Writing(
        party.party_id,
        letters,
        "".join(form.text for form in forms),
        frozenset(joints),
        words,
        swapped,
        _weak(letters, len(words), party),
        parts[0][:1].isupper(),
    )


def _weak(letters: str, words: int, party: ProtectedParty) -> bool:
    """Whether so short a name may well mean something or somebody else."""
    if letters.isascii():
        if words > 1:
            return False
        return len(letters) <= (_LONG_SINGLE if party.kind == "person" else _SHORT_LATIN)
    if all(map(is_kana, letters)):
        return len(letters) <= _SHORT_KANA
    if all(map(is_hangul, letters)):
        return len(letters) < _SHORT_KANA
    return len(letters) < _SHORT_KANA
