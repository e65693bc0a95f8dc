"""CSV and JSON lines: the columns they have, reading them as text, and naming what is broken in them."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from haechi.errors import DataError, Fault, FaultKind
from haechi.records import jsonl, show
from haechi.records.forms import Files
from haechi.records.relation import Relation, file_list, literal, name

_LONGEST_LINE: Final = 32 * 1024 * 1024
"""A line may hold a name of many megabytes and is still a row. DuckDB's buffers are twice this."""
_HEADER: Final = 1024 * 1024
_PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_OTHER_COMMAS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
_BROKEN: Final = {
    "MISSING COLUMNS": ("rows with too few fields", "{columns} fields"),
    "TOO MANY COLUMNS": ("rows with too many fields", "{columns} fields"),
    "INVALID ENCODING": ("text that is not UTF-8", "text in UTF-8"),
    "UNQUOTED VALUE": ("broken quotes", "a closing quote at the end of the field"),
    "LINE SIZE OVER MAXIMUM": ("rows that are too long", f"at most {_LONGEST_LINE:,} bytes"),
}


def query(path: str, shown: str, relation: Relation) -> str:
    """DuckDB SQL that reads the wanted columns of one text file, all as text, in the order of its rows.

    Raises:
        DataError: the file cannot be opened, or its header cannot be read.
    """
    if relation.loose:
        return jsonl.query(path, jsonl.taken(relation))
    wanted = relation.wanted
    header = _header(path, shown)
    _check_header(header, shown, relation)
    # Places, not names: DuckDB takes Name and name for one column.
    columns = [f"c{place} AS {name(column)}" for place, column in enumerate(header) if column in wanted]
    return f"SELECT {', '.join(columns) or 'NULL AS nothing'} FROM {_csv(path, len(header))}"


def there(duck: duckdb.DuckDBPyConnection, form: Files) -> list[str]:
    """The columns that the files themselves name; of JSON lines, those of the first file's first."""
    if form.kind == "jsonl":
        return jsonl.keys(duck, form.paths[0])
    headers = (_header(path, shown) for path, shown in zip(form.paths, form.shown, strict=True))
    return list(dict.fromkeys(column for header in headers for column in header))


def told(form: Files, wanted: Iterable[str]) -> str:
    """DuckDB SQL that reads the files from where the user keeps them, for people to copy."""
    files = file_list(form.shown)
    if form.kind == "csv":
        return f"read_csv({files}, header = true, all_varchar = true)"
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in wanted)
    return f"read_json({files}, format = 'newline_delimited', columns = {{{columns}}})"


def require_readable(duck: duckdb.DuckDBPyConnection, form: Files) -> None:
    """Open the footer of every Parquet file.

    Raises:
        DataError: a file is not Parquet, was cut off or has no column; each such file is named.
    """
    try:
        duck.execute(f"SELECT count(*) FROM parquet_file_metadata({file_list(form.paths)})").fetchall()
    except duckdb.Error as error:
        refused = error
    else:
        return
    faults = []
    for path, shown in zip(form.paths, form.shown, strict=True):
        try:
            with fsspec.open(path, "rb") as file:
                columns = pq.read_metadata(file).num_columns
        except (OSError, ValueError) as error:
            faults.append(Fault(shown, None, None, show.reason(error), "a whole Parquet file"))
        else:
            if not columns:
                faults.append(Fault(shown, None, None, "no column", "a Parquet file with columns"))
    # What Arrow opens and DuckDB does not is at least named by its table.
    faults = faults or [Fault(form.label, None, None, show.reason(refused), "whole Parquet files")]
    raise DataError([show.fault_kind("files that cannot be read", faults)])


def faults(
    duck: duckdb.DuckDBPyConnection, path: str, shown: str, relation: Relation, error: duckdb.Error
) -> list[FaultKind]:
    """Name every broken place of a text file that DuckDB refused with `error`."""
    if (
        found := jsonl.faults(duck, path, shown, relation)
        if relation.loose
        else _csv_faults(duck, path, shown)
    ):
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


