"""Every published attack on audience sizes, replayed by an attacker who knows everything but one bit.

In each trial a coin decides whether the target is in the theme; the attacker knows every other person's themes, asks
what the platform allows, uses refusals as information, and guesses. The advantage is twice the share of right guesses
less one. With no protection each attack must succeed, or it would prove nothing; with what ships it must not gain.

The number of trials here shows an advantage of a few hundredths; that it is at most 0.01 follows from the bound
(`AudiencePolicy.advantage`) and is measured with a million trials in benchmarks/audience_attacks.py.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from pyroaring import BitMap

from haechi.release.audiences import AudiencePolicy
from tests.release.audiences.worlds import (
    POLICY,
    WEAK,
    Platform,
    advantage,
    both,
    either,
    negated,
    theme,
)

TARGET = 0
NARROW = [f"k{place}" for place in range(6)]
Attack = Callable[[bool, AudiencePolicy], bool]


def known(truth: bool, policy: AudiencePolicy, **more: BitMap) -> Platform:
    """A platform on which six themes together mean the target alone, and `t` is the secret."""
    sets = {
        name: BitMap([TARGET]) | BitMap(range(1 + place, 30_000, place + 7))
        for place, name in enumerate(NARROW)
    }
    common = BitMap.intersection(*sets.values()) - BitMap([TARGET])
    sets = {name: people - common for name, people in sets.items()}
    secret = BitMap(range(20_000, 40_000))
    sets["t"] = secret | BitMap([TARGET]) if truth else secret
    sets["big"] = BitMap(range(40_000, 46_000))
    return Platform({**sets, **more}, policy)


ALONE = both(*map(theme, NARROW))
"""The target, singled out by what is known."""


def micro_targeting(truth: bool, policy: AudiencePolicy) -> bool:
    """Korolova 2010: narrow to one person by known facts, add the unknown one, see whether anybody is left."""
    size = known(truth, policy).size(both(ALONE, theme("t")))
    return size is not None and size > 0


def differencing(truth: bool, policy: AudiencePolicy) -> bool:
    """Venkatadri et al. 2018: the target's bit as the difference of two large audiences."""
    platform = known(truth, policy)
    with_target = platform.size(either(theme("big"), both(ALONE, theme("t"))))
    plain = platform.size(theme("big"))
    if with_target is None or plain is None:
        return False
    return with_target - plain >= 1


def variations(truth: bool, policy: AudiencePolicy) -> bool:
    """Venkatadri et al. 2018: many audiences that all hold the target's bit, to average noise and rounding away."""
    bigs = {f"b{n}": BitMap(range(6_000 * n + 100, 6_000 * n + 5_100)) for n in range(9)}
    platform = known(truth, policy, **bigs)
    sums, asked = 0, 0
    for name, people in bigs.items():
        size = platform.size(either(theme(name), both(ALONE, theme("t"))))
        if size is not None:
            sums += size - len(people)
            asked += 1
    return asked > 0 and sums / asked > 0.5


def averaging(truth: bool, policy: AudiencePolicy) -> bool:
    """The same question in other words, until the noise averages out."""
    platform = known(truth, policy)
    one = both(ALONE, theme("t"))
    question = either(theme("big"), one)
    ways = [
        question,
        either(one, theme("big")),
        either(question, question),
        both(question, question),
        negated(both(negated(theme("big")), negated(one))),
        either(question, both(theme("big"), theme("t"))),
    ]
    sizes = [platform.size(way) for way in ways]
    told = [size for size in sizes if size is not None]
    return bool(told) and sum(told) / len(told) > 6_000.5


def exclusion(truth: bool, policy: AudiencePolicy) -> bool:
    """A theme, and the theme without the target: the difference is the bit."""
    platform = known(truth, policy)
    whole = platform.size(theme("t"))
    without = platform.size(both(theme("t"), negated(ALONE)))
    if whole is None or without is None:
        # Refused where the difference is nobody: unless noise decides, that tells as much.
        return False
    return whole - without >= 1


def threshold(truth: bool, policy: AudiencePolicy) -> bool:
    """An audience of known people just below the minimum: does one more lift it over?"""
    platform = known(truth, policy, below=BitMap(range(50_000, 50_000 + policy.minimum - 1)))
    return platform.size(either(theme("below"), both(ALONE, theme("t")))) is not None


def lookalike_of_one(truth: bool, policy: AudiencePolicy) -> bool:
    """Faizullabhoy and Korolova 2018: a list of one and chaff. No list is taken, but a theme can be that small."""
    platform = known(truth, policy, one=BitMap([TARGET]) if truth else BitMap())
    chaff = platform.size(theme("big"))
    with_one = platform.size(either(theme("big"), theme("one")))
    if chaff is None or with_one is None:
        return False
    return with_one - chaff >= 1


def linkage(truth: bool, policy: AudiencePolicy) -> bool:
    """The same audience each period; the target joins in the second, if at all."""
    platform = known(False, policy)
    before = platform.size(theme("t"))
    if truth:
        platform.sets["t"] = platform.sets["t"] | BitMap([TARGET])
    later = []
    for _ in range(3):
        platform.now += dt.timedelta(days=policy.period_days)
        later.append(platform.size(theme("t")))
    told = [size for size in later if size is not None]
    return before is not None and bool(told) and sum(told) / len(told) - before > 0.5


ATTACKS: list[Attack] = [
    micro_targeting,
    differencing,
    variations,
    averaging,
    exclusion,
    threshold,
    lookalike_of_one,
    linkage,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_attack_works_where_nothing_protects(attack: Attack) -> None:
    """Else the replay is no replay."""
    assert all(attack(truth, WEAK) is truth for _ in range(5) for truth in (True, False))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_attack_gains_nothing(attack: Attack) -> None:
    """The attacker's advantage is not above the bound by more than chance allows (a wrong alarm in 30,000 runs)."""
    gained, half = advantage(lambda truth: attack(truth, POLICY), 300)
    assert gained - half * 2 <= POLICY.advantage


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_the_attack_gains_nothing_in_many_trials(attack: Attack) -> None:
    """The same with ten thousand trials."""
    gained, half = advantage(lambda truth: attack(truth, POLICY), 10_000)
    assert gained - half * 2 <= POLICY.advantage


@pytest.mark.parametrize("interests", [4, 22])
def test_nanotargeting_is_refused_and_counted(interests: int) -> None:
    """Gonzalez-Cabanas et al. 2021: 4 rare or 22 random interests mean one person. Every such audience is refused."""
    sets = {f"i{n}": BitMap([TARGET]) | BitMap(range(1 + n, 60_000, 3)) for n in range(interests)}
    few = BitMap.intersection(*sets.values()) - BitMap([TARGET])
    sets = {name: people - few for name, people in sets.items()}
    answers = [Platform(sets).code(both(*map(theme, sets))) for _ in range(200)]
    assert set(answers) == {"too-small"}


def test_one_person_passes_a_test_of_overlap_hardly_ever() -> None:
    """The test is noisy, so that it is no oracle; yet a difference of one must not slip through."""
    slipped = sum(differencing(True, POLICY) for _ in range(300))
    assert slipped == 0
