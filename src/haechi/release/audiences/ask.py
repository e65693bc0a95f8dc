"""The one way to a size: a question in, an answer and the state to save out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec
from pyroaring import BitMap

from haechi.errors import UsageError
from haechi.release.audiences.budget import Budget, charged, countable, expired
from haechi.release.audiences.canonical import Diagrams, Function, canonical
from haechi.release.audiences.expression import parse
from haechi.release.audiences.noise import noisy
from haechi.release.audiences.overlap import isolates
from haechi.release.audiences.policy import AudiencePolicy
from haechi.release.audiences.sets import ThemePeople, known_themes, people_in, protections_of
from haechi.release.audiences.state import Answered, Reason, State, new_state

_WORDS: Final[dict[Reason, str]] = {
    Reason.EXCLUDES_SENSITIVE: "To be left out of a sensitive theme tells as much as to be in it. Ask without "
    "excluding sensitive themes.",
    Reason.COMPLEMENT: "The question asks for the people outside of themes. Name at least one theme that everybody "
    "in the audience is in.",
    Reason.NOBODY_CAN_MATCH: "The question contradicts itself: nobody can match it. Remove what excludes the rest.",
    Reason.QUESTION_LIMIT: "No further different questions are answered in this period. Ask one of the earlier ones, "
    "or wait for the next period.",
    Reason.TOO_SMALL: "The audience is too small. Ask more broadly: join themes with or, or take conditions away.",
    Reason.OVERLAP: "Together with earlier answers this one would single out a small group. Ask for something that "
    "differs more from what was asked before.",
}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an advertiser sees.

    Attributes:
        size: people, with noise and rounded; None where refused.
        refused: why there is no size, or None.
        words: how to ask otherwise; empty where there is a size. They depend on the reason only.
        at_least: people whom this advertiser was often told of may be left out, so that there may be more.
    """

    size: int | None
    refused: Reason | None
    words: str
    at_least: bool = False


def ask(
    question: object, *, sets: Mapping[str, ThemePeople], policy: AudiencePolicy, state: State, now: datetime
) -> tuple[Answer, State]:
    """Answer a question with a size or a refusal.

    The caller saves the new state before it shows the answer: what was shown and not remembered could be asked again
    and averaged.

    Args:
        question: see `haechi.release.audiences.expression`.
        sets: theme to the people who may be addressed in it, and what it gives away.
        policy: the figures.
        state: what this advertiser asked before.
        now: naive UTC, never before what the state has seen.

    Returns:
        The answer, and the state in which it is remembered and paid for.

    Raises:
        UsageError: the question is malformed, too large or names an unknown theme; the state was kept under other
            levels; time ran backwards.
    """
    function = canonical(parse(question, policy.limits))
    known_themes(function, sets)
    state = _at(state, policy, now)
    reason = _not_to_be_asked(function, sets)
    if reason is not None:
        return _refusal(reason), state
    known = _answered_now(state, function.key)
    if known is not None:
        return _shown(known), state
    if sum(answered.period == state.period for answered in state.answered) >= policy.questions:
        return _refusal(Reason.QUESTION_LIMIT), state
    drawn, budget = _drawn(function, sets, state, policy)
    answered = _judged(drawn, state, policy)
    return _shown(answered), replace(state, answered=(*state.answered, answered), budget=budget)


def _at(state: State, policy: AudiencePolicy, now: datetime) -> State:
    """The state at `now`: what fell out of the window is gone."""
    period = policy.period_of(now)
    if period < state.period:
        raise UsageError("The state has seen a later period than now. Check the clock.")
    if period >= state.period + policy.periods_in_window:
        return new_state(policy, now)
    if state.sigmas != tuple(level.sigma for level in policy.levels):
        raise UsageError(
            "The levels of noise were changed since this advertiser asked. It is answered again when the window of "
            "its questions has ended."
        )
    if period == state.period:
        return state
    first = period - policy.periods_in_window + 1
    kept = tuple(answered for answered in state.answered if answered.period >= first)
    return replace(state, period=period, answered=kept, budget=expired(state.budget, first))


def _not_to_be_asked(function: Function, sets: Mapping[str, ThemePeople]) -> Reason | None:
    """Why a question is refused whatever the data say."""
    if function.holds_outside:
        return Reason.COMPLEMENT
    if function.constant is not None:
        return Reason.NOBODY_CAN_MATCH
    diagrams = Diagrams()
    root = diagrams.load(function)
    if not all(diagrams.rises_with(root, theme) for theme in function.themes if sets[theme].protections):
        return Reason.EXCLUDES_SENSITIVE
    return None


def _answered_now(state: State, key: str) -> Answered | None:
    """The same question of this period."""
    return next(
        (answer for answer in state.answered if answer.key == key and answer.period == state.period), None
    )


def _drawn(
    function: Function, sets: Mapping[str, ThemePeople], state: State, policy: AudiencePolicy
) -> tuple[Answered, Budget]:
    """A noisy count, not judged yet, and the budget in which it is paid for."""
    count, sigma, budget = _counted(people_in(function, sets), state, policy)
    answered = Answered(
        key=function.key,
        nodes=function.nodes,
        period=state.period,
        noisy=count,
        sigma=sigma,
        minimum=policy.minimum_for(protections_of(function, sets)),
        size=policy.rounded(count),
        refused=None,
        at_least=_worn(state, policy, sigma),
    )
    return answered, budget


def _counted(people: BitMap, state: State, policy: AudiencePolicy) -> tuple[int, float, Budget]:
    """A noisy count, its sigma, and the budget after it.

    Coarse noise first: which level comes next depends on the noisy counts alone, so everybody in the audience is
    charged alike.
    """
    budget = state.budget
    count, sigma = 0, policy.levels[0].sigma
    for number, level in enumerate(policy.levels):
        counted = countable(budget, number, level.uses, people)
        budget = charged(budget, number, state.period, counted)
        count, sigma = noisy(len(counted), level.sigma), level.sigma
        if sigma <= policy.close_enough * count:
            break
    return count, sigma, budget


def _worn(state: State, policy: AudiencePolicy, sigma: float) -> bool:
    """Whether so many counts were made with this noise that some people may have no use of it left.

    A count with finer noise was made with this one first.
    """
    uses = next(level.uses for level in policy.levels if level.sigma == sigma)
    return sum(answered.sigma <= sigma for answered in state.answered) >= uses


def _judged(drawn: Answered, state: State, policy: AudiencePolicy) -> Answered:
    """What was drawn, to be shown or refused: on noisy counts and nothing else."""
    if drawn.noisy < drawn.minimum + policy.margin * drawn.sigma:
        return msgspec.structs.replace(drawn, size=None, refused=Reason.TOO_SMALL)
    earlier = {answer.key: answer for answer in state.answered if answer.size is not None}
    if isolates(drawn, tuple(earlier.values()), policy.margin):
        return msgspec.structs.replace(drawn, size=None, refused=Reason.OVERLAP)
    return drawn


def _shown(answered: Answered) -> Answer:
    if answered.refused is not None:
        return _refusal(answered.refused)
    return Answer(size=answered.size, refused=None, words="", at_least=answered.at_least)


def _refusal(reason: Reason) -> Answer:
    return Answer(size=None, refused=reason, words=_WORDS[reason])
