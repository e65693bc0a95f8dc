"""The same dataset opens on Spark with the same rows, and the same faults."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import DataError, UsageError
from haechi.tables import connect
from tests.records.opened import Opened, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    con = connect("spark", memory="1GB", threads=2, work=tmp_path_factory.mktemp("work"))
    yield Opened(con)
    con.disconnect()


def _every_form(folder: Path) -> None:
    instants = pa.array([datetime(2024, 5, 1, 12, 0, 0, 250000)])
    zoned = pa.timestamp("ns", tz="UTC")
    pq.write_table(
        pa.table({"person_id": [1], "item_id": ["i"], "kind": ["like"], "occurred_at": instants.cast(zoned)}),
        folder / "behaviours.parquet",
    )
    (folder / "grants").mkdir()
    for number, type_ in enumerate([pa.timestamp("us"), pa.timestamp("ms")]):
        pq.write_table(
            pa.table({"advertiser_id": [str(number)], "theme_id": ["1"], "since": instants.cast(type_)}),
            folder / "grants" / f"{number}.parquet",
        )
    (folder / "people.jsonl").write_text('{"person_id": 1, "country": "KR", "birth_date": "1990-12-31"}\n')
    with duckdb.connect(str(folder / "ads.duckdb")) as base:
        base.execute("CREATE TABLE a AS SELECT uuid() AS id, 'A' AS name, true AS verified, [1] AS extra")
    (folder / "haechi.toml").write_text(
        '[tables.advertisers]\ndatabase = "ads.duckdb"\ntable = "a"\ncolumns = { advertiser_id = "id" }\n'
        "[tables.item_themes]\nsql = \"SELECT 'i' AS item_id, 1 AS theme_id, 0.5 AS weight\"\n"
    )


def test_every_form_gives_the_same_rows_on_both_engines(records: Opened, spark: Opened, folder: Path) -> None:
    _every_form(folder)
    here, there = records.check(folder), spark.check(folder)
    assert here.rows == there.rows
    assert here.id_types == there.id_types
    for table in here.tables:
        assert here.tables[table].schema().names == there.tables[table].schema().names
        key = str(here.tables[table].columns[0])
        assert sorted(rows(here, table), key=lambda row: str(row[key])) == sorted(
            [{k: _naive(v) for k, v in row.items()} for row in rows(there, table)],
            key=lambda row: str(row[key]),
        )
    assert rows(here, "people")[0]["birth_date"] == date(1990, 12, 31)


def test_partitions_and_a_writer_s_own_names_reach_spark(
    records: Opened, spark: Opened, folder: Path
) -> None:
    """Fails when Spark passes over a file that was asked for, or does not see what the folders say."""
    for kind in ("like", "view"):
        place = folder / "behaviours" / f"kind={kind}"
        place.mkdir(parents=True)
        seen = pa.table({"person_id": [kind], "item_id": ["i"], "occurred_at": [datetime(2024, 1, 1)]})
        pq.write_table(seen, place / "a.parquet")
    pq.write_table(pa.table({"item_id": ["i"], "theme_id": ["1"]}), folder / "_odd.parquet")
    (folder / "haechi.toml").write_text('[tables.item_themes]\npath = "_odd.parquet"\n')
    for opened in (records, spark):
        dataset = opened.check(folder)
        found = {(row["person_id"], row["kind"]) for row in rows(dataset, "behaviours")}
        assert found == {("like", "like"), ("view", "view")}
        assert len(rows(dataset, "item_themes")) == 1


def _naive(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def test_the_same_faults_with_the_same_rows(records: Opened, spark: Opened, folder: Path) -> None:
    (folder / "items.csv").write_text("item_id,kind,name\n1,page,a\n1,song,b\n,page,\n")
    said = []
    for opened in (records, spark):
        with pytest.raises(DataError) as caught:
            opened.check(folder)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "row 2, column kind: found 'song'" in said[0]


def test_a_table_of_spark_s_catalog(spark: Opened, folder: Path) -> None:
    spark.con.raw_sql("CREATE OR REPLACE TEMP VIEW crm AS SELECT 'p' AS uid, 'UK' AS country")
    toml = folder / "haechi.toml"
    toml.write_text('[tables.people]\ntable = "crm"\ncolumns = { person_id = "uid" }\n')
    (fault,) = spark.faults(folder)["people.country: unknown countries"]
    assert (fault.file, fault.row, fault.value) == ("crm", None, "'UK'")
    toml.write_text(
        '[tables.people]\ntable = "crm"\ncolumns = { person_id = "uid" }\nvalues = { country = { UK = "GB" } }\n'
    )
    assert rows(spark.check(folder), "people")[0]["country"] == "GB"
    toml.write_text('[tables.people]\ntable = "nobody"\n')
    with pytest.raises(UsageError, match="Spark's catalog has no table nobody"):
        spark.open(folder)


def test_files_that_spark_cannot_reach_are_copied(spark: Opened) -> None:
    memory = fsspec.filesystem("memory")
    with memory.open("/far/themes.parquet", "wb") as file:
        pq.write_table(pa.table({"theme_id": [1], "name": ["Church"]}), file)
    try:
        assert rows(spark.check("memory://far"), "themes")[0]["name"] == "Church"
    finally:
        memory.rm("/far", recursive=True)
