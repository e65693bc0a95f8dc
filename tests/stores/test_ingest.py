"""Behaviours in, memberships current: equal to the definition, whatever order they come in, on both databases."""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from haechi.errors import DataError
from haechi.law import load_packs
from haechi.stores import open_store, schema
from haechi.stores.clock import micros
from haechi.stores.ingest import Behaviour, ConflictError, Ingest
from haechi.themes import memberships_from_behaviours
from haechi.themes.evidence import DEFAULT_EVIDENCE
from tests.stores.worlds import BEGIN, NOW, at, make, memberships

PACKS = load_packs()
KINDS = ["like", "like", "follow", "click", "view", "unlike", "hide"]
ITEMS = [("i1", "t1", 1.0), ("i1", "t2", 0.4), ("i2", "t1", 0.35), ("i3", "t2", 1.0), ("i3", "t3", 1.0)]
_BEHAVIOUR = st.builds(
    Behaviour,
    person_id=st.sampled_from(["p1", "p2"]),
    item_id=st.sampled_from(["i1", "i2", "i3", "unknown"]),
    kind=st.sampled_from(KINDS),
    occurred_at=st.integers(1, 12).map(at),
)
_BATCHES = st.lists(st.lists(_BEHAVIOUR, max_size=5), max_size=5)
_SAME_DATABASE = [HealthCheck.function_scoped_fixture]


def defined(behaviours: list[Behaviour]) -> set[tuple[str, str, int, int | None, int]]:
    """What the audit's expression makes of the same records, on DuckDB."""
    if not behaviours:
        return set()
    table = ibis.memtable(
        [(b.person_id, b.item_id, b.kind, b.occurred_at) for b in behaviours],
        schema={"person_id": "string", "item_id": "string", "kind": "string", "occurred_at": "timestamp(6)"},
    )
    weights = ibis.memtable(ITEMS, schema={"item_id": "string", "theme_id": "string", "weight": "float64"})
    rows = memberships_from_behaviours(table, weights, DEFAULT_EVIDENCE).to_pyarrow().to_pylist()
    return {
        (
            row["person_id"],
            row["theme_id"],
            micros(row["since"]),
            None if row["until"] is None else micros(row["until"]),
            round(row["score"] * 1000),
        )
        for row in rows
    }


@settings(max_examples=60, deadline=None, suppress_health_check=_SAME_DATABASE)
@given(batches=_BATCHES)
def test_memberships_are_those_that_the_audit_computes(
    emptied: Callable[[], Engine], batches: list[list[Behaviour]]
) -> None:
    """Any order, any splitting, equal instants, likes taken back: the platform and the audit must agree."""
    engine = emptied()
    make(engine, themes={t: (BEGIN, []) for t in ("t1", "t2", "t3")}, item_themes=ITEMS)
    ingest = Ingest(engine, PACKS)
    for number, batch in enumerate(batches):
        ingest(batch, source="s", key=str(number), now=NOW)
    assert memberships(engine) == defined([b for batch in batches for b in batch])


