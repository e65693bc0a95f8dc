"""Learns weights of words: python -m haechi.review.learn_wording WHAT FOLDER OUT.npz (`make wording`).

WHAT is `scam-wording` (FOLDER has `scams*.jsonl` and `honest*.jsonl`; see `wording`) or `inviting` (`invites*.jsonl`
and `speaks*.jsonl`). Their rows have `language`, `kind`, `headline` and `text`. Logistic regression with a penalty on
large weights (L2) over each ad's pieces, both kinds weighing the same in sum; a piece counts more the fewer ads have
it (K. Spärck Jones, "A statistical interpretation of term specificity", Journal of Documentation 1972).
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array

from haechi.errors import KnowledgeError
from haechi.review import inviting, wording
from haechi.review.logistic import fitted
from haechi.review.plain import plain
from haechi.review.weights import BUCKETS, Found, Model, written

_PENALTY: Final = 1 / 6
"""Of the square of the weights, against the mean loss of an ad times their number."""
_HEAVIEST: Final = 32_767
_Floats = npt.NDArray[np.float64]


class Written(msgspec.Struct, frozen=True):
    """A text that somebody wrote to be learnt from."""

    language: str
    kind: str
    headline: str
    text: str


class Lesson(NamedTuple):
    """What is learnt.

    Attributes:
        looked_for: how names of files begin whose texts are of the kind that is looked for.
        others: the same of those that are not.
        buckets: of a text's pieces.
        based: whether a text that says little is of the others rather than in the middle.
    """

    looked_for: str
    others: str
    buckets: Callable[[Written], Found]
    based: bool


def _worded(row: Written) -> Found:
    return wording.buckets([plain(row.headline).text, plain(row.text).text])


def _inviting(row: Written) -> Found:
    return inviting.buckets([row.headline, row.text])


LESSONS: Final[Mapping[str, Lesson]] = {
    "scam-wording": Lesson("scams", "honest", _worded, based=True),
    "inviting": Lesson("invites", "speaks", _inviting, based=False),
}


def fingerprint_of(folder: Path, lesson: Lesson) -> str:
    """SHA-256 over the files of a folder that are learnt from, by which a stale model is found."""
    digest = hashlib.sha256()
    for path in _files(folder, lesson.looked_for) + _files(folder, lesson.others):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def rows_of(folder: Path, kind: str) -> list[Written]:
    """All rows of the files whose names begin with `kind`.

    Raises:
        KnowledgeError: there is none, or a line is no row; it names file and line.
    """
    decoder = msgspec.json.Decoder(Written)
    rows = []
    for path in _files(folder, kind):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as fault:
                raise KnowledgeError(f"{path}, line {number}: {fault}.") from None
    if not rows:
        raise KnowledgeError(f"{folder}: expected files {kind}*.jsonl with rows; found none.")
    return rows


def learn(found: Sequence[Found], looked_for: Sequence[bool], learnt_from: str, *, based: bool) -> Model:
    """The weights that tell the kind that is looked for from others best.

    Args:
        found: buckets of each ad's pieces.
        looked_for: of each ad, whether it is of that kind.
        learnt_from: for `Model`.
        based: as in `Lesson`.
    """
    many = np.array([len(one) for one in found])
    values = np.repeat(1 / np.sqrt(np.maximum(many, 1)), many)
    ends = np.concatenate(([0], np.cumsum(many)))
    columns = np.concatenate(found)
    rarity = np.log((len(found) + 1) / (np.bincount(columns, minlength=BUCKETS) + 1))
    table = csr_matrix((values, columns, ends), shape=(len(found), BUCKETS)) @ diags_array(rarity)
    positive = np.array(looked_for)
    share: _Floats = len(found) / 2 / np.where(positive, positive.sum(), (~positive).sum())
    bounds = [(None, None) if based else (0.0, 0.0), *[(None, None)] * BUCKETS]
    base, *rest = fitted(csr_matrix(table), positive, share, penalty=_PENALTY, bounds=bounds).tolist()
    best = np.array(rest) * rarity
    step = float(np.abs(best).max()) / _HEAVIEST
    return Model(np.round(best / step).astype(np.int16), step, base, learnt_from)


def learnt(folder: Path, lesson: Lesson) -> Model:
    """The model that the texts of a folder teach.

    Raises:
        KnowledgeError: see `rows_of`.
    """
    looked_for, others = rows_of(folder, lesson.looked_for), rows_of(folder, lesson.others)
    found = [lesson.buckets(row) for row in (*looked_for, *others)]
    which = [True] * len(looked_for) + [False] * len(others)
    return learn(found, which, fingerprint_of(folder, lesson), based=lesson.based)


def main(arguments: Sequence[str]) -> None:
    """Reads, learns, writes."""
    parser = argparse.ArgumentParser(prog="python -m haechi.review.learn_wording")
    parser.add_argument("what", choices=LESSONS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args(arguments)
    written(learnt(asked.folder, LESSONS[asked.what]), asked.out)


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(f"{kind}*.jsonl"))


if __name__ == "__main__":
    main(sys.argv[1:])
