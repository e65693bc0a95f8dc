"""A table as it was found: something that can be read over and over, lazily, in the engine."""

from dataclasses import dataclass

from haechi.records.settings import TableSpec
from haechi.terms.schemas import Column, TableSchema


@dataclass(frozen=True, slots=True)
class Relation:
    """Where the rows of one table are read from.

    Attributes:
        schema: what the table should be.
        spec: how its columns and values are called there.
        scan: DuckDB SQL that reads it, for a FROM clause; "" for a table of Spark's catalog.
        catalog: its name in Spark's catalog, or None.
        parquet: the Parquet files that hold it, or () for a table of a database.
        shown: for each Parquet file what the user would call the file its rows came from.
        label: how the user would call the table.
        told: DuckDB SQL that reads it from where the user keeps it, for people to copy.
        prepare: statements that must run before `told` can be read.
        loose: whether its rows name their columns themselves (JSON), so that a column nobody names is not there.
    """

    schema: TableSchema
    spec: TableSpec
    scan: str
    catalog: str | None
    parquet: tuple[str, ...]
    shown: tuple[str, ...]
    label: str
    told: str
    loose: bool = False
    prepare: tuple[str, ...] = ()

    def called(self, column: Column | str) -> str:
        """What the table calls a column of the contract."""
        name = column if isinstance(column, str) else column.name
        return self.spec.columns.get(name, name)


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + text.replace('"', '""') + '"'


def file_list(paths: tuple[str, ...]) -> str:
    """DuckDB's list of file names; signs that it would take for a pattern are escaped."""
    escaped = [literal("".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)) for path in paths]
    return escaped[0] if len(escaped) == 1 else f"[{', '.join(escaped)}]"


def parquet_scan(paths: tuple[str, ...], extra: str = "") -> str:
    """DuckDB's reading of Parquet files; columns are matched by name, folder names are not columns."""
    by_name = ", union_by_name = true" if len(paths) > 1 else ""
    return f"read_parquet({file_list(paths)}, hive_partitioning = false{by_name}{extra})"
