"""DuckDB in this process."""

from pathlib import Path
from typing import Final

import duckdb
import ibis

from haechi.errors import UsageError

MEMORY: Final = "2GB"
"""Enough for the reference case of 100 million behaviours; what does not fit goes to the work folder."""


def connect(*, memory: str | None, threads: int | None, work: Path) -> ibis.BaseBackend:
    """A DuckDB of its own: UTC, bounded memory, spilling inside `work`, nothing fetched from the network."""
    spill = work / "duckdb"
    spill.mkdir(parents=True, exist_ok=True)
    settings: dict[str, str | int | bool] = {
        "memory_limit": memory or MEMORY,
        # An audit of records must not depend on a download, nor tell a server which formats it met.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        con = ibis.duckdb.connect(":memory:", temp_directory=spill, **settings)
        # Ibis sets the session's time zone to UTC; said again because a silent change would move every instant.
        con.raw_sql("SET TimeZone = 'UTC'")
        con.raw_sql("SET enable_progress_bar = false")
        # Rows need no order: every result that shows one asks for it.
        con.raw_sql("SET preserve_insertion_order = false")
        # The footers of a table in many files are read once, not once for each question.
        con.raw_sql("SET parquet_metadata_cache = true")
        # With too little memory to group a few numbers it could not read a table either.
        con.raw_sql("SELECT i % 7, count(*) FROM range(10_000) AS r(i) GROUP BY 1").fetchall()
    except duckdb.Error as error:
        raise UsageError(
            f"DuckDB does not start with memory {settings['memory_limit']!r} and threads {threads}: {error}; "
            "expected a size such as 2GB or 800MB, and at least 1 thread."
        ) from error
    return con
