"""A dataset, opened: every table present, with exactly the contract's columns and types, read lazily."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from haechi.errors import DataError, Fault, FaultKind
from haechi.records import conform, show, text
from haechi.records.columns import absent, unfit
from haechi.records.engine import engine_table, found_table, view
from haechi.records.locate import Located, locate
from haechi.records.relation import Relation, file_list
from haechi.records.settings import Settings, TableSpec
from haechi.records.spool import Reader
from haechi.terms.schemas import SCHEMAS

Notice = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What came in.

    Attributes:
        location: as it was given, without a password.
        tables: the tables present, by the contract's name; exactly the contract's columns and types. Instants
            are naive timestamps in UTC. Nothing is read until a table is asked.
        missing: the tables of the contract that are not there.
        rows: how many rows each table has.
        settings: what `haechi.toml` says about judging.
        sql_names: each table to the name under which SQL in the engine reads it.
        source: each table to the DuckDB query that reads it from where it is kept.
        prepare: statements that must run before these queries can.
        relations: each table as found, for validation.
        found: each table as found, where validation can name its rows.
        reader: what reads them.
        id_types: identifier column to its type in every table, `int64` or `string`.
    """

    location: str
    tables: Mapping[str, ir.Table]
    missing: tuple[str, ...]
    rows: Mapping[str, int]
    settings: Settings
    sql_names: Mapping[str, str]
    source: Mapping[str, str]
    prepare: tuple[str, ...]
    relations: Mapping[str, Relation]
    found: Mapping[str, ir.Table]
    reader: Reader
    id_types: Mapping[str, str]


def open_dataset(
    con: ibis.BaseBackend,
    location: str,
    *,
    now: datetime,  # noqa: ARG001  the same call opens and validates
    notice: Notice,
) -> Dataset:
    """Open the dataset at `location`.

    Args:
        con: the engine, from `haechi.tables.connect`.
        location: a folder, local or any fsspec URL, or a `haechi.toml`.
        now: the instant of the audit, naive UTC.
        notice: told, once each, what a reader of the results should know and nobody asked.

    Raises:
        UsageError: nothing is there, or `haechi.toml` cannot be followed.
        DataError: a file is damaged, a column is missing or of a type that cannot hold what it should; every
            such fault of every table is named.
        OutputError: no room in the work folder.
    """
    located = locate(location, notice)
    reader = Reader(con)
    relations = _relations(reader, located)
    found = {table: found_table(con, reader, relation) for table, relation in relations.items()}
    rows = {table: _count(reader, found[table], relation) for table, relation in relations.items()}
    _require_columns(reader, relations, found)
    id_types = _id_types(relations, found, notice)
    named = {
        table: view(
            con,
            table,
            conform.canonical(engine_table(con, reader, relation, found[table]), relation, id_types),
        )
        for table, relation in relations.items()
    }
    return Dataset(
        location=show.masked(location),
        tables={table: expression for table, (expression, _) in named.items()},
        missing=tuple(table for table in SCHEMAS if table not in relations),
        rows=rows,
        settings=located.settings,
        sql_names={table: name for table, (_, name) in named.items()},
        source={
            table: _told(reader, found[table], relation, id_types) for table, relation in relations.items()
        },
        prepare=tuple(line for relation in relations.values() for line in relation.prepare),
        relations=relations,
        found=found,
        reader=reader,
        id_types=id_types,
    )


def _relations(reader: Reader, located: Located) -> dict[str, Relation]:
    relations: dict[str, Relation] = {}
    faults: list[FaultKind] = []
    for table, form in located.forms.items():
        try:
            spec = located.specs.get(table, TableSpec())
            relations[table] = reader.relation(form, SCHEMAS[table], spec)
        except DataError as error:
            faults += error.kinds
    if faults:
        raise DataError(text.merged(faults))
    return relations


def _require_columns(
    reader: Reader, relations: Mapping[str, Relation], found: Mapping[str, ir.Table]
) -> None:
    missing: list[Fault] = []
    wrong: list[Fault] = []
    for table, relation in relations.items():
        for column in relation.schema.columns:
            if _lacks(found[table], relation, relation.called(column)):
                if not column.optional or column.name in relation.spec.columns:
                    missing.append(absent(reader, relation, found[table], column))
            else:
                wrong += unfit(reader, relation, found[table], column)
    kinds = [("missing columns", missing), ("columns of a wrong type", wrong)]
    if missing or wrong:
        raise DataError([show.fault_kind(title, faults) for title, faults in kinds if faults])


def _lacks(found: ir.Table, relation: Relation, called: str) -> bool:
    if called not in found.columns:
        return True
    if not relation.loose:
        return False
    counts = found.aggregate(rows=found.count(), values=found[called].count()).to_pyarrow().to_pylist()[0]
    return bool(counts["rows"] and not counts["values"])


def _id_types(
    relations: Mapping[str, Relation], raw: Mapping[str, ir.Table], notice: Notice
) -> dict[str, str]:
    """One identifier has one type wherever it stands, or no join would find it."""
    seen: dict[str, dict[str, list[str]]] = {}
    for table, relation in relations.items():
        found = raw[table].schema()
        for column in relation.schema.columns:
            called = relation.called(column)
            if column.type != "id" or called not in found or (column.optional and found[called].is_null()):
                continue
            whole = conform.id_fits_integer(found[called]) and column.name not in relation.spec.values
            seen.setdefault(column.name, {}).setdefault("int64" if whole else "string", []).append(table)
    for name, types in seen.items():
        if len(types) > 1:
            notice(
                f"{name} is a whole number in {', '.join(types['int64'])} and text in {', '.join(types['string'])}: "
                "read as text everywhere."
            )
    return {name: "string" if "string" in types else "int64" for name, types in seen.items()}


def _told(reader: Reader, found: ir.Table, relation: Relation, id_types: Mapping[str, str]) -> str:
    """The query of the view over the table as found, with the place where the user keeps it instead."""
    sql = str(ibis.to_sql(conform.canonical(found, relation, id_types), dialect="duckdb"))
    columns = reader.known(relation) if relation.scan else "*"
    told = relation.told if columns == "*" else f"(SELECT {columns} FROM {relation.told})"
    pattern = re.escape(f'"{found.get_name()}"') + r' AS ("t\d+")'
    return re.sub(pattern, lambda match: f"{told} AS {match[1]}", sql)


def _count(reader: Reader, raw: ir.Table, relation: Relation) -> int:
    if relation.parquet:
        sql = f"SELECT sum(num_rows) FROM parquet_file_metadata({file_list(relation.parquet)})"
        return int(reader.duck.sql(sql).fetchall()[0][0])
    return int(raw.count().execute())
