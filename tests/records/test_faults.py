"""Bad input: every fault is named with file, row, column, value and what was expected."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import DataError, Fault
from tests.records.opened import Opened

SEEN = "2024-01-01T00:00:00Z"
GOOD: dict[str, dict[str, Any]] = {
    "people": {"person_id": "p", "country": "KR", "region": None, "birth_date": "1990-01-01"},
    "items": {"item_id": "i", "kind": "page", "name": "n"},
    "themes": {"theme_id": "t", "name": "n", "created_at": SEEN},
    "item_themes": {"item_id": "i", "theme_id": "t", "weight": "0.5"},
    "behaviours": {"person_id": "p", "item_id": "i", "kind": "like", "occurred_at": SEEN},
    "memberships": {"person_id": "p", "theme_id": "t", "score": "1", "since": SEEN, "until": None},
    "advertisers": {"advertiser_id": "a", "name": "n", "country": "KR", "verified": "true"},
    "grants": {"advertiser_id": "a", "theme_id": "t", "since": SEEN, "until": None},
    "deliveries": {"advertiser_id": "a", "theme_id": "t", "person_id": "p", "delivered_at": SEEN},
    "permissions": {
        "person_id": "p",
        "purpose": "disclosure",
        "category": "religion",
        "basis": "consent",
        "given_at": SEEN,
        "withdrawn_at": None,
    },
    "requests": {
        "request_id": "r",
        "person_id": "p",
        "country": "KR",
        "kind": "access",
        "received_at": SEEN,
        "answered_at": None,
        "outcome": "open",
    },
}

WRONG: list[tuple[str, str, str | None, str | None, str]] = [
    ("people", "person_id", None, "nothing", "an identifier"),
    ("people", "person_id", " ", "' '", "an identifier"),
    ("people", "country", "XX", "'XX'", "an ISO 3166-1 alpha-2 code"),
    ("people", "country", "kr", "'kr'", "an ISO 3166-1 alpha-2 code"),
    ("people", "region", "US-CA", "'US-CA'", "an ISO 3166-2 code of the row's country"),
    ("people", "region", "Seoul", "'Seoul'", "an ISO 3166-2 code"),
    ("people", "birth_date", "1066-10-14", None, "a date from 1875-01-01 to 2026-01-02"),
    ("people", "birth_date", "2026-02-30", None, "a date, such as"),
    ("items", "kind", "song", "'song'", "one of page, post, ad"),
    ("items", "name", None, "nothing", "text"),
    ("themes", "created_at", "soon", "'soon'", "a UTC instant, such as"),
    ("themes", "created_at", "epoch", "'epoch'", "a UTC instant, such as"),
    ("item_themes", "weight", "1.01", "'1.01'", "a number from 0 to 1"),
    ("item_themes", "weight", "-0.1", "'-0.1'", "a number from 0 to 1"),
    ("item_themes", "weight", "NaN", "'NaN'", "a number from 0 to 1"),
    ("item_themes", "weight", "half", "'half'", "a number from 0 to 1"),
    ("behaviours", "kind", "LIKE", "'LIKE'", "one of like, unlike, follow"),
    (
        "behaviours",
        "occurred_at",
        "2026-01-03T00:00:00Z",
        "'2026-01-03T00:00:00Z'",
        "an instant from 1970-01-01 to",
    ),
    (
        "behaviours",
        "occurred_at",
        "1969-12-31T23:59:59Z",
        "'1969-12-31T23:59:59Z'",
        "an instant from 1970-01-01 to",
    ),
    ("behaviours", "occurred_at", "9999-12-31", "'9999-12-31'", "an instant from 1970-01-01 to"),
    ("memberships", "score", "inf", "'inf'", "a finite number"),
    ("memberships", "until", "2023-12-31T23:59:59Z", "'2023-12-31T23:59:59Z'", "not before since"),
    ("memberships", "until", "9999-12-31T00:00:00Z", "'9999-12-31T00:00:00Z'", "or nothing for still so"),
    ("advertisers", "verified", "perhaps", "'perhaps'", "true or false"),
    ("grants", "until", "2023-01-01T00:00:00Z", "'2023-01-01T00:00:00Z'", "not before since"),
    ("deliveries", "delivered_at", None, "nothing", "a UTC instant"),
    ("permissions", "purpose", "fun", "'fun'", "one of profiling, advertising, disclosure"),
    ("permissions", "category", "shoes", "'shoes'", "one of religion, belief"),
    ("permissions", "basis", "hope", "'hope'", "one of explicit_consent, consent"),
    ("permissions", "withdrawn_at", "2020-01-01T00:00:00Z", "'2020-01-01T00:00:00Z'", "not before given_at"),
    ("requests", "kind", "wish", "'wish'", "one of access, rectification"),
    ("requests", "outcome", "lost", "'lost'", "one of open, granted"),
    ("requests", "country", "UK", "'UK'", "the United Kingdom is GB"),
    ("requests", "answered_at", "2023-12-31", "'2023-12-31'", "not before received_at"),
    ("themes", "created_at", "2024-06-01T05:00:00+25:00", "'2024-06-01T05:00:00+25:00'", "a UTC instant"),
    ("themes", "created_at", "2024-06-01T05:00:00-99:99", "'2024-06-01T05:00:00-99:99'", "a UTC instant"),
]


def _unlike(table: str, number: int) -> dict[str, Any]:
    """A good row whose identifier is its own."""
    row = dict(GOOD[table])
    key = next(iter(row))
    if table in {"people", "items", "themes", "advertisers", "requests"}:
        row[key] = f"{row[key]}{number}"
    return row


def _write(folder: Path, table: str, form: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"{table}.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif form == "csv":
        lines = [",".join("" if v is None else f'"{v}"' for v in row.values()) for row in rows]
        path.write_text("\n".join([",".join(rows[0]), *lines]))
    else:
        # Small row groups: the row is counted through the whole file, not inside a group.
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong[0]}.{wrong[1]}={wrong[2]}")
def test_a_wrong_value_is_named_at_its_place(
    records: Opened, folder: Path, form: str, wrong: tuple[str, str, str | None, str | None, str]
) -> None:
    table, column, bad, shown, expected = wrong
    if table == "themes":
        (folder / "themes.csv").unlink()
    rows = [_unlike(table, number) for number in range(5)]
    rows[3][column] = bad
    path = _write(folder, table, form, rows)
    faults = records.faults(folder)
    (fault,) = next(iter(faults.values()))
    assert len(faults) == 1
    assert (fault.file, fault.row, fault.column, fault.value) == (str(path), 4, column, shown)
    assert expected in fault.expected


@pytest.mark.parametrize(
    ("table", "key"), [("people", "person_id"), ("themes", "theme_id"), ("requests", "request_id")]
)
def test_an_identifier_used_twice_names_both_rows(
    records: Opened, tmp_path: Path, table: str, key: str
) -> None:
    if table != "themes":
        _write(tmp_path, "themes", "csv", [GOOD["themes"]])
    rows = [_unlike(table, number) for number in range(4)]
    rows[3][key] = rows[1][key]
    path = _write(tmp_path, table, "parquet", rows)
    (fault,) = records.faults(tmp_path)[f"{table}.{key}: identifiers used more than once"]
    assert fault == Fault(
        str(path),
        4,
        key,
        None if key == "person_id" else f"'{rows[1][key]}'",
        "an identifier of its own; row 2 has the same",
    )


def test_no_fault_of_any_kind_shows_who_the_person_is(records: Opened, folder: Path) -> None:
    """Error messages end up in logs and tickets."""
    rows = [{**GOOD["behaviours"], "person_id": "Kim-Minsu", "kind": "stare"}, GOOD["behaviours"]]
    _write(folder, "behaviours", "csv", rows)
    _write(folder, "people", "csv", [{**GOOD["people"], "person_id": "Kim-Minsu"}] * 2)
    with (folder / "people.csv").open("a") as file:
        file.write("\nKim-Minsu,KR\n")
    with pytest.raises(DataError) as caught:
        records.check(folder)
    assert "Kim-Minsu" not in str(caught.value)
    (folder / "people.csv").unlink()
    _write(folder, "people", "jsonl", [{**GOOD["people"], "person_id": "Kim-Minsu"}] * 2)
    with pytest.raises(DataError) as caught:
        records.check(folder)
    assert "Kim-Minsu" not in str(caught.value)
    assert "identifiers used more than once" in str(caught.value)


def test_at_most_twenty_of_a_kind_are_named_and_all_are_counted(records: Opened, folder: Path) -> None:
    rows = [{**GOOD["behaviours"], "kind": "x"} for _ in range(1234)]
    _write(folder, "behaviours", "parquet", rows)
    with pytest.raises(DataError) as caught:
        records.check(folder)
    (kind,) = caught.value.kinds
    assert kind.count == 1234
    assert [fault.row for fault in kind.first] == list(range(1, 21))
    assert "… and 1,214 more" in str(caught.value)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_rows_of_many_files_are_counted_in_their_own_file(records: Opened, folder: Path, form: str) -> None:
    parts = folder / "parts"
    parts.mkdir()
    for number in range(3):
        rows = [dict(GOOD["behaviours"]) for _ in range(4)]
        rows[number]["kind"] = f"bad{number}"
        _write(parts, f"part{number}", form, rows)
    (folder / "haechi.toml").write_text(f'[tables.behaviours]\npath = "parts/*.{form}"\n')
    faults = records.faults(folder)["behaviours.kind: values outside the list"]
    assert [(fault.file, fault.row, fault.value) for fault in faults] == [
        (str(parts / f"part{number}.{form}"), number + 1, f"'bad{number}'") for number in range(3)
    ]


def test_all_faults_of_all_tables_come_at_once(records: Opened, folder: Path) -> None:
    _write(folder, "items", "csv", [{**GOOD["items"], "kind": "song", "name": None}])
    _write(folder, "grants", "jsonl", [{**GOOD["grants"], "until": "2020-01-01"}])
    assert set(records.faults(folder)) == {
        "items.kind: values outside the list",
        "items.name: nothing where a value is required",
        "grants.until: intervals that end before they begin",
    }


def test_a_fault_speaks_the_file_s_own_words(records: Opened, folder: Path) -> None:
    """Its owner looks for the column and value that stand in the file."""
    (folder / "log.csv").write_text("uid,obj,action,ts\n1,2,LIKE,2024-01-01\n1,2,STARE,2024-01-01\n")
    (folder / "haechi.toml").write_text(
        '[tables.behaviours]\npath = "log.csv"\n'
        'columns = { person_id = "uid", item_id = "obj", kind = "action", occurred_at = "ts" }\n'
        'values = { kind = { LIKE = "like" } }\n'
    )
    (fault,) = records.faults(folder)["behaviours.kind: values outside the list"]
    assert (fault.row, fault.column, fault.value) == (2, "action", "'STARE'")
    assert "a mapping under values in haechi.toml" in fault.expected


def test_a_value_acts_on_no_screen_and_fills_none(records: Opened, folder: Path) -> None:
    (folder / "items.csv").write_text(f'item_id,kind,name\n1,"\x1b[2J\u202e<b>",n\n2,{"x" * 3_000_000},n\n')
    first, second = records.faults(folder)["items.kind: values outside the list"]
    assert first.value == "'\\x1b[2J\\u202e<b>'"
    assert second.value is not None
    assert second.value.endswith("…' (3,000,000 characters)")
    assert len(second.value) < 120


def test_missing_columns_and_wrong_types_are_named_together(records: Opened, folder: Path) -> None:
    pq.write_table(
        pa.table({"uid": ["a"], "kind": ["like"], "item_id": [1.5], "occurred_at": [1714564800]}),
        folder / "behaviours.parquet",
    )
    (folder / "items.jsonl").write_text('{"item_id": 1, "kind": "page"}\n')
    (folder / "grants.csv").write_text("advertiser_id,theme_id\na,1\n")
    faults = records.faults(folder)
    assert {(Path(f.file).name, f.column) for f in faults["missing columns"]} == {
        ("behaviours.parquet", "person_id"),
        ("items.jsonl", "name"),
        ("grants.csv", "since"),
    }
    found = {f.column: (f.value, f.expected) for f in faults["columns of a wrong type"]}
    assert found["item_id"] == ("type float64", "an identifier: a string or a whole number")
    assert found["occurred_at"][0] == "type int64"


def test_a_truncated_parquet_file_is_named(records: Opened, folder: Path) -> None:
    path = _write(folder, "behaviours", "parquet", [GOOD["behaviours"]] * 100)
    path.write_bytes(path.read_bytes()[:-20])
    (fault,) = records.faults(folder)["files that cannot be read"]
    assert fault.file == str(path)
    assert fault.expected == "a whole Parquet file"


def test_a_parquet_file_damaged_inside_is_named(records: Opened, folder: Path) -> None:
    rows = [{**GOOD["memberships"], "score": float(n)} for n in range(10_000)]
    path = folder / "memberships.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    path.write_bytes(content)
    (fault,) = records.faults(folder)["memberships: files that cannot be read"]
    assert fault.file == str(path)


def test_text_called_parquet_is_named(records: Opened, folder: Path) -> None:
    (folder / "people.parquet").write_text("person_id,country\n")
    (fault,) = records.faults(folder)["files that cannot be read"]
    assert fault.file == str(folder / "people.parquet")


def test_broken_csv_rows_are_numbered_as_records_not_lines(records: Opened, folder: Path) -> None:
    path = folder / "items.csv"
    path.write_text('item_id,kind,name\n1,page,"two\nlines"\n2,page\n3,page,a,b\n4,page,fine\n')
    faults = records.faults(folder)
    assert faults["rows with too few fields"] == (Fault(str(path), 2, None, None, "3 fields"),)
    assert faults["rows with too many fields"] == (Fault(str(path), 3, None, None, "3 fields"),)


def test_a_row_that_lacks_two_fields_is_one_row(records: Opened, folder: Path) -> None:
    (folder / "items.csv").write_text("item_id,kind,name\n1\n2,page,fine\n3\n")
    with pytest.raises(DataError) as caught:
        records.check(folder)
    (kind,) = caught.value.kinds
    assert (kind.count, [fault.row for fault in kind.first]) == (2, [1, 3])


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_csv_in_utf_16_is_an_encoding(records: Opened, folder: Path, encoding: str, mark: str) -> None:
    """Excel calls it Unicode text; a header of unknown columns would send its owner looking in the wrong place."""
    (folder / "items.csv").write_bytes(f"{mark}item_id,kind,name\n1,page,n\n".encode(encoding))
    (fault,) = records.faults(folder)["text that is not UTF-8"]
    assert fault.value == "text that begins as UTF-16 does"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_of_a_large_text_file_keep_their_numbers(records: Opened, folder: Path, form: str) -> None:
    """Several threads read one file; fails when a fault is named at another row than its own."""
    many, bad = 2_500_000, 2_400_000
    path = folder / f"items.{form}"
    with path.open("w") as file:
        if form == "csv":
            file.write("item_id,kind,name\n")
        for number in range(1, many):
            kind = "song" if number == bad else "page"
            file.write(
                f"{number},{kind},a name of some length\n"
                if form == "csv"
                else f'{{"item_id": {number}, "kind": "{kind}", "name": "n"}}\n'
            )
    (fault,) = records.faults(folder)["items.kind: values outside the list"]
    assert fault.row == bad


@pytest.mark.parametrize("far", [253402300800000005, 2**62, -62135596800000001, -(2**62)])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_instants_beyond_every_calendar_are_out_of_range(
    records: Opened, folder: Path, far: int, zone: str | None
) -> None:
    """Python has no year 10000 and none before 1, but Parquet has."""
    instants = pa.array([0, far], pa.int64()).cast(pa.timestamp("us", tz=zone))
    table = pa.table({"advertiser_id": ["a", "a"], "theme_id": ["1", "1"], "since": instants})
    pq.write_table(table, folder / "grants.parquet")
    (fault,) = records.faults(folder)["grants.since: instants out of range"]
    assert fault.row == 2
    assert fault.value is not None


def test_csv_that_is_not_utf8_is_named_by_row(records: Opened, folder: Path) -> None:
    path = folder / "items.csv"
    path.write_bytes(b"item_id,kind,name\n1,page,ok\n2,page,\xe9\n")
    (fault,) = records.faults(folder)["text that is not UTF-8"]
    assert (fault.file, fault.row, fault.expected) == (str(path), 2, "text in UTF-8")


@pytest.mark.parametrize("broken", ['{"item_id": 2', "[1, 2]", '"text"', "nonsense"])
def test_a_broken_json_line_is_named_by_row(records: Opened, folder: Path, broken: str) -> None:
    good = json.dumps(GOOD["items"])
    path = folder / "items.jsonl"
    path.write_text(f"{good}\n{broken}\n")
    (fault,) = records.faults(folder)["lines that are not JSON"]
    assert fault == Fault(str(path), 2, None, None, "one JSON object on the line")


def test_a_cut_off_gzip_is_named(records: Opened, folder: Path) -> None:
    path = folder / "items.csv.gz"
    lines = "".join(f"{n},page,{hash(str(n))}\n" for n in range(100_000))
    path.write_bytes(gzip.compress(f"item_id,kind,name\n{lines}".encode())[:-5000])
    (fault,) = records.faults(folder)["files that cannot be read"]
    assert fault.file == str(path)


def test_a_header_must_name_each_column_once(records: Opened, folder: Path) -> None:
    (folder / "items.csv").write_text("item_id,kind,kind,name\n")
    (folder / "people.csv").write_text("")
    faults = records.faults(folder)["headers that cannot be read"]
    assert {Path(f.file).name: f.value for f in faults} == {
        "items.csv": "'kind' twice",
        "people.csv": "nothing",
    }


def test_no_theme_at_all_is_a_fault(records: Opened, tmp_path: Path) -> None:
    (tmp_path / "themes.csv").write_text("theme_id,name\n")
    (fault,) = records.faults(tmp_path)["themes: an empty table"]
    assert (fault.value, fault.expected) == ("no row", "at least one theme")


def test_typed_columns_are_judged_by_footers_as_by_scans(records: Opened, folder: Path) -> None:
    """Statistics that a writer left out, or gives for some row groups only, must not hide a fault."""
    instants = [datetime(2024, 1, 1)] * 9 + [datetime(2031, 1, 1)]
    table = pa.table(
        {"person_id": ["p"] * 10, "item_id": ["i"] * 9 + [""], "kind": ["like"] * 10, "occurred_at": instants}
    )
    ways: list[dict[str, Any]] = [{}, {"write_statistics": False}, {"write_statistics": ["person_id"]}]
    for number, options in enumerate(ways):
        place = folder / str(number)
        place.mkdir()
        (place / "themes.csv").write_text("theme_id,name\n1,Church\n")
        pq.write_table(table, place / "behaviours.parquet", row_group_size=3, **options)
        faults = records.faults(place)
        assert {title: fault.row for title, (fault,) in faults.items()} == {
            "behaviours.item_id: empty identifiers": 10,
            "behaviours.occurred_at: instants out of range": 10,
        }


def test_a_column_that_some_files_lack_is_not_all_there(records: Opened, folder: Path) -> None:
    """The footers of the files that have the column count no nulls; the other files have nothing else."""
    (folder / "grants").mkdir()
    whole = pa.table({"advertiser_id": ["a"], "theme_id": ["1"], "since": [datetime(2024, 1, 1)]})
    pq.write_table(whole, folder / "grants" / "a.parquet")
    pq.write_table(whole.drop_columns(["since"]), folder / "grants" / "b.parquet")
    (fault,) = records.faults(folder)["grants.since: nothing where a value is required"]
    assert (Path(fault.file).name, fault.row) == ("b.parquet", 1)


def test_the_edges_of_what_is_allowed_are_allowed(records: Opened, folder: Path) -> None:
    edge = datetime(2024, 1, 1)
    pq.write_table(
        pa.table(
            {
                "person_id": ["p", "p"],
                "theme_id": ["1", "1"],
                "since": [edge, datetime(1970, 1, 1)],
                "until": [edge, datetime(2125, 12, 1)],
            }
        ),
        folder / "memberships.parquet",
    )
    pq.write_table(
        pa.table({"person_id": ["p"], "country": pa.nulls(1, pa.string()), "birth_date": [date(2026, 1, 2)]}),
        folder / "people.parquet",
    )
    (folder / "item_themes.csv").write_text("item_id,theme_id,weight\n1,1,0\n1,1,1\n1,1,\n")
    records.check(folder)
