"""Prevalence by random samples: the intervals cover as they say, and nothing but a random sample is taken."""

import random
from statistics import NormalDist

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from haechi.errors import UsageError
from haechi.review.outgoing.prevalence import Frame, Sample, draw, estimate, size_for, wilson

ADS = tuple(f"ad-{number}" for number in range(5_000))
CHANCE = np.random.default_rng(5)
# A few ads have most of the impressions, as on a platform.
IMPRESSIONS = tuple(int(one) for one in CHANCE.pareto(1.2, len(ADS)) * 100 + 1)
FRAME = Frame(ads=ADS, impressions=IMPRESSIONS)


@given(st.integers(1, 5_000), st.data())
def test_wilson_is_wilson(draws: int, data: st.DataObject) -> None:
    """If it fails, every published interval is wrong. The oracle is SciPy."""
    hits = data.draw(st.integers(0, draws))
    confidence = data.draw(st.sampled_from([0.8, 0.95, 0.99]))
    expected = binomtest(hits, draws).proportion_ci(confidence, method="wilson")
    assert wilson(hits, draws, confidence=confidence) == pytest.approx(
        (expected.low, expected.high), abs=1e-12
    )


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("design", ["ads", "impressions"])
def test_intervals_cover_what_they_estimate(share: float, design: str) -> None:
    """If it fails, "95 per cent" is not true. Simulated: 600 samples of one world whose truth is known."""
    chance = random.Random(17)  # noqa: S311
    # Bad ads buy more than their share of impressions, so that the two designs estimate different things.
    by_size = sorted(range(len(ADS)), key=lambda at: IMPRESSIONS[at] * chance.random())
    bad_at = set(by_size[-max(1, round(share * len(ADS))) :])
    bad = {ADS[at]: at in bad_at for at in range(len(ADS))}
    weights = IMPRESSIONS if design == "impressions" else (1,) * len(ADS)
    truth = sum(weight for at, weight in enumerate(weights) if at in bad_at) / sum(weights)
    covered, total = 0, 0.0
    for seed in range(600):
        sample = draw(FRAME, 400, seed=seed, design="impressions" if design == "impressions" else "ads")
        hits = sum(bad[ad_id] for ad_id in sample.drawn)
        low, high = wilson(hits, 400)
        covered += low <= truth <= high
        total += hits / 400
    # Wilson's coverage swings around the nominal; 600 samples have a standard error of 0.9 points.
    assert covered / 600 >= 0.92
    assert total / 600 == pytest.approx(truth, abs=4 * (truth * (1 - truth) / 400 / 600) ** 0.5)


def test_every_ad_has_its_chance() -> None:
    """If it fails, some ads are never looked at."""
    frame = Frame(ads=ADS[:8], impressions=(1, 2, 3, 4, 0, 10, 20, 40))
    seen = {"ads": dict.fromkeys(frame.ads, 0), "impressions": dict.fromkeys(frame.ads, 0)}
    for seed in range(4_000):
        seen["ads"][draw(frame, 1, seed=seed).drawn[0]] += 1
        seen["impressions"][draw(frame, 1, seed=seed, design="impressions").drawn[0]] += 1
    assert chisquare(list(seen["ads"].values())).pvalue > 1e-4
    weighted = [count for ad, count in seen["impressions"].items() if ad != ADS[4]]
    assert chisquare(weighted, [4_000 * one / 80 for one in (1, 2, 3, 4, 10, 20, 40)]).pvalue > 1e-4
    assert seen["impressions"][ADS[4]] == 0


def test_a_sample_can_be_drawn_again() -> None:
    """If it fails, nobody can check that the published sample was drawn and not chosen."""
    assert draw(FRAME, 50, seed=1) == draw(FRAME, 50, seed=1)
    assert draw(FRAME, 50, seed=1).drawn != draw(FRAME, 50, seed=2).drawn
    assert len(set(draw(FRAME, 5_000, seed=1).drawn)) == 5_000


