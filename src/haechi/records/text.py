"""CSV and JSON lines: the columns they have, reading them as text, and naming what is broken in them."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import csv
import io
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from haechi.errors import DataError, Fault, FaultKind
from haechi.records import show
from haechi.records.forms import FileKind, Files
from haechi.records.relation import file_list, literal, name

_LONGEST_LINE: Final = 32 * 1024 * 1024
"""A line may hold a name of many megabytes and is still a row. DuckDB's buffers are twice this."""
_HEADER: Final = 1024 * 1024
_PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
_BROKEN: Final = {
    "MISSING COLUMNS": ("rows with too few fields", "{columns} fields"),
    "TOO MANY COLUMNS": ("rows with too many fields", "{columns} fields"),
    "INVALID ENCODING": ("text that is not UTF-8", "text in UTF-8"),
    "UNQUOTED VALUE": ("broken quotes", "a closing quote at the end of the field"),
    "LINE SIZE OVER MAXIMUM": ("rows that are too long", f"at most {_LONGEST_LINE:,} bytes"),
}


def query(kind: FileKind, path: str, shown: str, wanted: Sequence[str]) -> str:
    """DuckDB SQL that reads the wanted columns of one text file, all as text, in the order of its rows.

    Raises:
        DataError: the file cannot be opened, or its header cannot be read.
    """
    if kind == "csv":
        header = _header(path, shown)
        columns = [column for column in header if column in wanted]
        return f"SELECT {_listed(columns)} FROM {_csv(path, header)}"
    return f"SELECT {_listed(wanted)} FROM {_jsonl(path, wanted)}"


def told(form: Files, wanted: Sequence[str]) -> str:
    """DuckDB SQL that reads the files from where the user keeps them, for people to copy."""
    files = file_list(form.shown)
    if form.kind == "csv":
        return f"read_csv({files}, header = true, all_varchar = true)"
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in wanted)
    return f"read_json({files}, format = 'newline_delimited', columns = {{{columns}}})"


def require_readable(duck: duckdb.DuckDBPyConnection, form: Files) -> None:
    """Open the footer of every Parquet file.

    Raises:
        DataError: a file is not Parquet or was cut off; each such file is named.
    """
    try:
        duck.execute(f"SELECT count(*) FROM parquet_file_metadata({file_list(form.paths)})").fetchall()
    except duckdb.Error:
        pass
    else:
        return
    faults = []
    for path, shown in zip(form.paths, form.shown, strict=True):
        try:
            with fsspec.open(path, "rb") as file:
                pq.read_metadata(file)
        except (OSError, ValueError) as error:
            faults.append(Fault(shown, None, None, show.reason(error), "a whole Parquet file"))
    raise DataError([show.fault_kind("files that cannot be read", faults)])


def faults(
    duck: duckdb.DuckDBPyConnection, kind: FileKind, path: str, shown: str, error: duckdb.Error
) -> list[FaultKind]:
    """Name every broken place of a text file that DuckDB refused with `error`."""
    found = _csv_faults(duck, path, shown) if kind == "csv" else _jsonl_faults(duck, path, shown)
    if found:
        return found
    whole = Fault(shown, None, None, show.reason(error), "a whole file in UTF-8")
    return [show.fault_kind("files that cannot be read", [whole])]


def merged(kinds: Sequence[FaultKind]) -> list[FaultKind]:
    """Kinds of the same title as one, the first of them named, all of them counted."""
    ordered = sorted(kinds, key=lambda kind: kind.title)
    groups = [list(group) for _, group in groupby(ordered, key=lambda kind: kind.title)]
    return [
        show.fault_kind(
            group[0].title,
            [fault for kind in group for fault in kind.first],
            sum(kind.count for kind in group),
        )
        for group in groups
    ]


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(name(column) for column in columns) or "NULL AS nothing"


