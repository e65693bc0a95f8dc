"""Taking a sheet back: what is refused, whom it takes, and what becomes of the file of decisions."""

import csv
import json
import multiprocessing
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from haechi import sensitivity
from haechi.errors import DataError, OutputError, UsageError
from haechi.sensitivity.decisions_file import add_records, read_decisions, records
from haechi.sensitivity.review.read import read_sheet
from tests.review.sheets import (
    ARGUABLE,
    DIRECT,
    KIM,
    LEE,
    PLAIN,
    decide,
    faults,
    filled,
    holding,
    names_of,
    sheet_of,
    taken,
)


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_decision_is_recorded_with_who_when_why_and_against_what(
    names: Path, decisions: Path, ending: str
) -> None:
    """Fails when a record cannot be defended a year later."""
    done = decide(names, {"Catholic school": {"decision": "none", **KIM}}, decisions, ending=ending)
    assert (done.holding, done.still_open) == (1, 2)
    (line,) = decisions.read_text().splitlines()
    assert json.loads(line) == {
        "name": "Catholic school",
        "path": "Education",
        "categories": [],
        "reviewers": ["Kim Minji"],
        "needed": 1,
        "decided_on": "2026-11-24",
        "reason": "a brand of beer",
        "recorded_at": "2026-11-25T09:00:00Z",
        "engine": {
            "version": sensitivity.load().version,
            "categories": [],
            "arguable": ["religion"],
            "undecided": False,
        },
    }


