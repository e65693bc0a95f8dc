"""`haechi themes`: what people decide about themes, and what an upgrade would change."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from haechi import law, sensitivity
from haechi.cli.instants import instant
from haechi.cli.progress import progress
from haechi.cli.spare import spare
from haechi.cli.themes_text import FIRST, some, taken_in_words, told
from haechi.errors import UsageError
from haechi.law import LawPack
from haechi.sensitivity.answers import read_answers
from haechi.sensitivity.changes import Comparison, Tally
from haechi.sensitivity.decisions_file import read_decisions
from haechi.sensitivity.protected import before_and_after
from haechi.sensitivity.read_names import read_names
from haechi.sensitivity.review.rows import rows, themes_of
from haechi.sensitivity.review.take import take
from haechi.sensitivity.review.write import check_sheet, write_sheet
from haechi.sensitivity.stream import answered
from haechi.sensitivity.write_answers import Report
from haechi.sensitivity.write_changes import check_list, write_changes
from haechi.terms.row_files import Row

app = cyclopts.App(
    name="themes", help="Decide the arguable themes; see what an upgrade changes before it does."
)


Names = Annotated[str, Parameter(allow_leading_hyphen=True)]


@app.command
def review(
    names: Names,
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
        done = take(take_, read_names(names), decisions, engine, now=datetime.now(UTC))
        sys.stdout.writelines(f"{line}\n" for line in taken_in_words(done, decisions))


def _write(names: str, sheet: Path, decisions: Path | None, *, everything: bool) -> None:
    check_sheet(sheet)
    before = None if decisions is None or not decisions.exists() else read_decisions(decisions)
    with progress() as report:
        found = rows(themes_of(_read(names, report)), sensitivity.load(), before, everything=everything)
        count = write_sheet(found, sheet)
    sys.stdout.write(f"{some(count, 'theme', 'themes')} to look at: {sheet}\n")


def _read(names: str, report: Report) -> Iterator[list[Row]]:
    for batch in read_names(names):
        report(len(batch))
        yield batch


@app.command
def diff(
    names: Names,
    *,
    before: str | None = None,
    decisions: Path | None = None,
    law_: Annotated[list[str] | None, Parameter(name="--law", negative=())] = None,
    law_pack: Annotated[list[Path] | None, Parameter(negative=())] = None,
    law_pack_before: Annotated[list[Path] | None, Parameter(negative=())] = None,
    include_inferred: Annotated[list[str] | None, Parameter(negative=())] = None,
    as_of: str | None = None,
    as_of_before: str | None = None,
    out: Path | None = None,
) -> int:
    """Show what a new engine, decisions or a law pack change about a list of names, before they do.

    Exit status: 0 nothing changes, 1 something does, 2 the call or the data is wrong.

    Parameters
    ----------
    names
        The list: whatever haechi classify reads.
    before
        An earlier answer about it, as haechi classify --out wrote it.
    decisions
        What people decided (haechi themes review). Those against which the engine now says something else than when
        they were made are told; they go on holding.
    law_
        A shipped law to look at between --as-of-before and --as-of; repeatable.
    law_pack
        A new or changed law pack; repeatable. It is compared with the shipped one of its identifier, or with no law.
    law_pack_before
        The pack that holds today, where it is not the shipped one; repeatable.
    include_inferred
        Apply this law to inferred themes although it sees inferred data as outside it; repeatable.
    as_of
        Day or instant (UTC) whose law counts, such as 2027-01-01. Now, if not given.
    as_of_before
        The same for the law before; as --as-of, if not given.
    out
        The list of all changes, .csv or .jsonl.
    """
    if before is None and decisions is None and law_pack is None and law_ is None:
        raise UsageError("nothing to compare with; expected --before, --law-pack, --law or --decisions.")
    if out is not None:
        check_list(out)
        spare(out, {"the list": names, "the earlier answer": before, "the file of decisions": decisions})
    laws = None
    if law_ or law_pack or law_pack_before:
        now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        at = now if as_of is None else instant(as_of, now)
        laws = before_and_after(
            law.load_packs(),
            [law.read_pack(file) for file in law_pack_before or ()],
            [*_shipped(law_ or ()), *(law.read_pack(file) for file in law_pack or ())],
            inferred=include_inferred or (),
            then=at if as_of_before is None else instant(as_of_before, now),
            now=at,
        )
    judge = sensitivity.judge_with(decisions)
    comparison = Comparison(judge, None if before is None else read_answers(before), laws)
    tally = Tally(most=FIRST)
    with progress() as report:
        changes = tally.counted(comparison.changes(answered(_read(names, report), judge=judge)))
        if out is not None:
            write_changes(changes, out)
        else:
            deque(changes, maxlen=0)
    sys.stdout.writelines(f"{line}\n" for line in told(comparison, tally))
    return int(tally.total > 0)


def _shipped(named: Iterable[str]) -> Iterator[LawPack]:
    packs = law.load_packs()
    for name in named:
        if name not in packs:
            raise UsageError(f"unknown law {name!r}; expected one of {', '.join(packs)}.")
        yield packs[name]
