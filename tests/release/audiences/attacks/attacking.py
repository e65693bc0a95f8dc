"""What all attacks share: an attacker that knows everything but one fact about one person.

Two worlds differ in the themes of the person numbered 0 alone. The attacker knows both worlds to the last person, the
policy and all of Haechi's code, asks a script of questions in either, sees what an advertiser sees and decides by the
likelihood ratio in which world it is. Its advantage is 2 x success - 1.

Three measures, weakest attacker first:

- `played`: through `ask`, deciding on shown sizes and refusals. No noise can be shared between worlds there, so the
  interval is wide: 10,000 trials give 0.02 either way.
- `drawn`: deciding on the noisy counts of every level as they were drawn, before rounding and refusals, which no
  advertiser sees. Which counts include the person is read off the real budget of the real `ask`; only the noise is
  drawn in bulk. Both worlds get the same noise, so a trial counts where the decision flips between them: that makes
  the interval narrow enough to tell 0.01 from 0.011.
- `exact`: the same attacker, by convolution of the noise's distribution instead of trials.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import opendp.prelude as dp
from numpy.typing import NDArray
from pyroaring import BitMap
from scipy.signal import fftconvolve
from scipy.stats import beta, norm

from haechi.release.audiences import (
    Answer,
    AudiencePolicy,
    Level,
    Reason,
    Rounding,
    State,
    ThemePeople,
    ask,
    new_state,
)
from haechi.release.audiences.budget import at_least, countable
from haechi.release.audiences.canonical import canonical
from haechi.release.audiences.expression import parse
from haechi.release.audiences.overlap import derivable
from haechi.release.audiences.sets import Protection, people_in, protections_of
from haechi.release.audiences.state import Answered

START = datetime.fromisoformat("2026-01-01")
PERSON = 0
SURE = 1 - 1e-6
SECRET: frozenset[Protection] = frozenset({("eu-gdpr", "religion")})
Question = dict[str, Any]
Catalogue = Mapping[str, ThemePeople]


@dataclass(frozen=True)
class Step:
    """A question, and how many periods after the start it is asked."""

    question: Question
    period: int = 0


@dataclass(frozen=True)
class Attack:
    """A script and the two worlds, which may change from period to period."""

    name: str
    script: Sequence[Step]
    worlds: Callable[[int, int], Catalogue]
    policy: AudiencePolicy = field(default_factory=AudiencePolicy)

    @property
    def windows(self) -> int:
        """In how many windows of the budget it asks."""
        return 1 + max(step.period for step in self.script) // self.policy.periods_in_window


@dataclass(frozen=True)
class Measured:
    """An advantage with its interval."""

    advantage: float
    low: float
    high: float
    trials: int


def theme(name: str) -> Question:
    return {"theme": name}


def both(*parts: Question) -> Question:
    return {"and": list(parts)}


def either(*parts: Question) -> Question:
    return {"or": list(parts)}


def no(part: Question) -> Question:
    return {"not": part}


def people(
    rng: np.random.Generator, size: int, of: int, *, person: bool, secret: bool = False
) -> ThemePeople:
    """A theme of `size` others of 1 to `of`, with or without the person."""
    members = BitMap(rng.choice(np.arange(1, of + 1, dtype=np.uint32), size, replace=False))
    if person:
        members.add(PERSON)
    return ThemePeople(members, SECRET if secret else frozenset())


def joined(one: ThemePeople) -> ThemePeople:
    """The theme after the person came in."""
    return ThemePeople(one.people | BitMap([PERSON]), one.protections)


def run(attack: Attack, world: int) -> Iterator[tuple[Step, State, State, Answer]]:
    """Ask the script in one world: each step with the state before and after it and the answer."""
    state = new_state(attack.policy, START)
    for step in attack.script:
        now = START + attack.policy.period * step.period
        # The state as it is at that instant, charges outside the window gone: a question that is always refused.
        sets = attack.worlds(world, step.period)
        name = next(iter(sets))
        _, before = ask(no(theme(name)), sets=sets, policy=attack.policy, state=state, now=now)
        answer, state = ask(step.question, sets=sets, policy=attack.policy, state=before, now=now)
        yield step, before, state, answer


# --- drawn and exact: on the noisy counts themselves


def differences(attack: Attack, worlds: tuple[int, int] = (0, 1)) -> list[list[tuple[float, int]]]:
    """For each step the draws that differ between the worlds: sigma, and by how much the second is higher.

    Read off the budgets: was the person charged at this level by this question, in one world or the other?
    """
    charges = [[_charges(attack, *step[1:3]) for step in run(attack, world)] for world in worlds]
    found = []
    for one, two in zip(*charges, strict=True):
        drawn = [(sigma, two.get(sigma, 0) - one.get(sigma, 0)) for sigma in {**one, **two}]
        found.append([(sigma, by) for sigma, by in drawn if by])
    return found


def _charges(attack: Attack, before: State, after: State) -> dict[float, int]:
    """By level, whether the person was counted."""
    return {
        level.sigma: _uses(after, number) - _uses(before, number)
        for number, level in enumerate(attack.policy.levels)
    }


def _uses(state: State, level: int) -> int:
    counter = state.budget.total.levels[level]
    return sum(1 << place for place, digit in enumerate(counter) if PERSON in digit)


def noise(sigma: float, shape: tuple[int, int]) -> NDArray[np.int64]:
    """Draws in bulk from the same OpenDP measurement that answers have."""
    dp.enable_features("contrib")
    vector = dp.m.make_gaussian(
        dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float), scale=sigma
    )
    return np.array(vector([0] * (shape[0] * shape[1])), dtype=np.int64).reshape(shape)


def drawn(attack: Attack, trials: int, confidence: float = 0.95) -> Measured:
    """The advantage of whoever sees every draw, over `trials` draws of all the noise that differs.

    In whole numbers, as in `total_variation`, so that ties are ties.
    """
    draws = [draw for step in differences(attack) for draw in step]
    if not draws:
        return interval(0, trials, confidence)
    coarsest = max(sigma for sigma, _ in draws)
    total, shift = np.zeros(trials, dtype=np.int64), 0
    for sigma in sorted({sigma for sigma, _ in draws}):
        signs = np.array([by for at, by in draws if at == sigma])
        weight = round((coarsest / sigma) ** 2)
        for start in range(0, trials, 50_000):
            part = total[start : start + 50_000]
            part += noise(sigma, (len(part), len(signs))) @ signs * weight
        shift += len(signs) * weight
    # World 1 is decided when the sum is over half the shift; in world 1 the whole shift is added to the same noise.
    flips = int(((2 * total <= shift) & (2 * total > -shift)).sum())
    return interval(flips, trials, confidence)


def interval(hits: int, trials: int, confidence: float) -> Measured:
    """A proportion with its Clopper-Pearson interval."""
    tail = (1 - confidence) / 2
    low = float(beta.ppf(tail, hits, trials - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, trials - hits)) if hits < trials else 1.0
    return Measured(hits / trials, low, high, trials)


def exact(attack: Attack) -> float:
    """The advantage of whoever sees every draw, from the distribution."""
    return exact_after(differences(attack))


def exact_after(steps: Sequence[Sequence[tuple[float, int]]]) -> float:
    """The same after these steps of `differences`."""
    tally: dict[float, int] = {}
    for step in steps:
        for sigma, by in step:
            assert abs(by) == 1
            tally[sigma] = tally.get(sigma, 0) + 1
    return total_variation(sorted(tally.items())) if tally else 0.0


def pmf(sigma: float) -> NDArray[np.float64]:
    """The discrete Gaussian out to twelve sigma, from its definition."""
    at = np.arange(-int(12 * sigma), int(12 * sigma) + 1, dtype=np.float64)
    weight = np.exp(-(at**2) / (2 * sigma**2))
    return np.asarray(weight / weight.sum())


def total_variation(draws: Sequence[tuple[float, int]]) -> float:
    """Total variation between draws around 0 and around 1, by convolution. `draws`: sigma, how many."""
    coarsest = max(sigma for sigma, _ in draws)
    whole, shift = np.ones(1), 0
    for sigma, count in draws:
        weight = round((coarsest / sigma) ** 2)
        total = _sum(sigma, count)
        spread = np.zeros((len(total) - 1) * weight + 1)
        spread[::weight] = total
        whole = fftconvolve(whole, spread)
        shift += count * weight
    middle = len(whole) // 2
    # World 1 is decided when the sum is over half the shift; for these sums the worlds decide otherwise.
    return float(whole[middle - (shift - 1) // 2 : middle + shift // 2 + 1].sum())


@lru_cache(maxsize=512)
def _sum(sigma: float, count: int) -> NDArray[np.float64]:
    """The distribution of the sum of `count` draws."""
    if count == 1:
        return pmf(sigma)
    total = fftconvolve(_sum(sigma, count - 1), pmf(sigma))
    middle, keep = len(total) // 2, int(12 * sigma * math.sqrt(count))
    return np.asarray(total[max(0, middle - keep) : middle + keep + 1])


# --- played: on what an advertiser sees


@dataclass(frozen=True)
class Expected:
    """What the attacker knows of a step in one world: the true counts by level."""

    counts: tuple[int, ...]
    minimum: int
    answered: Answered


def expected(attack: Attack, world: int) -> list[Expected]:
    """The true counts of every step, after who is left out; worked out, not seen."""
    found = []
    for step, before, _, _ in run(attack, world):
        sets = attack.worlds(world, step.period)
        function = canonical(parse(step.question, attack.policy.limits))
        members = people_in(function, sets)
        counts = tuple(
            len(countable(before.budget, number, level.uses, members))
            for number, level in enumerate(attack.policy.levels)
        )
        minimum = attack.policy.minimum_for(protections_of(function, sets))
        answered = Answered(
            key=function.key,
            nodes=function.nodes,
            period=before.period,
            noisy=0,
            sigma=attack.policy.levels[-1].sigma,
            minimum=minimum,
            size=None,
            refused=None,
        )
        found.append(Expected(counts, minimum, answered))
    return found


def log_likelihood(attack: Attack, answers: Sequence[Answer], known: Sequence[Expected]) -> float:
    """How likely a world is that has these counts, given what was seen in it."""
    total = 0.0
    shown: dict[str, Answered] = {}
    seen: set[tuple[str, int]] = set()
    for answer, step in zip(answers, known, strict=True):
        asked = (step.answered.key, step.answered.period)
        if asked in seen or answer.refused not in (None, Reason.TOO_SMALL, Reason.OVERLAP):
            continue
        seen.add(asked)
        low, high = _between(attack, answer, step, shown)
        total += math.log(max(_chance(attack.policy, step.counts, low, high), 1e-300))
        if answer.size is not None:
            shown[step.answered.key] = msgspec.structs.replace(step.answered, noisy=answer.size)
    return total


def _between(
    attack: Attack, answer: Answer, step: Expected, shown: Mapping[str, Answered]
) -> tuple[float, float]:
    """Between which noisy counts the answer is the one seen."""
    sigma, margin = step.answered.sigma, attack.policy.margin
    enough = step.minimum + margin * sigma - 0.5
    if answer.refused is Reason.TOO_SMALL:
        return -math.inf, enough
    if answer.size is not None:
        half = next(by.step for by in reversed(attack.policy.rounding) if answer.size >= by.above) / 2
        return max(answer.size - half - 0.5, enough), answer.size + half - 0.5
    # Refused for overlap: too near a narrower answer from above, or a wider one from below.
    low, high = enough, math.inf
    for plus, minus in derivable(step.answered, tuple(shown.values())):
        rest = sum(other.noisy for other in plus) - sum(other.noisy for other in minus)
        needed = step.minimum + margin * math.hypot(*(other.sigma for other in plus + minus))
        if step.answered in plus:
            high = min(high, needed - rest)
        else:
            low = max(low, rest - needed)
    return (low, math.inf) if low > enough else (enough, high)


def _chance(policy: AudiencePolicy, counts: Sequence[int], low: float, high: float) -> float:
    """The chance that the count that stands lies between `low` and `high`."""
    chance, reached = 0.0, 1.0
    for place, (level, count) in enumerate(zip(policy.levels, counts, strict=True)):
        stands = level.sigma / policy.close_enough if place < len(counts) - 1 else -math.inf
        ends = norm.cdf([(max(low, stands) - count) / level.sigma, (high - count) / level.sigma])
        chance += reached * max(0.0, float(ends[1] - ends[0]))
        reached *= float(norm.cdf((stands - count) / level.sigma)) if place < len(counts) - 1 else 1.0
    return chance


def played(attack: Attack, trials: int, rng: np.random.Generator, confidence: float = 0.95) -> Measured:
    """The advantage through `ask`, over `trials` conversations in worlds chosen by coin."""
    known = (expected(attack, 0), expected(attack, 1))
    right = 0
    for world in rng.integers(0, 2, trials):
        answers = _answers(attack, int(world))
        ratio = log_likelihood(attack, answers, known[1]) - log_likelihood(attack, answers, known[0])
        decided = int(rng.integers(0, 2)) if ratio == 0 else int(ratio > 0)
        right += decided == world
    found = interval(right, trials, confidence)
    return Measured(2 * found.advantage - 1, 2 * found.low - 1, 2 * found.high - 1, trials)


def _answers(attack: Attack, world: int) -> list[Answer]:
    state = new_state(attack.policy, START)
    answers = []
    for step in attack.script:
        now = START + attack.policy.period * step.period
        sets = attack.worlds(world, step.period)
        answer, state = ask(step.question, sets=sets, policy=attack.policy, state=state, now=now)
        answers.append(answer)
    return answers


def used_up(state: State, policy: AudiencePolicy) -> bool:
    """Whether the person may be counted no more at any level."""
    spent = state.budget.total.levels
    return all(PERSON in at_least(spent[n], level.uses) for n, level in enumerate(policy.levels))


def assert_held(full: Attack, short: Attack, *, drawn_trials: int, played_trials: int) -> None:
    """The advantage is within the proved bound exactly, and no measurement contradicts it.

    The intervals are so wide that luck fails one run in a million; 60 conversations are the fewest with which a leak
    could fail it at all.

    Args:
        full: as long as the policy allows, for the exact figure and the draws.
        short: the same with fewer questions, for whole conversations.
        drawn_trials: draws of all the noise of `full`.
        played_trials: conversations.
    """
    assert played_trials > 60
    assert exact(full) <= full.policy.advantage_bound(full.windows)
    assert drawn(full, drawn_trials, SURE).low <= full.policy.advantage_bound(full.windows)
    found = played(short, played_trials, np.random.default_rng(), SURE)
    assert found.low <= short.policy.advantage_bound(short.windows)


def weakened(attack: Attack) -> Attack:
    """The same attack on a release with hardly any noise: here the attacker has to win, or it proves nothing."""
    policy = msgspec.structs.replace(
        attack.policy, levels=(Level(sigma=10.0, uses=50),), advantage=1.0, margin=0.0,
        rounding=(Rounding(above=0, step=1),),
    )  # fmt: skip
    return replace(attack, policy=policy)
