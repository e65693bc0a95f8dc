"""A learned sum of weights over pieces of text.

Each piece has a bucket, its place in a table of weights (K. Weinberger et al., "Feature Hashing for Large Scale
Multitask Learning", ICML 2009); the hash is CRC-32, which every machine computes alike.
"""

import math
import struct
import zipfile
import zlib
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from haechi.errors import KnowledgeError

BUCKETS: Final = 1 << 18
Found = npt.NDArray[np.int64]
"""Buckets of what an ad says, each once; shape (n,)."""

_DAMAGED: Final = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What reading raises where a byte of the file is wrong; which, depends on the byte."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is added up.

    Attributes:
        weights: of each bucket, in whole steps; shape (`BUCKETS`,).
        step: how much one step is.
        base: what is added where nothing is said.
        learnt_from: SHA-256 over the texts that it was learnt from.
    """

    weights: npt.NDArray[np.int16]
    step: float
    base: float
    learnt_from: str


def bucket(piece: bytes) -> int:
    """Where a piece's weight stands."""
    return zlib.crc32(piece) % BUCKETS


def probability(found: Found, model: Model) -> float:
    """0 to 1, among texts of which half are of the kind that is looked for; 0 where nothing is said."""
    if not len(found):
        return 0.0
    total = float(model.weights[found].sum(dtype=np.int64)) * model.step / math.sqrt(len(found))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, model.base + total))))


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
    except _DAMAGED as fault:
        raise KnowledgeError(f"{file}: expected learned weights of words; {fault}.") from None
    if weights.shape != (BUCKETS,) or weights.dtype != np.int16:
        raise KnowledgeError(f"{file}: expected {BUCKETS} weights of two bytes; found {weights.shape}.")
    return Model(weights, step, base, learnt_from)


def written(model: Model, path: Path) -> None:
    """Writes a model, whole or not at all; `read` reads it."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as opened:
        np.savez_compressed(
            opened, weights=model.weights, step=model.step, base=model.base, learnt_from=model.learnt_from
        )
    draft.replace(path)
