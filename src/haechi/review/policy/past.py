"""Files of past decisions and of the truth about their ads."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import msgspec

from haechi.errors import DataError, Fault, FaultKind, UsageError
from haechi.review.ads import Decision
from haechi.review.policy.replay import decode

_TRUTHS: Final = {"1": True, "true": True, "yes": True, "scam": True, "0": False, "false": False, "no": False}
_COLUMNS: Final = ("ad_id", "scam")


def read_decisions(file: Path) -> Iterator[Decision]:
    """Decisions from JSON lines, one a line, as `replay.encode` writes them; blank lines are passed over.

    Raises:
        UsageError: there is no such file.
        DataError: a line is no decision; the ones before it were given.
    """
    with _opened(file) as lines:
        for row, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield decode(line)
            except (msgspec.MsgspecError, UnicodeError) as fault:
                # The message names the place in the line, never what a person wrote there.
                where = str(fault) if isinstance(fault, msgspec.ValidationError) else "no JSON"
                raise _fault(file, row, None, None, f"a decision in JSON ({where}).") from None


def read_truth(file: Path) -> dict[str, bool]:
    """Whether ads are scams, by ad_id: CSV with the columns ad_id and scam (1, true, yes, scam or 0, false, no).

    Raises:
        UsageError: there is no such file.
        DataError: a column is missing, a value is none of these, or an ad has two truths.
    """
    found: dict[str, bool] = {}
    with _opened(file) as lines:
        rows = csv.DictReader(_text(lines, file), strict=True)
        missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise _fault(file, None, missing[0], None, "a column of this name in the first line.")
        for row, told in _rows(rows, file):
            truth = _TRUTHS.get((told["scam"] or "").strip().lower())
            if truth is None:
                raise _fault(file, row, "scam", (told["scam"] or "")[:20], f"one of {', '.join(_TRUTHS)}.")
            if found.setdefault(told["ad_id"] or "", truth) is not truth:
                raise _fault(file, row, "ad_id", None, "one truth about each ad.")
    return found


def _opened(file: Path) -> IO[bytes]:
    if not file.is_file():
        raise UsageError(f"{file}: found no such file; expected one.")
    return file.open("rb")


def _text(lines: IO[bytes], file: Path) -> Iterator[str]:
    for row, line in enumerate(lines):
        try:
            yield line.decode("utf-8-sig" if row == 0 else "utf-8")
        except UnicodeDecodeError:
            raise _fault(file, row or None, None, None, "text in UTF-8.") from None


def _rows(rows: "csv.DictReader[str]", file: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    row = 0
    while True:
        row += 1
        try:
            told: dict[str, str | None] = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise _fault(file, row, None, None, "a row of CSV with closed quotes.") from None
        yield row, told


def _fault(file: Path, row: int | None, column: str | None, value: str | None, expected: str) -> DataError:
    return DataError(
        [FaultKind("rows that cannot be read", 1, (Fault(str(file), row, column, value, expected),))]
    )
