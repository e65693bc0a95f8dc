"""The file of decisions: read whole, added to whole, by one at a time."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from haechi.errors import DataError, Fault, FaultKind, OutputError, UsageError
from haechi.sensitivity.decided import DecidedEngine, Judge
from haechi.sensitivity.decisions import ALONE, TOGETHER, Decisions, Kept, Record, encoded, standings
from haechi.sensitivity.engine import load
from haechi.sensitivity.reviewers import is_name
from haechi.sensitivity.write_answers import in_place_of
from haechi.terms.showing import shows

if sys.platform != "win32":
    import fcntl

_SHOWN: Final = 60
_MOST_FAULTS: Final = 20


def read_decisions(file: Path) -> Decisions:
    """The decisions in `file`.

    Raises:
        UsageError: there is no such file.
        DataError: a line is not a record; each is named.
    """
    if not file.is_file():
        raise UsageError(f"{file}: found no such file; expected a file of decisions (JSON lines).")
    return Decisions(str(file), standings(records(file)))


def judge_with(decisions: Path | None) -> Judge:
    """The engine that comes with the package, with the decisions of a file where one is given.

    Raises:
        UsageError: there is no such file.
        DataError: the file cannot be read.
        KnowledgeError: a knowledge file is damaged.
    """
    return load() if decisions is None else DecidedEngine(load(), read_decisions(decisions))


def records(file: Path) -> list[Kept]:
    """Every record of the file with its line, in the file's order; none where there is no file.

    Raises:
        DataError: a line is not a record; each is named.
    """
    if not file.exists():
        return []
    if not file.is_file():
        raise UsageError(f"{file} is not a file; expected a file of decisions (JSON lines).")
    kept: list[Kept] = []
    faults: list[Fault] = []
    decoder = msgspec.json.Decoder(Record)
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip():
                continue
            try:
                record = decoder.decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                faults.append(_fault(file, number, None, text, f"a decision as one line of JSON; {error}"))
                continue
            wrong = _contradiction(record)
            if wrong is not None:
                faults.append(_fault(file, number, wrong[0], None, wrong[1]))
            else:
                kept.append(Kept(record, number))
    if faults:
        raise DataError(
            [FaultKind("Decisions that cannot be read", len(faults), tuple(faults[:_MOST_FAULTS]))]
        )
    return kept


def _contradiction(record: Record) -> tuple[str, str] | None:
    """Field and expectation of what a record cannot say, or None."""
    takes_away = not set(record.engine.categories) <= set(record.categories)
    rules = (
        ("reviewers", record.reviewers and all(map(is_name, record.reviewers)), "at least one name"),
        ("reason", shows(record.reason), "a reason"),
        ("needed", record.needed in (ALONE, TOGETHER), f"{ALONE} or {TOGETHER}"),
        ("needed", record.needed == TOGETHER or not takes_away, f"{TOGETHER}: the engine called it directly"),
        (
            "recorded_at",
            record.recorded_at.tzinfo,
            "an instant with its time zone, such as 2026-11-25T09:00:00Z",
        ),
        ("categories", len(set(record.categories)) == len(record.categories), "each category once"),
    )
    return next(((field, expected) for field, holds, expected in rules if not holds), None)


def _fault(file: Path, line: int, column: str | None, text: bytes | None, expected: str) -> Fault:
    shown = None
    if text is not None:
        # A line holds names of reviewers: only its beginning is shown, which is the theme's name.
        head = text[:_SHOWN].decode(errors="replace").strip()
        shown = "".join(char if char.isprintable() else " " for char in head)
    return Fault(str(file), line, column, shown, expected + ".")


Adding = Callable[[Sequence[Kept]], Sequence[Record]]
"""From the records that are there to those that are to be added."""


def add_records(file: Path, adding: Adding) -> list[Kept]:
    """Add records to the file, whole or not at all, while nobody else adds to any in its folder.

    Args:
        file: the file of decisions; made where it is not there yet and something is added.
        adding: told what is there, says what to add; what it raises leaves the file as it is.

    Returns:
        every record, the added ones last.

    Raises:
        UsageError: its folder is not there.
        DataError: what is there cannot be read.
        OutputError: the file cannot be written; what stood there is untouched.
    """
    # A link stays a link: its target is replaced.
    target = file.resolve()
    if not target.parent.is_dir():
        raise UsageError(f"{file}: found no folder {target.parent}; expected one that is there.")
    with _alone(target.parent, file):
        there = records(file)
        added = adding(there)
        if not added:
            return there
        data = target.read_bytes() if target.exists() else b""
        # Some editors leave the last line open.
        data += b"" if data.endswith(b"\n") or not data else b"\n"
        with in_place_of(target) as part:
            part.write(data)
            part.writelines(map(encoded, added))
        last = data.count(b"\n")
        return there + [Kept(record, last + place) for place, record in enumerate(added, start=1)]


@contextmanager
def _alone(folder: Path, file: Path) -> Iterator[None]:
    """Waits until nobody else adds. The lock is on the folder: the file is replaced, and nothing is left behind."""
    if sys.platform == "win32":
        # No such lock there: who takes two sheets at once must wait for the first.
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        _unwritten(file, error)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            _unwritten(file, error)
        yield
    finally:
        os.close(handle)


def _unwritten(file: Path, error: OSError) -> NoReturn:
    raise OutputError(
        f"{file}: not written, {error.strerror}; what stood there before is untouched."
    ) from error
