"""One question about an audience: answered with a size, or refused.

Whatever depends on people passes through noise before it decides anything: whether the size is above the minimum,
whether the question together with earlier ones would single few people out. So a refusal tells as little as an
answer, and growing an audience person by person towards a threshold (a known attack) finds only the noise.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from pyroaring import BitMap

from haechi.release.audiences import noise
from haechi.release.audiences.budget import Budget
from haechi.release.audiences.canonical import Canonical, can_differ
from haechi.release.audiences.expression import Expression, parse
from haechi.release.audiences.policy import AudiencePolicy

SetOf = Callable[[str], BitMap]
"""The people whom an advertiser may address by a theme: permission is applied before."""

RefusalCode = Literal["nobody", "excludes-sensitive", "too-small", "overlap", "too-many-questions"]
_SURE: Final = 6
"""Standard deviations beyond which a test's outcome is certain but for about one in a billion."""
_LARGE: Final = 100_000
_SECONDS: Final = 86_400


class Refusal(msgspec.Struct, frozen=True):
    """Why there is no size.

    Attributes:
        code: the kind of reason.
        advice: what to ask instead.
    """

    code: RefusalCode
    advice: str


class Answer(msgspec.Struct, frozen=True):
    """What an advertiser is told.

    Attributes:
        size: people in the audience, noisy and rounded; None where it is refused.
        refusal: why, or None.
        at_least: people who were counted often in the window may be left out, so that there may be more. It follows
            from the number of questions alone, not from the people.
    """

    size: int | None
    refusal: Refusal | None = None
    at_least: bool = False


class Asked(msgspec.Struct, frozen=True):
    """A question that was decided.

    Attributes:
        key: its canonical form's.
        expression: as JSON values, to be compared with later ones.
        period: in which.
        answer: what was told.
    """

    key: str
    expression: Any
    period: int
    answer: Answer


class People(msgspec.Struct, frozen=True):
    """Whom questions are about.

    Attributes:
        in_theme: who can be addressed by a theme.
        everyone: all people of the platform.
    """

    in_theme: SetOf
    everyone: BitMap


class State:
    """What one advertiser asked and what it cost, in one window.

    Attributes:
        window: which.
        asked: every question that was decided, in the order asked.
        budget: what was spent.
    """

    def __init__(
        self, window: int = 0, asked: list[Asked] | None = None, budget: Budget | None = None
    ) -> None:
        self.window = window
        self.asked = asked or []
        self.budget = budget or Budget()


_ADVICE: Final[dict[RefusalCode, str]] = {
    "nobody": "Name at least one theme that people are to be in: an audience of all others is not offered.",
    "excludes-sensitive": "Leave the sensitive theme out: being left out of it tells as much as being in it.",
    "too-small": "Ask for a wider audience: fewer themes joined by and, or more joined by or.",
    "overlap": "This audience and one you asked for earlier differ by few people. Ask for one that differs more.",
    "too-many-questions": "No further new questions in this period. Earlier ones can be asked again.",
}


def ask(
    value: object,
    *,
    people: People,
    sensitive: Callable[[str], bool],
    minimum: int,
    policy: AudiencePolicy,
    state: State,
    now: datetime,
) -> Answer:
    """Decides a question and notes in `state` what it cost; the state must be kept before the answer is shown.

    Args:
        value: the expression, as JSON values.
        people: whom it is about.
        sensitive: whether a theme bears a category that some law protects.
        minimum: people below whom nothing is told.
        policy: the numbers.
        state: the advertiser's; changed in place, and only where an answer is returned.
        now: naive UTC instant.

    Raises:
        UsageError: it is no expression, or beyond the bounds.
    """
    expression = parse(value, most_themes=policy.themes)
    question = Canonical(expression)
    _turn(state, policy, now)
    period = _days(now) // policy.period_days
    for asked in state.asked:
        if asked.key == question.key and asked.period == period:
            return asked.answer
    answer = _by_words(question, sensitive, policy, state, period)
    if answer is None:
        answer = _by_people(expression, people, minimum, policy, state)
        state.asked.append(Asked(question.key, value, period, answer))
    return answer


def _turn(state: State, policy: AudiencePolicy, now: datetime) -> None:
    """A new window begins with a whole budget and nothing asked."""
    window = _days(now) // policy.window_days
    if window != state.window:
        state.window, state.asked, state.budget = window, [], Budget()


def _by_words(
    question: Canonical, sensitive: Callable[[str], bool], policy: AudiencePolicy, state: State, period: int
) -> Answer | None:
    """Refusals that depend on no person; None where the question may be asked of the data."""
    if question.is_nobody or question.holds_without_any:
        return _refused("nobody")
    if any(sensitive(theme) and question.falls_with(theme) for theme in question.themes):
        return _refused("excludes-sensitive")
    if sum(asked.period == period for asked in state.asked) >= policy.questions:
        return _refused("too-many-questions")
    return None


def _by_people(
    expression: Expression, people: People, minimum: int, policy: AudiencePolicy, state: State
) -> Answer:
    meant = _evaluated(expression, people)
    for asked in state.asked:
        if asked.answer.size is None:
            continue
        earlier = parse(asked.expression, most_themes=policy.themes)
        before = _evaluated(earlier, people)
        only_now, only_before = can_differ(expression, earlier)
        if (only_now and _few(meant - before, minimum, policy, state)) or (
            only_before and _few(before - meant, minimum, policy, state)
        ):
            return _refused("overlap")
    counted = meant - state.budget.over(policy.capacity - policy.tests_per_answer)
    size = noise.noisy(len(counted), policy.sigma)
    state.budget.spend(counted, policy.tests_per_answer)
    if size < minimum:
        return _refused("too-small")
    step = policy.round_to * (10 if size >= _LARGE else 1)
    answered = sum(asked.answer.size is not None for asked in state.asked)
    return Answer((size + step // 2) // step * step, at_least=answered >= policy.answers)


def _few(people: BitMap, minimum: int, policy: AudiencePolicy, state: State) -> bool:
    """Whether a difference may hold few people, told by a noisy test.

    A difference of one person passes in about seven of a million cases. Where the difference is so large that the
    test is certain, it costs nothing: its outcome would be the same without any one person, but for a chance of about
    one in a billion, which the bound does not count.
    """
    limit = minimum - 0.5 + 2 * policy.test_sigma
    if len(people) > limit + _SURE * policy.test_sigma:
        return False
    counted = people - state.budget.over(policy.capacity - 1)
    told = noise.noisy(len(counted), policy.test_sigma)
    state.budget.spend(counted, 1)
    return told < limit


def _evaluated(expression: Expression, people: People) -> BitMap:
    if expression.kind == "theme":
        return people.in_theme(expression.theme)
    parts = [_evaluated(part, people) for part in expression.parts]
    if expression.kind == "not":
        return people.everyone - parts[0]
    return BitMap.intersection(*parts) if expression.kind == "and" else BitMap.union(*parts)


def _refused(code: RefusalCode) -> Answer:
    return Answer(None, Refusal(code, _ADVICE[code]))


def _days(now: datetime) -> int:
    return int((now - datetime(1970, 1, 1)).total_seconds() // _SECONDS)  # noqa: DTZ001 - naive UTC inside
