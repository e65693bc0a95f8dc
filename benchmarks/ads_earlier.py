"""How long the index of earlier ads takes, and how much memory: `python benchmarks/ads_earlier.py [ADS]`.

Ads are synthetic: sentences drawn from 2,000 made-up ones, so that strangers share some; one in five is a copy of one
of 200 templates with small edits. All figures are of one core.
"""

import random
import resource
import sys
import time
from datetime import datetime, timedelta

from haechi.review.ads import Ad, Decision
from haechi.review.case import Case, World
from haechi.review.history import MemoryHistory
from haechi.review.masking import masks
from haechi.review.signals import near_copy

START = datetime.fromisoformat("2026-01-01")
_SYLLABLES = "ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo"
SYLLABLES = _SYLLABLES.split()


def made(chance: random.Random) -> tuple[list[str], list[str]]:
    """Sentences and templates."""
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(3_000)]
    sentences = [" ".join(chance.choices(words, k=chance.randint(5, 12))) for _ in range(2_000)]
    return sentences, [". ".join(chance.sample(sentences, 4)) for _ in range(200)]


def text(chance: random.Random, sentences: list[str], templates: list[str]) -> str:
    """One ad's text."""
    if chance.random() < 0.2:
        words = chance.choice(templates).split()
        words[chance.randrange(len(words))] = "other"
        return " ".join(words)
    return ". ".join(chance.sample(sentences, 4))


def main() -> None:
    """Fills the history and asks it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    chance = random.Random(7)  # noqa: S311
    sentences, templates = made(chance)
    history, world = MemoryHistory(1_000_000), World()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    adding, asking, found = 0.0, [], 0
    for number in range(count + 2_000):
        ad = Ad(
            ad_id=f"ad-{number:08}",
            advertiser_id=f"account-{chance.randrange(5_000)}",
            text=text(chance, sentences, templates),
            submitted_at=START + timedelta(seconds=number),
        )
        case = Case(ad, None, None, (), world, history)
        if number >= count:
            start = time.perf_counter()
            found += bool(near_copy.find(case))
            asking.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        history.add(ad, decided(ad, chance), masks(case))
        adding += time.perf_counter() - start
    asking.sort()
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{count:,} ads: {memory:,.0f} MiB, {adding / (count + 2_000) * 1e3:.2f} ms an ad to add (masking included)"
    )
    print(
        f"signal near-copy: median {asking[1_000]:.2f} ms, p95 {asking[1_900]:.2f} ms, p99 {asking[1_980]:.2f} ms, "
        f"most {asking[-1]:.2f} ms; {found / 20:.1f}% of ads have one"
    )


def decided(ad: Ad, chance: random.Random) -> Decision:
    """A decision on it."""
    return Decision(
        ad_id=ad.ad_id,
        ad_hash="0" * 64,
        decision=chance.choice(("approve", "approve", "approve", "reject")),
        reasons=(),
        signals=(),
        rules=(),
        shadow_rules=(),
        ruleset_hash="0" * 64,
        decided_at=ad.submitted_at,
    )


if __name__ == "__main__":
    main()
