"""Reads names from any form, a few thousand rows at a time, and names every row it cannot read."""

import csv
import gzip
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NoReturn

import msgspec

from haechi.errors import DataError, Fault, FaultKind, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, object]

ROWS: Final = 5_000
"""Rows at a time."""
_LONGEST_LINE: Final = 64 * 1024 * 1024
_SHOWN: Final = 60
_ASKED: Final = ("name", "path", "lang")
ADDED: Final = ("categories", "scores", "evidence", "arguable", "undecided", "decision", "judged_by")
"""Columns that the answer adds; the input must not have them already."""
OPINION: Final = "second_opinion"
"""Column that the answer adds where a second opinion is asked for."""
_COMPRESSED: Final = (".gz", ".zst")


def read_names(source: str, *, answered: bool = False) -> Iterator[list[Row]]:
    """The rows of `source`, all columns kept, in order.

    Args:
        source: a file (`.csv`, `.jsonl`, `.ndjson`, with `.gz` or `.zst`; `.parquet`; anything else: text with a
            name a line), or `-` for text on standard input.
        answered: it is an earlier answer, which has the answer's columns.

    Yields:
        Up to `ROWS` rows at a time. Each has `name`; `path` and `lang` are text or null where they are there.

    Raises:
        UsageError: there is no such file, or it is a folder.
        DataError: a row cannot be read; the message names file, row, column, value and what was expected.
    """
    if source != "-" and Path(source).is_dir():
        raise UsageError(f"{source} is a folder; expected a file with names, or - for standard input.")
    if source != "-" and not Path(source).is_file():
        raise UsageError(
            f"{source}: found no such file; expected a file with names, or - for standard input."
        )
    form = _form(source)
    taken = () if answered else ADDED
    if form == ".parquet":
        yield from _parquet(source, taken)
        return
    with ExitStack() as stack:
        lines = _lines(source, _open(source, stack))
        if form == ".csv":
            rows = _csv(source, lines, taken)
        elif form == ".jsonl":
            rows = _jsonl(source, lines, taken)
        else:
            rows = _text(lines)
        yield from _batches(rows)


def parquet_schema(source: str) -> "pa.Schema | None":
    """The Arrow schema of a Parquet source; None for every other form, whose columns are text.

    Raises:
        DataError: it is no Parquet file.
    """
    if _form(source) != ".parquet" or not Path(source).is_file():
        return None
    import pyarrow.parquet as pq  # noqa: PLC0415 - a tenth of a second that other forms need not pay

    with _named(source):
        schema: pa.Schema = pq.ParquetFile(source).schema_arrow
        return schema


def _form(source: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(source).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    form = suffixes[-1] if suffixes and source != "-" else ""
    return ".jsonl" if form == ".ndjson" else form


def _open(source: str, stack: ExitStack) -> IO[bytes] | gzip.GzipFile:
    if source == "-":
        return sys.stdin.buffer
    if source.lower().endswith(".gz"):
        return stack.enter_context(gzip.open(source, "rb"))
    if source.lower().endswith(".zst"):
        import pyarrow as pa  # noqa: PLC0415 - as above

        unpacked = stack.enter_context(pa.input_stream(source, compression="zstd"))
        return stack.enter_context(io.BufferedReader(unpacked))
    return stack.enter_context(Path(source).open("rb"))


def _lines(source: str, file: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    """Lines without their ends, as UTF-8; bytes of another encoding are a fault, never a guess."""
    number = 0
    try:
        while line := file.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE:
                _refuse(source, number, None, None, f"a line of at most {_LONGEST_LINE:,} bytes")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as fault:
                shown = repr(line[max(0, fault.start - 20) : fault.end + 20])
                _refuse(
                    source, number, None, shown, f"UTF-8 text (byte {fault.start + 1} of the line is not)"
                )
    except (EOFError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        _refuse(source, number + 1, None, None, f"a whole compressed file; {fault}")


def _text(lines: Iterator[str]) -> Iterator[Row]:
    for line in lines:
        yield {"name": line.rstrip("\r\n")}


def _jsonl(source: str, lines: Iterator[str], taken: Sequence[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=Row)
        except msgspec.MsgspecError as fault:
            _refuse(source, number, None, _short(line), f"a JSON object with `name`; {fault}")
        yield _checked(source, number, row, taken)


def _csv(source: str, lines: Iterator[str], taken: Sequence[str]) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_LINE)
    reader = csv.reader(lines, strict=True)
    number = 0
    try:
        header = next(reader, [])
        if len(set(header)) != len(header):
            _refuse(source, None, None, _short(",".join(header)), "a header with each column once")
        _check_columns(source, header, taken)
        for number, cells in enumerate(reader, start=1):
            if not cells:
                continue
            if len(cells) != len(header):
                _refuse(
                    source, number, None, f"{len(cells)} cells", f"{len(header)} cells, as the header has"
                )
            row: Row = dict(zip(header, cells, strict=True))
            yield row
    except csv.Error as fault:
        _refuse(source, number + 1, None, None, f"CSV that can be read; {fault}")


def _parquet(source: str, taken: Sequence[str]) -> Iterator[list[Row]]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    number = 0
    with _named(source):
        file = pq.ParquetFile(source)
        _check_columns(source, file.schema_arrow.names, taken)
        batches = file.iter_batches(ROWS)
    while True:
        with _named(source):
            batch = next(batches, None)
            table = None if batch is None else batch.to_pylist()
        if table is None:
            return
        yield [_checked(source, number + place, row, taken) for place, row in enumerate(table, start=1)]
        number += len(table)


@contextmanager
def _named(source: str) -> Iterator[None]:
    """Turns what Arrow says of a damaged file into a fault that names the file."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    try:
        yield
    except (pa.ArrowException, UnicodeDecodeError, OSError) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        _refuse(source, None, None, None, f"a Parquet file that can be read; {_short(str(fault))}")


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(str(row["name"]))
        if len(batch) == ROWS or size > _LONGEST_LINE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _check_columns(source: str, columns: list[str], taken: Sequence[str]) -> None:
    if "name" not in columns:
        _refuse(source, None, "name", _short(", ".join(columns)) or "no columns", "a column `name`")
    for column in taken:
        if column in columns:
            _refuse(source, None, column, column, "another name for it: the answer adds a column called so")


def _checked(source: str, number: int, row: Row, taken: Sequence[str]) -> Row:
    """The row, if its name, path and language can be judged and the answer's columns are free."""
    if "name" not in row:
        _refuse(source, number, "name", None, "a name")
    for column in taken:
        if column in row:
            _refuse(source, number, column, None, "another name for it: the answer adds a column called so")
    for column in _ASKED:
        value = row.get(column)
        if not isinstance(value, str) and value is not None:
            _refuse(source, number, column, _short(repr(value)), "text")
    return row


def _short(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1])
    return printable if len(printable) <= _SHOWN else printable[:_SHOWN] + "…"


def _refuse(source: str, row: int | None, column: str | None, value: str | None, expected: str) -> NoReturn:
    file = "standard input" if source == "-" else source
    fault = Fault(file, row, column, value, expected + ".")
    raise DataError([FaultKind("Names that cannot be read", 1, (fault,))])
