"""The sheet: what stands in it, what a spreadsheet makes of it, and what comes back."""

import csv
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haechi.errors import DataError, UsageError
from haechi.sensitivity.decisions_file import read_decisions, records
from haechi.sensitivity.review.cells import is_shown, safe
from haechi.sensitivity.review.read import read_sheet
from haechi.sensitivity.review.size import check_size
from haechi.sensitivity.review.write import COLUMNS, check_sheet
from tests.review.sheets import KIM, day, filled, holding, names_of, sheet_of, taken

NASTY = [
    "=cmd|' /C calc'!A0 church",
    "+1+1 church",
    "-church",
    "@SUM(A1) mosque",
    "\t=1+1 church",
    "＝1+1 church",
    " =church",
    "'=church",
    "1/2",
    "007",
    "1E5",
    "MAR1",
    "3월 5일",
    "TRUE",
    "church;=1+1",
    'church "quoted", and more',
    "church\nin two lines",
    "_x0041_ church",
    "church\x1b[31m",
    "Alcohol",
    "Гитара",
    "탈북민 지원",
]


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_no_name_is_a_formula_and_every_name_comes_back(ending: str, tmp_path: Path) -> None:
    """Fails when a name of a theme runs as a formula at a reviewer's, or a decision lands on another name."""
    names = names_of(tmp_path, NASTY)
    sheet = sheet_of(names, tmp_path / f"sheet{ending}")
    shown = _cells(sheet)
    for row in shown:
        for cell in row:
            assert cell[:1] not in tuple("=+-@\t\r＝＋－＠"), cell
    entry = {"decision": "religion", **KIM}
    by_name = {cell.lstrip("'"): entry for row in shown[1:] for cell in row[1:2]}
    assert len(by_name) >= 17
    decisions = tmp_path / "decisions.jsonl"
    filled(sheet, by_name)
    done = taken(names, sheet, decisions)
    assert done.holding + done.pending == len(by_name)
    assert {kept.record.name for kept in records(decisions)} <= set(NASTY)
    assert len(records(decisions)) == len(by_name)


def _cells(sheet: Path) -> list[list[str]]:
    if sheet.suffix == ".csv":
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    page = openpyxl.load_workbook(sheet)["Review"]
    assert {cell.data_type for row in page.rows for cell in row} <= {"s", "n", "inlineStr"}
    return [[str(cell.value or "") for cell in row] for row in page.rows]


@given(st.text())
def test_a_shown_name_is_known_again(name: str) -> None:
    """Fails when a name cannot be told from its own cell, and its row is refused."""
    assert is_shown(safe(name), name)
    assert is_shown(safe(name).removeprefix("'") + "  ", name)


def test_the_sheet_helps_to_fill_it_in(tmp_path: Path) -> None:
    """Fails when reviewers must know the words by heart, or are not told the rules in their language."""
    book = openpyxl.load_workbook(sheet_of(names_of(tmp_path, ["Alcohol"]), tmp_path / "s.xlsx"))
    assert book.sheetnames == ["Review", "How to", "Words"]
    page = book["Review"]
    assert [cell.value for cell in page[1]] == list(COLUMNS)
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["K2"].type == "list"
    assert rules["K2"].showErrorMessage is False
    assert rules["M2"].type == "date"
    words = [row[0].value for row in book["Words"].rows]
    assert words[1:3] == ["none", "religion"]
    assert words[-1] == "precise-location"
    assert str(rules["K2"].formula1) == f"Words!$A$2:$A${len(words)}"
    told = [[cell.value for cell in row] for row in book["How to"].rows]
    assert any("second_reviewer" in str(line[0]) and "두 번째" in str(line[1]) for line in told)


def test_only_what_needs_a_person_is_asked(tmp_path: Path) -> None:
    """Fails when reviewers wade through what is settled, or an arguable or unreadable name is never asked."""
    names = names_of(
        tmp_path, ["Guitar", "Alcohol", "Church service", "12345", {"name": "Alcohol", "lang": "de"}]
    )
    sheet = sheet_of(names, tmp_path / "s.csv", everything=False)
    assert [row[1] for row in _cells(sheet)[1:]] == ["Alcohol", "'12345"]
    sheet = sheet_of(names, tmp_path / "s.csv", everything=True)
    assert [row[1] for row in _cells(sheet)[1:]] == ["Alcohol", "Church service", "'12345"]


