"""Reads names from any form, a few thousand rows at a time, and names every row it cannot read."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from haechi.errors import UsageError
from haechi.terms.row_files import LONGEST_LINE, ROWS, Row, RowFile, form_of, short

if TYPE_CHECKING:
    import pyarrow as pa

_ASKED: Final = ("name", "path", "lang")
ADDED: Final = ("categories", "scores", "evidence", "arguable", "undecided", "decision", "judged_by")
"""Columns that the answer adds; the input must not have them already."""
OPINION: Final = "second_opinion"
"""Column that the answer adds where a second opinion is asked for."""


def read_names(source: str, *, answered: bool = False) -> Iterator[list[Row]]:
    """The rows of `source`, all columns kept, in order.

    Args:
        source: a file (`.csv`, `.jsonl`, `.ndjson`, with `.gz` or `.zst`; `.parquet`; anything else: text with a
            name a line), or `-` for text on standard input.
        answered: it is an earlier answer, which has the answer's columns.

    Yields:
        Up to `ROWS` rows at a time. Each has `name`; `path` and `lang` are text or null where they are there.

    Raises:
        UsageError: there is no such file, or it is a folder.
        DataError: a row cannot be read; the message names file, row, column, value and what was expected.
    """
    if source != "-" and Path(source).is_dir():
        raise UsageError(f"{source} is a folder; expected a file with names, or - for standard input.")
    if source != "-" and not Path(source).is_file():
        raise UsageError(
            f"{source}: found no such file; expected a file with names, or - for standard input."
        )
    file = _file(source)
    taken = () if answered else ADDED
    if file.form not in (".csv", ".jsonl", ".parquet"):
        yield from _batches({"name": line} for line in file.lines())
        return
    columns = file.columns()
    if columns is not None:
        _check_columns(file, columns, taken)
    yield from _batches(_checked(file, number, row, taken) for number, row in file.rows())


def parquet_schema(source: str) -> "pa.Schema | None":
    """The Arrow schema of a Parquet source; None for every other form, whose columns are text.

    Raises:
        DataError: it is no Parquet file.
    """
    if form_of(source) != ".parquet" or not Path(source).is_file():
        return None
    return _file(source).schema()


def _file(source: str) -> RowFile:
    return RowFile(source, title="Names that cannot be read", wanted="`name`")


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(str(row["name"]))
        if len(batch) == ROWS or size > LONGEST_LINE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _check_columns(file: RowFile, columns: Sequence[str], taken: Sequence[str]) -> None:
    if "name" not in columns:
        file.refuse(None, "name", short(", ".join(columns)) or "no columns", "a column `name`")
    for column in taken:
        if column in columns:
            file.refuse(None, column, column, "another name for it: the answer adds a column called so")


def _checked(file: RowFile, number: int, row: Row, taken: Sequence[str]) -> Row:
    """The row, if its name, path and language can be judged and the answer's columns are free."""
    if "name" not in row:
        file.refuse(number, "name", None, "a name")
    for column in taken:
        if column in row:
            file.refuse(number, column, None, "another name for it: the answer adds a column called so")
    for column in _ASKED:
        value = row.get(column)
        if not isinstance(value, str) and value is not None:
            file.refuse(number, column, short(repr(value)), "text")
    return row
