"""How much a text is worded like a scam's, by its words and runs of letters: a learned sum of weights.

The claims of `claim_phrases` are what somebody wrote down; this is what nobody did. Scams avoid every word that is
looked for and still tell the same stories. Pieces of words as features after Joulin et al. (EACL 2017).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import numpy as np

from haechi.review.weights import Found, Model, bucket, probability, read
from haechi.sensitivity.normalise import is_cjk

_RUNS: Final = (1, 2, 3, 4)
_WORDS: Final = re.compile(r"\w+")
_ENDS: Final = re.compile(r"[\n。!?、;:…\"“”「」()]|[.,](?!\d)|$")
"""Where a clause ends; not within a figure."""
_TELLS: Final = 4
"""Letters from which a clause shows a person anything."""
_MOST_PLACES: Final = 3
_SENTENCES: Final = re.compile(r"[^。.!?\n]+[。.!?\n]*")
_PASSAGE: Final = 160
_EASTERN_PASSAGE: Final = 90
"""Letters in which a story is told, where each is a syllable or a word."""


class Piece(NamedTuple):
    """A word, two words, or a run of letters.

    Attributes:
        bucket: where its weight stands.
        start: where it begins in the text.
        end: where it ends.
    """

    bucket: int
    start: int
    end: int


def pieces(plain: str) -> Iterator[Piece]:
    """The pieces of a text in plain form, those that come again as often as they come."""
    for length in _RUNS:
        for start in range(len(plain) - length + 1):
            run = plain[start : start + length]
            yield Piece(bucket(run.encode()), start, start + length)
    last: re.Match[str] | None = None
    for word in _WORDS.finditer(plain):
        yield Piece(bucket(b"\0" + word.group().encode()), *word.span())
        if last is not None:
            both = f"\0{last.group()} {word.group()}"
            yield Piece(bucket(both.encode()), last.start(), word.end())
        last = word


def buckets(texts: Iterable[str]) -> Found:
    """The buckets of all pieces of an ad's texts in plain form, each once."""
    return np.unique(np.array([piece.bucket for text in texts for piece in pieces(text)], np.int64))


def likeness(texts: Sequence[str], model: Model) -> float:
    """The probability of an ad as a whole or of its likeliest passage: an honest ad behind a scam hides little.

    Args:
        texts: of one ad, in plain form.
        model: the weights.
    """
    parts = [passage for text in texts for passage in passages(text)]
    return max(probability(buckets(one), model) for one in (texts, *([part] for part in parts)))


def passages(plain: str) -> Iterator[str]:
    """Runs of sentences of a long text, each begun half a passage behind the last."""
    if len(plain) <= _PASSAGE:
        return
    enough = _EASTERN_PASSAGE if any(map(is_cjk, plain)) else _PASSAGE
    ends = [0, *(end for _, end in sentences(plain))]
    last = -enough
    for start in ends[:-1]:
        if start - last < enough // 2:
            continue
        end = next((one for one in ends if one - start >= enough), None)
        if end is None:
            return
        yield plain[start:end]
        last = start


def sentences(plain: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, the signs at its end within it."""
    return (match.span() for match in _SENTENCES.finditer(plain))


def places(plain: str, model: Model) -> list[tuple[int, int]]:
    """The clauses that are worded most like a scam's, the most telling first: start and end.

    Args:
        plain: one text in plain form.
        model: the weights.
    """
    of_letter = np.zeros(len(plain))
    for piece in pieces(plain):
        of_letter[piece.start : piece.end] += model.weights[piece.bucket] / (piece.end - piece.start)
    told = sorted(_clauses(plain), key=lambda place: -float(of_letter[slice(*place)].mean()))
    return told[:_MOST_PLACES]


def _clauses(plain: str) -> Iterator[tuple[int, int]]:
    """What stands between signs, without blanks at its ends."""
    start = 0
    for end in _ENDS.finditer(plain):
        clause = plain[start : end.start()]
        bare = clause.strip()
        if len(bare) >= _TELLS:
            first = start + clause.index(bare)
            yield first, first + len(bare)
        start = end.end()


@cache
def shipped() -> Model:
    """The weights that Haechi comes with.

    Raises:
        KnowledgeError: their file is damaged.
    """
    return read(resources.files("haechi.knowledge").joinpath("model", "scam-wording-1.npz"))
