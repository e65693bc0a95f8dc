"""A list, its sheet, and people who fill it in, with another library than writes and reads it here."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl

from haechi import sensitivity
from haechi.errors import DataError
from haechi.sensitivity import facts, model
from haechi.sensitivity.decisions import Decision, Decisions
from haechi.sensitivity.decisions_file import read_decisions
from haechi.sensitivity.engine import Engine
from haechi.sensitivity.read_names import read_names
from haechi.sensitivity.review.rows import rows, themes_of
from haechi.sensitivity.review.take import Taken, take
from haechi.sensitivity.review.write import write_sheet

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
KIM = {"reviewer": "Kim Minji", "date": "2026-11-24", "reason": "a brand of beer"}
LEE = {"reviewer": "Lee Jun", "date": "2026-11-25", "reason": "I agree"}
DIRECT, ARGUABLE, PLAIN = "Church service", "Alcohol", "Guitar"
"""A theme that the engine decides, one that it leaves open, one of which it knows nothing."""
Fill = Mapping[str, Mapping[str, object]]
"""Name to what is filled in beside it."""


def names_of(folder: Path, names: Sequence[str | Mapping[str, str]]) -> Path:
    file = folder / "names.jsonl"
    lines = [{"name": name} if isinstance(name, str) else dict(name) for name in names]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def sheet_of(
    names: Path,
    file: Path,
    *,
    decisions: Decisions | None = None,
    everything: bool = True,
    engine: Engine | None = None,
) -> Path:
    file.unlink(missing_ok=True)
    judging = engine or sensitivity.load()
    found = rows(themes_of(read_names(str(names))), judging, decisions, everything=everything)
    write_sheet(found, file)
    return file


def filled(sheet: Path, fill: Fill, **csv_form: Any) -> Path:
    """The sheet as somebody saved it who filled it in."""
    return _filled_xlsx(sheet, fill) if sheet.suffix == ".xlsx" else _filled_csv(sheet, fill, **csv_form)


def _filled_xlsx(sheet: Path, fill: Fill) -> Path:
    book = openpyxl.load_workbook(sheet)
    page = book["Review"]
    columns = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        shown = str(page.cell(row, columns["name"]).value or "").lstrip("'")
        for column, value in fill.get(shown, {}).items():
            page.cell(row, columns[column]).value = value
    book.save(sheet)
    return sheet


def _filled_csv(sheet: Path, fill: Fill, *, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        line |= {column: str(value) for column, value in fill.get(line["name"].lstrip("'"), {}).items()}
    with sheet.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return sheet


def taken(
    names: Path, sheet: Path, decisions: Path, *, engine: Engine | None = None, now: datetime = NOW
) -> Taken:
    return take(sheet, read_names(str(names)), decisions, engine or sensitivity.load(), now=now)


def decide(
    names: Path, fill: Fill, decisions: Path, *, ending: str = ".csv", engine: Engine | None = None
) -> Taken:
    """A sheet written, filled in and taken back."""
    sheet = sheet_of(names, decisions.with_name(f"sheet{ending}"), engine=engine)
    return taken(names, filled(sheet, fill), decisions, engine=engine)


def holding(decisions: Path, name: str, path: str | None = None) -> Decision | None:
    return read_decisions(decisions).about(name, path)


def faults(error: DataError) -> list[tuple[int | None, str, str | None]]:
    """Row, column and value of every fault."""
    return [
        (fault.row, (fault.column or "").partition(" ")[0], fault.value)
        for kind in error.kinds
        for fault in kind.first
    ]


def day(text: str) -> date:
    return date.fromisoformat(text)


def engine_with(folder: Path, concept: str) -> Engine:
    """An engine of another version: the shipped knowledge and one concept more, written as YAML."""
    more = folder / "more.yaml"
    more.write_text(f"source: a test\nconcepts:\n  - {concept}\n", encoding="utf-8")
    shipped = resources.files("haechi.knowledge").joinpath("concepts")
    files = sorted(
        (file for file in shipped.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name
    )
    return Engine(facts.read([*files, more]), model.shipped())
