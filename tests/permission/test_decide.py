"""May this be done with this person's data? Law by law, and never by accident."""

import datetime as dt
from itertools import product
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.law import load_packs, packs_for
from haechi.permission import Asked, Held, Permission, Standing, decide, decide_column, held_at
from haechi.terms.words import BASES, CATEGORIES, PURPOSES, SIGNALS

PACKS = load_packs()
NOW = dt.datetime.fromisoformat("2026-11-01T00:00:00")
DAY = dt.timedelta(days=1)


def held(category: Any = "religion", **changes: Any) -> Held:
    made: dict[str, Any] = {
        "purpose": "disclosure",
        "category": category,
        "basis": "explicit_consent",
        "proven": True,
        "separate": True,
        "by_guardian": False,
    }
    return Held(**{**made, **changes})


def person(country: str | None = "KR", *helds: Held, age: int | None = 40, **more: Any) -> Standing:
    return Standing(country=country, age=age, held=frozenset(helds), **more)


def asked(*categories: Any, purpose: Any = "disclosure", judged: bool = True) -> Asked:
    return Asked(purpose=purpose, categories=frozenset(categories), judged=judged)


def codes(question: Asked, standing: Standing) -> tuple[str, set[str]]:
    decision = decide(question, standing, PACKS, NOW)
    return decision.verdict, {reason.code for reason in decision.reasons if reason.verdict != "allowed"}


@pytest.mark.parametrize(
    ("permission", "verdict", "why"),
    [
        ((), "refused", {"no-permission"}),
        ((held(),), "allowed", set()),
        ((held(category=None),), "refused", {"no-permission"}),
        ((held("health"),), "refused", {"no-permission"}),
        ((held(purpose="profiling"),), "refused", {"no-permission"}),
        ((held(basis="legitimate_interest"),), "refused", {"basis-not-accepted"}),
        ((held(separate=False),), "refused", {"not-separate"}),
        ((held(proven=False),), "refused", {"not-proven"}),
        ((held(separate=False), held(basis="legal_obligation", separate=False)), "allowed", set()),
    ],
)
def test_korea_wants_separate_proven_consent_for_the_category(
    permission: tuple[Held, ...], verdict: str, why: set[str]
) -> None:
    """PIPA Art. 23(1) with Art. 22(1): anything less is what Meta was fined for."""
    assert codes(asked("religion"), person("KR", *permission)) == (verdict, why)


def test_the_digital_services_act_accepts_no_permission() -> None:
    """DSA Art. 26(3): consent does not open special categories to ads on an online platform."""
    verdict, why = codes(asked("religion"), person("DE", held()))
    assert verdict == "refused"
    assert "prohibited" in why


def test_without_the_platform_act_explicit_consent_opens_it() -> None:
    """A retailer is under the GDPR alone; --law must not keep it under the stricter act."""
    decision = decide(asked("religion"), person("DE", held()), {"eu-gdpr": PACKS["eu-gdpr"]}, NOW)
    assert decision.allowed


def test_a_theme_that_nobody_could_judge_is_not_ordinary() -> None:
    """No silent yes: undecided is refused by every caller."""
    assert codes(asked(judged=False), person()) == ("undecided", {"not-judged"})


def test_an_unknown_place_is_judged_by_every_law() -> None:
    """Leaving out the country must not be a way around the law."""
    verdict, why = codes(asked("religion"), person(None, held()))
    assert verdict == "refused"
    assert {"place-unknown", "prohibited"} <= why
    assert decide(asked(), person(None), PACKS, NOW).allowed


def test_a_country_without_a_known_law_keeps_sensitive_themes_closed() -> None:
    """Where no law is known nobody said yes either."""
    assert codes(asked("religion"), person("BR")) == ("undecided", {"no-law-known"})
    assert decide(asked(), person("BR"), PACKS, NOW).allowed


