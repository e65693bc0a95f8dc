"""The one way to a size."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyroaring import BitMap

from haechi.errors import UsageError
from haechi.release.audiences import (
    Answer,
    AudiencePolicy,
    Level,
    MinimumFor,
    Reason,
    Rounding,
    State,
    ThemePeople,
    ask,
    new_state,
)
from tests.release.audiences.attacks.attacking import both, either, no, theme

NOW = datetime.fromisoformat("2026-03-02T12:00")
Sets = dict[str, ThemePeople]


def asked(sets: Sets, policy: AudiencePolicy, state: State, *questions: Any) -> tuple[list[Answer], State]:
    answers = []
    for question in questions:
        answer, state = ask(question, sets=sets, policy=policy, state=state, now=NOW)
        answers.append(answer)
    return answers, state


def test_an_honest_size(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if a size were far from the truth, or shown with its last digits."""
    (answer,), _ = asked(sets, policy, state, both(theme("bikes"), no(theme("cars"))))
    assert answer.size is not None
    assert abs(answer.size - 20_000) < 1_000
    assert answer.size % 50 == 0
    assert (answer.refused, answer.words) == (None, "")


def test_sizes_have_noise(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if a fresh advertiser always got the same size: then the noise would be none."""
    assert len({asked(sets, policy, state, theme("cars"))[0][0].size for _ in range(30)}) > 3


def test_paraphrases_get_the_answer_given(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if repeating or rewording drew new noise or was charged."""
    (first,), state = asked(sets, policy, state, either(theme("cars"), theme("bikes")))
    reworded = no(
        both(no(theme("bikes")), either(no(theme("cars")), both(theme("boats"), no(theme("boats")))))
    )
    again, after = asked(sets, policy, state, *[reworded] * 20)
    assert set(again) == {first}
    assert after == state


def test_an_answer_stays_while_people_come_and_go(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if a change of the set could be read off an answer within one period."""
    (first,), state = asked(sets, policy, state, theme("cars"))
    sets["cars"] = ThemePeople(BitMap(range(90_000)))
    (second,), _ = asked(sets, policy, state, theme("cars"))
    assert second == first


def test_a_new_period_draws_anew_and_is_charged(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if an answer were frozen for ever, or new noise were free."""
    _, state = asked(sets, policy, state, theme("cars"))
    sets["cars"] = ThemePeople(BitMap(range(45_000)))
    answer, later = ask(theme("cars"), sets=sets, policy=policy, state=state, now=NOW + policy.period)
    assert answer.size is not None
    assert abs(answer.size - 45_000) < 5_000
    assert [period for period, _ in later.budget.periods] == [state.period, state.period + 1]


def test_who_is_used_up_is_left_out_without_a_word(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if a person were counted more often than the bound allows, or a refusal told that they were not."""
    sets = {f"t{n}": ThemePeople(BitMap(range(5_000))) for n in range(5)}
    sets["more"] = ThemePeople(BitMap(range(10_000)))
    _, state = asked(sets, policy, state, *(theme(f"t{n}") for n in range(5)))
    (answer,), _ = asked(sets, policy, state, theme("more"))
    assert answer.size is not None
    assert abs(answer.size - 5_000) < 1_000


def test_the_budget_comes_back_with_the_window(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if people were left out for ever, or came back before the window had passed."""
    sets = {f"t{n}": ThemePeople(BitMap(range(5_000))) for n in range(6)}
    _, state = asked(sets, policy, state, *(theme(f"t{n}") for n in range(5)))
    sizes = []
    for periods in (2, 3):
        later = NOW + policy.period * periods
        sizes.append(ask(theme("t5"), sets=sets, policy=policy, state=state, now=later)[0].size)
    assert sizes[0] is None
    assert sizes[1] is not None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (no(theme("cars")), Reason.COMPLEMENT),
        (either(theme("cars"), no(theme("bikes"))), Reason.COMPLEMENT),
        (either(theme("cars"), no(theme("cars"))), Reason.COMPLEMENT),
        (both(theme("cars"), no(theme("cars"))), Reason.NOBODY_CAN_MATCH),
        (both(theme("cars"), no(theme("faith"))), Reason.EXCLUDES_SENSITIVE),
        (no(either(no(theme("cars")), theme("faith"))), Reason.EXCLUDES_SENSITIVE),
        (
            either(both(theme("cars"), no(theme("faith"))), both(theme("bikes"), theme("faith"))),
            Reason.EXCLUDES_SENSITIVE,
        ),
        (theme("rare"), Reason.TOO_SMALL),
        (theme("nobody"), Reason.TOO_SMALL),
    ],
)  # fmt: skip
def test_refusals(sets: Sets, policy: AudiencePolicy, state: State, question: Any, reason: Reason) -> None:
    """Breaks if a complement, an exclusion from a sensitive theme or a tiny audience were answered."""
    (answer,), after = asked(sets, policy, state, question)
    assert (answer.size, answer.refused) == (None, reason)
    assert answer.words
    assert not any(figure in answer.words for figure in "0123456789")
    assert bool(after.answered) == (reason is Reason.TOO_SMALL)


def test_a_negation_that_cancels_out_is_none(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if equal meanings were treated differently."""
    vain = either(both(theme("cars"), theme("faith")), both(theme("cars"), no(theme("faith"))))
    answers, _ = asked(sets, policy, state, theme("cars"), vain)
    assert answers[0] == answers[1]
    assert answers[0].size is not None


def test_a_law_can_ask_for_more_people(sets: Sets, state: State) -> None:
    """Breaks if the minimum of a category did not reach the audiences that give it away."""
    policy = AudiencePolicy(minimum_by=(MinimumFor(law="eu-gdpr", category="religion", people=50_000),))
    answers, _ = asked(
        sets, policy, state, theme("faith"), theme("cars"), either(theme("bikes"), theme("faith"))
    )
    assert [answer.refused for answer in answers] == [Reason.TOO_SMALL, None, Reason.TOO_SMALL]


def test_questions_are_limited_whatever_they_answer(sets: Sets, state: State) -> None:
    """Breaks if refused questions were free, or a known answer were withheld at the limit."""
    policy = AudiencePolicy(questions=2)
    answers, state = asked(
        sets, policy, state, no(theme("cars")), theme("rare"), theme("cars"), theme("bikes"), theme("cars")
    )
    assert [answer.refused for answer in answers] == [
        Reason.COMPLEMENT,
        Reason.TOO_SMALL,
        None,
        Reason.QUESTION_LIMIT,
        None,
    ]
    later = ask(theme("bikes"), sets=sets, policy=policy, state=state, now=NOW + policy.period)[0]
    assert later.size is not None


@pytest.mark.parametrize(
    "questions",
    [
        (theme("cars"), both(theme("cars"), no(theme("rare")))),
        (both(theme("cars"), no(theme("rare"))), theme("cars")),
        (theme("cars"), either(theme("cars"), theme("rare"))),
        (either(theme("cars"), theme("rare")), theme("cars")),
        (theme("bikes"), theme("boats"), either(theme("bikes"), theme("boats"))),
        (either(theme("bikes"), theme("boats")), theme("bikes"), theme("boats")),
        (
            both(theme("cars"), theme("bikes")),
            both(theme("cars"), no(theme("bikes")), no(theme("rare"))),
            theme("cars"),
        ),
    ],
    ids=["less-few", "more-few", "or-few", "from-or-few", "intersection", "intersection-last-part", "rest"],
)
def test_what_would_isolate_is_refused(
    sets: Sets, policy: AudiencePolicy, state: State, questions: Any
) -> None:
    """Breaks if a size under the minimum could be worked out from sizes above it.

    `bikes` and `boats` share 1,000 people: too few with the margin, though nobody asks for them.
    """
    sets["bikes"] = ThemePeople(BitMap(range(15_000, 39_300)))
    answers, state = asked(sets, policy, state, *questions)
    assert [answer.refused for answer in answers] == [None] * (len(questions) - 1) + [Reason.OVERLAP]
    again, _ = asked(sets, policy, state, questions[-1])
    assert again == answers[-1:]


def test_far_apart_answers_stand_together(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if the overlap rule refused what isolates nobody."""
    answers, _ = asked(
        sets, policy, state, theme("cars"), theme("bikes"), either(theme("cars"), theme("bikes")),
        both(theme("cars"), theme("bikes")), both(theme("cars"), no(theme("bikes"))),
    )  # fmt: skip
    assert [answer.refused for answer in answers] == [None] * 5


def test_no_answer_depends_on_data_but_through_noise(
    sets: Sets, policy: AudiencePolicy, state: State
) -> None:
    """Breaks if the same noisy counts led to another answer because the people differ."""
    from haechi.release.audiences.ask import _judged  # noqa: PLC0415
    from haechi.release.audiences.state import Answered  # noqa: PLC0415

    del sets
    drawn = Answered(key="k", nodes=(("cars", 0, 1),), period=state.period, noisy=1_300, sigma=150.0, minimum=1_000,
                     size=1_300, refused=None)  # fmt: skip
    assert _judged(drawn, state, policy).size == 1_300
    below = Answered(key="k", nodes=(("cars", 0, 1),), period=state.period, noisy=1_299, sigma=150.0, minimum=1_000,
                     size=1_300, refused=None)  # fmt: skip
    assert _judged(below, state, policy).refused is Reason.TOO_SMALL


def test_answers_say_when_people_may_be_left_out(policy: AudiencePolicy, state: State) -> None:
    """Breaks if sizes sank without a word, or the word depended on who was left out."""
    apart = {f"t{n}": ThemePeople(BitMap(range(n * 5_000, n * 5_000 + 5_000))) for n in range(7)}
    answers, _ = asked(apart, policy, state, *(theme(f"t{n}") for n in range(7)))
    assert [answer.at_least for answer in answers] == [False] * 5 + [True] * 2
    large = {f"t{n}": ThemePeople(BitMap(range(400_000))) for n in range(7)}
    answers, _ = asked(large, policy, state, *(theme(f"t{n}") for n in range(7)))
    assert not any(answer.at_least for answer in answers)


def test_a_state_of_another_time_or_policy_is_refused(
    sets: Sets, policy: AudiencePolicy, state: State
) -> None:
    """Breaks if turning back the clock, or changing levels, gave spent budget back."""
    with pytest.raises(UsageError, match="later period"):
        ask(theme("cars"), sets=sets, policy=policy, state=state, now=NOW - timedelta(days=60))
    with pytest.raises(UsageError, match="levels of noise were changed"):
        asked(sets, AudiencePolicy(levels=(Level(sigma=150.0, uses=5),)), state, theme("cars"))


def test_levels_can_be_changed_once_the_window_has_ended(
    sets: Sets, policy: AudiencePolicy, state: State
) -> None:
    """Breaks if an advertiser could never be answered again after the operator chose other levels."""
    _, state = asked(sets, policy, state, theme("cars"))
    changed = AudiencePolicy(levels=(Level(sigma=150.0, uses=5),))
    later = NOW + policy.period * policy.periods_in_window
    answer, _ = ask(theme("cars"), sets=sets, policy=changed, state=state, now=later)
    assert answer.size is not None


def test_states_are_values(sets: Sets, policy: AudiencePolicy, state: State) -> None:
    """Breaks if asking changed the state it was given: a store could then show what it failed to save."""
    before = replace(state)
    asked(sets, policy, state, theme("cars"))
    assert state == before
    assert new_state(policy, NOW) == state
    assert Rounding(above=0, step=50) in policy.rounding
