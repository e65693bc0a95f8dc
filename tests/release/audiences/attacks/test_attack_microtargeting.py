"""Korolova 2010, "Privacy Violations Using Microtargeted Ads": narrow to one person, vary one unknown fact."""

from itertools import combinations

import numpy as np

from haechi.release.audiences import Reason, ThemePeople
from tests.release.audiences.attacks.attacking import (
    Attack,
    Catalogue,
    Step,
    assert_held,
    both,
    exact,
    joined,
    people,
    run,
    theme,
    weakened,
)

FACTS = [f"fact{n}" for n in range(6)]


def microtargeting(questions: int | None = None) -> Attack:
    """Six facts that together hold for the person alone, and a secret; narrow first, then wider and wider.

    After the person is used up the attacker asks for facts it knows: whether they still count tells whether the
    secret ones were charged.
    """
    rng = np.random.default_rng(11)
    common = {fact: people(rng, 6_000, 9_000, person=True) for fact in FACTS}
    alone = common[FACTS[0]].people.copy()
    for fact in FACTS[1:]:
        alone &= common[fact].people
    alone.remove(0)
    common[FACTS[0]] = ThemePeople(common[FACTS[0]].people - alone)
    secret = people(rng, 5_000, 9_000, person=False, secret=True)
    known = joined(secret)

    def worlds(world: int, period: int) -> Catalogue:
        return {**common, "secret": known if world else secret}

    chosen = [facts for size in (6, 5, 1, 2, 3, 4) for facts in combinations(FACTS, size)]
    narrow = [Step(both(*map(theme, facts), theme("secret"))) for facts in chosen]
    plain = [Step(both(*map(theme, facts))) for facts in chosen]
    return Attack("micro-targeting", (*narrow, *plain)[:questions], worlds)


def test_micro_targeting_tells_nothing() -> None:
    """Breaks if narrowing to one person and varying a fact told the fact."""
    assert_held(microtargeting(), microtargeting(12), drawn_trials=500, played_trials=100)


def test_one_person_is_never_an_audience() -> None:
    """Breaks if the audience of all facts, which is one person or nobody, got a size."""
    first = next(run(microtargeting(), 1))
    assert first[3].refused is Reason.TOO_SMALL
    assert exact(weakened(microtargeting())) > 0.3
