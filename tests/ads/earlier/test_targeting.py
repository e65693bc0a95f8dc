"""Targeting in other people's writing, and what it sorts people by."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.review.ads import Fact, Signal, Targeting
from haechi.review.history import MemoryHistory
from haechi.review.signals import sensitive_targeting
from haechi.review.targeting import targeting_of
from haechi.sensitivity import DecidedEngine, load
from haechi.sensitivity.decisions import Decisions
from tests.ads.earlier.made import case, made_ad, world

PLAIN = Targeting(
    include=("Gardening",), exclude=("Fishing",), countries=("JP",), languages=("ja",), other=("age:20 - 30",)
)
WORDS = {
    "include": ["Gardening"],
    "exclude": ["Fishing"],
    "countries": ["jp"],
    "languages": ["ja-JP"],
    "age": "20 - 30",
}
NESTED = {
    "flexible_spec": [{"interests": [{"id": "1", "name": "Gardening"}]}],
    "exclusions": {"behaviors": [{"id": "2", "name": "Commuters"}]},
    "geo_locations": {"countries": ["DE", "AT"]},
    "age_min": 18,
}
CASES: list[tuple[object, Targeting]] = [
    (None, Targeting()),
    ("", Targeting()),
    ({}, Targeting()),
    (WORDS, PLAIN),
    (json.dumps({**WORDS, "include": "Gardening", "countries": "JPN"}), PLAIN),
    ("interests:Gardening | exclude:interests:Fishing | country:JP | language:Japanese | age:20 - 30", PLAIN),
    (
        "people_who_match:interests:Gardening|excluded_connections:Exclude people who like Fishing|age:20 - 30",
        Targeting(include=("Gardening",), exclude=("Fishing",), other=("age:20 - 30",)),
    ),
    (
        (
            "people_who_match:Friends of connections: Friends of people who are connected to Choir | "
            "and_must_also_match:People who like Choir"
        ),
        Targeting(include=("Choir",)),
    ),
    (
        "interests:Book: the review | behaviors:Facebook access (browser): Any",
        Targeting(include=("Book: the review", "Facebook access (browser): Any")),
    ),
    (
        NESTED,
        Targeting(
            include=("Gardening",), exclude=("Commuters",), countries=("DE", "AT"), other=("age_min:18",)
        ),
    ),
    (
        "exclude_location:California | torn_name_behaviors:Commuters | words without a key",
        Targeting(include=("Commuters",), other=("exclude_location:California", "words without a key")),
    ),
]


@pytest.mark.parametrize(("value", "expected"), CASES)
def test_every_way_of_writing(value: object, expected: Targeting) -> None:
    """If it fails, whom an ad includes or leaves out is lost or turned round when it is read."""
    assert targeting_of(value) == expected


@pytest.mark.parametrize("value", [7, ["interests"], "{", "[1]", '{"include": [', "[" * 5_000, b"{}"])
def test_what_is_no_targeting_is_refused(value: object) -> None:
    """If it fails, a broken value passes for an ad shown to everyone."""
    with pytest.raises(ValueError, match="JSON object"):
        targeting_of(value)


def test_a_bottomless_object_is_refused() -> None:
    """If it fails, one row stops a whole run."""
    deep: dict[str, Any] = {}
    within = deep
    for _ in range(200):
        within["a"] = within = {}
    within["include"] = "x"
    with pytest.raises(ValueError, match="nested"):
        targeting_of(deep)


names = st.text(
    st.characters(categories=("L", "N"), include_characters=" &'"), min_size=1, max_size=20
).filter(
    lambda name: name == name.strip() and not name.lower().startswith(("exclude", "people who", "friends of"))
)


@given(st.lists(names, max_size=5, unique=True), st.lists(names, max_size=5, unique=True))
def test_no_theme_is_lost_in_any_writing(include: list[str], exclude: list[str]) -> None:
    """If it fails, some names vanish or change sides depending on how the platform writes them."""
    parts = [f"interests:{name}" for name in include] + [f"exclude:interests:{name}" for name in exclude]
    for value in ({"include": include, "exclude": exclude}, "|".join(parts)):
        for form in (value, json.dumps(value) if isinstance(value, dict) else value):
            read = targeting_of(form)
            assert set(read.include) == set(include)
            assert set(read.exclude) == set(exclude)


def _found(targeting: Targeting) -> dict[str, Signal]:
    ad = made_ad(targeting=targeting)
    return {signal.value: signal for signal in sensitive_targeting.find(case(ad, world(), MemoryHistory(8)))}


def test_ordinary_targeting_is_not_sensitive() -> None:
    """If it fails, every targeted ad is held."""
    ordinary = Targeting(
        include=("Gardening", "Cooking"), exclude=("Fishing",), other=("location:Lourdes", "age:18 - 65+")
    )
    assert _found(ordinary) == {}
    assert _found(Targeting()) == {}


def test_singled_out_and_left_out() -> None:
    """If it fails, an ad is shown to people because of their faith, or kept from them."""
    found = _found(Targeting(include=("Catholic Church", "Gardening"), exclude=("LGBT community", "Judaism")))
    religion = found["religion"]
    assert religion.score >= 0.5
    assert set(religion.evidence) == {Fact("include", "Catholic Church"), Fact("exclude", "Judaism")}
    assert religion.params["how"] == "exclude, include"
    assert "eu-dsa" in religion.params["laws"].split(", ")
    assert found["sexual-orientation"].params["how"] == "exclude"


def test_the_laws_are_those_of_the_day() -> None:
    """If it fails, an ad is said to break a law that was not in force."""
    ad = made_ad(targeting=Targeting(include=("Catholic Church",)), submitted_at=datetime(2015, 1, 1))  # noqa: DTZ001
    (signal,) = sensitive_targeting.find(case(ad, world(), MemoryHistory(8)))
    assert "eu-dsa" not in signal.params["laws"]


def test_an_operator_s_engine_decides() -> None:
    """If it fails, what people decided of a theme does not count for ads."""
    known = world()
    sensitive_targeting.judged_by(known, DecidedEngine(load(), Decisions("none", {})))
    ad = made_ad(targeting=Targeting(include=("Catholic Church",)))
    (signal,) = sensitive_targeting.find(case(ad, known, MemoryHistory(8)))
    assert "decisions" in signal.version
