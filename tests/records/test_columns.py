"""Columns: which of them are read, and what is said when one is missing, twice there or of a wrong type."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import Fault
from tests.records.opened import Opened, rows

WHEN = datetime(2024, 1, 1)


def _arrow(*columns: tuple[str, list[Any]]) -> pa.Table:
    return pa.Table.from_arrays(
        [pa.array(values) for _, values in columns], names=[name for name, _ in columns]
    )


def test_two_parquet_columns_of_one_name_are_a_fault(records: Opened, folder: Path) -> None:
    """DuckDB takes the first, silently; nested columns may be called as they like."""
    pq.write_table(
        _arrow(("item_id", [1]), ("kind", ["page"]), ("name", ["a"]), ("name", ["b"])),
        folder / "items.parquet",
    )
    nested = {"advertiser_id": 1, "name": "a", "list": [1], "more": {"name": "x", "list": [2]}}
    pq.write_table(pa.Table.from_pylist([nested]), folder / "advertisers.parquet")
    faults = records.faults(folder)
    assert faults == {
        "files with two columns of one name": (
            Fault(str(folder / "items.parquet"), None, None, "'name' twice", "each column once"),
        )
    }


def test_a_parquet_file_without_columns_is_named(records: Opened, folder: Path) -> None:
    pq.write_table(pa.table({}), folder / "people.parquet")
    (fault,) = records.faults(folder)["files that cannot be read"]
    assert (fault.file, fault.value) == (str(folder / "people.parquet"), "no column")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "parts"])
def test_columns_that_differ_only_in_case_are_other_columns(
    records: Opened, tmp_path: Path, form: str
) -> None:
    """The contract's names are read; the others are carried past, whatever the engine thinks of capitals."""
    row = {"Name": "wrong", "theme_id": "1", "name": "Church", "NAME": "wrong", "PATH": "wrong"}
    if form == "csv":
        (tmp_path / "themes.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    elif form == "jsonl":
        (tmp_path / "themes.jsonl").write_text(json.dumps(row))
    elif form == "parquet":
        pq.write_table(_arrow(*((name, [value]) for name, value in row.items())), tmp_path / "themes.parquet")
    else:
        (tmp_path / "themes").mkdir()
        plain = _arrow(("theme_id", ["2"]), ("name", ["Church"]))
        pq.write_table(plain, tmp_path / "themes" / "b.parquet")
        pq.write_table(
            _arrow(*((name, [value]) for name, value in row.items())), tmp_path / "themes" / "a.parquet"
        )
    found = rows(records.check(tmp_path), "themes")
    assert {row["name"] for row in found} == {"Church"}
    assert {row["path"] for row in found} <= {None, "wrong"}


def test_missing_columns_come_with_those_that_are_there(records: Opened, folder: Path) -> None:
    (folder / "items.csv").write_text("ITEM_ID,kind,name,extra\n")
    (folder / "advertisers.jsonl").write_text('{"id": 1, "name": "A"}\n{"id": 2, "size": 3}\n')
    many = [(f"c{number}", [1]) for number in range(30)]
    pq.write_table(_arrow(*many), folder / "grants.parquet")
    missing = {Path(fault.file).name: fault for fault in records.faults(folder)["missing columns"]}
    assert missing["items.csv"].value == "columns ITEM_ID, kind, name, extra"
    assert missing["items.csv"].expected.endswith(
        "'ITEM_ID' is not quite it: give it that name, or say columns = { item_id = 'ITEM_ID' } in haechi.toml"
    )
    assert missing["advertisers.jsonl"].value == "columns id, name, size"
    assert str(missing["grants.parquet"].value).endswith("c18, c19 and 10 more")


@pytest.mark.parametrize(("sign", "signs"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_named(records: Opened, folder: Path, sign: str, signs: str) -> None:
    (folder / "people.csv").write_text(f"person_id{sign}country\na{sign}KR\n")
    (fault,) = records.faults(folder)["headers that cannot be read"]
    assert (fault.value, fault.expected) == (f"columns separated by {signs}", "columns separated by commas")


@pytest.mark.parametrize(
    ("table", "column", "wrong"),
    [
        ("items", "item_id", "1.50"),
        ("items", "item_id", "1e3"),
        ("items", "item_id", "true"),
        ("items", "item_id", '["x"]'),
        ("items", "name", '{"a":"b"}'),
        ("items", "name", "7"),
        ("items", "kind", "false"),
        ("advertisers", "verified", "1.5"),
        ("advertisers", "verified", "[]"),
        ("item_themes", "weight", "true"),
        ("item_themes", "weight", "{}"),
        ("grants", "since", "1714564800"),
    ],
)
def test_json_of_a_wrong_type_is_rejected_as_in_parquet(
    records: Opened, folder: Path, table: str, column: str, wrong: str
) -> None:
    tables: dict[str, dict[str, Any]] = {
        "items": {"item_id": 1, "kind": "page", "name": "n"},
        "advertisers": {"advertiser_id": 1, "name": "n", "verified": True},
        "item_themes": {"item_id": 1, "theme_id": 1, "weight": 0.5},
        "grants": {"advertiser_id": 1, "theme_id": 1, "since": "2024-01-01T00:00:00Z"},
    }
    good = tables[table]
    lines = [json.dumps({**good, next(iter(good)): number}) for number in range(3)]
    bad = {name: json.dumps(value) for name, value in good.items()} | {column: wrong}
    lines[1] = "{" + ", ".join(f'"{name}": {value}' for name, value in bad.items()) + "}"
    path = folder / f"{table}.jsonl"
    path.write_text("\n".join(lines))
    faults = records.faults(folder)
    (fault,) = faults[f"{table}.{column}: values of a wrong type"]
    assert len(faults) == 1
    assert (fault.file, fault.row, fault.column) == (str(path), 2, column)
    assert fault.value in {wrong, "1.5", "1000.0"}


def test_json_identifiers_keep_every_digit(records: Opened, folder: Path) -> None:
    big = ["18446744073709551616", "-9223372036854775809", "12345678901234567890123", "7"]
    lines = [f'{{"advertiser_id": {number}, "name": "a", "verified": 1}}' for number in big]
    lines.append('{"advertiser_id": "\\u00e9\\"", "name": "b\\n"}')
    (folder / "advertisers.jsonl").write_text("\n".join(lines))
    found = rows(records.check(folder), "advertisers")
    assert sorted(row["advertiser_id"] for row in found) == sorted([*big, 'é"'])


def test_a_json_name_twice_is_named_by_row(records: Opened, folder: Path) -> None:
    (folder / "people.jsonl").write_text(
        '{"person_id": "a", "x": 1, "x": 2}\n{"person_id": "SECRETP", "person_id": "b"}\n'
    )
    (fault,) = records.faults(folder)["lines that name a column twice"]
    assert (fault.row, fault.value) == (2, None)


def test_openrtb_numbers_its_taxonomies(records: Opened, tmp_path: Path) -> None:
    (tmp_path / "themes.jsonl").write_text('{"theme_id": 1, "name": "A", "taxonomy": 4}\n')
    assert rows(records.check(tmp_path), "themes")[0]["taxonomy"] == "4"


def _grants(folder: Path, name: str, **columns: Any) -> None:
    (folder / "grants").mkdir(exist_ok=True)
    row = {"advertiser_id": ["a"], "theme_id": ["1"], "since": [WHEN]}
    pq.write_table(pa.table({**row, **columns}), folder / "grants" / f"{name}.parquet")


@pytest.mark.parametrize(
    ("column", "wrong", "kind"),
    [("since", [1714564800], "int64"), ("theme_id", [1.5], "float64"), ("until", [True], "boolean")],
)
def test_a_wrong_type_in_one_file_of_many_names_the_file(
    records: Opened, folder: Path, column: str, wrong: list[Any], kind: str
) -> None:
    """Beside a file with text, a float would become text and pass as an identifier."""
    _grants(folder, "a")
    _grants(folder, "b", **{column: wrong})
    (fault,) = records.faults(folder)["columns of a wrong type"]
    assert (fault.file, fault.column) == (str(folder / "grants/b.parquet"), column)
    assert fault.value == f"type {kind}"


def test_uuids_and_whole_numbers_in_one_column_name_the_file(records: Opened, folder: Path) -> None:
    _grants(folder, "a", advertiser_id=pa.array([uuid.uuid4().bytes], pa.uuid()))
    _grants(folder, "b", advertiser_id=[5])
    (fault,) = records.faults(folder)["columns of a wrong type"]
    assert (fault.file, fault.column, fault.value) == (
        str(folder / "grants/b.parquet"),
        "advertiser_id",
        "type int64",
    )


def test_types_that_can_be_one_are_one(records: Opened, folder: Path) -> None:
    _grants(folder, "a", extra=[1], until=pa.nulls(1))
    _grants(folder, "b", extra=["x"], since=[WHEN.date()], until=pa.array([None], pa.float64()))
    _grants(folder, "c", extra=[{"x": 1}], since=["2024-01-01T00:00:00Z"], theme_id=[1])
    assert {row["since"] for row in rows(records.check(folder), "grants")} == {WHEN}


@pytest.mark.parametrize("naive", [[WHEN], [WHEN.date()]])
def test_one_file_without_a_zone_is_told(records: Opened, folder: Path, naive: list[Any]) -> None:
    """The engine reads all files as one type, and that one has a zone."""
    _grants(folder, "a", since=[WHEN.replace(tzinfo=UTC)])
    _grants(folder, "b", since=naive)
    assert {row["since"] for row in rows(records.check(folder), "grants")} == {WHEN}
    assert [text for text in records.notices if "grants.since" in text and "without a time zone" in text]
