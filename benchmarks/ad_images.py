"""How well known pictures are found after edits, how often strangers are taken for them, and how fast.

    python benchmarks/ad_images.py [--photos FOLDER] [--bank FILE] [--hashes 1000000] [--each 60] [--strangers 1000]
                                   [--kinds text chart ...] [--first 0]
                                   [--parts text templates edits strangers look]

All pictures are synthetic (`ad_pictures.py`) but those of `--photos`, a folder of JPEGs with a free licence. The bank
is filled with other pictures up to `--hashes` marks; `--bank` keeps it for the next run. All cores look up at once;
times are of processors, each a little longer than alone.
"""

import argparse
import math
import os
import random
import time
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple, TypeVar

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ad_pictures import EDITS, KINDS, picture, twins
from haechi.review.images.alignment import STRONG
from haechi.review.images.bank import Bank, rejected
from haechi.review.images.dense import dense_text
from haechi.review.images.fingerprint import MARKS, Fingerprint, asked, fingerprint
from haechi.review.images.look import look
from haechi.review.images.segment import agreements, told

SURE = 0.95
HINT = 0.5
"""From here on the rules hold an ad."""
RICH = 20
PARTS = ("text", "templates", "edits", "strangers", "look")
Grey = NDArray[np.uint8]
Given = TypeVar("Given")
Told = TypeVar("Told")


def grey(image: Image.Image) -> Grey:
    """Grey values of a picture."""
    return np.asarray(image.convert("L"), np.uint8)


def known_pictures(photos: Path | None, many: int, first: int) -> list[Image.Image]:
    """Pictures that are put into the bank and edited: the photographs, and synthetic ones of every kind."""
    found = (
        [] if photos is None else [Image.open(path).convert("RGB") for path in sorted(photos.glob("*.jpg"))]
    )
    for image in found:
        image.thumbnail((1200, 1200))
    return found + [picture(seed) for seed in range(first, first + many)]


def stranger(seed: int) -> Fingerprint:
    """Fingerprint of a picture that nobody asks for."""
    return fingerprint(grey(picture(seed)))


