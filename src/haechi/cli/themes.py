"""`haechi themes`: what people decide about themes, and what an upgrade would change."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from haechi import sensitivity
from haechi.cli.classify import progress
from haechi.errors import UsageError
from haechi.sensitivity.decisions_file import read_decisions
from haechi.sensitivity.read_names import Row, read_names
from haechi.sensitivity.review.rows import rows, themes_of
from haechi.sensitivity.review.take import Taken, take
from haechi.sensitivity.review.write import check_sheet, write_sheet
from haechi.sensitivity.write_answers import Report

app = cyclopts.App(
    name="themes", help="Decide the arguable themes; see what an upgrade changes before it does."
)


@app.command
def review(
    names: str,
    *,
    sheet: Path | None = None,
    take_: Annotated[Path | None, Parameter(name="--take")] = None,
    decisions: Path | None = None,
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
) -> None:
    """Write the themes that need a person to a sheet, or take a filled-in sheet back.

    --sheet writes one row a theme that the engine finds arguable or cannot judge, that waits for a second reviewer,
    or of which the engine has come to another answer since it was decided. People fill in decision, reviewer, date
    and reason. --take records what they decided, all of it or nothing. From then on classify, explain and audit with
    --decisions answer so, whatever the engine says.

    Parameters
    ----------
    names
        The list: whatever haechi classify reads. The same one to write a sheet and to take it back.
    sheet
        The sheet to write, .xlsx or .csv; nothing may stand there.
    take_
        The sheet that people filled in.
    decisions
        The file of decisions. With --take it is added to, and made where it is not there. With --sheet, what is
        settled in it is left out.
    all_
        Write every theme of which there is something to say, settled or not.
    """
    if (sheet is None) == (take_ is None):
        raise UsageError("expected either --sheet FILE, to write a sheet, or --take FILE, to take one back.")
    if sheet is not None:
        _write(names, sheet, decisions, everything=all_)
        return
    if decisions is None:
        raise UsageError("--take needs --decisions FILE; expected the file to record them in.")
    if take_ is not None:
        engine = sensitivity.load()
        _tell(take(take_, read_names(names), decisions, engine, now=datetime.now(UTC)), decisions)


def _write(names: str, sheet: Path, decisions: Path | None, *, everything: bool) -> None:
    check_sheet(sheet)
    before = None if decisions is None or not decisions.exists() else read_decisions(decisions)
    with progress() as report:
        found = rows(themes_of(_told(names, report)), sensitivity.load(), before, everything=everything)
        count = write_sheet(found, sheet)
    sys.stdout.write(f"{count:,} themes to look at: {sheet}\n")


def _told(names: str, report: Report) -> Iterator[list[Row]]:
    for batch in read_names(names):
        report(len(batch))
        yield batch


def _tell(taken: Taken, decisions: Path) -> None:
    lines = [f"{taken.holding:,} decisions hold from now on: {decisions}"]
    if taken.pending:
        lines.append(f"{taken.pending:,} wait for a second reviewer; until then the engine's answer stands.")
    if taken.superseded:
        lines.append(f"{taken.superseded:,} are older than a decision that holds, and only kept.")
    if taken.already:
        lines.append(f"{taken.already:,} were recorded before.")
    if taken.still_open:
        lines.append(f"{taken.still_open:,} rows are still open.")
    sys.stdout.write("\n".join(lines) + "\n")