def _header(path: str, shown: str) -> list[str]:
    packed = next((kind for ending, kind in _PACKED.items() if path.endswith(ending)), None)
    try:
        with fsspec.open(path, "rb") as file:
            start = (pa.CompressedInputStream(file, packed) if packed else file).read(_HEADER)
        header = _first_record(start)
    except (OSError, EOFError, ValueError) as error:
        fault = Fault(shown, None, None, show.reason(error), "a readable CSV file in UTF-8 with a header")
        raise DataError([show.fault_kind("files that cannot be read", [fault])]) from error
    twice = sorted({column for column in header if header.count(column) > 1})
    if not header or twice:
        found = show.value(twice[0]) + " twice" if twice else "nothing"
        fault = Fault(shown, None, None, found, "a header that names each column once")
        raise DataError([show.fault_kind("headers that cannot be read", [fault])])
    return header


def _first_record(start: bytes) -> list[str]:
    # A cut in the middle of a letter beyond the header is no fault of the header.
    text = start.decode("utf-8-sig", errors="replace")
    return next(csv.reader(io.StringIO(text, newline="")), [])


def _csv(path: str, header: Sequence[str], extra: str = "") -> str:
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header)
    return (
        f"read_csv({file_list((path,))}, header = true, auto_detect = false, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}}, strict_mode = true, null_padding = false, "
        f"max_line_size = {_LONGEST_LINE}{extra})"
    )


def _jsonl(path: str, wanted: Sequence[str], extra: str = "") -> str:
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in wanted)
    return (
        f"read_json({file_list((path,))}, format = 'newline_delimited', columns = {{{columns}}}, "
        f"maximum_object_size = {_LONGEST_LINE}{extra})"
    )


def _csv_faults(duck: duckdb.DuckDBPyConnection, path: str, shown: str) -> list[FaultKind]:
    header = _header(path, shown)
    extra = ", store_rejects = true, rejects_table = 'haechi_rejects', rejects_scan = 'haechi_scans'"
    try:
        # A count alone would read no column, and find nothing wrong in one.
        duck.execute(f"SELECT max(hash(t)) FROM {_csv(path, header, extra)} AS t").fetchall()
        # DuckDB counts the header as the first line, and a field with line breaks as part of one.
        rows = duck.execute(
            "SELECT line - 1, column_name, csv_line, error_type, count(*) OVER (PARTITION BY error_type) "
            "FROM haechi_rejects QUALIFY row_number() OVER (PARTITION BY error_type ORDER BY line) <= "
            f"{show.MOST} ORDER BY error_type, line"
        ).fetchall()
    except duckdb.Error:
        return []
    finally:
        duck.execute("DROP TABLE IF EXISTS haechi_rejects; DROP TABLE IF EXISTS haechi_scans")
    kinds = []
    for reason, group in groupby(rows, key=lambda row: str(row[3])):
        title, expected = _BROKEN.get(reason, ("rows that cannot be read", "a row of the header's form"))
        listed = list(group)
        count = int(listed[0][4])
        named = [
            Fault(shown, int(row), None, None, expected.format(columns=len(header))) for row, *_ in listed
        ]
        kinds.append(show.fault_kind(title, named, count))
    return kinds


def _jsonl_faults(duck: duckdb.DuckDBPyConnection, path: str, shown: str) -> list[FaultKind]:
    source = (
        f"read_json_objects({file_list((path,))}, format = 'newline_delimited', ignore_errors = true, "
        f"maximum_object_size = {_LONGEST_LINE})"
    )
    numbered = f"SELECT json, row_number() OVER () AS row FROM {source}"
    try:
        rows = duck.execute(
            f"SELECT row, count(*) OVER () FROM ({numbered}) "
            f"WHERE json IS NULL OR json_type(json) <> 'OBJECT' ORDER BY row LIMIT {show.MOST}"
        ).fetchall()
    except duckdb.Error:
        return []
    if not rows:
        return []
    named = [Fault(shown, int(row), None, None, "one JSON object on the line") for row, _ in rows]
    return [show.fault_kind("lines that are not JSON", named, int(rows[0][1]))]
