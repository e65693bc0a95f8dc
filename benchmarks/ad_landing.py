"""Cloaking told and honest pages left alone, on pages made for it.

    PYTHONPATH=. python benchmarks/ad_landing.py --pages 2000 [--lines en=FILE ...]

Pages are made of sentences: synthetic ones, or the lines of files, one file for each language. Honest visits differ
in what honest pages differ in, cloaking ones in what cloaking servers show. Printed: how many of each kind are told
and at which score, how far the reviewer's and the phone's texts overlap, and what is told of approved pages later.
"""

import argparse
import random
from pathlib import Path

from tests.ads.landing.pages import CLOAKING, HONEST, Maker, later, told

from haechi.review.landing.compare import overlap, shingles

TOLD = 0.5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=1000, help="pairs of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--lines", action="append", default=[], metavar="LANG=FILE", help="sentences, one a line"
    )
    asked = parser.parse_args()
    lines: dict[str, list[str]] = {}
    for one in asked.lines:
        language, _, name = one.partition("=")
        lines[language] = [
            line for line in Path(name).read_text(encoding="utf-8").splitlines() if len(line) > 20
        ]
    made = Maker(random.Random(asked.seed), lines)  # noqa: S311 - pages, not secrets
    for kinds, title in ((HONEST, "honest"), (CLOAKING, "cloaking")):
        for kind in kinds:
            runs = [kind(made) for _ in range(asked.pages)]
            scores = [told(visits) for visits in runs]
            overlaps = sorted(overlap(shingles(visits[0].text), shingles(visits[1].text)) for visits in runs)
            print(
                f"{title:9} {kind.__name__:26} told {sum(score >= TOLD for score in scores):6} of {len(scores)},"
                f" at 0.7 {sum(score >= 0.7 for score in scores):6}; overlap"
                f" 1% {overlaps[len(overlaps) // 100]:.2f} median {overlaps[len(overlaps) // 2]:.2f}"
                f" 99% {overlaps[-1 - len(overlaps) // 100]:.2f}"
            )
    for swapped in (False, True):
        count = sum(bool(later(made, swapped=swapped)) for _ in range(asked.pages))
        print(f"later     {'swapped' if swapped else 'the same page':26} told {count:6} of {asked.pages}")


if __name__ == "__main__":
    main()
