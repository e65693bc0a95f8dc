"""Rows of a file in any form, in order; every row that cannot be read is named."""

import csv
import gzip
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NoReturn

import msgspec

from haechi.errors import DataError, Fault, FaultKind

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, object]

ROWS: Final = 5_000
"""Rows of a Parquet file at a time."""
LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes."""
_SHOWN: Final = 60
_COMPRESSED: Final = (".gz", ".zst")


class RowFile:
    """A file of rows.

    Attributes:
        source: its path, or `-` for standard input.
        form: `.csv`, `.jsonl`, `.parquet`, or another ending, or "".
    """

    def __init__(self, source: str, *, title: str, wanted: str) -> None:
        """Names the file; nothing is opened.

        Args:
            source: a path, or `-`.
            title: of the faults found in it.
            wanted: what a JSON line should be, after "expected a JSON object with".
        """
        self.source = source
        self.form = form_of(source)
        self._title = title
        self._wanted = wanted

    def refuse(self, row: int | None, column: str | None, value: str | None, expected: str) -> NoReturn:
        """Ends the reading.

        Raises:
            DataError: always.
        """
        file = "standard input" if self.source == "-" else self.source
        fault = Fault(file, row, column, value, expected + ".")
        raise DataError([FaultKind(self._title, 1, (fault,))])

    def columns(self) -> Sequence[str] | None:
        """The columns that a header or schema names; None for JSON lines, whose every row says its own."""
        if self.form == ".parquet":
            names: list[str] = self.schema().names
            return names
        if self.form != ".csv":
            return None
        with ExitStack() as stack:
            return self._header(csv.reader(self._lines(stack, _Records()), strict=True))

    def schema(self) -> "pa.Schema":
        """The Arrow schema of a Parquet file.

        Raises:
            DataError: it is none.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415 - a tenth of a second that other forms need not pay

        with self._named():
            found: pa.Schema = pq.ParquetFile(self.source).schema_arrow
            return found

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Each row with its number from 1; of CSV every value is text, other forms keep their types.

        Raises:
            DataError: a row cannot be read.
        """
        if self.form == ".parquet":
            yield from self._parquet()
            return
        with ExitStack() as stack:
            yield from self._csv(stack) if self.form == ".csv" else self._jsonl(stack)

    def lines(self) -> Iterator[str]:
        """Lines without their ends, for a text file.

        Raises:
            DataError: bytes are not UTF-8.
        """
        with ExitStack() as stack:
            for line in self._lines(stack):
                yield line.rstrip("\r\n")

    def _lines(self, stack: ExitStack, records: "_Records | None" = None) -> Iterator[str]:
        """Lines as UTF-8; bytes of another encoding are a fault, never a guess.

        Args:
            stack: closes the file.
            records: of CSV, how far it is read: rows are counted without the header there.
        """
        file = self._open(stack)
        number = 0
        try:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    self.refuse(number, None, None, f"a line of at most {LONGEST_LINE:,} bytes")
                try:
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as fault:
                    shown = repr(line[max(0, fault.start - 20) : fault.end + 20])
                    expected = f"UTF-8 text (byte {fault.start + 1} of the line is not)"
                    if records is None:
                        self.refuse(number, None, shown, expected)
                    if records.header is None:
                        self.refuse(None, None, shown, expected.replace("line", "header"))
                    self.refuse(records.read + 1, records.column_at(line[: fault.start]), shown, expected)
                if records is not None:
                    records.begun += 1
                yield text
        except (EOFError, OSError) as fault:
            if isinstance(fault, OSError) and fault.errno is not None:
                raise
            self.refuse(number + 1, None, None, f"a whole compressed file; {fault}")

    def _open(self, stack: ExitStack) -> IO[bytes] | gzip.GzipFile:
        if self.source == "-":
            return sys.stdin.buffer
        if self.source.lower().endswith(".gz"):
            return stack.enter_context(gzip.open(self.source, "rb"))
        if self.source.lower().endswith(".zst"):
            import pyarrow as pa  # noqa: PLC0415 - as above

            unpacked = stack.enter_context(pa.input_stream(self.source, compression="zstd"))
            return stack.enter_context(io.BufferedReader(unpacked))
        return stack.enter_context(Path(self.source).open("rb"))

    def _jsonl(self, stack: ExitStack) -> Iterator[tuple[int, Row]]:
        for number, line in enumerate(self._lines(stack), start=1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line, type=Row)
            except (msgspec.MsgspecError, RecursionError) as fault:
                self.refuse(number, None, short(line), f"a JSON object with {self._wanted}; {fault}")
            yield number, row

    def _header(self, reader: Iterator[list[str]]) -> list[str]:
        header = next(reader, [])
        for at, name in enumerate(header):
            if name in header[:at]:
                self.refuse(None, short(name), short(",".join(header)), "a header with each column once")
        return header

    def _csv(self, stack: ExitStack) -> Iterator[tuple[int, Row]]:
        csv.field_size_limit(LONGEST_LINE)
        records = _Records()
        reader = csv.reader(self._lines(stack, records), strict=True)
        number = 0
        try:
            header = records.header = self._header(reader)
            records.begun = 0
            for number, cells in enumerate(reader, start=1):
                records.read, records.begun = number, 0
                if not cells:
                    continue
                if len(cells) != len(header):
                    self.refuse(
                        number, None, f"{len(cells)} cells", f"{len(header)} cells, as the header has"
                    )
                yield number, dict(zip(header, cells, strict=True))
        except csv.Error as fault:
            self.refuse(number + 1, None, None, f"CSV that can be read; {fault}")

    def _parquet(self) -> Iterator[tuple[int, Row]]:
        import pyarrow.parquet as pq  # noqa: PLC0415 - as above

        number = 0
        with self._named():
            batches = pq.ParquetFile(self.source).iter_batches(ROWS)
        while True:
            with self._named():
                batch = next(batches, None)
            if batch is None:
                return
            table = self._rows_of(batch, number)
            yield from enumerate(table, start=number + 1)
            number += len(table)

    def _rows_of(self, batch: "pa.RecordBatch", before: int) -> list[Row]:
        """The rows of a batch that comes after `before` others; what Python cannot hold is named at its place."""
        try:
            rows: list[Row] = batch.to_pylist()
        except (OverflowError, ValueError):
            for number in range(batch.num_rows):
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    try:
                        column[number].as_py()
                    except UnicodeDecodeError as fault:
                        self.refuse(before + number + 1, name, short(repr(fault.object)), "UTF-8 text")
                    except (OverflowError, ValueError):
                        self.refuse(
                            before + number + 1, name, _written(column[number]),
                            "an instant or number that Python can hold: years 1 to 9999, whole microseconds",
                        )  # fmt: skip
            raise
        return rows

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Turns what Arrow says of a damaged file into a fault that names the file."""
        import pyarrow as pa  # noqa: PLC0415 - as above

        try:
            yield
        except (pa.ArrowException, UnicodeDecodeError, OSError) as fault:
            if isinstance(fault, OSError) and fault.errno is not None:
                raise
            self.refuse(None, None, None, f"a Parquet file that can be read; {short(str(fault))}")


