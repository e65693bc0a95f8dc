"""Exclusion: an audience and the same without one person's trait; the difference is that person."""

import numpy as np
from pyroaring import BitMap

from haechi.release.audiences import Reason, ThemePeople
from tests.release.audiences.attacks.attacking import (
    SECRET,
    Attack,
    Catalogue,
    Step,
    assert_held,
    both,
    no,
    people,
    run,
    theme,
    weakened,
)


def exclusion(variations: int = 25) -> Attack:
    """Cities without the followers of a page that only the person can have followed, city by city."""
    rng = np.random.default_rng(14)
    common: dict[str, ThemePeople] = {
        f"city{n}": people(rng, 3_000, 20_000, person=True) for n in range(variations)
    }

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "page": ThemePeople(BitMap([0] if world else []))}

    without = [Step(both(theme(f"city{n}"), no(theme("page")))) for n in range(variations)]
    return Attack("exclusion", [*without, *(Step(theme(f"city{n}")) for n in range(variations))], worlds)


def test_exclusion_tells_nothing() -> None:
    """Breaks if leaving one person out could be told from leaving nobody out."""
    assert_held(exclusion(), exclusion(5), drawn_trials=500, played_trials=100)


def test_the_difference_of_one_is_refused_with_and_without_the_person() -> None:
    """Breaks if both sides of a difference of one were told, or the refusal told whether there is one."""
    attack = exclusion(1)
    for world in (0, 1):
        assert [step[3].refused for step in run(attack, world)] == [None, Reason.OVERLAP]


def test_a_protected_theme_cannot_be_excluded() -> None:
    """Breaks if an advertiser could ask for those who are not of a faith."""
    attack = exclusion(1)

    def worlds(world: int, period: int) -> Catalogue:
        sets = dict(attack.worlds(world, period))
        return {**sets, "page": ThemePeople(sets["page"].people, SECRET)}

    told = [step[3].refused for step in run(Attack("exclusion", attack.script, worlds), 1)]
    assert told == [Reason.EXCLUDES_SENSITIVE, None]


def test_refusals_stay_without_noise_too() -> None:
    """Breaks if the overlap rule leaned on the noise being large."""
    assert [step[3].refused for step in run(weakened(exclusion(1)), 1)] == [None, Reason.OVERLAP]
