"""No message shows a person or a password: messages end up in logs and tickets."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.errors import HaechiError
from haechi.records import postgres, show
from haechi.records.forms import Postgres
from tests.records.opened import Opened

HEADERLESS = ["people", "behaviours", "memberships", "deliveries", "permissions", "requests"]


def _said(records: Opened, folder: Path | str) -> str:
    with pytest.raises(HaechiError) as caught:
        records.check(folder)
    return str(caught.value)


@pytest.mark.parametrize("table", HEADERLESS)
@pytest.mark.parametrize(
    "line", ["SECRETP,SECRETP,,", "SECRETP,KR,SECRETQ,", "SECRETP;1", "SECRETP", "SECRETP,kind,x"]
)
def test_a_file_without_a_header_shows_nobody(records: Opened, folder: Path, table: str, line: str) -> None:
    (folder / f"{table}.csv").write_text(f"{line}\n{line}\n")
    said = _said(records, folder)
    assert "SECRET" not in said
    assert f"{table}.csv" in said


def test_the_contract_s_own_names_in_a_header_are_shown(records: Opened, folder: Path) -> None:
    (folder / "people.csv").write_text("Person_ID,country,SECRETP\n")
    said = _said(records, folder)
    assert "columns Person_ID, country and 1 more" in said
    assert "'Person_ID' is not quite it" in said


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_birth_date_is_never_shown(records: Opened, folder: Path, form: str) -> None:
    path = folder / f"people.{form}"
    if form == "csv":
        path.write_text("person_id,country,birth_date\na,KR,31.12.1850\nb,KR,1850-12-31\n")
    elif form == "jsonl":
        path.write_text('{"person_id": "a", "country": "KR", "birth_date": 18501231}\n')
    else:
        pq.write_table(pa.table({"person_id": ["a"], "birth_date": ["1850-12-31"]}), path)
    said = _said(records, folder)
    assert "row 1, column birth_date: expected a date" in said
    assert "1850" not in said


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT strptime(who, '%d') AS person_id FROM w",
        "SELECT regexp_matches('a', '(' || who) AS person_id FROM w",
        "SELECT who::DATE AS person_id FROM w",
        "SELECT json_extract('{' || who, '$') AS person_id FROM w",
        "SELECT error(who) AS person_id FROM w",
        "SELECT error('x ' || chr(10) || who) AS person_id FROM w",
        "SELECT 2000000000::INT * (len(who) * 7654321)::INT AS person_id FROM w",
        "SELECT date_trunc(who, DATE '2024-01-01') AS person_id FROM w",
    ],
)
def test_a_query_that_fails_on_a_value_does_not_show_it(records: Opened, folder: Path, sql: str) -> None:
    (folder / "w.csv").write_text("who\nSECRETP\n")
    (folder / "haechi.toml").write_text(
        f"""[tables.people]\nsql = "WITH w AS (FROM read_csv('w.csv', header = true)) {sql}"\n"""
    )
    said = _said(records, folder)
    assert "[tables.people] sql cannot be read" in said
    assert not any(secret in said for secret in ("SECRETP", "7654321", "53580247"))


def test_a_query_over_a_file_without_a_header_shows_nobody(records: Opened, folder: Path) -> None:
    (folder / "w.csv").write_text("SECRETP,SECRETQ\nx,y\n")
    (folder / "haechi.toml").write_text(
        "[tables.people]\nsql = \"SELECT person_id FROM read_csv('w.csv', header = true)\"\n"
    )
    said = _said(records, folder)
    assert "person_id" in said
    assert "SECRET" not in said


@pytest.mark.parametrize(
    "database",
    [
        "mysql://u:SECRETPW@127.0.0.1/x",
        "mysql://u:SECRET/P@W@127.0.0.1/x",
        "postgresql://u:SECRETPW@[127.0.0.1/x",
        "postgresql://u:SECRET:PW@127.0.0.1:port/x",
        "postgresql://u@127.0.0.1:1/x?password=SECRETPW",
        "host=127.0.0.1 password=SECRETPW",
    ],
)
def test_no_message_shows_a_password(records: Opened, folder: Path, database: str) -> None:
    (folder / "haechi.toml").write_text(f'[tables.people]\ndatabase = "{database}"\ntable = "t"\n')
    said = _said(records, folder)
    assert "SECRET" not in said
    assert "127.0.0.1" in said


def test_a_dataset_s_own_url_shows_no_password(records: Opened, folder: Path) -> None:
    far = "nosuch://u:SECRETPW@127.0.0.1/data"
    assert "SECRET" not in _said(records, far)
    (folder / "haechi.toml").write_text(f'[tables.people]\npath = "{far}/*.csv"\n')
    assert "SECRET" not in _said(records, folder)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("s3://bucket/a@b.csv", "s3://bucket/a@b.csv"),
        ("s3://key:secret/x@bucket/a.csv s3://b/c", "s3://…@bucket/a.csv s3://b/c"),
        ("abfs://box@account/a.csv", "abfs://box@account/a.csv"),
        ("https://token@h/x", "https://…@h/x"),
        ("https://u:p@h/x?sig=1&access_key=2", "https://…@h/x?sig=1&access_key=…"),
        ("PGPASSWORD=hunter2 x", "PGPASSWORD=… x"),
        ("password = 'a b' x", "password = … x"),
        ("events/2024-*/*.parquet", "events/2024-*/*.parquet"),
    ],
)
def test_what_is_masked(text: str, masked: str) -> None:
    assert show.masked(text) == masked


def test_postgres_speaks_of_its_query_not_of_values() -> None:
    class RefusedError(Exception):
        sqlstate = "22P02"

    form = Postgres("postgresql://u:pw@h/d", "SELECT", "postgresql://h/d")
    assert "SECRETP" not in postgres._said(
        RefusedError('invalid input syntax for type integer: "SECRETP"'), form
    )
    RefusedError.sqlstate = "42P01"
    assert postgres._said(RefusedError('relation "t" does not exist'), form) == 'relation "t" does not exist'
