"""`haechi.toml`: what it may say, and what it says back when it may not."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import UsageError
from haechi.records import Policy, Settings
from tests.records.opened import Opened, rows

THEMES = '[tables.themes]\npath = "themes.csv"\n'


def test_columns_and_values_are_mapped(records: Opened, folder: Path) -> None:
    (folder / "log.jsonl").write_text(
        '{"uid": 7, "object": "i", "action": 1, "ts": "2024-01-01T00:00:00Z"}\n'
        '{"uid": 8, "object": "i", "action": "view", "ts": "2024-01-01T00:00:00Z"}\n'
    )
    (folder / "crm.csv").write_text("uid,land\n7,UK\n8,??\n")
    (folder / "haechi.toml").write_text(
        """
        [tables.behaviours]
        path = "*.jsonl"
        columns = { person_id = "uid", item_id = "object", kind = "action", occurred_at = "ts" }
        values = { kind = { 1 = "like" } }
        [tables.people]
        path = "crm.csv"
        columns = { person_id = "uid", country = "land" }
        values = { country = { UK = "GB", "??" = "" } }
        """
    )
    dataset = records.check(folder)
    assert [row["kind"] for row in rows(dataset, "behaviours")] == ["like", "view"]
    assert rows(dataset, "behaviours")[0]["person_id"] == "7"
    assert [row["country"] for row in rows(dataset, "people")] == ["GB", None]


def test_numbers_and_flags_are_mapped_too(records: Opened, folder: Path) -> None:
    pq.write_table(
        pa.table({"advertiser_id": [1, 2, 3], "name": ["a", "b", "c"], "verified": ["Y", "N", None]}),
        folder / "advertisers.parquet",
    )
    pq.write_table(
        pa.table(
            {
                "person_id": [1],
                "item_id": [2],
                "kind": pa.array([3], pa.int8()),
                "occurred_at": [datetime(2024, 1, 1)],
            }
        ),
        folder / "behaviours.parquet",
    )
    (folder / "haechi.toml").write_text(
        '[tables.advertisers]\nvalues = { verified = { Y = "true", N = "false" } }\n'
        '[tables.behaviours]\nvalues = { kind = { 3 = "click" } }\n'
    )
    dataset = records.check(folder)
    assert [row["verified"] for row in rows(dataset, "advertisers")] == [True, False, None]
    assert rows(dataset, "behaviours")[0]["kind"] == "click"


def test_paths_start_at_the_toml_and_tables_beside_it_are_found(records: Opened, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "t1.csv").write_text("theme_id,name\n1,Church\n")
    (tmp_path / "lake" / "t2.csv.gz").write_bytes(b"")
    (tmp_path / "lake" / "t3.csv").write_text("name,theme_id\nChess,2\n")
    (tmp_path / "conf" / "people.csv").write_text("person_id,country\n1,KR\n")
    toml = tmp_path / "conf" / "warehouse.toml"
    toml.write_text('[tables.themes]\npath = ["../lake/t1.csv", "../lake/t3.csv"]\n')
    dataset = records.check(toml)
    assert {row["theme_id"]: row["name"] for row in rows(dataset, "themes")} == {"1": "Church", "2": "Chess"}
    assert dataset.rows["people"] == 1


def test_a_path_may_be_an_fsspec_url(records: Opened, folder: Path) -> None:
    (folder / "haechi.toml").write_text(f'[tables.themes]\npath = "{(folder / "themes.csv").as_uri()}"\n')
    assert records.check(folder).rows == {"themes": 2}


def test_what_it_says_of_judging(records: Opened, folder: Path) -> None:
    (folder / "haechi.toml").write_text(
        "[evidence]\nthreshold = 2\nlapse_days = 90\nweights = { view = 0.0005, click = 0.25 }\n"
        '[policy]\ninferred = ["jp-appi"]\nretention_days = 365\n'
    )
    assert records.open(folder).settings == Settings(
        kind_thousandths={"view": 1, "click": 250},
        threshold_thousandths=2000,
        lapse_days=90,
        policy=Policy(inferred=("jp-appi",), retention_days=365),
    )


def test_without_a_toml_nothing_is_stated(records: Opened, folder: Path) -> None:
    assert records.open(folder).settings == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tables.behaviors]\n", r"\[tables\] unknown key 'behaviors'; did you mean 'behaviours'\?"),
        ('[tables.themes]\npth = "x"\n', r"\[tables.themes\] unknown key 'pth'; did you mean 'path'\?"),
        ("[tabels]\n", r"unknown key 'tabels'; did you mean 'tables'\?"),
        ("[evidence]\nlapse = 3\n", r"\[evidence\] unknown key 'lapse'; did you mean 'lapse_days'\?"),
        ("[evidence]\nweights = { likes = 1 }\n", r"unknown key 'likes'; did you mean 'like'\?"),
        ("[evidence]\nweights = { hide = 1 }\n", r"weights: unknown key 'hide'"),
        ("[evidence]\nweights = { like = -1 }\n", r"like is -1.0; expected 0 to 1,000"),
        ("[evidence]\nweights = { like = 1e300 }\n", r"like is 1e\+300; expected 0 to 1,000"),
        ("[evidence]\nthreshold = 0.0001\n", r"threshold is 0.0001; expected 0.001 to 1,000"),
        ("[evidence]\nlapse_days = 0\n", r"\[evidence\] lapse_days is 0; expected 1 to 36,500 days"),
        ("[policy]\nretention_days = 99999999\n", r"retention_days is 99999999; expected 1 to 36,500"),
        ("[policy]\nretention_days = 1.5\n", r"Expected `int \| null`, got `float`.*retention_days"),
        (
            '[tables.themes]\ncolumns = { theme = "x" }\n',
            r"columns: unknown key 'theme'; did you mean 'theme_id'\?",
        ),
        ("[tables.themes]\nvalues = { nam = {} }\n", r"values: unknown key 'nam'; did you mean 'name'\?"),
        (
            '[tables.behaviours]\npath = "x.csv"\nvalues = { kind = { A = "lik" } }\n',
            r"values: kind maps to 'lik'; expected one of like, unlike",
        ),
        (
            '[tables.themes]\npath = "a.csv"\nsql = "SELECT 1"\n',
            r"has path and sql; expected one of path, table and sql",
        ),
        ('[tables.themes]\ndatabase = "a.duckdb"\n', r"has a database; expected table or sql"),
        ('[tables.themes]\npath = "gone/*.csv"\n', r"path gone/\*\.csv matches no file"),
        ('[tables.themes]\npath = "*.toml"\n', r"ends in none of \.parquet, \.csv, \.jsonl"),
        ("[tables.people]\n", r"\[tables.people\] in haechi.toml says nothing of where"),
        ('[tables.themes]\ntable = "a.b"\n', r"names the table a\.b without a database"),
        ('[tables.themes]\ndatabase = "a.duckdb"\ntable = "t"\n', r"database a\.duckdb does not exist"),
        ('[tables.themes]\npath = "s4://x/y.csv"\n', r"s4://x/y\.csv cannot be opened"),
        ("tables = [", r"is not TOML in UTF-8"),
        ("x = " + "[" * 100_000, r"haechi\.toml is nested too deep"),
        (
            "[tables.people]\npath = 1\n",
            r"haechi\.toml: \[tables\.people\] Expected .*, got `int` - at `path`",
        ),
        (
            '[tables.people]\npath = "x.csv"\ncolumns = { person_id = "ID", country = "id" }\n',
            r"\[tables\.people\] columns: ID and id differ only in case; expected sql",
        ),
    ],
)
def test_what_it_may_not_say_is_named(records: Opened, folder: Path, text: str, message: str) -> None:
    (folder / "haechi.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        records.open(folder)
