"""Expressions: what is no expression never loads, what loads answers for every ad, as CEL answers."""

import string
import time
from typing import Any

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.review.ads import Signal
from haechi.review.policy.examples import USUAL
from haechi.review.policy.meaning import MeaningError, Scope, form_hash, meaning
from haechi.review.policy.readable import readable, signals_in_rules
from haechi.review.policy.reading import read
from haechi.review.policy.syntax import MAX_CHARACTERS, MAX_DEPTH, ExpressionError
from tests.ads.policy.made import signal

SCOPE = Scope(
    limits={"likely": 0.5, "few": 2},
    lists={"promises": ("giveaway", "guaranteed-return")},
    conditions={"odd": "0"},
)


def answer(text: str, *signals: Signal, **facts: Any) -> Any:
    told = {**USUAL, **{name.replace("_", ".", 1): value for name, value in facts.items()}}
    return meaning(text, SCOPE).ask(read(signals, told))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("claim.present", True),
        ("claim.score >= 0.9", True),
        ("claim.score > 0.9", False),
        ("claim.kinds == 2", True),
        ("claim.kinds_at(0.5) == 1", True),
        ('claim.score_of("urgency") >= 0.2', True),
        ('claim.score_of("giveaway") > 0.0', False),
        ("claim.score_among(list.promises) > 0.0", False),
        ('claim.kinds_among(["urgency", "endorsement"], 0.1) == limit.few', True),
        ('"urgency" in claim.values', True),
        ('hand_off.score_where("own", "no") >= 0.8', True),
        ('hand_off.score_where("own", "yes") > 0.0', False),
        ('sensitive_targeting.score_where("how", "exclude") >= limit.likely', True),
        ("velocity.present || velocity.score > 0.0 || velocity.kinds > 0", False),
        ('ad.country in ["JP", "KR"] && ad.country != "US"', True),
        ("account.age_days < 30", False),
        ("count(claim.present, velocity.present, hand_off.present) >= 2", True),
        ("!(claim.present && velocity.present)", True),
        ("!velocity.present == claim.present", True),
        ("false == claim.present", False),
        ("0.5 <= claim.score", True),
    ],
)
def test_reads(text: str, expected: bool) -> None:
    """If this fails, rules do not say what they are written to say."""
    signals = [
        signal("claim", "urgency", 0.3),
        signal("claim", "endorsement", 0.9),
        signal("hand-off", "line", 0.8, own="no"),
        signal("sensitive-targeting", "health", 0.7, how="exclude, include"),
    ]
    assert answer(text, *signals) is expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a name or a constant"),
        ("clam.score > 0.5", "no name 'clam.score'"),
        ("claim.scor > 0.5", "no field of claim"),
        ('claim.score_of("garanteed") > 0.5', "no value of claim"),
        ('"garanteed" in claim.values', "no value of claim"),
        ('hand_off.score_where("own", "maybe") > 0.5', "no answer of hand-off"),
        ('hand_off.score_where("owner", "no") > 0.5', "no param of hand-off"),
        ("claim.score >= limit.none", "no limit"),
        ("is.unknown", "no condition"),
        ("claim.score > 1.5", "divides 0 to 1"),
        ("claim.score >= 0.0", "divides 0 to 1"),
        ("claim.kinds_at(7.0) > 1", "divides 0 to 1"),
        ("claim.score >= 1", "scores with numbers such as 0.5"),
        ("claim.score == 0.5", "of one kind"),
        ("ad.country == 3", "of one kind"),
        ("ad.country < ad.language", "of one kind"),
        ("account.verified > account.known", "of one kind"),
        ("account.age_days > 0.5", "of one kind"),
        ("ad.country in ad.language", "a text in a list of texts"),
        ("3 in claim.values", "a text in a list of texts"),
        ("ad.country in [1, 2]", "expected a text in quotes"),
        ("count(1, 2) > 1", "conditions only"),
        ("claim.score && claim.present", "expected a condition"),
        ("!claim.kinds", "expected a condition"),
        ("claim.score", "expected an expression that is true or false"),
        ("true", "same answer for every ad"),
        ("1 < 2", "two constants"),
        ("claim.score_of(ad.country) > 0.5", "given as a constant"),
        ('claim.score_of("urgency", "urgency") > 0.5', "2 arguments; expected 1"),
        ("claim.score_of(0.5) > 0.5", "expected a text"),
    ],
)
def test_refuses_slips(text: str, told: str) -> None:
    """If this fails, a slip of the pen makes a rule that never fires, or fails on an ad."""
    with pytest.raises((ExpressionError, MeaningError), match=told.replace("(", r"\(")):
        meaning(text, SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0 == 1",
        "account.age_days % 0 == 0",
        "claim.values.all(x, x == x)",
        "[1, 2].map(x, [1, 2].map(y, x))",
        "ad.country.matches('(a+)+$')",
        'matches(ad.country, "(a|a)*b")',
        "claim.__class__.present",
        "__import__('os').system('true')",
        "open('/etc/passwd')",
        "env.HOME == ''",
        "claim['values']",
        "claim.present ? true : false",
        "ad.country == 'JP\\'",
        "ad.country == '\\x41'",
        "ad.country == 'a\nb'",
        "lambda: 1",
        "claim.present; velocity.present",
        "claim.present // velocity.present",
        "claim.score > 1e309",
        "claim.score > 0x1",
        "claim.score > .5",
        "null",
        "claim.present && ",
        "claim.score > 0.2 > 0.1",
        "claim.present\x00",
        "\u0441laim.present",
        "list.promises == list.promises",
        "claim.score > 99999999999999999999999.9",
    ],
)
def test_refuses_attacks(text: str) -> None:
    """If this fails, who writes a rule can run, read or stop what is not theirs."""
    with pytest.raises((ExpressionError, MeaningError)):
        meaning(text, SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "!" * 3_999 + "x",
        "(" * 130 + "claim.present" + ")" * 130,
        "count(" * 60 + "claim.present" + ") > 0" * 60,
        "[" * 3_000,
        "a." * 2_000,
        '"' + "a" * 10_000_000 + '"',
        "claim.present && " * 230 + "claim.present",
        "9" * 3_999 + " > account.age_days",
        " " * 3_999 + "\\",
    ],
)
def test_refuses_giants_at_once(text: str) -> None:
    """If this fails, one rule can keep the gate busy, or end the process by depth."""
    begun = time.process_time()
    with pytest.raises((ExpressionError, MeaningError)):
        meaning(text, SCOPE)
    assert time.process_time() - begun < 0.5