@pytest.mark.parametrize(
    ("wrong", "column", "value"),
    [
        ({"decision": "relgion"}, "decision", "'relgion'"),
        ({"decision": "religion; none"}, "decision", "'religion; none'"),
        ({"decision": ""}, "decision", "nothing"),
        ({"decision": ";"}, "decision", "';'"),
        ({"reviewer": ""}, "reviewer", "nothing"),
        ({"reviewer": "…"}, "reviewer", "'…'"),
        ({"reviewer": "Kіm Minji"}, "reviewer", "'Kіm Minji'"),
        ({"reason": ""}, "reason", "nothing"),
        ({"date": ""}, "date", "nothing"),
        ({"date": "24.11.2026"}, "date", "'24.11.2026'"),
        ({"date": "11/24/2026"}, "date", "'11/24/2026'"),
        ({"date": "2026-02-30"}, "date", "'2026-02-30'"),
        ({"date": "2026-11-27"}, "date", "'2026-11-27'"),
        ({"date": "1926-11-25"}, "date", "'1926-11-25'"),
        ({"date": "yesterday"}, "date", "'yesterday'"),
        ({"second_reviewer": "minji  KIM"}, "second_reviewer", "'minji  KIM'"),
        ({"theme": "t0000000000000000"}, "theme", "'t0000000000000000'"),
        ({"theme": ""}, "name", None),
        ({"name": "Beer"}, "name", "'Beer'"),
        ({"path": "Sports"}, "path", "'Sports'"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_recorded(
    names: Path, decisions: Path, wrong: dict[str, str], column: str, value: str | None
) -> None:
    """Fails when a slip is recorded as a decision, cannot be found, or the good rows go in without it."""
    sheet = sheet_of(names, decisions.with_name("s.xlsx"))
    fill = {DIRECT: {"decision": "religion", **LEE}, ARGUABLE: {"decision": "health", **KIM, **wrong}}
    if wrong == {"theme": ""}:
        # Added by hand, and not the name of any theme.
        fill[ARGUABLE] |= {"name": "alcohol"}
    filled(sheet, fill)
    with pytest.raises(DataError) as caught:
        taken(names, sheet, decisions)
    (found,) = faults(caught.value)
    assert found[:2] == (2, column)
    assert value is None or found[2] == value
    assert str(sheet) in str(caught.value)
    assert "(cell " in str(caught.value)
    assert not decisions.exists()


def test_all_faults_are_told_at_once(names: Path, decisions: Path) -> None:
    """Fails when a reviewer mends one cell after the other."""
    fill = {
        DIRECT: {"decision": "religon", "reason": "x"},
        ARGUABLE: {"decision": "none", "reviewer": "Kim", "date": "soon"},
    }
    with pytest.raises(DataError) as caught:
        decide(names, fill, decisions)
    assert sorted(column for _, column, _ in faults(caught.value)) == [
        "date", "date", "decision", "reason", "reviewer",
    ]  # fmt: skip


def test_a_theme_that_stands_twice_is_refused(names: Path, decisions: Path) -> None:
    """Fails when of two decisions in one sheet one wins by chance."""
    sheet = filled(sheet_of(names, decisions.with_name("s.csv")), {ARGUABLE: {"decision": "health", **KIM}})
    lines = sheet.read_text(encoding="utf-8-sig").splitlines()
    sheet.write_text("\n".join([*lines, next(line for line in lines if ARGUABLE in line)]))
    with pytest.raises(DataError, match="each theme once; row 2 has it too"):
        taken(names, sheet, decisions)


def test_a_reviewer_filled_down_over_open_rows_decides_nothing(names: Path, decisions: Path) -> None:
    """Fails when the habit of dragging one's name down the column decides rows that nobody read."""
    done = decide(
        names, {name: {"reviewer": "Kim", "date": "2026-11-24"} for name in (DIRECT, ARGUABLE)}, decisions
    )
    assert (done.holding, done.pending, done.still_open) == (0, 0, 3)


def test_a_theme_that_the_engine_missed_can_be_added_by_hand(names: Path, decisions: Path) -> None:
    """Fails when people can only take away, and what the engine does not know stays unknown."""
    sheet = sheet_of(names, decisions.with_name("s.csv"))
    with sheet.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["", PLAIN, *[""] * 8, "religion", "Kim", "2026-11-24", "a choir's", ""])
    assert taken(names, sheet, decisions).holding == 1
    found = holding(decisions, PLAIN)
    assert found is not None
    assert found.record.categories == ("religion",)


def test_words_of_people_are_understood(names: Path, decisions: Path) -> None:
    """Fails when only the identifiers are, and a Korean reviewer or a capital letter is refused."""
    fill = {
        ARGUABLE: {"decision": "건강; Political opinion\nRELIGION", **KIM},
        "Catholic school": {"decision": " 없음", **KIM},
    }
    assert decide(names, fill, decisions).holding == 2
    found = holding(decisions, ARGUABLE)
    assert found is not None
    assert found.record.categories == ("religion", "political-opinion", "health")


def test_the_number_of_a_member_of_staff_is_a_name(names: Path, decisions: Path) -> None:
    """Fails when those who spare their staff's names cannot use the sheet."""
    decide(names, {ARGUABLE: {"decision": "none", **KIM, "reviewer": 4711}}, decisions, ending=".xlsx")
    assert records(decisions)[0].record.reviewers == ("4711",)


def test_a_sheet_taken_twice_is_recorded_once(names: Path, decisions: Path) -> None:
    """Fails when who is not sure whether it worked doubles the history."""
    sheet = filled(sheet_of(names, decisions.with_name("s.csv")), {ARGUABLE: {"decision": "none", **KIM}})
    taken(names, sheet, decisions)
    before = decisions.read_bytes()
    done = taken(names, sheet, decisions, now=datetime(2026, 11, 26, tzinfo=UTC))
    assert (done.holding, done.already) == (0, 1)
    assert decisions.read_bytes() == before


def test_history_is_kept_and_the_later_decision_holds(names: Path, decisions: Path) -> None:
    """Fails when a mind that was changed leaves no trace, or an old sheet found again undoes it."""
    decide(names, {ARGUABLE: {"decision": "none", **KIM, "date": "2026-11-20"}}, decisions)
    decide(names, {ARGUABLE: {"decision": "health", **LEE, "date": "2026-11-22"}}, decisions)
    done = decide(names, {ARGUABLE: {"decision": "religion", **KIM, "date": "2026-11-21"}}, decisions)
    assert (done.holding, done.superseded) == (0, 1)
    assert len(records(decisions)) == 3
    found = holding(decisions, ARGUABLE)
    assert found is not None
    assert found.record.categories == ("health",)


def test_a_reviewer_in_the_far_east_may_already_have_tomorrow(names: Path, decisions: Path) -> None:
    """Fails when a decision of this morning in Seoul lies in the future of a server."""
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    sheet = filled(
        sheet_of(names, decisions.with_name("s.csv")),
        {ARGUABLE: {"decision": "none", **KIM, "date": "2026-11-25"}},
    )
    assert taken(names, sheet, decisions, now=late).holding == 1


def test_a_full_disk_leaves_the_decisions_as_they_were(names: Path, decisions: Path) -> None:
    """Fails when a write that breaks off costs the history, or leaves a helper file."""
    decide(names, {ARGUABLE: {"decision": "none", **KIM}}, decisions)
    before = decisions.read_bytes()
    sheet = filled(
        sheet_of(names, decisions.with_name("s.csv")),
        {DIRECT: {"decision": "religion", **KIM, "reason": "x" * 900_000}},
    )
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from haechi.cli.app import main; main()"
    )
    command = [
        sys.executable,
        "-c",
        code,
        "themes",
        "review",
        names,
        "--take",
        sheet,
        "--decisions",
        decisions,
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert "what stood there before is untouched" in done.stderr
    assert decisions.read_bytes() == before
    assert sorted(file.name for file in decisions.parent.iterdir()) == [
        "decisions.jsonl",
        "names.jsonl",
        "s.csv",
        "sheet.csv",
    ]


def test_an_error_while_adding_leaves_the_decisions_as_they_were(names: Path, decisions: Path) -> None:
    """Fails when an interruption between reading and writing costs the history, or locks the next one out."""
    decide(names, {ARGUABLE: {"decision": "none", **KIM}}, decisions)
    before = decisions.read_bytes()

    def interrupted(_there: object) -> list[object]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_records(decisions, interrupted)  # type: ignore[arg-type]
    assert decisions.read_bytes() == before
    assert decide(names, {DIRECT: {"decision": "religion", **KIM}}, decisions).holding == 1


def _take_one(folder: Path, number: int) -> None:
    names = folder / "names.jsonl"
    taken(names, folder / f"s{number}.csv", folder / "d.jsonl")


def test_sheets_taken_at_once_are_all_recorded(tmp_path: Path) -> None:
    """Fails when of two people who take their sheets at the same time one loses the work."""
    listed = [f"Alcohol {letter}" for letter in "ABCDEF"]
    names = names_of(tmp_path, listed)
    for number, name in enumerate(listed):
        filled(sheet_of(names, tmp_path / f"s{number}.csv"), {name: {"decision": "none", **KIM}})
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_take_one, args=(tmp_path, number)) for number in range(len(listed))]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * len(listed)
    assert sorted(kept.record.name for kept in records(tmp_path / "d.jsonl")) == listed
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".")]


