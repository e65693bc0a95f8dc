"""How long a decision takes: `python benchmarks/ads_speed.py FOLDER`.

FOLDER is of `haechi example ads`. Ads are judged in turn as `haechi review` does, pictures read, without visits; the
clock runs from an ad handed over to its decision. The first ad of each kind, which loads lexicons and models, is not
counted. Run alone, with OMP_THREAD_LIMIT=1 for one core.
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from haechi.review.policy import load_ruleset
from haechi.review.reading import locate, read_ads, read_world
from haechi.review.run import Run


def main() -> None:
    """Prints a row for ads of words alone and one for ads with a picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    located = locate(str(parser.parse_args().folder))
    run = Run(
        read_world(located, lambda _: None),
        load_ruleset(None),
        folder=located.folder,
        notice=lambda _: None,
    )
    now = datetime.now(UTC).replace(tzinfo=None)
    taken: dict[str, list[float]] = {"words": [], "picture": []}
    for ad in read_ads(located):
        begun = time.perf_counter()
        run(ad, now=now)
        taken["picture" if ad.image else "words"].append(time.perf_counter() - begun)
    print("| ads | number | median | 95% | 99% | a second |\n| --- | --- | --- | --- | --- | --- |")
    for kind, times in taken.items():
        kept = times[1:]
        if len(kept) < 2:
            continue
        parts = quantiles(kept, n=100, method="inclusive")
        shown = " | ".join(f"{1000 * one:,.1f} ms" for one in (median(kept), parts[94], parts[98]))
        print(f"| {kind} | {len(kept):,} | {shown} | {len(kept) / sum(kept):,.1f} |")


if __name__ == "__main__":
    main()