def _header(path: str, shown: str) -> list[str]:
    packed = next((kind for ending, kind in _PACKED.items() if path.lower().endswith(ending)), None)
    try:
        with fsspec.open(path, "rb") as file:
            start = (pa.CompressedInputStream(file, packed) if packed else file).read(_HEADER)
        header = _first_record(start)
    except (OSError, EOFError, ValueError, csv.Error) as error:
        fault = Fault(shown, None, None, show.reason(error), "a readable CSV file in UTF-8 with a header")
        raise DataError([show.fault_kind("files that cannot be read", [fault])]) from error
    if start.startswith(_UTF_16) or "\0" in "".join(header):
        # Every other byte of the contract's names is zero in UTF-16, with a mark before them or without.
        fault = Fault(shown, None, None, "text that begins as UTF-16 does", "text in UTF-8")
        raise DataError([show.fault_kind("text that is not UTF-8", [fault])])
    return header


def _first_record(start: bytes) -> list[str]:
    # A cut in the middle of a letter beyond the header is no fault of the header.
    text = start.decode("utf-8-sig", errors="replace")
    return next(csv.reader(io.StringIO(text, newline="")), [])


def _check_header(header: Sequence[str], shown: str, relation: Relation) -> None:
    """Refuse a header that names no column, one of them twice, or all of them in one field."""
    found, expected = None, "a header that names each column once"
    twice = sorted({column for column in header if header.count(column) > 1})
    if not header:
        found = "nothing"
    elif twice and (twice[0] in relation.wanted or not relation.of_people):
        found = show.value(twice[0]) + " twice"
    elif twice:
        # A file without a header begins with a row, and that row tells of a person.
        first = header.index(twice[0]) + 1
        found = f"one name for columns {first} and {header.index(twice[0], first) + 1}"
    elif len(header) == 1:
        for sign, signs in _OTHER_COMMAS.items():
            if set(header[0].split(sign)) & set(relation.wanted) and sign in header[0]:
                found, expected = f"columns separated by {signs}", "columns separated by commas"
    if found is not None:
        raise DataError(
            [show.fault_kind("headers that cannot be read", [Fault(shown, None, None, found, expected)])]
        )


def _csv(path: str, width: int, extra: str = "") -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    return (
        f"read_csv({file_list((path,))}, header = true, auto_detect = false, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}}, strict_mode = true, null_padding = false, "
        f"max_line_size = {_LONGEST_LINE}{extra})"
    )


def _csv_faults(duck: duckdb.DuckDBPyConnection, path: str, shown: str) -> list[FaultKind]:
    width = len(_header(path, shown))
    extra = ", store_rejects = true, rejects_table = 'haechi_rejects', rejects_scan = 'haechi_scans'"
    try:
        # A count alone would read no column, and find nothing wrong in one.
        duck.execute(f"SELECT max(hash(t)) FROM {_csv(path, width, extra)} AS t").fetchall()
        # DuckDB counts the header as the first line, a field with line breaks as part of one, and a row once
        # for each field that it lacks.
        rows = duck.execute(
            "SELECT line - 1, error_type, count(*) OVER (PARTITION BY error_type) "
            "FROM (SELECT DISTINCT line, error_type FROM haechi_rejects) "
            "QUALIFY row_number() OVER (PARTITION BY error_type ORDER BY line) <= "
            f"{show.MOST} ORDER BY error_type, line"
        ).fetchall()
    except duckdb.Error:
        return []
    finally:
        duck.execute("DROP TABLE IF EXISTS haechi_rejects; DROP TABLE IF EXISTS haechi_scans")
    kinds = []
    for reason, group in groupby(rows, key=lambda row: str(row[1])):
        title, expected = _BROKEN.get(reason, ("rows that cannot be read", "a row of the header's form"))
        listed = list(group)
        count = int(listed[0][2])
        named = [Fault(shown, int(row), None, None, expected.format(columns=width)) for row, *_ in listed]
        kinds.append(show.fault_kind(title, named, count))
    return kinds
