"""Datasets on disk, opened by the real engine."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pytest

from haechi.errors import DataError, Fault
from haechi.records import Dataset, open_dataset, validate
from haechi.tables import connect

NOW = datetime(2026, 1, 1)


@dataclass
class Opened:
    """A dataset and what its reader said."""

    con: ibis.BaseBackend
    notices: list[str] = field(default_factory=list)

    def open(self, location: Path | str) -> Dataset:
        return open_dataset(self.con, str(location), now=NOW, notice=self.notices.append)

    def check(self, location: Path | str) -> Dataset:
        dataset = self.open(location)
        validate(self.con, dataset, now=NOW, notice=self.notices.append)
        return dataset

    def faults(self, location: Path | str) -> dict[str, tuple[Fault, ...]]:
        """The faults by the title of their kind; fails when there is none."""
        with pytest.raises(DataError) as caught:
            self.check(location)
        return {kind.title: kind.first for kind in caught.value.kinds}


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


def rows(dataset: Dataset, table: str) -> list[dict[str, Any]]:
    """A small table's rows as Python values."""
    found: list[dict[str, Any]] = dataset.tables[table].to_pyarrow().to_pylist()
    return found


Write = Callable[[str], None]
