"""Writes a list of changes: JSON lines for machines, CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from haechi.errors import UsageError
from haechi.sensitivity.changes import Change
from haechi.sensitivity.review.cells import safe
from haechi.sensitivity.write_answers import in_place_of

_ENDINGS: Final = (".csv", ".jsonl")


def check_list(target: Path) -> None:
    """Refuses a file that could not be written, before any work is done.

    Raises:
        UsageError: its ending is not one that is written, or its folder is not there.
    """
    if target.suffix not in _ENDINGS:
        raise UsageError(f"--out {target}: found ending {target.suffix!r}; expected {' or '.join(_ENDINGS)}.")
    if not target.parent.is_dir():
        raise UsageError(f"--out {target}: found no folder {target.parent}; expected one that is there.")


def write_changes(changes: Iterable[Change], target: Path) -> None:
    """Writes the changes, whole or not at all.

    Args:
        changes: as they come.
        target: `.jsonl` with names exactly as they are, or `.csv`, where a spreadsheet takes none for a formula.

    Raises:
        OutputError: it cannot be written; what stood there is untouched.
    """
    with in_place_of(target) as file:
        if target.suffix == ".jsonl":
            for change in changes:
                file.write(msgspec.json.encode(change) + b"\n")
            return
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(Change.__struct_fields__)
        for change in changes:
            writer.writerow([_cell(value) for value in msgspec.structs.astuple(change)])
        text.detach()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return safe(";".join(value) if isinstance(value, tuple) else str(value))
