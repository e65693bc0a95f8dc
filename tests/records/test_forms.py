"""Every form in which a table may come reads as the same rows."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import UsageError
from tests.records.opened import Opened, rows

PEOPLE: list[dict[str, Any]] = [
    {"person_id": "a", "country": "KR", "region": None, "birth_date": date(1990, 12, 31)},
    {"person_id": "b,\n\"'", "country": "US", "region": "US-CA", "birth_date": None},
    {"person_id": "한", "country": None, "region": None, "birth_date": date(2020, 2, 29)},
]


def _csv(people: list[dict[str, Any]]) -> bytes:
    def cell(value: object) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    lines = ["person_id,extra,country,region,birth_date"]
    lines += [
        ",".join([cell(p["person_id"]), "x", cell(p["country"]), cell(p["region"]), cell(p["birth_date"])])
        for p in people
    ]
    return "\n".join(lines).encode()


def _jsonl(people: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps({**p, "extra": {"a": [1]}}, default=str) + "\n" for p in people).encode()


def _zstd(content: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(content, asbytes=True))


def _parquet(people: list[dict[str, Any]], path: Path | str) -> None:
    pq.write_table(pa.Table.from_pylist([{**p, "extra": 1} for p in people]), path)


FORMS = [
    "people.parquet",
    "people/",
    "people.parquet/",
    "people.csv",
    "people.csv.gz",
    "people.csv.zst",
    "people.jsonl",
    "people.jsonl.gz",
    "people.jsonl.zst",
]


def _write(folder: Path, form: str) -> None:
    target = folder / form.rstrip("/")
    if form.endswith("/"):
        target.mkdir()
        _parquet(PEOPLE[:1], target / "part-0.parquet")
        _parquet(PEOPLE[1:], target / "part-1.parquet")
    elif form.endswith(".parquet"):
        _parquet(PEOPLE, target)
    else:
        content = _csv(PEOPLE) if ".csv" in form else _jsonl(PEOPLE)
        if form.endswith(".gz"):
            content = gzip.compress(content)
        target.write_bytes(_zstd(content) if form.endswith(".zst") else content)


def by_person(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of several files come as the engine's threads finish."""
    return sorted(found, key=lambda row: str(row["person_id"]))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_by_convention_gives_the_same_people(records: Opened, folder: Path, form: str) -> None:
    _write(folder, form)
    dataset = records.check(folder)
    assert by_person(rows(dataset, "people")) == by_person(PEOPLE)
    assert dataset.rows == {"people": 3, "themes": 2}
    assert "behaviours" in dataset.missing
    assert "people" not in dataset.missing


@pytest.mark.parametrize("form", ["people.parquet", "people.csv", "people.jsonl", "people/"])
def test_the_query_told_reads_the_same_rows_in_a_plain_duckdb(
    records: Opened, folder: Path, form: str
) -> None:
    """A finding's SQL is copied into another DuckDB; it must not lean on this process."""
    _write(folder, form)
    dataset = records.open(folder)
    plain = duckdb.connect()
    plain.execute("SET TimeZone = 'UTC'")
    told = plain.sql(dataset.source["people"]).to_arrow_table().to_pylist()
    assert sorted(told, key=str) == sorted(PEOPLE, key=str)


def test_the_sql_name_is_the_table_of_the_engine(records: Opened, folder: Path) -> None:
    dataset = records.open(folder)
    name = dataset.sql_names["themes"]
    assert records.con.raw_sql(f'SELECT count(*) FROM "{name}"').fetchall() == [(2,)]
    again = records.open(folder)
    assert again.sql_names["themes"] != name, "a second dataset must not change what the first reads"


def test_tables_have_exactly_the_columns_of_the_contract(records: Opened, folder: Path) -> None:
    (folder / "item_themes.csv").write_text("weight_old,item_id,theme_id\n9,i,1\n")
    (folder / "advertisers.jsonl").write_text('{"advertiser_id": 7, "name": "A", "verified": true}\n')
    dataset = records.check(folder)
    assert rows(dataset, "item_themes") == [{"item_id": "i", "theme_id": "1", "weight": 1.0}]
    assert rows(dataset, "advertisers") == [
        {"advertiser_id": "7", "name": "A", "country": None, "verified": True}
    ]
    assert rows(dataset, "themes")[0] == {
        "theme_id": "1",
        "name": "Church",
        "path": None,
        "lang": None,
        "taxonomy": None,
        "created_at": None,
    }
    assert str(dataset.tables["themes"].schema()["created_at"]) == "timestamp(6)"


