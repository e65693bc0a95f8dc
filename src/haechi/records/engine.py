"""The few places where the engines differ: making a table as found, and giving it a name."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import itertools
from typing import TYPE_CHECKING, Final

import ibis
import ibis.expr.types as ir
from ibis.common.exceptions import TableNotFound

from haechi.errors import UsageError
from haechi.records.relation import Relation, literal, name, parquet_scan

if TYPE_CHECKING:
    from haechi.records.spool import Reader


FILE: Final = "haechi_file"
ROW: Final = "haechi_row"


def found_table(con: ibis.BaseBackend, reader: "Reader", relation: Relation) -> ir.Table:
    """The table as found, where its rows can be told apart: in DuckDB, or in Spark's catalog."""
    if relation.catalog is not None:
        try:
            return con.table(relation.catalog)
        except TableNotFound as error:
            raise UsageError(
                f"Spark's catalog has no table {relation.catalog}; expected catalog.schema.table."
            ) from error
    free = _free(reader.tables, f"{relation.schema.name}_as_found")
    reader.duck.execute(f"CREATE VIEW {name(free)} AS SELECT {reader.known(relation)} FROM {relation.scan}")
    return reader.tables.table(free)


def engine_table(con: ibis.BaseBackend, reader: "Reader", relation: Relation, found: ir.Table) -> ir.Table:
    """The same table in the engine that will do the work."""
    if not reader.beside or relation.catalog is not None:
        return found
    paths, columns = reader.shared(relation)
    free = _free(con, f"{relation.schema.name}_as_found")
    urls = [f"file://{path}" for path in paths]
    con._session.read.schema(columns).parquet(*urls).createOrReplaceTempView(free)  # noqa: SLF001
    return con.table(free)


def located_table(reader: "Reader", raw: ir.Table, relation: Relation) -> ir.Table:
    """The table as found, and for each row its file and its number in it, 1-based, where there is one."""
    if relation.catalog is not None:
        return raw.mutate(**{FILE: ibis.null("string"), ROW: ibis.null("int64")})
    free = _free(reader.tables, f"{relation.schema.name}_located")
    if relation.parquet:
        scan = parquet_scan(relation.parquet, f", filename = {literal(FILE)}", hive=relation.hive)
        number = "file_row_number + 1"
    else:
        scan = relation.scan
        number = "NULL::BIGINT"
    extra = "" if relation.parquet else f", NULL::VARCHAR AS {FILE}"
    reader.duck.execute(
        f"CREATE VIEW {name(free)} AS SELECT {reader.known(relation)}{extra}, {number} AS {ROW} FROM {scan}"
    )
    return reader.tables.table(free)


def view(con: ibis.BaseBackend, table: str, expression: ir.Table) -> tuple[ir.Table, str]:
    """Give the expression the table's name in the engine, so that SQL made from it reads well."""
    free = _free(con, table)
    if con.name != "duckdb":
        return expression, free
    return con.create_view(free, expression), free


def _free(con: ibis.BaseBackend, wanted: str) -> str:
    if con.name == "duckdb":
        # Ibis 12 lists tables by a call that DuckDB 2 no longer has.
        rows = con.raw_sql(
            "SELECT view_name FROM duckdb_views() UNION SELECT table_name FROM duckdb_tables()"
        )
        taken = {row[0] for row in rows.fetchall()}
    else:
        taken = set(con.list_tables())
    return next(
        candidate
        for number in itertools.count(1)
        if (candidate := wanted if number == 1 else f"{wanted}_{number}") not in taken
    )
