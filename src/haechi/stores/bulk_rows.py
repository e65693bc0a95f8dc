"""A dataset's rows, some at a time."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from haechi.records import Dataset

_CHUNK: Final = 50_000

Step = Callable[[str, int], None]
"""Told what is loaded and how many rows more of it are in."""
Row = dict[str, Any]


def chunks(source: Dataset, table: str, order: str = "") -> Iterator[list[Row]]:
    """A table's rows, some at a time; none where the dataset lacks it."""
    if table in source.tables:
        reader = source.reader.duck.sql(f"FROM {source.sql_names[table]} {order}").to_arrow_reader(_CHUNK)
        for batch in reader:
            rows: list[Row] = batch.to_pylist()
            if rows:
                yield rows