def test_an_identifier_has_one_type_in_all_tables_and_the_reader_says_so_once(
    records: Opened, folder: Path
) -> None:
    """A join of 1 with '1' finds nobody, and an audit that finds nobody says that all is well."""
    pq.write_table(
        pa.table({"advertiser_id": [5], "theme_id": [1], "since": [datetime(2024, 1, 1)]}),
        folder / "grants.parquet",
    )
    (folder / "advertisers.csv").write_text("advertiser_id,name\n5,A\n")
    dataset = records.check(folder)
    for column in ("advertiser_id", "theme_id"):
        assert dataset.tables["grants"][column].type().is_string()
    joined = dataset.tables["grants"].join(dataset.tables["themes"], "theme_id")
    assert joined.count().execute() == 1
    mixed = [text for text in records.notices if "whole number" in text]
    assert len(mixed) == 2
    assert all("grants" in text for text in mixed)


def test_whole_number_identifiers_stay_whole_numbers(records: Opened, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"theme_id": pa.array([1], pa.int32()), "name": ["A"]}), tmp_path / "themes.parquet"
    )
    big = 2**64 - 1
    pq.write_table(
        pa.table({"person_id": pa.array([big], pa.uint64()), "country": ["KR"]}), tmp_path / "people.parquet"
    )
    dataset = records.check(tmp_path)
    assert str(dataset.tables["themes"].theme_id.type()) == "int64"
    assert rows(dataset, "people")[0]["person_id"] == str(big), (
        "a 64-bit hash must not overflow or be rounded"
    )


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-05-01T12:00:00Z", datetime(2024, 5, 1, 12)),
        ("2024-05-01T12:00:00.25+09:00", datetime(2024, 5, 1, 3, 0, 0, 250000)),
        ("2024-05-01 12:00:00-0330", datetime(2024, 5, 1, 15, 30)),
        ("2024-05-01 12:00", datetime(2024, 5, 1, 12)),
        ("2024-05-01", datetime(2024, 5, 1)),
        ("2024-06-01 05:00:00 Asia/Seoul", datetime(2024, 5, 31, 20)),
        ("2024-06-01 05:00:00 UTC", datetime(2024, 6, 1, 5)),
    ],
)
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_instants_written_as_text_become_utc(
    records: Opened, folder: Path, form: str, written: str, instant: datetime
) -> None:
    row = {"advertiser_id": "a", "theme_id": "1", "since": written}
    if form == "csv":
        (folder / "grants.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    elif form == "jsonl":
        (folder / "grants.jsonl").write_text(json.dumps(row))
    else:
        pq.write_table(pa.Table.from_pylist([row]), folder / "grants.parquet")
    dataset = records.check(folder)
    assert rows(dataset, "grants")[0]["since"] == instant
    told = [text for text in records.notices if "without a time zone" in text]
    assert len(told) == (1 if written.endswith((" 12:00", "-05-01")) else 0)


@pytest.mark.parametrize(
    ("kind", "tells"),
    [
        (pa.timestamp("us", tz="Asia/Seoul"), False),
        (pa.timestamp("ns", tz="UTC"), False),
        (pa.timestamp("us"), True),
        (pa.timestamp("ms"), True),
        (pa.timestamp("ns"), True),
        (pa.date32(), True),
    ],
)
def test_typed_instants_become_utc_and_a_missing_zone_is_told_once(
    records: Opened, folder: Path, kind: pa.DataType, tells: bool
) -> None:
    since = pa.array([datetime(2024, 5, 1)]).cast(kind)
    pq.write_table(
        pa.table({"advertiser_id": ["a"], "theme_id": ["1"], "since": since}), folder / "grants.parquet"
    )
    dataset = records.check(folder)
    assert rows(dataset, "grants")[0]["since"] == datetime(2024, 5, 1)
    told = [text for text in records.notices if "without a time zone" in text]
    assert len(told) == (1 if tells else 0)
    assert all("grants.since" in text for text in told)


def test_a_column_without_any_value_may_have_any_type(records: Opened, folder: Path) -> None:
    """pandas and Arrow write a column of nothing as null, integer or float."""
    pq.write_table(
        pa.table(
            {
                "person_id": ["a"],
                "country": ["KR"],
                "region": pa.nulls(1),
                "birth_date": pa.array([None], pa.int32()),
            }
        ),
        folder / "people.parquet",
    )
    dataset = records.check(folder)
    assert rows(dataset, "people")[0]["region"] is None
    assert str(dataset.tables["people"].birth_date.type()) == "date"


def test_a_folder_of_any_fsspec_system(records: Opened) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/warehouse/day/themes.csv", b"theme_id,name\n1,Church\n")
    with memory.open("/warehouse/day/people.parquet", "wb") as file:
        pq.write_table(pa.Table.from_pylist(PEOPLE), file)
    try:
        dataset = records.check("memory://warehouse/day")
        assert by_person(rows(dataset, "people")) == by_person(PEOPLE)
        assert rows(dataset, "themes")[0]["name"] == "Church"
    finally:
        memory.rm("/warehouse", recursive=True)


def test_a_file_url_is_a_local_folder(records: Opened, folder: Path) -> None:
    assert records.check(folder.as_uri()).rows == {"themes": 2}


def test_signs_of_a_pattern_in_a_folder_name_are_letters(records: Opened, tmp_path: Path) -> None:
    place = tmp_path / "run[1] it's"
    place.mkdir()
    _parquet(PEOPLE, place / "people.parquet")
    (place / "themes.csv").write_text("theme_id,name\n1,Church\n")
    assert rows(records.check(place), "people") == PEOPLE


def test_a_table_that_is_there_twice_names_both(records: Opened, folder: Path) -> None:
    _write(folder, "people.csv")
    _write(folder, "people.jsonl.gz")
    with pytest.raises(UsageError, match=r"people is there twice: .*people\.csv and .*people\.jsonl\.gz"):
        records.open(folder)


@pytest.mark.parametrize("location", ["nowhere", "nowhere/haechi.toml"])
def test_a_location_that_is_not_there(records: Opened, tmp_path: Path, location: str) -> None:
    with pytest.raises(UsageError, match=r"does not exist; expected a folder of tables or a haechi\.toml"):
        records.open(tmp_path / location)


def test_a_folder_without_themes_says_what_it_lacks(records: Opened, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no table themes, .*expected themes\.parquet"):
        records.open(tmp_path)


def test_the_american_spelling_is_told_not_passed_over(records: Opened, folder: Path) -> None:
    (folder / "behaviors.csv").write_text("person_id,item_id,kind,occurred_at\n")
    records.open(folder)
    assert records.notices == ["behaviors.csv is not read: did you mean behaviours?"]


def test_an_empty_table_is_a_table(records: Opened, folder: Path) -> None:
    (folder / "people.csv").write_text("person_id,country\n")
    (folder / "behaviours.jsonl").write_text("")
    dataset = records.check(folder)
    assert dataset.rows == {"people": 0, "themes": 2, "behaviours": 0}


def test_a_name_of_ten_megabytes_is_a_name(records: Opened, folder: Path) -> None:
    name = "가" * 3_500_000
    (folder / "items.csv").write_text(f"item_id,kind,name\n1,page,{name}\n2,page,short\n")
    (folder / "advertisers.jsonl").write_text(
        json.dumps({"advertiser_id": "1", "name": name}, ensure_ascii=False)
    )
    dataset = records.check(folder)
    lengths = dataset.tables["items"].name.length().to_pyarrow().to_pylist()
    assert lengths == [3_500_000, 5]
    assert dataset.tables["advertisers"].name.length().to_pyarrow().to_pylist() == [3_500_000]


def test_a_csv_of_windows_reads_as_any_other(records: Opened, folder: Path) -> None:
    """Excel writes a byte-order mark and ends lines with two signs."""
    (folder / "items.csv").write_bytes(b'\xef\xbb\xbfitem_id,kind,name\r\n1,page,"a\r\nb"\r\n2,page,c\r\n')
    dataset = records.check(folder)
    assert [row["item_id"] for row in rows(dataset, "items")] == ["1", "2"]
    assert [row["name"] for row in rows(dataset, "items")] == ["a\r\nb", "c"]
