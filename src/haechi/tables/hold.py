"""Holding a result that several steps read, so that it is computed once."""

from collections.abc import Callable
from itertools import count

import ibis
import ibis.expr.types as ir
import pyarrow as pa


class DuckHolder:
    """Computes an expression once, into a table of the session's own memory, which may spill to the work folder.

    Not into a temporary table, which only one of the session's connections sees: see `asker`.
    """

    def __init__(self, con: ibis.BaseBackend) -> None:
        self._con = con
        self._numbers = count()

    def __call__(self, expression: ir.Table, /) -> ir.Table:
        """The table to read again."""
        name = f"haechi_held_{next(self._numbers)}"
        # Not `create_table`: it inserts into an empty table, which costs DuckDB more than to make it from a query.
        self._con.raw_sql(f"CREATE TABLE {name} AS {_with_memory_tables(self._con, expression)}")
        return self._con.table(name)

    def drop(self, held: ir.Table, /) -> None:
        """Give the memory back; nothing that is still to be computed may read it."""
        self._con.raw_sql(f"DROP TABLE {held.get_name()}")


class SparkHolder:
    """Computes an expression once, into a frame that stays with the executors and forgets how it was made."""

    def __init__(self, con: ibis.BaseBackend) -> None:
        self._con = con
        self._numbers = count()

    def __call__(self, expression: ir.Table, /) -> ir.Table:
        """The frame to read again."""
        name = f"haechi_held_{next(self._numbers)}"
        # Not `expression.cache()`: it forgets to bring in-memory tables along (Ibis 12).
        frame = self._con._session.sql(_with_memory_tables(self._con, expression))  # noqa: SLF001
        # Not `frame.cache()`: its plan grows with every step, and the planner takes ever longer over it.
        frame.localCheckpoint(eager=True).createOrReplaceTempView(name)
        return self._con.table(name)

    def drop(self, held: ir.Table, /) -> None:
        """Forget it; Spark gives the memory back when nothing refers to it any more."""
        self._con._session.catalog.dropTempView(held.get_name())  # noqa: SLF001  as above


def holder(con: ibis.BaseBackend) -> DuckHolder | SparkHolder:
    """What holds results in this engine."""
    return DuckHolder(con) if con.name == "duckdb" else SparkHolder(con)


def asker(con: ibis.BaseBackend) -> Callable[[ir.Table], pa.Table]:
    """What answers questions of the held tables while another thread asks its own: a second connection.

    Spark's session answers any number of threads by itself.
    """
    other = ibis.duckdb.from_connection(con.con.cursor()) if con.name == "duckdb" else con
    ask: Callable[[ir.Table], pa.Table] = other.to_pyarrow
    return ask


def _with_memory_tables(con: ibis.BaseBackend, expression: ir.Table) -> str:
    """The SQL of an expression, once the small tables that it carries are known to the session."""
    con._run_pre_execute_hooks(expression)  # noqa: SLF001  no public way to run SQL without collecting its rows
    return str(con.compile(expression))
