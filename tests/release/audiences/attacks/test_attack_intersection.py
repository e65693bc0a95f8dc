"""Venkatadri et al. 2018, "Privacy Risks with Facebook's PII-based Targeting": sizes of many variations of a set."""

import msgspec
import numpy as np
import pytest

from haechi.release.audiences import AudiencePolicy, Level, Reason
from tests.release.audiences.attacks.attacking import (
    Attack,
    Catalogue,
    Step,
    assert_held,
    differences,
    either,
    exact,
    joined,
    people,
    run,
    theme,
    used_up,
    weakened,
)


def intersection(variations: int = 100) -> Attack:
    """The secret joined to many known sets; then as many sets that hold the person for certain.

    Two hundred questions, all that a period allows, are what the budget is made for: in one world the first half
    uses the person up, in the other the second half does. No script can make more counts differ.
    """
    rng = np.random.default_rng(12)
    common = {f"chaff{n}": people(rng, 2_500, 30_000, person=False) for n in range(variations)}
    common |= {f"known{n}": people(rng, 2_500, 30_000, person=True) for n in range(variations)}
    secret = people(rng, 2_500, 30_000, person=False, secret=True)
    told = joined(secret)

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "secret": told if world else secret}

    first = [Step(either(theme("secret"), theme(f"chaff{n}"))) for n in range(variations)]
    return Attack("intersection", (*first, *(Step(theme(f"known{n}")) for n in range(variations))), worlds)


def test_many_variations_tell_nothing() -> None:
    """Breaks if noise or rounding could be undone by many variations of a set."""
    assert_held(intersection(), intersection(5), drawn_trials=500, played_trials=100)


def test_the_attack_meets_the_bound() -> None:
    """Breaks if the proved bound were far from what an attacker can reach, or the accounting leaked past it."""
    attack = intersection()
    bound = attack.policy.advantage_bound()
    assert 0.99 * bound < exact(attack) <= bound <= 0.01
    draws = [draw for step in differences(attack) for draw in step]
    uses = {level.sigma: sum(at == level.sigma for at, _ in draws) for level in attack.policy.levels}
    assert uses == {level.sigma: 2 * level.uses for level in attack.policy.levels}
    assert [used_up(list(run(attack, world))[-1][2], attack.policy) for world in (0, 1)] == [True, True]


def test_the_attacker_wins_where_there_is_no_noise() -> None:
    """Breaks if the attacker were too weak to prove anything."""
    assert exact(weakened(intersection(50))) > 0.3


def test_set_algebra_of_two_themes_is_cut_short() -> None:
    """Breaks if A, B, A or B and A and B were all told where one of their differences holds few people."""
    attack = intersection(2)
    both = {"and": [theme("chaff0"), theme("chaff1")]}
    script = [
        Step(theme("chaff0")),
        Step(theme("chaff1")),
        Step(either(theme("chaff0"), theme("chaff1"))),
        Step(both),
    ]
    told = [step[3].refused for step in run(Attack("algebra", script, attack.worlds), 0)]
    assert told == [None, None, Reason.OVERLAP, Reason.TOO_SMALL]


def test_a_looser_policy_is_refused() -> None:
    """Breaks if someone could configure more than the promise."""
    with pytest.raises(Exception, match="advantage"):
        msgspec.structs.replace(AudiencePolicy(), levels=(Level(sigma=20.0, uses=5),))
