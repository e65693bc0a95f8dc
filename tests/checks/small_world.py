"""A handful of rows written out, audited by the package, and every finding's SQL run on its own."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from haechi import law, records, tables
from haechi.audit.document import write_outputs
from haechi.audit.run import Options, audit
from haechi.terms.schemas import SCHEMAS

Rows = list[dict[str, Any]]

_TYPES = {
    "instant": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "weight": pa.float64(),
    "number": pa.float64(),
    "bool": pa.bool_(),
}
RELIGION, HEALTH, ORDINARY = (
    {"theme_id": "t-1", "name": "Roman Catholic Church"},
    {"theme_id": "t-2", "name": "Diabetes patients"},
    {"theme_id": "t-3", "name": "Garden furniture"},
)


def at(text: str) -> datetime:
    """An instant of UTC, or of the zone that the text names."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def findings(
    folder: Path, world: dict[str, Rows], as_of: str = "2022-04-01", **options: Any
) -> dict[str, Any]:
    """What `findings.json` says about the rows. Every finding's SQL must give its count.

    Args:
        folder: an empty one.
        world: table to rows; `themes` are the three above where none are given.
        as_of: when the clocks are read.
        options: of `haechi.audit.run.Options`.
    """
    data, out, work = folder / "data", folder / "out", folder / "work"
    for made in (data, out, work):
        made.mkdir(parents=True)
    for name, rows in {"themes": [RELIGION, HEALTH, ORDINARY], **world}.items():
        pq.write_table(_table(name, rows), data / f"{name}.parquet")
    con = tables.connect("duckdb", memory=None, threads=2, work=work)
    now = at("2030-01-01").replace(tzinfo=None)
    told = Options(as_of=at(as_of).replace(tzinfo=None), **options)
    opened = records.open_dataset(con, str(data), now=now, notice=lambda _: None)
    notices: list[str] = []
    done = audit(
        con,
        opened,
        law.load_packs(),
        told,
        keep=tables.holder(con),
        ask=tables.asker(con),
        work=work,
        out=out,
        now=now,
        step=lambda _: None,
        notice=notices.append,
    )
    write_outputs(done, opened, told, notices, folder=out, engine="duckdb")
    con.disconnect()
    document: dict[str, Any] = json.loads((out / "findings.json").read_text())
    for found in document["findings"]:
        with duckdb.connect() as other:
            row = other.execute(found["query"]).fetchone()
        assert row == (found["count"],), found["rule"]
    return document


def of(document: dict[str, Any], rule: str) -> dict[str, Any] | None:
    """The finding under a rule; None when there is none."""
    return next((found for found in document["findings"] if found["rule"] == rule), None)


def count(document: dict[str, Any], rule: str) -> int:
    found = of(document, rule)
    return 0 if found is None else int(found["count"])


def missing(document: dict[str, Any]) -> dict[str, list[str]]:
    return {told["check"]: told["missing"] for told in document["dataset"]["unavailable_checks"]}


def _table(name: str, rows: Rows) -> pa.Table:
    schema = pa.schema(
        [(column.name, _TYPES.get(column.type, pa.string())) for column in SCHEMAS[name].columns]
    )
    return pa.Table.from_pylist(rows, schema)
