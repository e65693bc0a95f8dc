"""González-Cabañas et al. 2021, "Unique on Facebook": 22 random or 4 rarest interests hold for one person only."""

from dataclasses import dataclass

import numpy as np
import pytest
from pyroaring import BitMap

from haechi.release.audiences import AudiencePolicy, Reason, ThemePeople, ask, new_state
from tests.release.audiences.attacks.attacking import START, both, theme

PEOPLE = 20_000
INTERESTS = 4_000


@dataclass(frozen=True)
class Nanotargeting:
    """What became of the attempts.

    Attributes:
        attempts: audiences asked for.
        single: those that hold one person.
        refused_single: those of them that were refused.
        refused_small: share of those with 2 to 999 people that were refused; 1 where there were none.
    """

    attempts: int
    single: int
    refused_single: int
    refused_small: float


def interests(
    rng: np.random.Generator, people: int = PEOPLE
) -> tuple[dict[str, ThemePeople], list[list[str]]]:
    """Zipf-like interests, and each person's, rarest first."""
    share = np.minimum(0.5, 12 / (np.arange(INTERESTS) + 20))
    held: list[list[str]] = [[] for _ in range(people)]
    sets = {}
    for number, part in enumerate(share):
        members = np.flatnonzero(rng.random(people) < part).astype(np.uint32)
        sets[f"i{number:04}"] = ThemePeople(BitMap(members))
        for person in members:
            held[person].append(f"i{number:04}")
    return sets, [names[::-1] for names in held]


def nanotargeting(attempts: int, *, rarest: int | None, seed: int = 15) -> Nanotargeting:
    """Ask for persons by 22 random interests, or by their `rarest`; each person is one new advertiser's target."""
    rng = np.random.default_rng(seed)
    sets, held = interests(rng)
    policy = AudiencePolicy()
    single = refused_single = small = refused_small = 0
    for person in rng.choice(PEOPLE, attempts, replace=False):
        names = held[person][:rarest] if rarest else list(rng.choice(held[person], 22, replace=False))
        members = BitMap.intersection(*(sets[str(name)].people for name in names))
        question = both(*(theme(str(name)) for name in names))
        state = new_state(policy, START)
        refused = (
            ask(question, sets=sets, policy=policy, state=state, now=START)[0].refused is Reason.TOO_SMALL
        )
        if len(members) == 1:
            single, refused_single = single + 1, refused_single + refused
        elif len(members) < policy.minimum:
            small, refused_small = small + 1, refused_small + refused
    return Nanotargeting(attempts, single, refused_single, refused_small / small if small else 1.0)


@pytest.mark.parametrize("rarest", [None, 4], ids=["22-random", "4-rarest"])
def test_audiences_of_one_are_refused(rarest: int | None) -> None:
    """Breaks if an advertiser could single a person out by interests."""
    found = nanotargeting(300, rarest=rarest)
    assert found.single > 200
    assert found.refused_single == found.single
    assert found.refused_small == 1.0
