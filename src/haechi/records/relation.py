"""A table as it was found: something that can be read over and over, lazily, in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from haechi.records.forms import Files
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
        hive: whether names of folders (`kind=like/`) are columns, too.
        kinds: for a table of several Parquet files, each column's types as DuckDB calls them, and for each the
            first file that has it.
        text: the text files that were copied, where their own columns can be asked.
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
    hive: bool = False
    kinds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    text: Files | None = None

    def called(self, column: Column | str) -> str:
        """What the table calls a column of the contract."""
        name = column if isinstance(column, str) else column.name
        return self.spec.columns.get(name, name)

    def file(self, path: object) -> str:
        """What the user calls the file that a row was read from."""
        return dict(zip(self.parquet, self.shown, strict=True)).get(str(path), self.label)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The columns that the contract speaks of, as the table calls them."""
        return tuple(dict.fromkeys(self.called(column) for column in self.schema.columns))

    @property
    def of_people(self) -> bool:
        """Whether its rows tell of persons, so that a header that is none may name one."""
        return any(column.name == "person_id" for column in self.schema.columns)


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


def parquet_scan(paths: tuple[str, ...], extra: str = "", *, hive: bool = False) -> str:
    """DuckDB's reading of Parquet files; columns are matched by name, folder names are columns where asked.

    Folder names stay text: 007 in one is an identifier, not 7.
    """
    by_name = ", union_by_name = true" if len(paths) > 1 else ""
    folders = "true, hive_types_autocast = false" if hive else "false"
    return f"read_parquet({file_list(paths)}, hive_partitioning = {folders}{by_name}{extra})"