@pytest.mark.parametrize(
    ("country", "region", "age", "helds", "allowed"),
    [
        ("KR", None, 13, (), False),
        ("KR", None, 13, (held(category=None, basis="consent"),), False),
        ("KR", None, 13, (held(category=None, basis="consent", by_guardian=True),), True),
        ("KR", None, 14, (), True),
        ("DE", None, 17, (held(category=None, by_guardian=True),), False),
        ("DE", None, 18, (), True),
        ("US", "US-CA", 14, (), False),
        ("US", "US-CA", 14, (held(category=None),), True),
        ("US", "US-CA", 12, (held(category=None),), False),
        ("US", "US-CA", 12, (held(category=None, by_guardian=True),), True),
    ],
)
def test_minors_are_guarded_as_each_law_says(
    country: str, region: str | None, age: int, helds: tuple[Held, ...], *, allowed: bool
) -> None:
    """PIPA Art. 22-2, DSA Art. 28(2), Cal. Civ. Code 1798.120(c): ordinary themes too."""
    assert decide(asked(), person(country, *helds, age=age, region=region), PACKS, NOW).allowed is allowed


def test_an_unknown_age_does_not_open_a_sensitive_theme() -> None:
    """A consent that a child gave is none; whether it was a child must be known."""
    assert codes(asked("religion"), person("KR", held(), age=None)) == ("undecided", {"age-unknown"})
    assert decide(asked(), person("KR", age=None), PACKS, NOW).allowed


def test_a_signal_refuses_what_its_law_says() -> None:
    """11 CCR 7025: Global Privacy Control ends sharing in California; elsewhere the law does not know it."""
    californian: dict[str, Any] = {
        "country": "US",
        "region": "US-CA",
        "age": 40,
        "signals": frozenset({"gpc"}),
    }
    assert codes(asked(), Standing(**californian)) == ("refused", {"opted-out"})
    assert decide(asked(purpose="profiling"), Standing(**californian), PACKS, NOW).allowed


@pytest.mark.parametrize("country", ["KR", "US", "BR", None])
def test_a_category_that_was_refused_by_name_stays_closed_everywhere(country: str | None) -> None:
    """A US string that refuses religion must not be lost because the law of the place knows no such string."""
    permitted = person(country, held(), held("health"), refused=frozenset({"religion"}))
    decision = decide(asked("religion"), permitted, PACKS, NOW)
    assert decision.verdict == "refused"
    assert ("opted-out", "religion") in {(reason.code, reason.category) for reason in decision.reasons}
    assert decide(asked("health"), permitted, PACKS, NOW).allowed == (country == "KR")


def test_a_law_that_a_signal_names_counts_wherever_the_person_is() -> None:
    """regs.gdpr says that European law applies although the place says Korea."""
    under = person("KR", held(), under=frozenset({"eu-dsa"}))
    assert codes(asked("religion"), under)[0] == "refused"


def test_an_objection_ends_a_purpose_whatever_was_permitted() -> None:
    """GDPR Art. 21(3)."""
    objecting = person("KR", held(), objected=frozenset({"disclosure"}))
    assert codes(asked("religion"), objecting) == ("refused", {"objected"})


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"given_at": NOW + DAY}, False),
        ({"withdrawn_at": NOW}, False),
        ({"withdrawn_at": NOW + DAY}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW + DAY, "withdrawn_at": NOW - DAY}, False),
    ],
)
def test_permissions_hold_from_given_to_withdrawn_or_expired(
    changes: dict[str, dt.datetime], *, holds: bool
) -> None:
    """Half-open, as the records contract says: at the instant of withdrawal it holds no more."""
    made: dict[str, Any] = {"purpose": "disclosure", "category": "religion", "basis": "explicit_consent"}
    given_at = Permission(**{**made, "given_at": NOW, "evidence": "e", "separate": True, **changes})
    assert (held_at([given_at], NOW) == frozenset({held()})) is holds


