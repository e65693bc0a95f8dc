"""How much a text is worded like a scam's, by its words and runs of letters: a learned sum of weights.

The claims of `claim_phrases` are what somebody wrote down; this is what nobody did. Scams avoid every word that is
looked for and still tell the same stories. Pieces of words as features after Joulin et al. (EACL 2017), hashed after
Weinberger et al. (ICML 2009); the hash is CRC-32, which every machine computes alike.
"""

import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from haechi.errors import KnowledgeError

BUCKETS: Final = 1 << 16
_RUNS: Final = (1, 2, 3, 4)
_WORDS: Final = re.compile(r"\w+")
_TELLS: Final = 2
"""Letters from which a run shows a person anything."""
_MOST_PIECES: Final = 16
_MOST_PLACES: Final = 5


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


@dataclass(frozen=True, slots=True)
class Model:
    """What is added up.

    Attributes:
        weights: of each bucket, in whole steps; shape (`BUCKETS`,).
        step: how much one step is.
        base: where nothing is said.
        learnt_from: SHA-256 over the texts that it was learnt from.
    """

    weights: npt.NDArray[np.int16]
    step: float
    base: float
    learnt_from: str


def pieces(plain: str) -> Iterator[Piece]:
    """The pieces of a text in plain form, those that come again as often as they come."""
    for length in _RUNS:
        for start in range(len(plain) - length + 1):
            run = plain[start : start + length]
            yield Piece(crc32(run.encode()) % BUCKETS, start, start + length)
    last: re.Match[str] | None = None
    for word in _WORDS.finditer(plain):
        yield Piece(crc32(b"\0" + word.group().encode()) % BUCKETS, *word.span())
        if last is not None:
            both = f"\0{last.group()} {word.group()}"
            yield Piece(crc32(both.encode()) % BUCKETS, last.start(), word.end())
        last = word


def buckets(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    """The buckets of all pieces of an ad's texts in plain form, each once."""
    return np.unique(np.array([piece.bucket for text in texts for piece in pieces(text)], np.int64))


def probability(texts: Sequence[str], model: Model) -> float:
    """0 to 1, among texts of which half are scams.

    Args:
        texts: of one ad, in plain form.
        model: the weights.
    """
    found = buckets(texts)
    if not len(found):
        return 0.0
    total = float(model.weights[found].sum(dtype=np.int64)) * model.step / math.sqrt(len(found))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, model.base + total))))


def places(plain: str, model: Model) -> list[tuple[int, int]]:
    """Where a text is worded most like a scam's, the most telling first: start and end.

    Args:
        plain: one text in plain form.
        model: the weights.
    """
    weighed = [
        (int(model.weights[piece.bucket]), piece.start, piece.end)
        for piece in pieces(plain)
        if len(plain[piece.start : piece.end].strip()) >= _TELLS
    ]
    best = sorted((one for one in weighed if one[0] > 0), key=lambda one: (-one[0], one[1:]))[:_MOST_PIECES]
    merged: list[list[int]] = []
    for weight, start, end in sorted(best, key=lambda one: one[1:]):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
            merged[-1][2] += weight
        else:
            merged.append([start, end, weight])
    told = sorted(merged, key=lambda one: -one[2])[:_MOST_PLACES]
    return [(start, end) for start, end, _ in told]


@cache
def shipped() -> Model:
    """The weights that Haechi comes with.

    Raises:
        KnowledgeError: their file is damaged.
    """
    return read(resources.files("haechi.knowledge").joinpath("model", "scam-wording-1.npz"))


def read(file: Traversable | Path) -> Model:
    """The model in a file; what is damaged is told by the file's own checksums.

    Raises:
        KnowledgeError: the file cannot be read, or is none.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            weights = arrays["weights"]
            step, base = (float(arrays[name]) for name in ("step", "base"))
            learnt_from = str(arrays["learnt_from"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as fault:
        raise KnowledgeError(f"{file}: expected the weights of scam wording; {fault}.") from None
    if weights.shape != (BUCKETS,) or weights.dtype != np.int16:
        raise KnowledgeError(f"{file}: expected {BUCKETS} weights of two bytes; found {weights.shape}.")
    return Model(weights, step, base, learnt_from)


def written(model: Model, path: Path) -> None:
    """Writes a model; `read` reads it."""
    np.savez_compressed(
        path, weights=model.weights, step=model.step, base=model.base, learnt_from=model.learnt_from
    )
