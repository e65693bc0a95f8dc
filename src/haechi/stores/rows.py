"""Many rows at once, each database in its own fastest way; and the one writer at a time that memberships need."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, text

_WRITER: Final = 7_235_611
"""The number of PostgreSQL's advisory lock; SQLite has one writer by itself."""

_TOLD: Final = "haechi told"

Row = Sequence[Any]


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that nobody else writes memberships beside; committed at its end, or undone.

    Memberships depend on what was there before, so that two batches with the same people must come one after the
    other. Whoever waits, waits for the length of a batch.
    """
    with engine.begin() as connection:
        told: list[tuple[str, dict[str, object]]] = []
        connection.info[_TOLD] = told
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
        yield connection
    # A log that is not set up writes to the screen: a command says itself what it did.
    if structlog.is_configured():
        for what, facts in told:
            structlog.get_logger("haechi").info(what, **facts)


def tell(connection: Connection, what: str, **facts: object) -> None:
    """Has the log told once the transaction is committed.

    Args:
        connection: from `writing`.
        what: the kind of event.
        facts: its fields; never a person's identifier.
    """
    connection.info[_TOLD].append((what, facts))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and waits for no writer."""
    with engine.connect().execution_options(writes=False) as connection, connection.begin():
        yield connection


def fill(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Puts rows into a table.

    Args:
        connection: in a transaction.
        table: its name.
        columns: those that are given.
        rows: as many values each.
    """
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names of ours
        [tuple(row) for row in rows],
    )


def fetch(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query without parameters, as plain tuples: an object for each of them would cost more."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def temporary(connection: Connection, name: str, columns: str, rows: Sequence[Row]) -> None:
    """A table of this transaction alone, with rows in it.

    Args:
        connection: in a transaction.
        name: of the table.
        columns: as SQL declares them, such as `person BIGINT, theme BIGINT`.
        rows: its rows.
    """
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp_{name}")
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE temp_{name} ({columns})")
    fill(connection, f"temp_{name}", [part.split()[0] for part in columns.split(", ")], rows)