def test_largest_that_is_taken_is_quick() -> None:
    """If this fails, the bounds let through what an ad must wait for."""
    deep = "(" * (MAX_DEPTH - 1) + "claim.present" + ")" * (MAX_DEPTH - 1)
    part = 'hand_off.score_where("own", "no") > 0.5'
    wide = " || ".join([part] * 20)
    assert len(wide) < MAX_CHARACTERS
    many = [signal("hand-off", f"v{number}", 0.1, own="no") for number in range(200)]
    begun = time.process_time()
    assert answer(deep, *many) is False
    assert answer(wide, *many) is False
    assert time.process_time() - begun < 0.1


@given(st.text(alphabet=string.printable + "一ß\u200b\ud800", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_answered_or_refused(text: str) -> None:
    """If this fails, some text ends the loading with another error than a fault."""
    try:
        found = meaning(text, SCOPE)
    except (ExpressionError, MeaningError):
        return
    assert found.ask(read([], USUAL)) in (True, False)


NAMES = sorted(signals_in_rules())
SCORES = st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9])
FACTS = readable().facts


@st.composite
def comparisons(draw: st.DrawFn) -> str:  # noqa: PLR0911
    """A condition of one comparison, in the part of the language that CEL has without functions of ours."""
    name = draw(st.sampled_from(NAMES))
    kind = draw(st.sampled_from(["present", "score", "kinds", "in", "fact", "turned", "values", "ask"]))
    order = draw(st.sampled_from(["<", "<=", ">", ">="]))
    if kind == "present":
        return f"{name}.present"
    if kind == "kinds":
        return f"{name}.kinds {draw(st.sampled_from([order, '==', '!=']))} {draw(st.integers(0, 3))}"
    if kind == "in":
        return f'ad.country {draw(st.sampled_from(["in", "in"]))} ["JP", "DE"]'
    if kind == "values":
        return '"urgency" in claim.values'
    if kind == "ask":
        return f'claim.score_of("urgency") {order} {draw(SCORES)}'
    if kind == "fact":
        fact = draw(st.sampled_from(sorted(FACTS)))
        constant = {"bool": "true", "int": "30", "text": '"JP"'}[FACTS[fact]]
        return f"{fact} {draw(st.sampled_from(['==', '!=']))} {constant}"
    return (
        f"{draw(SCORES)} {order} {name}.score" if kind == "turned" else f"{name}.score {order} {draw(SCORES)}"
    )


