"""Sizes are useful, sticky and bounded; refusals depend on nothing but words and noise."""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from haechi.errors import UsageError
from haechi.release.audiences import AudiencePolicy, Budget, canonical, minimum_for, parse, themes_of
from haechi.release.audiences.canonical import can_differ
from haechi.release.audiences.noise import noisy, spent
from tests.release.audiences.worlds import POLICY, Platform, both, either, negated, theme

BIG = {"a": BitMap(range(20_000)), "b": BitMap(range(12_000, 40_000)), "s": BitMap(range(5_000))}

_EXPRESSIONS = st.recursive(
    st.sampled_from("abcd").map(theme),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"and": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"or": parts})
        | inner.map(negated)
    ),
    max_leaves=8,
)


def truth(value: Any, world: dict[str, bool]) -> bool:
    kind, inner = next(iter(value.items()))
    if kind == "theme":
        return world[inner]
    if kind == "not":
        return not truth(inner, world)
    return (all if kind == "and" else any)(truth(part, world) for part in inner)


WORLDS = [dict(zip("abcd", bits, strict=True)) for bits in itertools.product((False, True), repeat=4)]


@settings(max_examples=300, deadline=None)
@given(_EXPRESSIONS, _EXPRESSIONS)
def test_one_key_for_one_meaning(one: Any, other: Any) -> None:
    """A second key for the same meaning is a second draw of noise; one key for two meanings a wrong answer."""
    first, second = (canonical(parse(value, most_themes=30)) for value in (one, other))
    tables = [[truth(value, world) for world in WORLDS] for value in (one, other)]
    assert (first.key == second.key) == (tables[0] == tables[1])
    assert first.is_nobody == (not any(tables[0]))
    assert first.holds_without_any == tables[0][0]
    missing = [any(a and not b for a, b in zip(*pair, strict=True)) for pair in (tables, tables[::-1])]
    assert list(can_differ(parse(one, most_themes=30), parse(other, most_themes=30))) == missing


@settings(max_examples=200, deadline=None)
@given(_EXPRESSIONS, st.sampled_from("abcd"))
def test_putting_people_out_is_found_in_any_disguise(value: Any, name: str) -> None:
    """ "not sensitive" can be written without the word not in front of it."""
    form = canonical(parse(value, most_themes=30))
    puts_out = any(truth(value, {**w, name: False}) and not truth(value, {**w, name: True}) for w in WORLDS)
    assert form.falls_with(name) == puts_out
    depends = any(truth(value, {**w, name: False}) != truth(value, {**w, name: True}) for w in WORLDS)
    assert (name in form.themes) == depends


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 40)), st.integers(0, 20)), max_size=12), st.integers(0, 70))
def test_budgets_add_as_numbers_do(spends: list[tuple[set[int], int]], limit: int) -> None:
    """A lost carry would let somebody be counted for ever."""
    budget, plain = Budget(), dict.fromkeys(range(41), 0)
    for people, amount in spends:
        budget.spend(BitMap(people), amount)
        for person in people:
            plain[person] += amount
    assert set(Budget.of(budget.digits()).over(limit)) == {one for one, sum_ in plain.items() if sum_ > limit}


def test_noise_is_opendps_and_costs_what_it_should() -> None:
    """The accounting counts an answer as 1/(2 sigma^2) of rho."""
    assert spent(150.0) == pytest.approx(1 / (2 * 150**2))
    draws = [noisy(0, 150.0) for _ in range(4_000)]
    assert sum(abs(draw) > 600 for draw in draws) < 10
    assert 140 < (sum(draw * draw for draw in draws) / len(draws)) ** 0.5 < 160


def test_the_bound_holds_for_what_ships() -> None:
    """The promise: no attacker gains more than 0.01 over guessing in a window."""
    assert POLICY.advantage <= 0.01
    assert AudiencePolicy(sigma=149.0).advantage > 0.01 > AudiencePolicy(answers=6).advantage


def test_honest_sizes_are_within_three_percent() -> None:
    """Else nobody can plan with them. At exactly 10,000, the worst of them."""
    right = sum(
        abs((Platform({"t": BitMap(range(10_000))}).size(theme("t")) or 0) - 10_000) <= 300
        for _ in range(1_000)
    )
    assert right >= 950
    assert all(
        abs((Platform({"t": BitMap(range(40_000))}).size(theme("t")) or 0) - 40_000) <= 1_200
        for _ in range(300)
    )


def test_the_same_question_has_the_same_answer_for_a_period() -> None:
    """Even when the people change: the difference would tell who joined."""
    platform = Platform(dict(BIG))
    first = platform.size(either(theme("a"), theme("b")))
    platform.sets["a"] = BitMap(range(19_000))
    assert platform.size(negated(both(negated(theme("b")), negated(theme("a"))))) == first
    platform.now += dt.timedelta(days=POLICY.period_days)
    assert platform.size(either(theme("a"), theme("b"))) is not None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (negated(theme("a")), "nobody"),
        (either(theme("a"), negated(theme("b"))), "nobody"),
        (both(theme("a"), negated(theme("a"))), "nobody"),
        (both(theme("a"), negated(theme("s"))), "excludes-sensitive"),
        (
            both(theme("a"), either(negated(theme("s")), both(theme("b"), negated(theme("s"))))),
            "excludes-sensitive",
        ),
        (both(theme("a"), theme("s")), None),
        (both(theme("a"), theme("b")), None),
    ],
)
def test_what_words_refuse_costs_nothing(value: Any, code: str | None) -> None:
    """Being left out of a sensitive theme tells as much as being in it."""
    platform = Platform(dict(BIG), sensitive=frozenset({"s"}))
    assert platform.code(value) == code
    if code:
        assert not platform.state.budget.digits()


