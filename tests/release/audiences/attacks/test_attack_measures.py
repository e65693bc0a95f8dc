"""The measures themselves: bulk draws behave as `ask` does, trials as the exact computation."""

import numpy as np
from scipy.stats import ks_2samp

from haechi.release.audiences import AudiencePolicy
from tests.release.audiences.attacks.attacking import (
    SURE,
    drawn,
    exact,
    expected,
    noise,
    run,
    total_variation,
    weakened,
)
from tests.release.audiences.attacks.test_attack_intersection import intersection


def test_bulk_draws_are_those_of_ask() -> None:
    """Breaks if the fast path drew other noise, or other people, than the conversations it stands for."""
    attack = intersection(8)
    for world in (0, 1):
        counts = [step.counts[-1] for step in expected(attack, world)]
        seen = []
        for _ in range(30):
            *_, (_, _, state, _) = run(attack, world)
            seen += [answer.noisy - count for answer, count in zip(state.answered, counts, strict=True)]
        assert ks_2samp(seen, noise(150.0, (len(seen), 1)).ravel()).pvalue > 1e-6


def test_trials_agree_with_the_exact_advantage() -> None:
    """Breaks if the trials or the convolution were wrong: both must tell the same."""
    attack = weakened(intersection(10))
    found = drawn(attack, 15_000, SURE)
    assert found.low <= exact(attack) <= found.high


def test_two_draws_by_hand() -> None:
    """Breaks if the convolution counted ties wrongly: one draw differs by the chance of 0."""
    at = np.arange(-200, 201)
    weight = np.exp(-(at**2) / 200.0)
    assert total_variation([(10.0, 1)]) < weight.max() / weight.sum() + 1e-12
    assert abs(total_variation([(10.0, 1)]) - weight.max() / weight.sum()) < 1e-9
    assert total_variation([(150.0, 14)]) <= AudiencePolicy().advantage
