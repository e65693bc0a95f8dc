"""The forms in which a table can come."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

FileKind = Literal["parquet", "csv", "jsonl"]


@dataclass(frozen=True, slots=True)
class Files:
    """One file or many of one kind.

    Attributes:
        kind: how they are written; `csv` and `jsonl` may be compressed (`.gz`, `.zst`).
        paths: where each is: an absolute path or an fsspec URL.
        shown: how the user would call each.
        label: how the user would call them together.
    """

    kind: FileKind
    paths: tuple[str, ...]
    shown: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class DuckTable:
    """A table, view or query in a DuckDB file.

    Attributes:
        database: path of the file, or None for a query of its own.
        table: `schema.name`, or None where `sql` is given.
        sql: a query, or None.
        folder: where relative paths in the query start.
        label: how the user would call it.
    """

    database: str | None
    table: str | None
    sql: str | None
    folder: str
    label: str


@dataclass(frozen=True, slots=True)
class Postgres:
    """A table or query in PostgreSQL.

    Attributes:
        url: with whatever it needs to connect; never shown.
        query: what to send.
        label: how the user would call it, without a password.
    """

    url: str = field(repr=False)
    query: str
    label: str


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table in Spark's catalog."""

    name: str
    label: str


Form: TypeAlias = Files | DuckTable | Postgres | CatalogTable