def filled(bank: Bank, hashes: int) -> None:
    """Fills a bank up with strangers."""
    first = 50_000_000
    with Pool() as workers:
        rendered = workers.imap(stranger, range(first, first + hashes // MARKS), chunksize=25)
        for number, one in enumerate(rendered):
            bank.add(rejected(f"whole-{number}"), one)


def measure_edits(bank: Bank, images: list[Image.Image], each: int) -> None:
    """Found surely, or as a hint, under each edit; with the Wilson interval of 95%.

    Pictures in which nearly nothing stands out (fewer than `RICH` marks) are told apart: they are beyond this method.
    """
    rich = [len(fingerprint(grey(image)).marks.bits) >= RICH for image in images]
    print(f"pictures: {len(images)}, of them with fewer than {RICH} marks: {len(images) - sum(rich)}")
    print(
        "| edit | asked | sure | 95% interval | sure or hint | plain pictures: sure |\n|---|---|---|---|---|---|"
    )
    for name in EDITS:
        scores: dict[bool, list[float]] = {True: [], False: []}
        chosen = random.Random(name).sample(range(len(images)), min(each, len(images)))  # noqa: S311 - synthetic
        for one, score in zip(
            chosen, at_once(bank, edited, [(name, images[one], one) for one in chosen]), strict=True
        ):
            scores[rich[one]].append(score)
        plain = f"{sum(score >= SURE for score in scores[False])} of {len(scores[False])}"
        of = len(scores[True])
        sure, hint = (sum(score >= level for score in scores[True]) for level in (SURE, HINT))
        low, high = wilson(sure, of)
        share = f"{sure / of:.1%} | {low:.1%} to {high:.1%} | {hint / of:.1%}"
        print(f"| {name} | {of} | {share} | {plain} |", flush=True)


def edited(given: tuple[str, Image.Image, int]) -> float:
    """How surely an edited picture's original is found."""
    name, image, one = given
    edit = EDITS[name](image, random.Random(f"{name} {one}"))  # noqa: S311 - synthetic
    return dict(_BANKS[-1].look_up(asked(grey(edit)))).get(rejected(f"known-{one}"), 0.0)


def at_once(bank: Bank, work: Callable[[Given], Told], given: list[Given]) -> list[Told]:
    """Work on all processors, with the bank at hand."""
    _BANKS.append(bank)
    with Pool() as workers:
        return workers.map(work, given, chunksize=4)


_BANKS: list[Bank] = []
"""The bank that forked workers ask: the last."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Interval of 95% for a share."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


class Stranger(NamedTuple):
    """What was made of a picture that is not in the bank.

    Attributes:
        score: of what it was taken for, 0 if for nothing.
        strength: of the strongest agreement, told or not.
        preparing: seconds for its marks.
        looking: seconds for the look-up.
    """

    score: float
    strength: float
    preparing: float
    looking: float


def asked_for(given: tuple[int, str]) -> Stranger:
    """Looks up a picture that is not in the bank."""
    image = grey(picture(*given))
    start = time.process_time()
    prepared = asked(image)
    middle = time.process_time()
    best = strength = 0.0
    for part in _BANKS[-1].segments:
        judged = agreements(part, prepared)
        best = max([best, *(score for _, score in told(part, prepared, judged))])
        strength = max([strength, *(one.strength for _, one in judged)])
    return Stranger(best, strength, middle - start, time.process_time() - middle)


def measure_strangers(bank: Bank, many: int, kinds: list[str]) -> None:
    """How often a picture that is not in the bank is taken for one that is, how near others came; and the time."""
    given = [(800_000_000 + number, kinds[number % len(kinds)]) for number in range(many)]
    looked = at_once(bank, asked_for, given)
    sure = sum(one.score >= SURE for one in looked)
    hints = sum(HINT <= one.score < SURE for one in looked)
    print(
        f"strangers ({', '.join(kinds)}): {many}; taken for known {sure}, hints {hints} "
        f"(95%: below {wilson(sure + hints, many)[1]:.1e} a look-up)"
    )
    strongest = sorted((one.strength for one in looked), reverse=True)[: many // 100 + 2]
    print(f"strongest: {', '.join(f'{one:.2f}' for one in strongest[:12])}; told from {STRONG}")
    if not strongest[-1]:
        print("too few come near for a tail")
    for name, rate in tails(strongest, many, STRONG).items() if strongest[-1] else ():
        print(f"if the tail goes on as {name}: {rate:.1e} a look-up")
    for name, seconds in (
        ("marks of the asked picture", [one.preparing for one in looked]),
        ("look-up", [one.looking for one in looked]),
    ):
        print(
            f"{name}: median {median(seconds) * 1e3:.0f} ms, p95 {quantiles(seconds, n=20)[18] * 1e3:.0f} ms"
        )


def tails(strongest: list[float], many: int, level: float) -> dict[str, float]:
    """How often strangers reach a level that none of few reached, if their tail goes on as it is.

    Hill's estimate of a power of the strength (Annals of Statistics 1975), the heavier, and the exponential with the
    mean excess, the lighter; both from the strongest hundredth.

    Args:
        strongest: strengths, the strongest first; the last is where the tail begins.
        many: how many were looked up.
        level: which is asked about.
    """
    *above, start = strongest
    share = len(above) / many
    power = len(above) / sum(math.log(one / start) for one in above)
    excess = sum(one - start for one in above) / len(above)
    return {
        "a power": share * (level / start) ** -power,
        "an exponential": share * math.exp(-(level - start) / excess),
    }


def measure_templates(many: int) -> None:
    """Text creatives of one layout with other words."""
    bank = Bank()
    pairs = [twins(seed) for seed in range(many)]
    for number, (one, _) in enumerate(pairs):
        bank.add(rejected(f"twin-{number}"), fingerprint(grey(one)))
    found = [dict(bank.look_up(asked(grey(other)))) for _, other in pairs]
    scores = [told.get(rejected(f"twin-{number}"), 0.0) for number, told in enumerate(found)]
    sure = sum(score >= SURE for score in scores)
    print(
        f"templates with other words: {many}; sure {sure}, hints {sum(0 < score < SURE for score in scores)}"
    )


def measure_text(photos: Path | None) -> None:
    """How often `dense_text` is said of creatives with words and of pictures without."""
    for kind in KINDS:
        said = [dense_text(grey(picture(seed, kind))) for seed in range(3_000, 3_120)]
        print(f"dense text, {kind}: {sum(said)} of {len(said)}")
    if photos is not None:
        said = [dense_text(grey(Image.open(path))) for path in sorted(photos.glob("*.jpg"))]
        print(f"dense text, photographs: {sum(said)} of {len(said)}")


def measure_look(bank: Bank, folder: Path, many: int) -> None:
    """Seconds for all of one creative of 1200 x 628 with text, reading included: by the clock, and of processors."""
    clock, processors = [], []
    for seed in range(5_000, 5_000 + many):
        path = folder / "look.png"
        picture(seed, "text").resize((1200, 628)).save(path)
        data = path.read_bytes()
        start, used = time.perf_counter(), sum(os.times()[:4])
        look(data, bank=bank)
        clock.append(time.perf_counter() - start)
        processors.append(sum(os.times()[:4]) - used)
        path.unlink()
    for name, seconds in (("clock", clock), ("processors", processors)):
        print(
            f"look, {name}: median {median(seconds):.2f} s, p95 {quantiles(seconds, n=20)[18]:.2f} s",
            flush=True,
        )


def main() -> None:
    """Measures all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--bank", type=Path, default=Path("ad_images.bank"))
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first picture that is edited")
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--strangers", type=int, default=1_000)
    parser.add_argument(
        "--kinds", nargs="+", default=list(KINDS), choices=KINDS, help="of strangers, in turn"
    )
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    given = parser.parse_args()
    # Workers are forked: threads that began before never answer in them.
    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    images = known_pictures(given.photos, 150, given.first)
    if not given.bank.exists():
        bank = Bank()
        filled(bank, given.hashes)
        bank.save(given.bank)
    start = time.perf_counter()
    bank = Bank.load(given.bank)
    print(f"loaded {len(bank):,} pictures, {bank.marks:,} marks in {time.perf_counter() - start:.2f} s")
    print(f"file: {given.bank.stat().st_size / len(bank):,.0f} bytes a picture")
    for number, image in enumerate(images):
        bank.add(rejected(f"known-{number}"), fingerprint(grey(image)))
    parts = {
        "text": lambda: measure_text(given.photos),
        "templates": lambda: measure_templates(200),
        "edits": lambda: measure_edits(bank, images, given.each),
        "strangers": lambda: measure_strangers(bank, given.strangers, given.kinds),
        "look": lambda: measure_look(bank, given.bank.parent, 40),
    }
    for part in given.parts:
        parts[part]()


if __name__ == "__main__":
    main()