def test_what_is_settled_is_not_asked_again_but_what_waits_is(tmp_path: Path) -> None:
    """Fails when people decide the same every month, or a second reviewer never gets the row."""
    names = names_of(tmp_path, ["Alcohol", "Church service"])
    decisions = tmp_path / "d.jsonl"
    sheet = sheet_of(names, tmp_path / "s.csv")
    fill = {"Alcohol": {"decision": "health", **KIM}, "Church service": {"decision": "none", **KIM}}
    taken(names, filled(sheet, fill), decisions)
    sheet = sheet_of(names, tmp_path / "s.csv", decisions=read_decisions(decisions), everything=False)
    (row,) = _cells(sheet)[1:]
    assert row[1] == "Church service"
    assert row[COLUMNS.index("so_far")] == "needs a second reviewer since 2026-11-24: none"
    assert "Kim" not in sheet.read_text()


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_sheet_that_nobody_filled_in_records_nothing(ending: str, tmp_path: Path) -> None:
    """Fails when taking a sheet back decides what nobody decided."""
    names = names_of(tmp_path, NASTY)
    sheet = sheet_of(names, tmp_path / f"s{ending}")
    done = taken(names, sheet, tmp_path / "d.jsonl")
    assert (done.holding, done.pending) == (0, 0)
    assert done.still_open == len(_cells(sheet)) - 1
    assert not (tmp_path / "d.jsonl").exists()


