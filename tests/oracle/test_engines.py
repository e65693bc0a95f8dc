"""Spark and DuckDB give one answer, and it is the contract's."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import ibis
import pytest

from haechi.audit.prepared import Keep
from haechi.tables import Engine, connect, holder
from tests.oracle.brute_force import Setting, World
from tests.oracle.compare import differences
from tests.oracle.haechi_answers import answer
from tests.oracle.random_worlds import Shape, setting_and_shape, world

pytestmark = pytest.mark.slow


def _asked(seed: int, size: int, *, computed: bool) -> tuple[Setting, Shape, list[World]]:
    """Worlds with every table that says something, memberships given or computed (then with a lapse)."""
    chance = Random(seed)  # noqa: S311  worlds, not secrets
    while True:
        setting, shape = setting_and_shape(chance)
        said = {"people", "grants", "deliveries", "permissions", "behaviours", "item_themes"} <= shape.tables
        if said and ("memberships" not in shape.tables) is (setting.lapse is not None) is computed:
            return setting, shape, [world(chance, number, shape) for number in range(size)]


@pytest.fixture(scope="module")
def keep_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Engine], Keep]]:
    before = ibis.options.default_backend
    opened: dict[Engine, ibis.BaseBackend] = {}
    holders: dict[Engine, Keep] = {}

    def use(engine: Engine) -> Keep:
        if engine not in opened:
            opened[engine] = connect(engine, threads=2, work=tmp_path_factory.mktemp(engine))
            holders[engine] = holder(opened[engine])
        ibis.set_backend(opened[engine])
        return holders[engine]

    yield use
    ibis.options.default_backend = before
    for con in opened.values():
        con.disconnect()


@pytest.mark.parametrize("computed", [True, False], ids=["computed", "given"])
def test_spark_answers_as_duckdb_and_the_contract_do(
    keep_on: Callable[[Engine], Keep], *, computed: bool
) -> None:
    """60 worlds as one dataset: fails when a figure depends on the engine that counted it."""
    setting, shape, worlds = _asked(11, 60, computed=computed)

    def ask(engine: Engine) -> dict[str, Any]:
        return answer(keep_on(engine), worlds, setting, shape.numbers)

    duck, spark = ask("duckdb"), ask("spark")
    assert differences(worlds, setting, lambda _: spark) == []
    assert spark == duck