_HELD = st.builds(
    Held,
    purpose=st.sampled_from(PURPOSES),
    category=st.sampled_from(["religion", "health", None]),
    basis=st.sampled_from(BASES),
    proven=st.booleans(),
    separate=st.booleans(),
    by_guardian=st.booleans(),
)
_STANDING = st.builds(
    Standing,
    country=st.sampled_from(["KR", "DE", "FR", "JP", "US", "BR", None]),
    region=st.sampled_from(["US-CA", "US-WA", None]),
    under=st.frozensets(st.sampled_from(sorted(PACKS)), max_size=1),
    age=st.none() | st.integers(0, 90),
    held=st.frozensets(_HELD, max_size=4),
    signals=st.frozensets(st.sampled_from(SIGNALS), max_size=2),
    refused=st.frozensets(st.sampled_from(["religion", "health", "children"]), max_size=1),
    objected=st.frozensets(st.sampled_from(PURPOSES), max_size=1),
)
_ASKED = st.builds(
    Asked,
    purpose=st.sampled_from(PURPOSES),
    categories=st.frozensets(st.sampled_from(["religion", "health", "children"]), max_size=2),
    judged=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(_ASKED, _STANDING)
def test_nothing_sensitive_is_allowed_without_a_proven_permission_for_it(
    question: Asked, who: Standing
) -> None:
    """The promise of the whole: an independent reading of the packs, for any person and any question."""
    decision = decide(question, who, PACKS, NOW)
    if not decision.allowed:
        assert any(reason.verdict != "allowed" for reason in decision.reasons)
        return
    assert question.judged
    assert question.purpose not in who.objected
    assert not question.categories & who.refused
    laws = {*(packs_for(PACKS, who.country, who.region) if who.country else PACKS), *who.under}
    for law, category in product(laws, question.categories):
        fact = next((f for f in PACKS[law].categories if f.category == category and f.in_force(NOW)), None)
        if fact is not None:
            assert any(
                h.purpose == question.purpose
                and h.category == category
                and h.basis in fact.bases
                and h.proven
                for h in who.held
            )


@settings(max_examples=200, deadline=None)
@given(_ASKED, _STANDING, st.sampled_from(SIGNALS), st.sampled_from(CATEGORIES))
def test_knowing_more_against_it_never_opens(
    question: Asked, who: Standing, signal: Any, category: Any
) -> None:
    """A further refusal, or a further category, must not turn a no into a yes."""
    if decide(question, who, PACKS, NOW).allowed:
        return
    more = msgspec.structs.replace(who, signals=who.signals | {signal})
    assert not decide(question, more, PACKS, NOW).allowed
    named = msgspec.structs.replace(who, refused=who.refused | {category})
    assert not decide(question, named, PACKS, NOW).allowed
    wider = msgspec.structs.replace(question, categories=question.categories | {category})
    assert not decide(wider, who, PACKS, NOW).allowed


@settings(max_examples=50, deadline=None)
@given(st.lists(_ASKED, min_size=1, max_size=5), st.lists(_STANDING, min_size=1, max_size=8), st.randoms())
def test_a_column_decides_as_each_pair_does(
    questions: list[Asked], people: list[Standing], random: Any
) -> None:
    """One definition: deciding a million must not be another decision."""
    first = np.array([random.randrange(len(questions)) for _ in range(30)])
    second = np.array([random.randrange(len(people)) for _ in range(30)])
    rows, decisions = decide_column(questions, people, (first, second), PACKS, NOW)
    for row, (question, who) in enumerate(zip(first, second, strict=True)):
        assert decisions[rows[row]] == decide(questions[question], people[who], PACKS, NOW)


def test_an_empty_column_has_no_decisions() -> None:
    """A theme without members is no error."""
    nothing = np.empty(0, dtype=np.int64)
    rows, decisions = decide_column([], [], (nothing, nothing), PACKS, NOW)
    assert (len(rows), decisions) == (0, [])
