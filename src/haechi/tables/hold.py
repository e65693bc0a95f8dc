"""Holding a result that several steps read, so that it is computed once."""

from collections.abc import Callable
from itertools import count

import ibis
import ibis.expr.types as ir


def holder(con: ibis.BaseBackend) -> Callable[[ir.Table], ir.Table]:
    """A function that computes an expression once and gives a table to read again.

    In DuckDB it becomes a temporary table, which may spill to the work folder; in Spark a cached frame, which
    stays with the executors.
    """
    numbers = count()

    def in_duckdb(expression: ir.Table) -> ir.Table:
        return con.create_table(f"haechi_held_{next(numbers)}", expression, temp=True)

    def in_spark(expression: ir.Table) -> ir.Table:
        name = f"haechi_held_{next(numbers)}"
        # Not `expression.cache()`: it forgets to bring in-memory tables along (Ibis 12).
        frame = con._session.sql(_with_memory_tables(con, expression))  # noqa: SLF001
        frame.cache().createOrReplaceTempView(name)
        return con.table(name)

    return in_duckdb if con.name == "duckdb" else in_spark


def _with_memory_tables(con: ibis.BaseBackend, expression: ir.Table) -> str:
    """The SQL of an expression, once the small tables that it carries are known to the session."""
    con._run_pre_execute_hooks(expression)  # noqa: SLF001  no public way to run SQL without collecting its rows
    return str(con.compile(expression))
