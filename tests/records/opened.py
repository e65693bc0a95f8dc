"""Open datasets as the command does, and look at what came of it."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pytest

from haechi.errors import DataError, Fault
from haechi.records import Dataset, open_dataset, validate

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


def rows(dataset: Dataset, table: str) -> list[dict[str, Any]]:
    """A small table's rows as Python values."""
    found: list[dict[str, Any]] = dataset.tables[table].to_pyarrow().to_pylist()
    return found
