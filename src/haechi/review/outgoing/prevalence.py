"""How many bad ads get through: by random samples that people label, with an interval.

Searching for known words measures what the search finds: a regulator's own search words were used to clean the
results it would see (Reuters, 31 December 2025). So a sample can only be drawn from a frame of all ads of a period,
and an estimate draws the sample again and takes no other.

Two designs, both with Wilson's score interval (Wilson, Journal of the American Statistical Association, 1927):

    ads           every ad has the same chance, none is drawn twice. Estimates the share of ads. The interval leaves
                  the finite number of ads aside and is a little too wide for it.
    impressions   every draw takes an ad with a chance in proportion to its impressions, with replacement (Hansen and
                  Hurwitz, Annals of Mathematical Statistics, 1943). The chance that one draw hits is exactly the
                  share of impressions, so hits are binomial and the interval holds as it stands.
"""

import hashlib
import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import sqrt
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

import msgspec

from haechi.errors import UsageError

Design = Literal["ads", "impressions"]
_LARGEST: Final = 100_000_000


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What a sample is drawn from.

    Attributes:
        ads: identifiers of all ads of the period, each once.
        impressions: of each, in the same order; needed for the design `impressions` alone.
        selected_by: how the ads were selected among all, such as search words or reports; None: not at all.
    """

    ads: tuple[str, ...]
    impressions: tuple[int, ...] | None = None
    selected_by: str | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Ads to be labelled.

    Attributes:
        design: how they were drawn.
        seed: with which the same sample is drawn again.
        frame: SHA-256 of what it was drawn from.
        drawn: identifiers in the order of the draws; of the design `impressions` an ad may come more than once.
    """

    design: Design
    seed: int
    frame: str
    drawn: tuple[str, ...]


class Interval(NamedTuple):
    """An estimated share with its interval.

    Attributes:
        share: the estimate.
        low: lower end.
        high: upper end.
        draws: how many draws it rests on.
        hits: how many of them were bad.
    """

    share: float
    low: float
    high: float
    draws: int
    hits: int


def draw(frame: Frame, size: int, *, seed: int, design: Design = "ads") -> Sample:
    """A random sample; the same frame, size, seed and design give the same.

    Raises:
        UsageError: the frame was selected, names an ad twice, lacks impressions that the design needs, or is smaller
            than a sample without replacement.
    """
    _refuse_frame(frame, design)
    if not 1 <= size <= (len(frame.ads) if design == "ads" else _LARGEST):
        raise UsageError(
            f"A sample of {size:,}: expected from 1 to as many as there are ads ({len(frame.ads):,})."
        )
    # Not a secret: it has to be drawn again by whoever checks it.
    chance = random.Random(seed)  # noqa: S311
    if design == "ads":
        drawn = chance.sample(frame.ads, size)
    else:
        ends = list(accumulate(frame.impressions or ()))
        drawn = [frame.ads[bisect_right(ends, chance.randrange(ends[-1]))] for _ in range(size)]
    return Sample(design=design, seed=seed, frame=_mark(frame), drawn=tuple(drawn))


def estimate(frame: Frame, sample: Sample, bad: Mapping[str, bool], *, confidence: float = 0.95) -> Interval:
    """The share of bad ads, or of impressions of bad ads, in the frame.

    Args:
        frame: what the sample was drawn from.
        sample: as it was drawn.
        bad: whether each drawn ad is bad; every drawn ad is labelled, and no other.
        confidence: of the interval.

    Raises:
        UsageError: drawing again does not give the sample, or labels are missing or of other ads: whoever leaves out
            what is hard to label estimates something else.
    """
    if draw(frame, max(1, len(sample.drawn)), seed=sample.seed, design=sample.design) != sample:
        raise UsageError("The sample is not what drawing it again gives; expected one drawn from this frame.")
    drawn = set(sample.drawn)
    missing, other = len(drawn - bad.keys()), len(bad.keys() - drawn)
    if missing or other:
        raise UsageError(
            f"Labels: {missing:,} missing, {other:,} of other ads; expected one for each drawn ad."
        )
    hits = sum(bad[ad_id] for ad_id in sample.drawn)
    low, high = wilson(hits, len(sample.drawn), confidence=confidence)
    return Interval(hits / len(sample.drawn), low, high, len(sample.drawn), hits)


def wilson(hits: int, draws: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a share.

    Raises:
        ValueError: there are no draws, more hits than draws, or the confidence is not between 0 and 1.
    """
    if not 0 <= hits <= draws or not draws or not 0 < confidence < 1:
        raise ValueError("expected 0 <= hits <= draws, draws from 1, and a confidence between 0 and 1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle, half = _wilson(hits / draws, draws, z)
    # At the ends the formula gives 0 and 1 but for rounding.
    return (0.0 if hits == 0 else max(0.0, middle - half)), (
        1.0 if hits == draws else min(1.0, middle + half)
    )


def size_for(half_width: float, expected: float, *, confidence: float = 0.95) -> int:
    """The smallest number of draws whose interval is at most `half_width` to each side of its middle.

    Args:
        half_width: wanted, between 0 and 0.5, e.g. 0.001 for a tenth of a point.
        expected: the share that is expected; 0.5 where nothing is known.
        confidence: of the interval.

    Raises:
        ValueError: an argument is out of its range.
    """
    if not 0 < half_width < 0.5 or not 0 <= expected <= 1 or not 0 < confidence < 1:  # noqa: PLR2004
        raise ValueError(
            "expected a half-width between 0 and 0.5, and a share and confidence between 0 and 1"
        )
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    low, high = 0, 1
    while _wilson(expected, high, z)[1] > half_width:
        low, high = high, high * 2
    while high - low > 1:
        between = (low + high) // 2
        low, high = (between, high) if _wilson(expected, between, z)[1] > half_width else (low, between)
    return high


def _wilson(share: float, draws: int, z: float) -> tuple[float, float]:
    """Middle and half-width."""
    scale = 1 + z * z / draws
    half = z * sqrt(share * (1 - share) / draws + z * z / (4 * draws * draws)) / scale
    return (share + z * z / (2 * draws)) / scale, half


def _refuse_frame(frame: Frame, design: Design) -> None:
    if frame.selected_by is not None:
        raise UsageError(
            "The ads were selected, for instance by search words; expected all ads of the period. What such a sample "
            "shows is what the selection finds, not how much there is."
        )
    if not frame.ads or len(set(frame.ads)) != len(frame.ads):
        raise UsageError("Frame: expected at least one ad, and each once.")
    if design == "impressions" and not _is_weighted(frame.impressions, len(frame.ads)):
        raise UsageError("Frame: expected impressions of every ad, none negative and not all of them 0.")


def _is_weighted(impressions: Sequence[int] | None, ads: int) -> bool:
    return (
        impressions is not None and len(impressions) == ads and min(impressions) >= 0 and sum(impressions) > 0
    )


def _mark(frame: Frame) -> str:
    return hashlib.sha256(msgspec.json.encode(frame)).hexdigest()
