"""What it means when an engine fails in the middle of its work: a machine without room, or a damaged file.

Validation reads only what the footers of Parquet files leave open, so a damaged page may be met later, by an
engine that does not say which file it was reading.
"""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from haechi.errors import DataError, Fault, FaultKind, HaechiError, OutputError, UsageError
from haechi.records import show
from haechi.records.relation import Relation, name, parquet_scan

if TYPE_CHECKING:
    from haechi.records.dataset import Dataset

_FULL: Final = ("No space left", "File too large", "Disk quota exceeded", "max_temp_directory_size")


@contextmanager
def failures_named(dataset: "Dataset") -> Iterator[None]:
    """Work on an open dataset, whose failures become errors that say what to do wherever that is known.

    Raises:
        DataError: a Parquet file is damaged; each such file is named, with the first column that is.
        UsageError: the engine's memory is full.
        OutputError: a disk is full.
    """
    try:
        yield
    except (HaechiError, RuntimeError):
        # An interrupted query is a RuntimeError, and nobody who interrupts waits for a search.
        raise
    except Exception as error:
        if (instead := no_room(error)) is not None:
            raise instead from error
        if kinds := [] if isinstance(error, OSError) else _all_damaged(dataset):
            raise DataError(kinds) from error
        raise


def no_room(error: BaseException) -> HaechiError | None:
    """The error to raise instead when the machine had no room for the work; None: it means something else."""
    if any(sign in str(error) for sign in _FULL):
        return OutputError(
            "no room on the disk; expected some for the report and, in the work folder below "
            f"{tempfile.gettempdir()} (TMPDIR names another), for what the engine sets aside: up to the size of "
            "the dataset. No earlier report was changed."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return UsageError("the engine's memory is full; expected more of it, such as --memory 4GB.")
    return None


def damaged(duck: duckdb.DuckDBPyConnection, relation: Relation) -> list[Fault]:
    """The Parquet files of a table in which a value cannot be read, each with the first such column."""
    files = zip(relation.parquet, relation.shown, strict=True)
    faults = [_damage(duck, relation, path, shown) for path, shown in files]
    return [fault for fault in faults if fault is not None]


def unreadable(relation: Relation, faults: list[Fault]) -> FaultKind:
    """Damaged files of one table as one kind of fault."""
    return show.fault_kind(f"{relation.schema.name}: files that cannot be read", faults)


def _all_damaged(dataset: "Dataset") -> list[FaultKind]:
    found = ((relation, damaged(dataset.reader.duck, relation)) for relation in dataset.relations.values())
    return [unreadable(relation, faults) for relation, faults in found if faults]


def _damage(duck: duckdb.DuckDBPyConnection, relation: Relation, path: str, shown: str) -> Fault | None:
    scan = parquet_scan((path,))
    wanted = {relation.called(column) for column in relation.schema.columns}
    column = None
    try:
        there = [row[0] for row in duck.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
        for column in there:
            if column in wanted:
                duck.execute(f"SELECT max(hash({name(column)})) FROM {scan}").fetchall()
    except duckdb.Error as error:
        return Fault(shown, None, column, show.reason(error), "a whole Parquet file with text in UTF-8")
    return None
