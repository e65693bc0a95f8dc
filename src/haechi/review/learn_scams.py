"""Learns the weights of `scam_model`: python -m haechi.review.learn_scams TEXTS.jsonl... OUT.toml.

A row has `text` and `scam` (true or false), and may have `weight`. Logistic regression with a penalty on large
weights (L2), scams and others weighing the same in sum; a claim can only add and a warning can only take away, so
that nobody gets past by claiming more.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from haechi.review.claim_phrases import AGAINST, claims_in
from haechi.review.logistic import fitted
from haechi.review.plain import plain
from haechi.review.scam_model import Weights, features, names

_PENALTY: Final = 0.002
_Floats = npt.NDArray[np.float64]


class Labelled(msgspec.Struct, frozen=True):
    """A text that somebody labelled."""

    text: str
    scam: bool
    weight: float = 1.0


def learn(rows: Sequence[Labelled], *, penalty: float = _PENALTY) -> Weights:
    """The weights that tell the labelled texts apart best."""
    columns = names()
    place = {name: number for number, name in enumerate(columns)}
    table = np.zeros((len(rows), len(columns)))
    for number, row in enumerate(rows):
        for name, value in features(claim.kind for claim in claims_in(plain(row.text).text)).items():
            table[number, place[name]] = value
    scam = np.array([row.scam for row in rows])
    share = np.array([row.weight for row in rows])
    for side in (scam, ~scam):
        share[side] /= 2 * share[side].sum()
    against = {name for kind in AGAINST for name in (kind, f"{kind} again", f"{kind} often")}
    bounds = [(None, None), *((None, 0.0) if name in against else (0.0, None) for name in columns)]
    found = fitted(table, scam, share, penalty=penalty, bounds=bounds)
    return Weights(float(found[0]), dict(zip(columns, map(float, found[1:]), strict=True)))


def written(model: Weights, told: str) -> str:
    """The weights as TOML; `told` says what they were learnt from."""
    lines = [f"# {line}" for line in told.splitlines()]
    lines += [f"base = {model.base:.3f}", "", "[weights]"]
    lines += [f'"{name}" = {value:.3f}' for name, value in model.of_feature.items()]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Reads, learns, writes."""
    *sources, out = arguments
    decoder = msgspec.json.Decoder(Labelled)
    rows = [row for source in sources for row in decoder.decode_lines(Path(source).read_bytes())]
    scams = sum(row.scam for row in rows)
    told = f"Learnt by haechi.review.learn_scams from {len(rows):,} labelled texts, {scams:,} of them scams."
    Path(out).write_text(written(learn(rows), told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
