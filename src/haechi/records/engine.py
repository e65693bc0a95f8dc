"""The few places where the engines differ: making a table as found, and giving it a name."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import itertools
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from haechi.records.relation import Relation, name

if TYPE_CHECKING:
    import ibis

    from haechi.records.spool import Reader


def raw_table(con: "ibis.BaseBackend", reader: "Reader", relation: Relation) -> ir.Table:
    """The table as found, in the engine, under a name of its own."""
    if relation.catalog is not None:
        return con.table(relation.catalog)
    free = _free(con, f"{relation.schema.name}_as_found")
    if reader.beside:
        con._session.read.parquet(*relation.parquet).createOrReplaceTempView(free)  # noqa: SLF001
    else:
        con.raw_sql(f"CREATE VIEW {name(free)} AS SELECT * FROM {relation.scan}")
    return con.table(free)


def view(con: "ibis.BaseBackend", table: str, expression: ir.Table) -> tuple[ir.Table, str]:
    """Give the expression the table's name in the engine, so that SQL made from it reads well."""
    free = _free(con, table)
    if con.name != "duckdb":
        return expression, free
    return con.create_view(free, expression), free


def _free(con: "ibis.BaseBackend", wanted: str) -> str:
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
