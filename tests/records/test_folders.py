"""What stands in a folder: every table there is read whole, or an error names it; nothing is silently absent."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import UsageError
from tests.records.opened import Opened, rows


def _behaviours(path: Path, person: str, **columns: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {"person_id": person, "item_id": "i", "kind": "like", "occurred_at": datetime(2024, 3, 1)}
    pq.write_table(pa.Table.from_pylist([{**row, **columns}]), path)


def _who(records: Opened, folder: Path) -> list[str]:
    return sorted(row["person_id"] for row in rows(records.check(folder), "behaviours"))


@pytest.mark.parametrize("root", ["behaviours", "behaviours.parquet"])
def test_partitions_of_spark_are_read_beside_what_is_in_none(
    records: Opened, folder: Path, root: str
) -> None:
    """Fails when a month of behaviours is missing from an audit that says nothing of it."""
    table = folder / root
    _behaviours(table / "day=2024-03-01" / "a.parquet", "a")
    _behaviours(table / "day=2024-03-02" / "hour=07" / "b.PARQUET", "b")
    _behaviours(table / "c.parquet", "c", day="x")
    _behaviours(table / "_day=2024" / "d.pq", "d")
    assert _who(records, folder) == ["a", "b", "c", "d"]
    (folder / "haechi.toml").write_text(f'[tables.behaviours]\npath = "{root}"\n')
    assert _who(records, folder) == ["a", "b", "c", "d"]


def test_what_writers_keep_for_themselves_is_passed_over(records: Opened, folder: Path) -> None:
    table = folder / "behaviours"
    _behaviours(table / "a.parquet", "a")
    _behaviours(table / "_temporary" / "0" / "b.parquet", "b")
    _behaviours(table / ".hidden.parquet", "c")
    for name in ("_SUCCESS", ".a.parquet.crc", "a.parquet.crc"):
        (table / name).write_text("")
    assert _who(records, folder) == ["a"]
    assert not [text for text in records.notices if "not read" in text]


def test_a_column_that_only_the_folders_name_is_a_column(records: Opened, folder: Path) -> None:
    """Spark takes what it partitions by out of the files; the identifier 007 is not 7."""
    for place, kind, theme in (("like", "like", "007"), ("view", "view", "8")):
        table = pa.table({"person_id": [kind], "item_id": ["i"], "occurred_at": [datetime(2024, 3, 1)]})
        (folder / "behaviours" / f"kind={place}").mkdir(parents=True)
        pq.write_table(table, folder / "behaviours" / f"kind={place}" / "a.parquet")
        (folder / "item_themes" / f"theme_id={theme}").mkdir(parents=True)
        pq.write_table(
            pa.table({"item_id": ["i"]}), folder / "item_themes" / f"theme_id={theme}" / "a.parquet"
        )
    dataset = records.check(folder)
    assert {row["person_id"]: row["kind"] for row in rows(dataset, "behaviours")} == {
        "like": "like",
        "view": "view",
    }
    assert sorted(row["theme_id"] for row in rows(dataset, "item_themes")) == ["007", "8"]
    (folder / "behaviours" / "kind=view").rename(folder / "behaviours" / "kind=song")
    (fault,) = records.faults(folder)["behaviours.kind: values outside the list"]
    assert (fault.file, fault.row) == (str(folder / "behaviours/kind=song/a.parquet"), 1)


def test_a_column_that_only_some_folders_name_is_a_fault(records: Opened, folder: Path) -> None:
    """Read as null it would put people under no law."""
    people = pa.table({"person_id": ["a"], "country": ["KR"]})
    (folder / "people" / "country=KR").mkdir(parents=True)
    pq.write_table(people, folder / "people" / "a.parquet")
    pq.write_table(people.drop_columns(["country"]), folder / "people" / "country=KR" / "b.parquet")
    (fault,) = records.faults(folder)["folders of different partitions"]
    assert (fault.file, fault.column) == (str(folder / "people/a.parquet"), "country")


def test_links_are_followed_and_never_in_circles(records: Opened, folder: Path, tmp_path: Path) -> None:
    _behaviours(tmp_path / "lake" / "a.parquet", "a")
    (folder / "behaviours").symlink_to(tmp_path / "lake")
    (tmp_path / "lake" / "again").symlink_to(tmp_path / "lake")
    (tmp_path / "crm.csv").write_text("person_id,country\na,KR\n")
    (folder / "people.csv").symlink_to(tmp_path / "crm.csv")
    assert _who(records, folder) == ["a"]
    assert records.open(folder).rows["people"] == 1


def _dangling(path: Path) -> None:
    path.symlink_to("gone")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    "name", ["deliveries.csv", "deliveries.parquet", "deliveries", "deliveries.jsonl.gz"]
)
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_dangling, "a link that leads nowhere"),
        (_loop, "a link that leads nowhere"),
        (os.mkfifo, "neither a file nor a folder"),
    ],
)
def test_what_is_called_as_a_table_and_is_no_file_is_named(
    records: Opened, folder: Path, name: str, make: Any, said: str
) -> None:
    """Fails when an audit finds no delivery because the link to them broke."""
    make(folder / name)
    with pytest.raises(UsageError, match=rf"/{name} is {said}; expected deliveries\.parquet"):
        records.open(folder)


@pytest.mark.parametrize("make", [_dangling, Path.mkdir])
def test_settings_that_cannot_be_read_are_not_taken_for_none(
    records: Opened, folder: Path, make: Any
) -> None:
    make(folder / "haechi.toml")
    with pytest.raises(UsageError, match=r"haechi\.toml is a .*; expected a file, or none"):
        records.open(folder)


def test_a_broken_link_among_parts_is_named(records: Opened, folder: Path) -> None:
    _behaviours(folder / "behaviours" / "a.parquet", "a")
    _dangling(folder / "behaviours" / "b.parquet")
    with pytest.raises(UsageError, match=r"behaviours/b\.parquet is a link that leads nowhere"):
        records.open(folder)
    for path in ("behaviours/*.parquet", "behaviours/b.parquet"):
        (folder / "haechi.toml").write_text(f'[tables.behaviours]\npath = "{path}"\n')
        with pytest.raises(UsageError, match=r"behaviours/b\.parquet is a link that leads nowhere"):
            records.open(folder)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "deliveries is a folder without any Parquet file"),
        (["_SUCCESS"], "deliveries is a folder without any Parquet file"),
        (["part-0.csv"], r"deliveries has part-0\.csv; expected Parquet files only"),
    ],
)
def test_a_folder_that_holds_no_table_is_named(
    records: Opened, folder: Path, entries: list[str], said: str
) -> None:
    (folder / "deliveries").mkdir()
    for entry in entries:
        (folder / "deliveries" / entry).write_text("")
    with pytest.raises(UsageError, match=said):
        records.open(folder)


@pytest.mark.parametrize("name", ["deliveries.csv", "deliveries.jsonl.zst"])
def test_a_folder_called_as_a_text_file_is_named(records: Opened, folder: Path, name: str) -> None:
    (folder / name).mkdir()
    with pytest.raises(UsageError, match=rf'{name} is a folder; expected .* path = "{name}/\*"'):
        records.open(folder)


@pytest.mark.parametrize(
    "name", ["deliveries.tsv", "deliveries.json", "deliveries.csv.bz2", "deliveries.XLSX"]
)
def test_a_table_of_an_unknown_form_is_named(records: Opened, folder: Path, name: str) -> None:
    (folder / name).write_text("")
    with pytest.raises(UsageError, match=rf"{name} is not read: expected deliveries\.parquet"):
        records.open(folder)


def test_words_about_a_table_are_told_not_refused(records: Opened, folder: Path) -> None:
    (folder / "deliveries.md").write_text("There are none.")
    (folder / "themes.csv.crc").write_text("")
    records.open(folder)
    assert [text.partition(":")[0] for text in records.notices] == [f"{folder}/deliveries.md is not read"]


def test_capitals_in_an_ending_are_no_other_form(records: Opened, folder: Path) -> None:
    (folder / "people.CSV").write_text("person_id,country\na,KR\n")
    assert records.open(folder).rows["people"] == 1


def test_partitions_in_object_storage(records: Opened) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/lake/themes.csv", b"theme_id,name\n1,Church\n")
    memory.pipe("/lake/item_themes/_SUCCESS", b"")
    for day in (1, 2):
        with memory.open(f"/lake/item_themes/day={day}/a.parquet", "wb") as file:
            pq.write_table(pa.table({"item_id": [day], "theme_id": [1]}), file)
    try:
        assert sorted(row["item_id"] for row in rows(records.check("memory://lake"), "item_themes")) == [1, 2]
    finally:
        memory.rm("/lake", recursive=True)


def test_a_file_whose_name_is_a_pattern_is_that_file(records: Opened, tmp_path: Path) -> None:
    place = tmp_path / "run[1]"
    place.mkdir()
    (place / "a[b].csv").write_text("theme_id,name\n1,Church\n")
    (place / "ab.csv").write_text("theme_id,name\n2,Chess\n3,Go\n")
    toml = place / "haechi.toml"
    toml.write_text('[tables.themes]\npath = "a[b].csv"\n')
    assert records.check(toml).rows == {"themes": 1}
    toml.write_text('[tables.themes]\npath = "a[a-c]*.csv"\n')
    assert records.check(toml).rows == {"themes": 2}
    toml.write_text('[tables.themes]\npath = ["a*.csv", "*b.csv"]\n')
    assert records.check(toml).rows == {"themes": 3}, "a file that two patterns match is read once"
