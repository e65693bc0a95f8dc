"""Datasets on disk, opened by the real engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from haechi.tables import connect
from tests.records.opened import Opened


@pytest.fixture
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    work = tmp_path_factory.mktemp("work")
    con = connect("duckdb", memory="1GB", threads=2, work=work)
    yield Opened(con)
    con.disconnect()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that already has the one table that every dataset needs."""
    place = tmp_path / "data"
    place.mkdir()
    (place / "themes.csv").write_text("theme_id,name\n1,Church\n2,Chess\n")
    return place