@given(names=st.lists(st.text(max_size=40), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_whatever_the_names_are_the_rows_are_open(names: list[str], ending: str, tmp_path: Path) -> None:
    """Fails when a name breaks the sheet: a row more or less, or a cell that slips into a column for people."""
    file = names_of(tmp_path, names)
    sheet = sheet_of(file, tmp_path / f"s{ending}")
    found = list(read_sheet(sheet))
    done = taken(file, sheet, tmp_path / "d.jsonl")
    assert done.still_open == len(found)
    assert all(not row.text(column) for row in found for column in COLUMNS[10:])


EXCEL_DAY = datetime(2026, 11, 24, 15, 30)  # noqa: DTZ001 - as Excel has it, of no zone


@pytest.mark.parametrize(
    "given_day",
    [
        date(2026, 11, 24),
        EXCEL_DAY,
        "2026-11-24",
        "2026/11/24",
        "2026. 11. 24.",
        " 2026-11-24 ",
    ],
)
def test_days_as_spreadsheets_hold_them(given_day: object, tmp_path: Path) -> None:
    """Fails when a day that Excel made a date of, or wrote as in Korea, is refused or another day."""
    names = names_of(tmp_path, ["Alcohol"])
    sheet = sheet_of(names, tmp_path / "s.xlsx")
    filled(sheet, {"Alcohol": {"decision": "health ", **KIM, "date": given_day}})
    taken(names, sheet, tmp_path / "d.jsonl")
    found = holding(tmp_path / "d.jsonl", "Alcohol")
    assert found is not None
    assert found.record.decided_on == day("2026-11-24")


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8-sig", ";"), ("utf-8", ";"), ("utf-16", "\t")]
)
def test_a_sheet_saved_as_csv_anywhere(encoding: str, delimiter: str, tmp_path: Path) -> None:
    """Fails when the CSV of a German or Korean Excel cannot be taken back, or loses a name."""
    names = names_of(tmp_path, ["알코올; Alcohol, 술", "Guitar"])
    sheet = sheet_of(names, tmp_path / "s.csv")
    fill = {"알코올; Alcohol, 술": {"decision": "health; religion", **KIM}}
    filled(sheet, fill, encoding=encoding, delimiter=delimiter)
    # Trailing blanks, as a spreadsheet leaves them where cells were emptied.
    with sheet.open(
        "a", encoding=encoding.removesuffix("-sig").replace("utf-16", "utf-16-le"), newline=""
    ) as file:
        file.write(delimiter * (len(COLUMNS) + 2) + "\r\n" + "\r\n")
    assert taken(names, sheet, tmp_path / "d.jsonl").holding == 1
    found = holding(tmp_path / "d.jsonl", "알코올; Alcohol, 술")
    assert found is not None
    assert found.record.categories == ("religion", "health")


def test_columns_may_move_and_others_be_added(tmp_path: Path) -> None:
    """Fails when a reviewer who moved a column, or wrote notes beside it, must start again."""
    names = names_of(tmp_path, ["Alcohol"])
    sheet = filled(sheet_of(names, tmp_path / "s.csv"), {"Alcohol": {"decision": "health", **KIM}})
    rows = _cells(sheet)
    with sheet.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([[*reversed(row), "note"] for row in rows])
    assert taken(names, sheet, tmp_path / "d.jsonl").holding == 1


@pytest.mark.parametrize(
    ("file", "data", "said"),
    [
        ("s.xlsx", b"nothing of the kind", "an XLSX file that can be read"),
        ("s.xlsx", b"PK\x03\x04 and then nothing", "an XLSX file that can be read"),
        ("s.csv", "theme,name\r\n알코올,술\r\n".encode("cp949"), "save the sheet as XLSX, or as CSV UTF-8"),
        ("s.csv", b"theme,name,decision,reviewer,date\r\n", "a column reason, once"),
        ("s.csv", b"", "a column theme, once"),
        ("s.csv", b'theme,name,decision,reviewer,date,reason\r\n"t1', "CSV that can be read"),
    ],
)
def test_a_damaged_sheet_is_named(file: str, data: bytes, said: str, tmp_path: Path) -> None:
    """Fails when a sheet that cannot be read ends in a trace, or passes for an empty one."""
    (tmp_path / file).write_bytes(data)
    with pytest.raises(DataError, match=said) as caught:
        taken(names_of(tmp_path, ["Alcohol"]), tmp_path / file, tmp_path / "d.jsonl")
    assert str(tmp_path / file) in str(caught.value)


def test_a_stray_cell_far_away_is_told_before_it_fills_the_memory(tmp_path: Path) -> None:
    """Fails when one blank in the last column makes the reader hold tens of gigabytes."""
    sheet = sheet_of(names_of(tmp_path, ["Alcohol"]), tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(sheet)
    book["Review"]["XFD1048576"] = " "
    book.save(sheet)
    with pytest.raises(DataError, match="column XFD and row 1,048,576"):
        list(read_sheet(sheet))


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """Fails when a small file from outside can fill the memory of whoever takes it back."""
    sheet = sheet_of(names_of(tmp_path, ["Alcohol"]), tmp_path / "s.xlsx")
    check_size(sheet)
    with pytest.raises(DataError, match=r"at most 5,000 bytes, unpacked"):
        check_size(sheet, most_bytes=5_000)


def test_a_sheet_that_people_may_be_filling_in_is_never_replaced(tmp_path: Path) -> None:
    """Fails when writing a new sheet costs a week of somebody's decisions."""
    sheet = tmp_path / "s.csv"
    sheet.write_text("decided")
    with pytest.raises(UsageError, match="is there already"):
        check_sheet(sheet)
    with pytest.raises(UsageError, match=r"expected \.xlsx or \.csv"):
        check_sheet(tmp_path / "s.ods")


def test_a_separator_that_excel_was_told_is_followed(tmp_path: Path) -> None:
    """Fails when the line `sep=;`, which makes Excel open a file right, is taken for the header."""
    names = names_of(tmp_path, ["Alcohol, wine; beer"])
    sheet = sheet_of(names, tmp_path / "s.csv")
    filled(sheet, {"Alcohol, wine; beer": {"decision": "health", **KIM}}, delimiter=";")
    sheet.write_text("sep=;\n" + sheet.read_text(encoding="utf-8-sig"), encoding="utf-8-sig")
    assert taken(names, sheet, tmp_path / "d.jsonl").holding == 1


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_a_full_disk_leaves_no_half_sheet(ending: str, tmp_path: Path) -> None:
    """Fails when half a sheet goes to reviewers, or a full disk ends in a trace."""
    names = names_of(tmp_path, [f"Alcohol {number} tasting" for number in range(5_000)])
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from haechi.cli.app import main; main()"
    )
    command = [sys.executable, "-c", code, "themes", "review", names, "--sheet", tmp_path / f"s{ending}"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "not written, File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["names.jsonl"]


def test_names_that_cannot_be_read_leave_no_sheet(tmp_path: Path) -> None:
    """Fails when a bad row in the list leaves a sheet that lacks all after it."""
    names = tmp_path / "n.txt"
    names.write_bytes(b"Alcohol\n" * 6_000 + b"Caf\xe9\n")
    with pytest.raises(DataError, match="UTF-8"):
        sheet_of(names, tmp_path / "s.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["n.txt"]