def test_an_estimate() -> None:
    """If it fails, hits of an ad that was drawn twice count once, or the interval is of something else."""
    frame = Frame(ads=("a", "b"), impressions=(1, 99))
    sample = draw(frame, 200, seed=3, design="impressions")
    found = estimate(frame, sample, {ad_id: ad_id == "b" for ad_id in set(sample.drawn)})
    assert found.draws == 200
    assert found.hits == sample.drawn.count("b")
    assert found.low < found.share == found.hits / 200 < found.high


def test_what_was_selected_is_refused() -> None:
    """If it fails, a search for known words is published as prevalence."""
    selected = Frame(ads=ADS, selected_by="search: synthetic words")
    with pytest.raises(UsageError, match="selected"):
        draw(selected, 10, seed=1)
    sample = draw(Frame(ads=ADS), 10, seed=1)
    bad = dict.fromkeys(sample.drawn, False)
    with pytest.raises(UsageError, match="selected"):
        estimate(selected, sample, bad)
    # A sample by hand, with the marks of a drawn one.
    chosen = msgspec.structs.replace(sample, drawn=ADS[:10])
    with pytest.raises(UsageError, match="drawing it again"):
        estimate(Frame(ads=ADS), chosen, dict.fromkeys(ADS[:10], False))
    with pytest.raises(UsageError, match="drawing it again"):
        estimate(Frame(ads=ADS[:100]), sample, bad)
    empty = Sample(design="ads", seed=1, frame=sample.frame, drawn=())
    with pytest.raises(UsageError, match="drawing it again"):
        estimate(Frame(ads=ADS), empty, {})


def test_labels_left_out_are_refused() -> None:
    """If it fails, whoever leaves out the hard cases gets a better figure."""
    frame = Frame(ads=ADS)
    sample = draw(frame, 10, seed=1)
    bad = dict.fromkeys(sample.drawn, False)
    assert estimate(frame, sample, bad).share == 0
    with pytest.raises(UsageError, match="1 missing, 0 of other"):
        estimate(frame, sample, dict.fromkeys(sample.drawn[1:], False))
    with pytest.raises(UsageError, match="0 missing, 1 of other"):
        estimate(frame, sample, {**bad, "other": False})


@pytest.mark.parametrize(
    ("frame", "size", "design"),
    [
        (Frame(ads=()), 1, "ads"),
        (Frame(ads=("a", "a")), 1, "ads"),
        (Frame(ads=("a",)), 2, "ads"),
        (Frame(ads=("a",)), 0, "ads"),
        (Frame(ads=("a",)), 1, "impressions"),
        (Frame(ads=("a", "b"), impressions=(1,)), 1, "impressions"),
        (Frame(ads=("a", "b"), impressions=(0, 0)), 1, "impressions"),
        (Frame(ads=("a", "b"), impressions=(3, -1)), 1, "impressions"),
    ],
)
def test_frames_that_give_no_sample(frame: Frame, size: int, design: str) -> None:
    """If it fails, a sample is drawn from what is no list of all ads."""
    with pytest.raises(UsageError):
        draw(frame, size, seed=1, design="impressions" if design == "impressions" else "ads")


@pytest.mark.parametrize("expected", [0.0, 0.002, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("half", [0.001, 0.01, 0.1])
def test_the_smallest_sample_that_is_enough(expected: float, half: float) -> None:
    """If it fails, people label more than they have to, or the interval is wider than promised."""
    size = size_for(half, expected)

    def width(draws: int) -> float:
        z = NormalDist().inv_cdf(0.975)
        return float(
            z / (1 + z * z / draws) * (expected * (1 - expected) / draws + z * z / (4 * draws**2)) ** 0.5
        )

    assert width(size) <= half
    assert size == 1 or width(size - 1) > half


def test_a_tenth_of_a_point() -> None:
    """If it fails, the sample size that the documentation names is wrong."""
    assert size_for(0.001, 0.002) == 8_115


@pytest.mark.parametrize("wrong", [(0, 0.1), (0.5, 0.1), (0.1, -0.1), (0.1, 1.1)])
def test_impossible_wishes(wrong: tuple[float, float]) -> None:
    """If it fails, a wrong argument gives a number that looks right."""
    with pytest.raises(ValueError, match="expected"):
        size_for(*wrong)
    for hits, draws in ((1, 0), (2, 1), (-1, 4)):
        with pytest.raises(ValueError, match="expected"):
            wilson(hits, draws)
