"""`haechi example`: made-up datasets with known answers."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import cyclopts
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from haechi.example import SYNTHETIC, Scale, write_pipc
from haechi.example.campaigns import SYNTHETIC as ADS_SYNTHETIC
from haechi.example.campaigns import Plan, write_ads

app = cyclopts.App(name="example", help="Make up a dataset whose answers are known.")


@app.command
def pipc(
    *,
    out: Path,
    people: int = 2_000,
    themes: int = 600,
    advertisers: int = 60,
    behaviours: int = 200_000,
    seed: int = 1,
) -> None:
    """Make the case of PIPC's decision on Meta (2024-11-04) with synthetic people, at any scale.

    The reference case is --people 980000 --themes 97000 --advertisers 4000 --behaviours 100000000.

    Args:
        out: folder to write; new, empty, or an earlier example, which is replaced.
        people: rows of people, at least 20.
        themes: rows of themes, at least 40; about two in a hundred are sensitive.
        advertisers: rows of advertisers, at least 1.
        behaviours: rows of behaviours.
        seed: same seed and counts, same bytes.

    Raises:
        UsageError: a count is too small, or the folder holds something that no example made.
        OutputError: the folder could not be written; what stood there before is untouched.
    """
    scale = Scale(people=people, themes=themes, advertisers=advertisers, behaviours=behaviours, seed=seed)
    with _bar() as bar:
        tasks = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done, total=of)

        write_pipc(scale, out, show)
    sys.stdout.write(
        f"{out}: {people:,} people, {themes:,} themes, {advertisers:,} advertisers, {behaviours:,} behaviours.\n"
        f"{SYNTHETIC}\nWhat an audit must find stands in {out / 'expected.json'}.\n"
    )


@app.command
def ads(
    *,
    out: Path,
    campaigns: int = 60,
    honest: int = 1_200,
    seed: int = 1,
    split: Literal["dev", "held-out"] = "dev",
    evasion: Annotated[tuple[str, ...], Parameter(negative=())] = ("none",),
    pictures: bool = True,
) -> None:
    """Make synthetic ads, scams and honest ones, with all tables of ad review and the truth beside.

    Families of scams and lines of honest ads are in one split only: build on dev, measure by held-out.

    Args:
        out: folder to write; new, empty, or an earlier example, which is replaced.
        campaigns: of scams, each of 4 to 12 ads.
        honest: ads that are no scam; four in ten are of finance.
        seed: same seed, counts and fonts, same bytes.
        split: dev or held-out.
        evasion: what is done against review, once for each; `none`, text: homoglyph, cjk-variant, zero-width,
            spacing, leet, paraphrase, translation, picture: text-in-image, qr-only, crop, band, border, mirror,
            collage, jpeg, page: redirect, cloaking, swap. One folder for each measures each alone.
        pictures: draw pictures for ads; reading them takes most of a review's time.

    Raises:
        UsageError: a count is too small, an evasion is not known, a font is missing, or the folder holds something
            that no example made.
        OutputError: the folder could not be written; what stood there before is untouched.
    """
    plan = Plan(
        campaigns=campaigns, honest=honest, seed=seed, split=split, evasions=evasion, pictures=pictures
    )
    with _bar() as bar:
        task = bar.add_task("pictures", total=None)
        count = write_ads(plan, out, lambda _, done, of: bar.update(task, completed=done, total=of))
    sys.stdout.write(
        f"{out}: {count:,} ads.\n{ADS_SYNTHETIC}\nWhat each one is stands in {out / 'truth.csv'}.\n"
    )


def _bar() -> Progress:
    """Progress on a terminal's standard error; nothing elsewhere."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
