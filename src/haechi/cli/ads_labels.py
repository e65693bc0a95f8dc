"""A random sample of ads as CSV: what people fill in, and what it is drawn again from."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from haechi.errors import DataError, Fault, FaultKind, UsageError
from haechi.stores.review.figures import Drawn

_COLUMNS: Final = ("ad_id", "bad", "decided", "seed", "since", "until", "frame")
_SAME: Final = ("seed", "since", "until", "frame")
_BAD: Final = {"yes": True, "1": True, "no": False, "0": False}
_SHOWN: Final = 20


class Labels(NamedTuple):
    """A labelled sample.

    Attributes:
        bad: by identifier, in the order in which they were drawn.
        seed: of the drawing.
        since: begin of the time in which the ads ran, naive UTC.
        until: its end.
        frame: SHA-256 of all ads among which was drawn.
    """

    bad: dict[str, bool]
    seed: int
    since: datetime
    until: datetime
    frame: str


def write_labels(file: TextIO, drawn: Drawn, since: datetime, until: datetime) -> None:
    """Writes a sample, `bad` filled where a person decided on the ad."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for ad_id in drawn.sample.drawn:
        said = drawn.verdicts.get(ad_id, "")
        bad = {"approve": "no", "reject": "yes"}.get(said, "")
        rows.writerow(
            [ad_id, bad, said, drawn.sample.seed, since.isoformat(), until.isoformat(), drawn.sample.frame]
        )


def read_labels(file: Path) -> Labels:
    """A sample that people filled in.

    Raises:
        UsageError: there is no such file, or it is no text.
        DataError: a column is missing, a label is neither yes nor no, an ad stands twice, or rows are of two samples.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, strict=True)
            missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise _wrong(
                    [_fault(file, None, missing[0], None, "a column of this name in the first line")]
                )
            told = list(rows)
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError(f"{file}: expected a CSV file in UTF-8, as haechi ads sample writes it.") from None
    if not told:
        raise _wrong([_fault(file, None, None, None, "at least one row")])
    bad: dict[str, bool] = {}
    faults = []
    for number, row in enumerate(told, 1):
        label = _BAD.get((row["bad"] or "").strip().lower())
        if label is None:
            faults.append(_fault(file, number, "bad", (row["bad"] or "")[:20], "yes or no"))
        if row["ad_id"] in bad:
            faults.append(_fault(file, number, "ad_id", None, "each ad once"))
        faults += [
            _fault(file, number, column, None, "the same in every row")
            for column in _SAME
            if row[column] != told[0][column]
        ]
        bad[row["ad_id"] or ""] = label is True
    if faults:
        raise _wrong(faults)
    return _labels(file, told[0], bad)


def _labels(file: Path, row: dict[str, str], bad: dict[str, bool]) -> Labels:
    try:
        since, until = datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["until"])
        seed = int(row["seed"])
    except (TypeError, ValueError):
        raise _wrong([_fault(file, 1, "seed", None, "seed, since and until as they were written")]) from None
    if since.tzinfo is not None or until.tzinfo is not None:
        raise _wrong([_fault(file, 1, "since", None, "since and until as they were written")])
    return Labels(bad, seed, since, until, row["frame"] or "")


def _fault(file: Path, row: int | None, column: str | None, value: str | None, expected: str) -> Fault:
    return Fault(str(file), row, column, value, expected)


def _wrong(faults: list[Fault]) -> DataError:
    return DataError([FaultKind("rows that cannot be read", len(faults), tuple(faults[:_SHOWN]))])
