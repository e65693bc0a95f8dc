"""Learns the weights of `wording`: python -m haechi.review.learn_wording FOLDER OUT.npz (`make wording`).

FOLDER has `scams*.jsonl` and `honest*.jsonl`: rows with `language`, `kind`, `headline` and `text`. Logistic
regression with a penalty on large weights (L2) over each ad's pieces, scams and honest ads weighing the same in sum.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from haechi.review.logistic import fitted
from haechi.review.plain import plain
from haechi.review.wording import BUCKETS, Model, buckets, written

_PENALTY: Final = 1 / 20
"""Of the square of the weights, against the mean loss of an ad times their number."""
_HEAVIEST: Final = 32_767
_Floats = npt.NDArray[np.float64]


class Written(msgspec.Struct, frozen=True):
    """A text that somebody wrote to be learnt from."""

    language: str
    kind: str
    headline: str
    text: str


def texts_of(row: Written) -> tuple[str, str]:
    """Headline and text in plain form."""
    return plain(row.headline).text, plain(row.text).text


def fingerprint_of(folder: Path) -> str:
    """SHA-256 over the files of a folder that are learnt from, by which a stale model is found."""
    digest = hashlib.sha256()
    for path in _files(folder, "scams") + _files(folder, "honest"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def rows_of(folder: Path, kind: str) -> list[Written]:
    """All rows of the files whose names begin with `kind`."""
    decoder = msgspec.json.Decoder(Written)
    return [row for path in _files(folder, kind) for row in decoder.decode_lines(path.read_bytes())]


def learn(scams: Sequence[Written], honest: Sequence[Written], learnt_from: str) -> Model:
    """The weights that tell scams from honest ads best."""
    found = [buckets(texts_of(row)) for row in (*scams, *honest)]
    many = np.array([len(one) for one in found])
    values = np.repeat(1 / np.sqrt(np.maximum(many, 1)), many)
    ends = np.concatenate(([0], np.cumsum(many)))
    table = csr_matrix((values, np.concatenate(found), ends), shape=(len(found), BUCKETS))
    scam = np.repeat([True, False], [len(scams), len(honest)])
    share = np.repeat([0.5 / len(scams), 0.5 / len(honest)], [len(scams), len(honest)]) * len(found)
    best = fitted(table, scam, share, penalty=_PENALTY)
    step = float(np.abs(best[1:]).max()) / _HEAVIEST
    weights = np.round(best[1:] / step).astype(np.int16)
    return Model(weights, step, float(best[0]), learnt_from)


def main(arguments: Sequence[str]) -> None:
    """Reads, learns, writes."""
    folder, out = map(Path, arguments)
    written(learn(rows_of(folder, "scams"), rows_of(folder, "honest"), fingerprint_of(folder)), out)


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(f"{kind}*.jsonl"))


if __name__ == "__main__":
    main(sys.argv[1:])
