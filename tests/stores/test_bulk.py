"""A whole dataset into the platform: the same memberships as the audit, and nobody where nobody may be."""

import contextlib
import datetime as dt
import subprocess
import sys
from pathlib import Path

import ibis
import pytest
from sqlalchemy import Engine, func, select

from haechi import records, tables
from haechi.law import load_packs
from haechi.ledger.seal import Master
from haechi.records import Dataset
from haechi.sensitivity import load as engine_of
from haechi.stores import open_store, schema
from haechi.stores.bulk import load
from haechi.stores.ingest import Ingest
from haechi.stores.requests import Requests
from haechi.stores.themes import Themes
from haechi.themes import memberships_from_behaviours
from haechi.themes.evidence import DEFAULT_EVIDENCE

PACKS = load_packs()
NOW = dt.datetime.fromisoformat("2026-11-01T00:00:00")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    folder = tmp_path / "pipc"
    made = subprocess.run(
        [str(Path(sys.executable).with_name("haechi")), "example", "pipc", "--people", "300", "--themes",
         "400", "--advertisers", "10", "--behaviours", "6000", "--out", str(folder)],
        check=True, capture_output=True,
    )  # fmt: skip
    assert made.returncode == 0
    con = tables.connect("duckdb", work=tmp_path)
    return records.open_dataset(con, str(folder), now=NOW, notice=lambda _: None)


def run(dataset: Dataset, engine: Engine, most: int | None = None) -> None:
    taken = [0]

    class StoppedError(Exception):
        """Somebody pulled the plug."""

    def step(what: str, rows: int) -> None:
        taken[0] += rows if what == "behaviours" else 0
        if most is not None and taken[0] >= most:
            raise StoppedError

    themes = Themes(engine, engine_of(), PACKS)
    with contextlib.suppress(StoppedError):
        load(
            dataset,
            engine,
            themes=themes,
            ingest=Ingest(engine, PACKS),
            separate=True,
            master=None,
            requests=Requests(engine, PACKS, master=Master(b"k" * 32)),
            now=NOW,
            step=step,
        )


def held(engine: Engine) -> set[tuple[str, str]]:
    m, p, t = schema.memberships, schema.people, schema.themes
    with engine.connect() as connection:
        rows = connection.execute(
            select(p.c.person_id, t.c.theme_id).join_from(m, p, m.c.person == p.c.person)
            .join(t, t.c.theme == m.c.theme).where(m.c.until.is_(None))
        ).all()  # fmt: skip
    return {(row[0], row[1]) for row in rows}


def test_a_dataset_loads_and_people_are_where_they_may_be(dataset: Dataset, engine: Engine) -> None:
    """Ordinary themes as the audit computes them; sensitive ones stay empty until somebody decides."""
    run(dataset, engine)
    t = schema.themes
    with engine.connect() as connection:
        states = dict(connection.execute(select(t.c.theme_id, t.c.state)).all())
        sensitive = set(connection.execute(select(t.c.theme_id).where(t.c.categories != "[]")).scalars())
    assert len(states) == 400
    assert sensitive
    item_themes = dataset.tables["item_themes"]
    weights = item_themes.select("item_id", "theme_id", weight=ibis.coalesce(item_themes.weight, 1.0))
    defined = memberships_from_behaviours(dataset.tables["behaviours"], weights, DEFAULT_EVIDENCE)
    now = {
        (str(row["person_id"]), str(row["theme_id"]))
        for row in defined.filter(defined.until.isnull()).to_pyarrow().to_pylist()
    }
    # Whose request to stop was left open is in nothing.
    asked = dataset.tables["requests"].to_pyarrow().to_pylist()
    stopping = {
        str(row["person_id"])
        for row in asked
        if row["kind"] in {"objection", "restriction", "erasure"} and row["answered_at"] is None
    }
    assert stopping
    expected = {pair for pair in now if states[pair[1]] == "approved" and pair[0] not in stopping}
    assert held(engine) == expected
    assert not {theme for _, theme in held(engine)} & sensitive


def test_what_was_withdrawn_meanwhile_is_withdrawn_here_too(dataset: Dataset, engine: Engine) -> None:
    """Fails when a second load loses a withdrawal, or takes every permission in twice."""
    run(dataset, engine)
    g = schema.permissions
    with engine.begin() as connection:
        before = connection.execute(select(func.count()).select_from(g)).scalar_one()
        connection.execute(g.update().values(withdrawn_at=None))
    run(dataset, engine)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(g)).scalar_one() == before
        ended = connection.execute(
            select(func.count()).select_from(g).where(g.c.withdrawn_at.is_not(None))
        ).scalar_one()
        open_ = connection.execute(
            select(func.count()).select_from(schema.requests).where(schema.requests.c.outcome == "open")
        ).scalar_one()
    permissions = dataset.tables["permissions"]
    assert ended == permissions.filter(permissions.withdrawn_at.notnull()).count().execute()
    requests = dataset.tables["requests"]
    assert open_ <= requests.filter(requests.answered_at.isnull()).count().execute()


def test_an_interrupted_load_goes_on(dataset: Dataset, tmp_path: Path) -> None:
    """Called again, it takes what is missing and nothing twice."""
    engine = open_store(str(tmp_path / "store"))
    run(dataset, engine, most=1)
    run(dataset, engine)
    run(dataset, engine)
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(schema.behaviours)).scalar()
    assert rows == dataset.tables["behaviours"].count().execute()