class _Records:
    """How far a CSV file is read: a cell may have several lines, and the header is no row.

    Attributes:
        header: the columns, or None while the header is read.
        read: rows so far.
        begun: lines of the row that is read, before this one.
    """

    def __init__(self) -> None:
        """Begins before the header."""
        self.header: list[str] | None = None
        self.read = 0
        self.begun = 0

    def column_at(self, before: bytes) -> str | None:
        """The column of what stands behind `before` in its line; None where that cannot be told."""
        if self.header is None or self.begun:
            return None
        (cells,) = csv.reader([before.decode() + "x"])
        return self.header[len(cells) - 1] if len(cells) <= len(self.header) else None


def _written(scalar: "pa.Scalar") -> str:
    """A value that is none of Python's, as Arrow writes it."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    try:
        return short(str(scalar.cast(pa.string()).as_py()))
    except pa.ArrowException:
        return short(repr(scalar))


def form_of(source: str) -> str:
    """The ending that tells a file's form, without that of its compression; "" for standard input."""
    suffixes = [suffix.lower() for suffix in Path(source).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    form = suffixes[-1] if suffixes and source != "-" else ""
    return ".jsonl" if form == ".ndjson" else form


def short(text: str) -> str:
    """The beginning of a value, printable."""
    printable = "".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1])
    return printable if len(printable) <= _SHOWN else printable[:_SHOWN] + "…"