EXPRESSIONS = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("{} && {}".format, inner, inner),
        st.builds("{} || {}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("count({}, {}) >= 1".format, inner, inner).map("({})".format),
    ),
    max_leaves=6,
)
SIGNALS = st.lists(
    st.builds(
        lambda name, value, score: signal(signals_in_rules()[name], value, score),
        st.sampled_from(NAMES), st.sampled_from(["urgency", "other"]), SCORES,
    ),
    max_size=6,
)  # fmt: skip


def by_cel(text: str, signals: list[Signal], facts: dict[str, Any]) -> Any:
    """The answer of another implementation of CEL, over plain values."""
    variables: dict[str, Any] = {"ad": {}, "account": {}}
    for name, hyphened in signals_in_rules().items():
        mine = [one for one in signals if one.name == hyphened]
        values = sorted({one.value for one in mine})
        variables[name] = {
            "present": bool(mine),
            "score": max((one.score for one in mine), default=0.0),
            "values": values,
            "kinds": len(values),
            "scores": {value: max(one.score for one in mine if one.value == value) for value in values},
        }
    for name, kind in FACTS.items():
        root, leaf = name.split(".")
        variables[root][leaf] = facts.get(name, {"bool": False, "int": 0, "text": ""}[kind])
    functions = {
        "score_of": lambda of, value: of["scores"].get(value, 0.0),
        "count": lambda *conditions: sum(conditions),
    }
    return cel.compile(text).execute(cel.Context(variables=variables, functions=functions))


@given(EXPRESSIONS, SIGNALS, st.sampled_from(["JP", "US", ""]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_answers_as_cel_does(text: str, signals: list[Signal], country: str, verified: bool) -> None:
    """If this fails, a rule means something else than people who know CEL read in it."""
    facts = {**USUAL, "ad.country": country, "account.verified": verified}
    assert meaning(text, SCOPE).ask(read(signals, facts)) == by_cel(text, signals, facts)


@given(EXPRESSIONS, EXPRESSIONS)
@settings(max_examples=100, deadline=None)
def test_form_does_not_depend_on_the_writing(one: str, other: str) -> None:
    """If this fails, the rule set's hash changes with spaces and order, or hides a change of meaning."""

    def form(text: str) -> str:
        return form_hash(meaning(text, SCOPE))

    assert form(f"({one}) && ({other})") == form(f" (( {other} )&&\n( {one} ))")
    assert form(f"({one}) || ({other})") == form(f"({other}) || ({one}) || ({other})")
    assert form(f"!({one})") != form(one)
    assert form(f"({one}) && velocity.score > 0.3") != form(f"({one}) && velocity.score > 0.31")
    assert form("claim.score >= limit.likely") == form("0.50 <= claim.score")
