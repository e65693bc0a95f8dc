"""Linkage over time: the same audience in every period, and one person joins."""

import numpy as np
import pytest

from tests.release.audiences.attacks.attacking import (
    Attack,
    Catalogue,
    Step,
    assert_held,
    differences,
    exact,
    joined,
    people,
    played,
    theme,
    weakened,
)


def linkage(periods: int = 3, audiences: int = 1) -> Attack:
    """A standing audience (or several that the person joins at once), asked for twice in each period.

    In the first period the worlds are alike. Then, in one of them, the person joins.
    """
    rng = np.random.default_rng(17)
    before = {f"standing{n}": people(rng, 3_000, 20_000, person=False, secret=True) for n in range(audiences)}
    after = {name: joined(one) for name, one in before.items()}

    def worlds(world: int, period: int) -> Catalogue:
        return after if world and period else before

    script = [Step(theme(name), period) for period in range(periods) for name in before for _ in range(2)]
    return Attack("linkage over time", script, worlds)


def test_linkage_tells_nothing() -> None:
    """Breaks if a person's joining could be seen between periods of one window."""
    attack = linkage()
    assert attack.policy.advantage_bound(attack.windows) <= 0.01
    assert_held(attack, attack, drawn_trials=500, played_trials=100)


def test_a_year_of_linkage_stays_in_the_bound_of_its_windows() -> None:
    """Breaks if the budget did not slide with the periods: 13 of them are 5 windows."""
    attack = linkage(13, 5)
    assert exact(attack) <= attack.policy.advantage_bound(5)
    for first in range(11):
        within = [draw for step, at in zip(attack.script, differences(attack), strict=True)
                  if first <= step.period < first + 3 for draw in at]  # fmt: skip
        for level in attack.policy.levels:
            assert sum(sigma == level.sigma for sigma, _ in within) <= level.uses


@pytest.mark.slow
def test_the_attacker_wins_where_there_is_no_noise() -> None:
    """Breaks if the attacker were too weak to prove anything."""
    assert exact(weakened(linkage(3, 2))) > 0.07
    assert played(weakened(linkage(6, 2)), 2_500, np.random.default_rng(5)).low > 0.0