_INSTANT = st.integers(0, 14).map(at)
_PERMISSION = st.fixed_dictionaries(
    {
        "person_id": st.sampled_from(["p1", "p2"]),
        "purpose": st.sampled_from(["profiling", "profiling", "disclosure"]),
        "category": st.sampled_from(["religion", "religion", None]),
        "given_at": _INSTANT,
        "withdrawn_at": st.none() | _INSTANT,
        "separate": st.sampled_from([True, True, False]),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=_SAME_DATABASE)
@given(batches=_BATCHES, permissions=st.lists(_PERMISSION, max_size=4), approved=st.none() | _INSTANT)
def test_nobody_is_in_a_theme_without_approval_or_permission(
    emptied: Callable[[], Engine],
    batches: list[list[Behaviour]],
    permissions: list[dict[str, Any]],
    approved: dt.datetime | None,
) -> None:
    """t1 was approved late or never, t2 gives religion away: both are cut to what may be, and no evidence is left."""
    engine = emptied()
    born = dt.date(1980, 1, 1)
    make(
        engine,
        themes={"t1": (approved, []), "t2": (BEGIN, ["religion"]), "t3": (BEGIN, [])},
        item_themes=ITEMS,
        people=[("p1", "KR", born), ("p2", "KR", born)],
        permissions=permissions,
    )
    ingest = Ingest(engine, PACKS)
    for number, batch in enumerate(batches):
        ingest(batch, source="s", key=str(number), now=NOW)
    expected = set()
    for person, theme, since, until, score in defined([b for batch in batches for b in batch]):
        floor: dt.datetime | None = BEGIN
        if theme == "t1":
            floor = approved
        elif theme == "t2":
            floor = _permitted_since(permissions, person)
        if floor is not None and (until is None or max(since, micros(floor)) < until):
            expected.add((person, theme, max(since, micros(floor)), until, score))
    assert memberships(engine) == expected
    with engine.connect() as connection:
        kept = connection.execute(select(schema.evidence.c.person, schema.themes.c.theme_id).join(
            schema.themes, schema.themes.c.theme == schema.evidence.c.theme)).all()  # fmt: skip
    people = {"p1": _permitted_since(permissions, "p1"), "p2": _permitted_since(permissions, "p2")}
    if approved is None:
        assert not any(theme == "t1" for _, theme in kept)
    if not any(people.values()):
        assert not any(theme == "t2" for _, theme in kept)


def _permitted_since(permissions: list[dict[str, Any]], person: str) -> dt.datetime | None:
    """Minute by minute back from now: the first minute of the stretch of permission that reaches up to now."""
    since = None
    for minute in range(20, -1, -1):
        now = at(minute)
        if not any(
            p["person_id"] == person and p["purpose"] == "profiling" and p["category"] == "religion" and p["separate"]
            and p["given_at"] <= now and (p["withdrawn_at"] is None or now < p["withdrawn_at"])
            for p in permissions
        ):  # fmt: skip
            return since
        since = now
    return since


def _like(person: str, minute: int, item: str = "i1") -> Behaviour:
    return Behaviour(person, item, "like", at(minute))


def test_a_batch_that_comes_twice_counts_once(engine: Engine) -> None:
    """A client that lost the answer sends again; a client that mixes up its keys must hear of it."""
    make(engine, themes={"t1": (BEGIN, [])}, item_themes=[("i1", "t1", 0.5)])
    ingest = Ingest(engine, PACKS)
    batch = [_like("p1", 1)]
    assert not ingest(batch, source="s", key="k", now=NOW).repeated
    assert ingest(batch, source="s", key="k", now=NOW).repeated
    assert memberships(engine) == set()
    with pytest.raises(ConflictError):
        ingest([_like("p1", 2)], source="s", key="k", now=NOW)
    ingest([_like("p1", 2)], source="other", key="k", now=NOW)
    assert len(memberships(engine)) == 1


def test_a_batch_is_taken_whole_or_not_at_all(engine: Engine) -> None:
    """A wrong row must not leave half a batch behind, nor a person's identifier in the message."""
    make(engine, themes={"t1": (BEGIN, [])}, item_themes=[("i1", "t1", 1.0)])
    ingest = Ingest(engine, PACKS)
    future = Behaviour("person-of-interest", "i1", "like", NOW + dt.timedelta(days=2))
    with pytest.raises(DataError, match=r"row 2, column occurred_at: found 2026-11-03.*expected") as told:
        ingest([_like("p1", 1), future], source="s", key="k", now=NOW)
    assert "person-of-interest" not in str(told.value)
    assert memberships(engine) == set()
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.batches)).scalar() == 0
    assert not ingest([_like("p1", 1)], source="s", key="k", now=NOW).repeated


def test_zones_are_instants(engine: Engine) -> None:
    """A client in Seoul sends its own time."""
    make(engine, themes={"t1": (BEGIN, [])}, item_themes=[("i1", "t1", 1.0)])
    seoul = dt.timezone(dt.timedelta(hours=9))
    there = dt.datetime(2026, 1, 1, 9, 1, tzinfo=seoul)
    Ingest(engine, PACKS)([Behaviour("p1", "i1", "like", there)], source="s", key="k", now=NOW)
    assert {row[2] for row in memberships(engine)} == {micros(at(1))}


_CLIENT = textwrap.dedent(
    """
    import sys, random
    from haechi.stores import open_store
    from haechi.stores.ingest import Behaviour, Ingest
    from tests.stores.worlds import NOW, at
    database, first, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    ingest = Ingest(open_store(database), {})
    for number in range(first, first + 400):
        chance = random.Random(number)
        batch = [Behaviour(f"p{chance.randrange(40)}", f"i{chance.randrange(1, 4)}",
                           chance.choice(["like", "click", "view", "unlike"]), at(chance.randrange(1, 4000)))
                 for _ in range(30)]
        ingest(batch, source="s", key=str(number), now=NOW)
        print(number, flush=True)
    """
)


def _batch(number: int) -> list[Behaviour]:
    chance = random.Random(number)  # noqa: S311 - test data
    return [
        Behaviour(
            f"p{chance.randrange(40)}",
            f"i{chance.randrange(1, 4)}",
            chance.choice(["like", "click", "view", "unlike"]),
            at(chance.randrange(1, 4000)),
        )
        for _ in range(30)
    ]


@pytest.mark.parametrize("kills", [4, pytest.param(12, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(database: str, kills: int) -> None:
    """SIGKILL at random moments; the client sends again from the first batch it has no receipt for."""
    engine = open_store(database)
    make(engine, themes={t: (BEGIN, []) for t in ("t1", "t2", "t3")}, item_themes=ITEMS)
    acknowledged, chance = -1, random.Random(kills)  # noqa: S311 - test data
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", _CLIENT, database, str(acknowledged + 1), "0"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": "."},
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.random() * 0.4)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.wait()
        acknowledged = max([acknowledged, *map(int, (first + rest).split())])
    assert acknowledged > kills
    Ingest(engine, {})(_batch(acknowledged + 1), source="s", key=str(acknowledged + 1), now=NOW)
    with engine.connect() as connection:
        keys = {int(key) for (key,) in connection.execute(select(schema.batches.c.idempotency_key))}
        rows = connection.execute(select(func.count()).select_from(schema.behaviours)).scalar()
    assert keys == set(range(acknowledged + 2))
    assert rows == 30 * (acknowledged + 2)
    assert memberships(engine) == defined([b for number in keys for b in _batch(number)])
    engine.dispose()
