"""Haechi on DuckDB against the records contract by brute force, on thousands of random small worlds.

A dataset of many worlds costs Haechi as much as one of a single world, and its figures are their sums; a
difference is then traced to one world and to the fewest of its rows.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from haechi.audit.prepared import Keep
from haechi.errors import UsageError
from haechi.tables import connect, holder
from tests.oracle.brute_force import World, facts_of
from tests.oracle.compare import differences, expected, told
from tests.oracle.haechi_answers import answer
from tests.oracle.random_worlds import setting_and_shape, world

_SEEDS = st.integers(min_value=0, max_value=2**48)
# The smallest world is found by `told`: a smaller seed is no simpler case.
_settings = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keep]:
    con = connect("duckdb", threads=2, work=tmp_path_factory.mktemp("duckdb"))
    before = ibis.options.default_backend
    ibis.set_backend(con)
    yield holder(con)
    ibis.options.default_backend = before
    con.disconnect()


def _compare(keep: Keep, seed: int, size: int) -> None:
    chance = Random(seed)  # noqa: S311  worlds, not secrets
    setting, shape = setting_and_shape(chance)
    worlds = [world(chance, number, shape) for number in range(size)]

    def ask(some: list[World]) -> dict[str, Any]:
        return answer(keep, some, setting, shape.numbers)

    if not any(facts_of(one, setting).laws for one in worlds):
        with pytest.raises(UsageError, match="no law pack is about"):
            ask(worlds)
        return
    assert not differences(worlds, setting, ask), told(worlds, setting, ask)


@settings(_settings, max_examples=20)
@given(seed=_SEEDS)
def test_every_figure_is_the_contracts(keep: Keep, seed: int) -> None:
    """20 datasets of 150 worlds, 3000 in all: fails when any figure, month or membership is not the contract's."""
    _compare(keep, seed, 150)


@settings(_settings, max_examples=10)
@given(seed=_SEEDS)
def test_a_world_alone(keep: Keep, seed: int) -> None:
    """Fails when an audit depends on there being many rows: empty tables, nobody exposed, everything to come."""
    _compare(keep, seed, 1)


def test_the_worlds_are_worth_asking() -> None:
    """Fails when the random worlds no longer hold what the definitions part on, so that agreement means nothing."""
    chance = Random(1)  # noqa: S311
    seen: Counter[str] = Counter()
    for number in range(2000):
        setting, shape = setting_and_shape(chance)
        facts = facts_of(world(chance, number, shape), setting)
        seen["memberships"] += len(facts.memberships)
        seen["closed"] += sum(until is not None for *_, until in facts.memberships)
        seen["re-opened"] += len(facts.memberships) - len({(p, t) for p, t, *_ in facts.memberships})
        seen["profiled"] += len(facts.profiled)
        seen["permitted"] += sum(e.permitted for e in facts.exposed)
        seen["unpermitted"] += sum(not e.permitted for e in facts.exposed)
        seen["under two laws"] += len({(e.person, e.law) for e in facts.exposed}) - len(
            {e.person for e in facts.exposed}
        )
        seen["in two months"] += sum(len(e.months) > 1 for e in facts.exposed)
        seen["set aside"] += facts.aside.total()
    assert all(seen[name] >= 25 for name in seen), seen
    assert len(seen) == 9


def test_the_comparison_can_fail() -> None:
    """Fails when a wrong answer would pass, or a failure would show more rows than it takes to see it."""
    chance = Random(2)  # noqa: S311
    setting, shape = setting_and_shape(chance)
    while not {"behaviours", "item_themes"} <= shape.tables or "memberships" in shape.tables:
        setting, shape = setting_and_shape(chance)
    setting = replace(setting, threshold=1000, lapse=None)
    worlds = [world(chance, number, shape) for number in range(150)]
    off = replace(setting, threshold=1001)
    found = told(worlds, setting, lambda some: expected(some, off))
    assert "memberships: missing" in found
    assert found.count("behaviours: {") <= 3, found