def test_a_link_stays_a_link_and_the_mode_stays(names: Path, decisions: Path) -> None:
    """Fails when taking a sheet opens a closed file to all, or parts a link from the file it names."""
    home = decisions.with_name("kept")
    home.mkdir()
    kept = home / "d.jsonl"
    decide(names, {ARGUABLE: {"decision": "none", **KIM}}, kept)
    kept.chmod(0o600)
    decisions.symlink_to(kept)
    decide(names, {DIRECT: {"decision": "religion", **KIM}}, decisions)
    assert decisions.is_symlink()
    assert len(records(kept)) == 2
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_place_that_cannot_be_written_is_named(names: Path, tmp_path: Path) -> None:
    """Fails when a wrong path ends in a trace."""
    sheet = filled(sheet_of(names, tmp_path / "s.csv"), {ARGUABLE: {"decision": "none", **KIM}})
    with pytest.raises(UsageError, match="found no folder"):
        taken(names, sheet, tmp_path / "nowhere" / "d.jsonl")
    with pytest.raises((UsageError, OutputError)):
        taken(names, sheet, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_fifty_thousand_rows_take_seconds_and_little_memory(ending: str, tmp_path: Path) -> None:
    """Fails when a catalogue's review cannot be taken back on a laptop. Alone it takes about ten seconds, 300 MB."""
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from tests.review.test_take import fifty_thousand
fifty_thousand(Path({str(tmp_path)!r}), {ending!r})
"""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)
    assert time.perf_counter() - begun < 120


def fifty_thousand(folder: Path, ending: str) -> None:
    """50,000 rows written, filled in, taken; run in a process of its own."""
    rows = 50_000
    names = names_of(folder, [f"Alcohol {number} tasting" for number in range(rows)])
    sheet = sheet_of(names, folder / f"s{ending}", everything=False)
    if ending == ".csv":
        text = sheet.read_text(encoding="utf-8-sig")
        answer = '"none","Kim","2026-11-24","wine",""'
        sheet.write_text(
            text.replace('"","","","",""\n', answer + "\n").replace('"","","","",""\r\n', answer + "\r\n")
        )
    else:
        # openpyxl would take a minute of its own.
        found = [row.text("theme") for row in read_sheet(sheet)]
        book = xlsxwriter.Workbook(sheet, {"constant_memory": True})
        page = book.add_worksheet("Review")
        page.write_row(0, 0, ["theme", "name", "decision", "reviewer", "date", "reason"])
        for number, theme in enumerate(found):
            line = [theme, f"Alcohol {number} tasting", "none", "Kim", "2026-11-24", "wine"]
            page.write_row(number + 1, 0, line)
        book.close()
    assert taken(names, sheet, folder / "d.jsonl").holding == rows
    assert len(read_decisions(folder / "d.jsonl").standing) == rows
    # Kilobytes of this program: what `getrusage` tells takes in the program that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    assert int(status.partition("VmHWM:")[2].split()[0]) < 900_000
