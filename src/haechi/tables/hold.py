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
    if con.name != "duckdb":
        return lambda expression: expression.cache()
    numbers = count()

    def hold(expression: ir.Table) -> ir.Table:
        return con.create_table(f"haechi_held_{next(numbers)}", expression, temp=True)

    return hold
