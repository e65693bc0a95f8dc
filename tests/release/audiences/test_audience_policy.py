"""The figures of the policy: the bound, the rounding, and what they cost honest sizes."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from haechi.errors import UsageError
from haechi.release.audiences import AudiencePolicy, Level, MinimumFor, Rounding
from haechi.release.audiences.noise import noisy, rho
from tests.release.audiences.attacks.attacking import total_variation


def pmf(sigma: float, reach: int) -> NDArray[np.float64]:
    """The discrete Gaussian from -reach to reach, from its definition."""
    at = np.arange(-reach, reach + 1, dtype=np.float64)
    weight = np.exp(-(at**2) / (2 * sigma**2))
    return np.asarray(weight / weight.sum())


def test_the_bound_holds_for_the_true_distribution() -> None:
    """Breaks if the proved bound were under what draws of OpenDP's distribution really give away."""
    policy = AudiencePolicy()
    exact = total_variation([(level.sigma, 2 * level.uses) for level in policy.levels])
    assert exact <= policy.advantage_bound() <= 0.01
    assert exact == pytest.approx(policy.advantage_bound(), rel=1e-3)


@pytest.mark.parametrize(("sigma", "uses"), [(10.0, 1), (150.0, 7), (140.0, 6)])
def test_the_bound_holds_for_one_level(sigma: float, uses: int) -> None:
    """Breaks if the closed form failed where noise is small and integers matter most."""
    policy = AudiencePolicy(levels=(Level(sigma=sigma, uses=uses),), advantage=0.1)
    assert total_variation([(sigma, 2 * uses)]) <= policy.advantage_bound()
    assert policy.advantage_bound() == pytest.approx(math.sqrt(uses / math.pi) / sigma)


def test_the_default_bound_is_tight_in_its_figures() -> None:
    """Breaks if a change of defaults let an attacker have more than a hundredth, or left budget unused."""
    assert 0.0098 < AudiencePolicy().advantage_bound() <= 0.01
    assert AudiencePolicy().advantage_bound(4) == pytest.approx(2 * AudiencePolicy().advantage_bound())


@pytest.mark.parametrize("sigma", [10.0, 150.0, 1500.0])
def test_noise_is_the_discrete_gaussian(sigma: float) -> None:
    """Breaks if OpenDP's scale or its accounting meant something else than sigma and 1 / (2 sigma^2)."""
    assert rho(sigma) == pytest.approx(1 / (2 * sigma**2))
    draws = np.array([noisy(1000, sigma) for _ in range(3000)]) - 1000
    assert abs(draws.mean()) < 5 * sigma / math.sqrt(3000)
    assert draws.std() == pytest.approx(sigma, rel=0.08)


def within_3_percent(size: int, policy: AudiencePolicy) -> float:
    """The chance, exactly, that an audience is answered within 3 %."""
    good, reached = 0.0, 1.0
    for place, level in enumerate(policy.levels):
        reach = int(9 * level.sigma)
        chances = pmf(level.sigma, reach)
        seen = size + np.arange(-reach, reach + 1)
        last = place == len(policy.levels) - 1
        stands = np.full(len(seen), last) | (level.sigma <= policy.close_enough * seen)
        shown = np.array([policy.rounded(int(value)) for value in seen])
        near = np.abs(shown - size) <= 0.03 * size
        good += reached * float(chances[stands & near].sum())
        reached *= float(chances[~stands].sum())
    return good


@pytest.mark.parametrize("size", [10_000, 10_001, 10_024, 10_333, 10_777])
def test_ten_thousand_are_told_within_3_percent(size: int) -> None:
    """Breaks if fewer than 95 of 100 honest audiences of about 10,000 were told within 3 %."""
    assert within_3_percent(size, AudiencePolicy()) >= 0.95


@pytest.mark.parametrize("size", [15_000, 20_000, 46_000, 51_000, 99_999, 148_000, 155_001, 980_000])
def test_more_are_told_within_3_percent_nearly_always(size: int) -> None:
    """Breaks if coarse noise were kept where it is too coarse, or rounding spoiled it."""
    assert within_3_percent(size, AudiencePolicy()) >= 0.99


def test_rounding() -> None:
    """Breaks if a step were applied to the wrong sizes."""
    policy = AudiencePolicy()
    told = [policy.rounded(size) for size in (1_300, 1_324, 1_325, 99_980, 100_249, 100_250)]
    assert told == [1_300, 1_300, 1_350, 100_000, 100_000, 100_500]


def test_the_highest_minimum_counts() -> None:
    """Breaks if a law's higher minimum were overlooked, or a lower one lowered the general one."""
    policy = AudiencePolicy(
        minimum_by=(
            MinimumFor(law="kr-pipa", category="health", people=5_000),
            MinimumFor(law="eu-gdpr", category="health", people=3_000),
            MinimumFor(law="eu-gdpr", category="religion", people=10),
        )
    )
    assert policy.minimum_for(frozenset()) == 1_000
    assert policy.minimum_for(frozenset({("eu-gdpr", "religion")})) == 1_000
    assert policy.minimum_for(frozenset({("eu-gdpr", "health"), ("kr-pipa", "health")})) == 5_000


@pytest.mark.parametrize(
    "change",
    [
        {"levels": ()},
        {"levels": (Level(sigma=5.0, uses=1),)},
        {"levels": (Level(sigma=150.0, uses=0),)},
        {"levels": (Level(sigma=150.0, uses=8),)},
        {"levels": (Level(sigma=150.0, uses=1), Level(sigma=1500.0, uses=1))},
        {"levels": (Level(sigma=400.0, uses=1), Level(sigma=150.0, uses=1))},
        {"close_enough": 0.0},
        {"minimum": 0},
        {"margin": -1.0},
        {"rounding": ()},
        {"rounding": (Rounding(above=10, step=1),)},
        {"rounding": (Rounding(above=0, step=0),)},
        {"questions": 0},
    ],
)
def test_figures_that_do_not_hold_together_are_refused(change: dict[str, Any]) -> None:
    """Breaks if a policy could promise what its figures do not keep."""
    with pytest.raises(UsageError, match="does not hold together"):
        msgspec.structs.replace(AudiencePolicy(), **change)
