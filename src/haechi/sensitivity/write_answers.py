"""Writes answered rows: to a file that is whole or not there, or to standard output."""

import csv
import errno
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import msgspec

from haechi.errors import OutputError, UsageError
from haechi.sensitivity.read_names import ADDED, OPINION
from haechi.terms.row_files import Row

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS: Final = (".jsonl", ".csv", ".parquet")
_LISTS: Final = ADDED[:4]

Report = Callable[[int], None]


def check_target(target: Path) -> None:
    """Refuses a file that could not be written, before any work is done.

    Raises:
        UsageError: its ending is not one of `ENDINGS`, or its folder is not there.
    """
    if target.suffix not in ENDINGS:
        raise UsageError(f"--out {target}: found ending {target.suffix!r}; expected {', '.join(ENDINGS)}.")
    if not target.parent.is_dir():
        raise UsageError(f"--out {target}: found no folder {target.parent}; expected one that is there.")


def write_file(
    batches: Iterator[list[Row]], target: Path, *, schema: "pa.Schema | None", report: Report
) -> None:
    """Writes all rows to `target`, which is replaced at once at the end and untouched by any failure.

    Args:
        batches: answered rows.
        target: `.jsonl`, `.csv` (lists as JSON text) or `.parquet`.
        schema: Arrow schema of the columns that came with the rows, where known.
        report: told how many rows each batch had.

    Raises:
        OutputError: the disk is full or the file cannot be written.
    """
    with in_place_of(target) as file:
        if target.suffix == ".jsonl":
            write_lines(batches, file, report=report)
        elif target.suffix == ".csv":
            _write_csv(batches, file, report)
        else:
            _write_parquet(batches, file, schema, report)


def write_lines(batches: Iterator[list[Row]], file: IO[bytes], *, report: Report) -> None:
    """Writes rows as JSON lines."""
    encoder = msgspec.json.Encoder(enc_hook=str)
    for batch in batches:
        file.write(b"".join(encoder.encode(row) + b"\n" for row in batch))
        file.flush()
        report(len(batch))


@contextmanager
def in_place_of(target: Path) -> Iterator[IO[bytes]]:
    """A file to write into that takes the place of `target` at the end, or never; `target` keeps its mode.

    Raises:
        OutputError: the disk is full or the file cannot be written; what stood there is untouched.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as fault:
        raise OutputError(f"{target}: not written, {fault.strerror}; nothing there was changed.") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        part.replace(target)
    except OSError as fault:
        if fault.filename is not None and Path(fault.filename) not in (part, target):
            raise
        why = "the disk is full" if fault.errno == errno.ENOSPC else fault.strerror
        raise OutputError(f"{target}: not written, {why}; what stood there before is untouched.") from None
    finally:
        with suppress(OSError):
            part.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_csv(batches: Iterator[list[Row]], file: IO[bytes], report: Report) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    columns: list[str] | None = None
    for batch in batches:
        if columns is None:
            columns = list(dict.fromkeys(column for row in batch for column in _kept(row)))
            columns += [*ADDED, *([OPINION] if batch and OPINION in batch[0] else [])]
            writer.writerow(columns)
        for row in batch:
            writer.writerow([_cell(column, row.get(column)) for column in columns])
        report(len(batch))
    text.detach()


def _cell(column: str, value: object) -> object:
    if column in _LISTS or isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


def _write_parquet(
    batches: Iterator[list[Row]], file: IO[bytes], schema: "pa.Schema | None", report: Report
) -> None:
    import pyarrow as pa  # noqa: PLC0415 - a tenth of a second that other forms need not pay
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    texts = pa.list_(pa.string())
    kinds = (texts, pa.list_(pa.float64()), texts, texts, pa.string(), pa.string(), pa.string())
    added = dict(zip(ADDED, kinds, strict=True))
    writer = None
    try:
        for batch in batches:
            if writer is None:
                kept = schema or pa.Table.from_pylist([_kept(row) for row in batch]).schema
                if batch and OPINION in batch[0]:
                    added[OPINION] = texts
                full = pa.schema([*kept, *(pa.field(name, kind) for name, kind in added.items())])
                writer = pq.ParquetWriter(file, full, compression="zstd")
            writer.write_table(pa.Table.from_pylist(batch, schema=writer.schema))
            report(len(batch))
    except pa.ArrowException as fault:
        raise OutputError(
            f"the rows do not fit one Parquet table ({fault}); expected --out with .jsonl."
        ) from None
    finally:
        if writer is not None:
            writer.close()


def _kept(row: Row) -> Row:
    return {column: value for column, value in row.items() if column not in (*ADDED, OPINION)}
