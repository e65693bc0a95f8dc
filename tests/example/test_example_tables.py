"""The example is a dataset of the contract: exact counts, exact types, every reference met, same seed same bytes."""

import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from haechi.errors import UsageError
from haechi.example import Scale, write_pipc
from haechi.terms.schemas import SCHEMAS, ColumnType

SCALE = Scale(people=700, themes=333, advertisers=17, behaviours=23_456, seed=5)
TYPES: dict[ColumnType, tuple[pa.DataType, ...]] = {
    "id": (pa.int64(), pa.string()),
    "string": (pa.string(),),
    "instant": (pa.timestamp("us", tz="UTC"),),
    "date": (pa.date32(),),
    "weight": (pa.float64(),),
    "bool": (pa.bool_(),),
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tables") / "case"
    write_pipc(SCALE, out)
    return out


def digest(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def count(case: Path, query: str) -> int:
    tables = {p.stem for p in case.glob("*.parquet")}
    with duckdb.connect() as con:
        for table in tables:
            con.execute(f"create view {table} as select * from read_parquet('{case / table}.parquet')")
        row = con.execute(f"select count(*) from {query}").fetchone()
    assert row is not None
    return int(row[0])


def test_same_seed_same_bytes_and_another_seed_another_case(case: Path, tmp_path: Path) -> None:
    """If this fails, nobody can check a figure by making the case again."""
    write_pipc(SCALE, tmp_path / "again")
    assert digest(tmp_path / "again") == digest(case)
    write_pipc(Scale(people=700, themes=333, advertisers=17, behaviours=23_456, seed=6), tmp_path / "other")
    assert digest(tmp_path / "other")["behaviours.parquet"] != digest(case)["behaviours.parquet"]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("people", 700),
        ("themes", 333),
        ("advertisers", 17),
        ("behaviours", 23_456),
        ("grants", 17 * 16),
        ("items", 1030),
        ("requests", 44),
        ("deliveries", 117),
    ],
)
def test_counts_are_exact(case: Path, table: str, rows: int) -> None:
    assert pq.read_metadata(case / f"{table}.parquet").num_rows == rows


@pytest.mark.parametrize("behaviours", [0, 1, 39, 41])
def test_odd_counts_of_behaviours_are_exact_too(tmp_path: Path, behaviours: int) -> None:
    write_pipc(Scale(people=20, themes=40, advertisers=1, behaviours=behaviours), tmp_path / "odd")
    assert pq.read_metadata(tmp_path / "odd" / "behaviours.parquet").num_rows == behaviours


@pytest.mark.parametrize("field", ["people", "themes", "advertisers", "behaviours", "seed"])
def test_a_scale_too_small_names_the_option(field: str) -> None:
    with pytest.raises(UsageError, match=f"--{field} -1: expected"):
        Scale(**{field: -1})


def test_columns_and_types_are_the_contracts(case: Path) -> None:
    """If this fails, a reader of the contract has to convert the example, or finds columns nobody explained."""
    assert {p.stem for p in case.glob("*.parquet")} == set(SCHEMAS) - {"memberships"}
    for path in case.glob("*.parquet"):
        contract, found = SCHEMAS[path.stem], pq.read_schema(path)
        known = {column.name: column for column in contract.columns}
        assert set(found.names) <= set(known)
        assert {c.name for c in contract.columns if not c.optional} <= set(found.names)
        for field in found:
            assert field.type in TYPES[known[field.name].type], (path.stem, field.name)


def test_values_are_the_contracts(case: Path) -> None:
    """If this fails, the audit refuses its own example."""
    for path in case.glob("*.parquet"):
        contract, rows = SCHEMAS[path.stem], pq.read_table(path)
        for name in rows.column_names:
            column, values = contract.column(name), rows[name]
            assert column.optional or values.null_count == 0, (path.stem, name)
            if column.allowed:
                assert set(values.drop_null().unique().to_pylist()) <= set(column.allowed)
        if contract.key:
            assert pc.count_distinct(rows[contract.key]).as_py() == len(rows)
        if contract.interval and len(rows):
            since, until = (rows[name] for name in contract.interval)
            assert pc.min(pc.fill_null(pc.less(since, until), fill_value=True)).as_py()


def test_every_reference_is_met(case: Path) -> None:
    for table, contract in SCHEMAS.items():
        if table != "memberships":
            for column, other in contract.references:
                assert count(case, f"{table} anti join {other} using ({column})") == 0, (table, column)


def test_behaviours_come_in_the_order_of_time_within_the_period(case: Path) -> None:
    """If this fails, the case is easier than a warehouse's log, which nobody clustered by person."""
    at = pq.read_table(case / "behaviours.parquet")["occurred_at"].to_pylist()
    assert at == sorted(at)
    assert at[0].isoformat() >= "2018-07-01"
    assert at[-1].isoformat() < "2022-04-01"
    assert count(case, "(select kind from behaviours group by kind)") == 9


def test_names_are_plain_and_never_twice(case: Path) -> None:
    rows = pq.read_table(case / "themes.parquet").to_pylist()
    assert len({row["name"] for row in rows}) == len(rows)
    names = {row["name"] for row in rows}
    assert {
        "Catholic Church",
        "Homosexuality",
        "Transgender",
        "North Korean defectors",
        "Mass transit",
    } <= names
    assert all(" > " in row["path"] and not row["path"].endswith(row["name"]) for row in rows)


def test_many_themes_still_have_names_of_their_own(tmp_path: Path) -> None:
    write_pipc(Scale(people=20, themes=150_000, advertisers=1, behaviours=10), tmp_path / "wide")
    names = pq.read_table(tmp_path / "wide" / "themes.parquet")["name"]
    assert pc.count_distinct(names).as_py() == 150_000


def test_the_folder_says_that_nobody_in_it_is_real(case: Path) -> None:
    assert "Synthetic: no person" in (case / "README.txt").read_text()
