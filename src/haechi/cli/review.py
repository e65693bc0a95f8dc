"""`haechi review`: a decision on every ad of a file."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Literal

from rich.console import Console

from haechi.cli.progress import progress
from haechi.cli.spare import spare
from haechi.errors import UsageError
from haechi.review.ads import OUTCOMES, Ad, Decision
from haechi.review.images.opening import is_inside
from haechi.review.landing.of_ad import visits_of
from haechi.review.policy import load_ruleset
from haechi.review.policy.replay import encode
from haechi.review.reading import locate, read_ads, read_world
from haechi.review.run import Run
from haechi.sensitivity.write_answers import in_place_of
from haechi.terms.row_files import short

_SHOWN: Final = 5
"""Ads with missing pictures that are named."""
FailOn = Literal["never", "hold", "reject"]


def review(
    ads: str,
    *,
    out: Path | None = None,
    rules: Path | None = None,
    bank: Path | None = None,
    face_detector: Path | None = None,
    face_recogniser: Path | None = None,
    visit: bool = False,
    fail_on: FailOn = "never",
) -> int:
    """Judge every ad before it runs: approve, hold for a person, or reject, with reasons and evidence.

    Beside the ads stand the tables advertisers, protected_parties, authorisations and licences, and the pictures; see
    docs/reference/ad-review.md. Decisions come out in the order of the ads, a JSON line each. Every ad is also
    compared with those before it.

    Parameters
    ----------
    ads
        JSONL, CSV (.gz, .zst) or Parquet, or a folder with a file called ads.
    out
        .jsonl; without it, standard output. It takes the place of an earlier one when it is whole.
    rules
        Folder of a rule set (haechi policy copy); without it, the one that comes with Haechi.
    bank
        Known pictures, as a file.
    face_detector
        ONNX file of YuNet; faces are looked for in suspected ads only, and only those of protected parties.
    face_recogniser
        ONNX file of SFace.
    visit
        Visit the page behind each ad over the network, as three visitors (docs/how-to/review-landing-pages.md).
    fail_on
        End with 1 where an ad is rejected (reject), or rejected or held (hold).
    """
    located = locate(ads)
    if out is not None:
        _expect_target(out)
        spare(
            out, {"the file of ads": located.ads, **{f"the table {k}": v for k, v in located.tables.items()}}
        )
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    world = read_world(located, lambda told: console.print(told, markup=False))
    table = read_ads(located)
    # Everything is read once before anything is decided, so that a fault in the last row is told at once.
    number = 0
    missing = _Missing(located.folder)
    for ad in table:
        number += 1
        missing.look(ad)
    if not number:
        raise UsageError(f"{located.ads}: found no ads; expected one at least. Nothing was written.")
    if missing.count:
        console.print(str(missing), markup=False)
    if table.unread:
        console.print(f"{located.ads}: not read: {', '.join(sorted(table.unread))}.", markup=False)
    run = Run(
        world,
        load_ruleset(rules),
        folder=located.folder,
        bank=bank,
        faces=_both(face_detector, face_recogniser),
        visit=visits_of if visit else None,
        notice=lambda told: console.print(told, markup=False),
    )
    counts: Counter[str] = Counter()
    decisions = _decided(run, iter(table), counts, datetime.now(UTC).replace(tzinfo=None))
    if out is None:
        _print(decisions)
    else:
        with in_place_of(out) as file:
            _write(decisions, file)
    told = ", ".join(f"{outcome} {counts[outcome]:,}" for outcome in OUTCOMES)
    console.print(f"{number:,} ads: {told}.", markup=False)
    stopped = {"never": 0, "reject": counts["reject"], "hold": counts["reject"] + counts["hold"]}
    return int(stopped[fail_on] > 0)


class _Missing:
    """Pictures that ads name and that are not in the folder: their ads are held, mostly for a folder left behind.

    Attributes:
        count: how many ads name one.
    """

    def __init__(self, folder: Path) -> None:
        """Begins with none.

        Args:
            folder: in which pictures lie.
        """
        self.count = 0
        self._folder = folder
        self._first: list[str] = []

    def look(self, ad: Ad) -> None:
        """Looks whether the ad's picture is there."""
        if ad.image is None or is_inside(self._folder, ad.image):
            return
        self.count += 1
        if len(self._first) < _SHOWN:
            self._first.append(f"{ad.ad_id}: {short(ad.image)}")

    def __str__(self) -> str:
        more = f" and {self.count - len(self._first):,} more" if self.count > len(self._first) else ""
        return (
            f"pictures of {self.count:,} ads are not in {self._folder} ({'; '.join(self._first)}{more}): "
            "each of these ads is held for it."
        )


def _decided(run: Run, ads: Iterator[Ad], counts: Counter[str], now: datetime) -> Iterator[Decision]:
    with progress("ads") as report:
        for ad in ads:
            decision = run(ad, now=now)
            counts[decision.decision] += 1
            report(1)
            yield decision


def _write(decisions: Iterator[Decision], file: IO[bytes]) -> None:
    for decision in decisions:
        file.write(encode(decision) + b"\n")


def _print(decisions: Iterator[Decision]) -> None:
    try:
        _write(decisions, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _expect_target(out: Path) -> None:
    if out.suffix != ".jsonl":
        raise UsageError(f"--out {out}: found ending {out.suffix!r}; expected .jsonl.")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}: found no folder {out.parent}; expected one that is there.")


def _both(detector: Path | None, recogniser: Path | None) -> tuple[Path, Path] | None:
    if detector is None and recogniser is None:
        return None
    if detector is None or recogniser is None:
        raise UsageError("expected --face-detector and --face-recogniser together.")
    return detector, recogniser
