"""Takes a sheet back: every decided row becomes a record, or none does.

Of the sheet only the theme's identifier and the columns for people are believed. What the engine says, and with it
how many people it takes, is worked out again from the list and the engine.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from haechi.errors import DataError, Fault, FaultKind
from haechi.sensitivity.decisions import (
    ALONE,
    TOGETHER,
    Kept,
    Key,
    Record,
    answer_of,
    standings,
)
from haechi.sensitivity.decisions_file import add_records
from haechi.sensitivity.engine import Engine
from haechi.sensitivity.facts import LANGUAGES
from haechi.sensitivity.review.cells import is_shown
from haechi.sensitivity.review.checked import Written, fault, is_open, theme_of, written
from haechi.sensitivity.review.read import SheetRow, read_sheet
from haechi.sensitivity.review.rows import Theme, identifier
from haechi.sensitivity.reviewers import same_person
from haechi.sensitivity.stream import asked
from haechi.terms.row_files import Row
from haechi.terms.words import Category

_FARTHEST_EAST: Final = timedelta(hours=14)
"""A reviewer's today may be tomorrow in UTC."""
_FIRST: Final = 20


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sheet.

    Attributes:
        holding: records added that hold now.
        pending: records added that wait for a second reviewer.
        superseded: records added that a later decision already supersedes.
        already: rows that were recorded before.
        still_open: rows that nobody decided.
    """

    holding: int
    pending: int
    superseded: int
    already: int
    still_open: int


def take(sheet: Path, names: Iterable[list[Row]], file: Path, engine: Engine, *, now: datetime) -> Taken:
    """Record what people decided in a sheet.

    Args:
        sheet: as they sent it back.
        names: the list that the sheet was written from.
        file: the file of decisions; made where it is not there.
        engine: judges, without decisions.
        now: the instant of the call, UTC, with its zone.

    Raises:
        DataError: a row is wrong; every such row is named and nothing is recorded.
        UsageError: a file or folder is not there.
        OutputError: the file of decisions cannot be written; what stood there is untouched.
    """
    faults: list[Fault] = []
    decided, still_open = _decided(sheet, (now.astimezone(UTC) + _FARTHEST_EAST).date(), faults)
    found = _found(names, {entry.theme for entry in decided})
    decided = [entry for entry in decided if _belongs(str(sheet), entry, found, faults)]
    _refuse(faults)
    # Before the file is locked: it takes seconds where there are many.
    made = [_record(entry, *found[entry.theme], engine, now) for entry in decided]
    added: list[Record] = []

    def adding(there: Sequence[Kept]) -> Sequence[Record]:
        known: dict[Key, list[Record]] = {}
        for kept in there:
            known.setdefault(kept.record.key, []).append(kept.record)
        added.extend(
            record
            for record in made
            if not any(_says_the_same(record, other) for other in known.get(record.key, ()))
        )
        return added

    kept = add_records(file, adding)
    return _told(kept, added, len(made) - len(added), still_open)


def _decided(sheet: Path, latest: date, faults: list[Fault]) -> tuple[list[Written], int]:
    """The rows that are decided, each right in itself, and how many are open."""
    decided: list[Written] = []
    first: dict[str, SheetRow] = {}
    still_open = 0
    for row in read_sheet(sheet):
        if is_open(row):
            still_open += 1
            continue
        theme = theme_of(row)
        if theme in first:
            expected = f"each theme once; row {first[theme].number:,} has it too"
            faults.append(fault(str(sheet), row, "theme" if row.text("theme") else "name", expected))
        first.setdefault(theme, row)
        result = written(str(sheet), row, latest)
        if isinstance(result, Written):
            decided.append(result)
        else:
            faults += result
    return decided, still_open


def _found(names: Iterable[list[Row]], wanted: set[str]) -> dict[str, tuple[Theme, set[str | None]]]:
    """Each wanted theme, as the list has it first, and all languages that the list states for it."""
    found: dict[str, tuple[Theme, set[str | None]]] = {}
    for batch in names:
        for name, path, lang in asked(batch):
            theme = Theme(name, path, lang)
            mark = identifier(theme.key)
            if mark in wanted:
                found.setdefault(mark, (theme, set()))[1].add(lang)
    return found


def _belongs(
    file: str, entry: Written, found: dict[str, tuple[Theme, set[str | None]]], faults: list[Fault]
) -> bool:
    """Whether the row is of a theme of the list, and still stands beside that theme's name."""
    if entry.theme not in found:
        expected = "of the list that the sheet was written from"
        if entry.row.text("theme"):
            faults.append(fault(file, entry.row, "theme", f"a theme {expected}"))
        else:
            faults.append(fault(file, entry.row, "name", f"the name and path of a theme {expected}, exactly"))
        return False
    theme = found[entry.theme][0]
    for column, text in (("name", theme.name), ("path", theme.path or "")):
        if column in entry.row.cells and not is_shown(entry.row.text(column), text):
            expected = (
                f"{text[:_SHOWN]!r}, of which the row's theme is; were single columns sorted or edited?"
            )
            faults.append(fault(file, entry.row, column, expected))
            return False
    return True


_SHOWN: Final = 60


def _refuse(faults: list[Fault]) -> None:
    if not faults:
        return
    by_column: dict[str, list[Fault]] = {}
    for found in faults:
        by_column.setdefault((found.column or "").partition(" ")[0], []).append(found)
    raise DataError(
        [
            FaultKind(f"Decisions that cannot be taken: {column}", len(found), tuple(found[:_FIRST]))
            for column, found in by_column.items()
        ]
    )


def _record(entry: Written, theme: Theme, langs: set[str | None], engine: Engine, now: datetime) -> Record:
    answer = answer_of(engine.judge(theme.name, theme.path, theme.lang), engine.version)
    given = set(entry.categories)
    alone = set(answer.categories) <= given and _called(theme, langs, engine) <= given
    return Record(
        name=theme.name,
        path=theme.path or "",
        lang=theme.lang or "",
        categories=entry.categories,
        reviewers=entry.reviewers,
        needed=ALONE if alone else TOGETHER,
        decided_on=entry.decided_on,
        reason=entry.reason,
        recorded_at=now,
        engine=answer,
    )


def _called(theme: Theme, langs: set[str | None], engine: Engine) -> set[Category]:
    """What the engine calls directly, in whatever language the name is said to be.

    A decision holds for the name in every language. Were only the stated one asked, a wrong statement would do away
    with the second reviewer.
    """
    return {
        label.category
        for lang in (None, *LANGUAGES, *langs)
        for label in engine.judge(theme.name, theme.path, lang).decided
    }


def _says_the_same(record: Record, other: Record) -> bool:
    return (
        record.categories == other.categories
        and record.decided_on == other.decided_on
        and record.reason == other.reason
        and len(record.reviewers) == len(other.reviewers)
        and all(any(same_person(one, two) for two in other.reviewers) for one in record.reviewers)
    )


def _told(kept: Sequence[Kept], added: list[Record], already: int, still_open: int) -> Taken:
    holds = standings(kept)
    became: Counter[str] = Counter()
    for record in added:
        standing = holds[record.key]
        if standing.pending is not None and standing.pending.record is record:
            became["pending"] += 1
        elif standing.decision is not None and standing.decision.record.categories == record.categories:
            became["holding"] += 1
        else:
            became["superseded"] += 1
    return Taken(became["holding"], became["pending"], became["superseded"], already, still_open)
