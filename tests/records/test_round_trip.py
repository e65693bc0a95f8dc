"""Whatever is written in any form reads back as the same rows, on random small data."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

import csv
import json
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from haechi.terms.countries import COUNTRIES
from haechi.terms.schemas import SCHEMAS, Column, TableSchema
from tests.records.opened import Opened, rows

# CSV has no word for an empty text other than nothing, and no file holds half a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=12)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2025, 12, 31))
ARROW = {
    "id": pa.string(),
    "string": pa.string(),
    "instant": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "weight": pa.float64(),
    "number": pa.float64(),
    "bool": pa.bool_(),
}


def _values(column: Column) -> st.SearchStrategy[Any]:
    if column.name in {"country", "region"}:
        return st.sampled_from(COUNTRIES) if column.name == "country" else st.none()
    if column.allowed:
        return st.sampled_from(column.allowed)
    return {
        "id": TEXT.filter(str.strip),
        "string": TEXT,
        "instant": INSTANTS,
        "date": st.dates(date(1900, 1, 1), date(2025, 12, 31)),
        "weight": st.floats(0, 1, allow_subnormal=False),
        "number": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        "bool": st.booleans(),
    }[column.type]


def _row(schema: TableSchema) -> st.SearchStrategy[dict[str, Any]]:
    def straight(row: dict[str, Any]) -> dict[str, Any]:
        since, until = schema.interval or (None, None)
        if since and until and row[until] is not None:
            row[since], row[until] = sorted((row[since], row[until]))
        for answer in {"extended_at", "answered_at"} & set(row):
            if row[answer] is not None:
                row[answer] = max(row[answer], row["received_at"])
        return {name: row[name] for name in columns}

    columns = {c.name: _values(c) | st.none() if c.optional else _values(c) for c in schema.columns}
    return st.fixed_dictionaries(columns).map(straight)


def _table(schema: TableSchema) -> st.SearchStrategy[list[dict[str, Any]]]:
    def same(row: dict[str, Any]) -> Any:
        return row[str(schema.key)]

    return st.lists(_row(schema), min_size=1, max_size=6, unique_by=same if schema.key else None)


def _written(value: object) -> object:
    """As people write it in text: instants in ISO 8601, half of them with an offset."""
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.second % 2 else "+00:00")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def _as_text(row: dict[str, Any]) -> list[str]:
    return [str(row[name]) for name in sorted(row)]


def _write(folder: Path, form: str, schema: TableSchema, table: list[dict[str, Any]]) -> None:
    path = folder / f"{schema.name}.{form}"
    if form == "parquet":
        types = pa.schema([(column.name, ARROW[column.type]) for column in schema.columns])
        pq.write_table(pa.Table.from_pylist(table, types), path, row_group_size=2)
    elif form == "jsonl":
        path.write_text(
            "".join(
                json.dumps({name: _written(value) for name, value in row.items() if value is not None}) + "\n"
                for row in table
            )
        )
    else:
        with path.open("w", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
            writer.writerow(table[0])
            writer.writerows([[_written(value) for value in row.values()] for row in table])


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_what_is_written_reads_back(records: Opened, data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(["parquet", "csv", "jsonl"]), label="form")
    name = data.draw(st.sampled_from(sorted(SCHEMAS)), label="table")
    schema = SCHEMAS[name]
    table = data.draw(_table(schema), label="rows")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "themes.csv").write_text("theme_id,name\n1,Church\n")
        if name == "themes":
            (folder / "themes.csv").unlink()
        _write(folder, form, schema, table)
        read = rows(records.check(folder), name)
    weights = [column.name for column in schema.columns if column.type == "weight"]
    meant = [{k: 1.0 if k in weights and v is None else v for k, v in row.items()} for row in table]
    # Rows have no order: the engine hands them out as its threads finish.
    assert sorted(read, key=_as_text) == sorted(meant, key=_as_text)