def test_small_audiences_have_no_size_and_no_hint() -> None:
    """Not even how small: the words are the same for one person and for seven hundred."""
    answers = {Platform({"t": BitMap(range(size))}).ask(theme("t")) for size in (0, 1, 300)}
    assert len(answers) == 1
    assert answers.pop().size is None


def test_audiences_that_differ_by_few_are_refused() -> None:
    """Two sizes would give the few."""
    platform = Platform({"t": BitMap(range(20_000)), "u": BitMap(range(19_950, 20_000))})
    assert platform.size(theme("t")) is not None
    assert platform.code(both(theme("t"), negated(theme("u")))) == "overlap"
    assert platform.code(either(theme("t"), theme("u"))) == "overlap"


def test_who_has_been_counted_often_is_left_out_without_a_word() -> None:
    """A refusal would tell that somebody with a spent budget is in the audience."""
    # Sets of 9,000 around the same 3,000 people: large differences, and the 3,000 in each.
    shared = BitMap(range(3_000))
    sets = {f"t{n}": shared | BitMap(range(5_000 + 6_000 * n, 11_000 + 6_000 * n)) for n in range(9)}
    platform = Platform(sets)
    answers = [platform.ask(theme(f"t{n}")) for n in range(9)]
    sizes = [answer.size for answer in answers]
    assert [answer.at_least for answer in answers] == [False] * 7 + [True] * 2
    assert all(size is not None for size in sizes)
    assert all(abs((size or 0) - 9_000) < 700 for size in sizes[:7])
    assert all(abs((size or 0) - 6_000) < 700 for size in sizes[7:])
    platform.now += dt.timedelta(days=2 * POLICY.window_days)
    assert abs((platform.size(theme("t8")) or 0) - 9_000) < 700


def test_new_questions_end_and_old_ones_stay() -> None:
    """A bound that depends on no data."""
    policy = AudiencePolicy(questions=3)
    platform = Platform({f"t{n}": BitMap(range(9_000 * n, 9_000 * n + 8_000)) for n in range(5)}, policy)
    assert [platform.code(theme(f"t{n}")) for n in range(5)] == [None] * 3 + ["too-many-questions"] * 2
    assert platform.code(theme("t0")) is None


@pytest.mark.parametrize(
    "value",
    [None, 7, "a", [], {}, {"theme": ""}, {"theme": 7}, {"and": []}, {"xor": [theme("a")]}, {"and": theme("a")},
     {"theme": "a", "not": theme("a")}, {"and": [theme("a")] * 31}],
)  # fmt: skip
def test_what_is_no_expression_is_refused(value: Any) -> None:
    """With words that say what is expected."""
    with pytest.raises(UsageError, match="expected"):
        parse(value, most_themes=30)


def test_nesting_and_intricacy_are_bounded() -> None:
    """A few kilobytes must not take minutes to compare."""
    deep: Any = theme("a")
    for _ in range(40):
        deep = negated(deep)
    with pytest.raises(UsageError, match="nested"):
        parse(deep, most_themes=30)
    pairs = [both(theme(f"x{n:02}"), theme(f"y{n:02}")) for n in range(15)]
    with pytest.raises(UsageError, match="intricate"):
        canonical(parse(either(*pairs), most_themes=30))


def test_the_highest_minimum_counts() -> None:
    """An audience of a sensitive and an ordinary theme is held to the stricter of both."""
    policy = AudiencePolicy(minimum_by={"kr-pipa/religion": 5_000, "eu-gdpr/health": 9_000})
    assert minimum_for(policy, ["kr-pipa"], ["religion", "health"]) == 5_000
    assert minimum_for(policy, ["kr-pipa", "eu-gdpr"], ["religion", "health"]) == 9_000
    assert minimum_for(policy, ["jp-appi"], []) == 1_000


@pytest.mark.parametrize(
    "changes",
    [{"sigma": 0.0}, {"minimum": 0}, {"answers": -1}, {"window_days": 1}, {"minimum_by": {"a/b": 5}}],
)
def test_numbers_that_do_not_protect_are_refused(changes: dict[str, Any]) -> None:
    """A slip in the settings must not open everything."""
    with pytest.raises(UsageError, match="expected"):
        AudiencePolicy(**changes)


def test_themes_are_named_once() -> None:
    """Sets are fetched by these names."""
    assert themes_of(parse(either(theme("b"), both(theme("a"), theme("b"))), most_themes=9)) == ("a", "b")
