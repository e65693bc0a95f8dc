"""`haechi ads`: whole files or none, every fault named, a sample that cannot be bettered by leaving ads out."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from haechi.cli import ads as cli
from haechi.cli import ads_labels
from haechi.errors import DataError, UsageError
from haechi.review.outgoing.record_rules import faults
from tests.ads.store.worlds import NOW, Desk

AFTER = dt.datetime(2026, 11, 28)  # noqa: DTZ001 - naive UTC inside


@pytest.fixture
def desk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(cli, "utc_now", lambda: AFTER)
    return Desk(engine).found()


def read(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_statements_are_written_whole(
    desk: Desk, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is uploaded from here is told to the Commission as it stands."""
    desk.submit("a1", "[reject]", country="DE")
    desk.submit("a2", "[reject] far")
    out = tmp_path / "out.jsonl"
    assert cli.statements(out=out, database=database, terms_url="https://ads.example/policy") == 0
    ((record,),) = [one["statements"] for one in read(out)]
    assert faults(record) == []
    assert record["decision_ground_reference_url"] == "https://ads.example/policy"
    assert out.stat().st_mode & 0o777 == 0o600
    assert cli.statements(out=out, database=database, form="statements", since="2026-11-01") == 0
    assert [one["ad_id"] for one in read(out)] == ["a1", "a2"]
    cli.statements(out=out, database=database, form="statements", until="2026-11-01")
    assert read(out) == []
    assert "Nothing was sent" in capsys.readouterr().err


def test_what_cannot_be_stated_ends_with_1(
    desk: Desk, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A decision that is left out in silence is a statement that is owed and never made."""
    desk.submit("a1", "[reject]", country="DE")
    out = tmp_path / "out.jsonl"
    assert cli.statements(out=out, database=database, terms_url="no address") == 1
    assert read(out) == []
    assert f"column {desk.decisions('a1')[0].decision_id}" in capsys.readouterr().err


def test_calls_that_are_wrong(desk: Desk, database: str, tmp_path: Path) -> None:
    """A wrong option must not end in a file that looks right."""
    desk.submit("a1")
    stated: list[dict[str, Any]] = [
        {"out": tmp_path / "a.csv"},
        {"since": "x"},
        {"since": "2026-11-02", "until": "2026-11-01"},
    ]
    for more in stated:
        with pytest.raises(UsageError):
            cli.statements(**{"out": tmp_path / "a.jsonl", "database": database, **more})
    drawn: list[dict[str, Any]] = [{"out": tmp_path / "a.txt"}, {"until": "2027-01-01"}, {"size": 2}]
    for more in drawn:
        with pytest.raises(UsageError):
            cli.sample(**{"size": 1, "seed": 1, "database": database, **more})
    assert list(tmp_path.glob("a.*")) == []


def test_figures_are_json(desk: Desk, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The year's figures are read by machines."""
    desk.submit("a1", "[reject]")
    cli.figures(year=2026, database=database)
    assert json.loads(capsys.readouterr().out)["review"]["rejected"] == 1


def labelled(desk: Desk, database: str, tmp_path: Path) -> tuple[Path, list[dict[str, str]]]:
    for number in range(8):
        desk.submit(f"a{number}")
    desk.submit("seen", "[hold]")
    desk.decide("approve", "seen")
    out = tmp_path / "labels.csv"
    cli.sample(size=9, seed=3, out=out, database=database)
    with out.open(encoding="utf-8", newline="") as file:
        return out, list(csv.DictReader(file))


def write(file: Path, rows: list[dict[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_sample_is_labelled_and_estimated(
    desk: Desk, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The share that is published comes from this round."""
    file, rows = labelled(desk, database, tmp_path)
    assert {row["ad_id"]: row["bad"] for row in rows if row["bad"]} == {"seen": "no"}
    with pytest.raises(DataError, match="column bad"):
        cli.prevalence(file, database=database)
    full = [{**row, "bad": row["bad"] or ("yes" if row["ad_id"] in ("a0", "a1") else "no")} for row in rows]
    cli.prevalence(write(file, full), database=database)
    assert capsys.readouterr().out.startswith("2 of 9 drawn ads are bad, of 9 that ran: 22.222%, between 6.")
    for wrong in (full[1:], [*full[:-1], {**full[-1], "ad_id": "other"}]):
        with pytest.raises(UsageError, match="drawing it again"):
            cli.prevalence(write(file, wrong), database=database)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"bad": "perhaps"}, "yes or no"),
        ({"seed": "4"}, "same in every row"),
        ({"ad_id": "twice"}, "each ad once"),
    ],
)
def test_faults_of_a_labelled_file(tmp_path: Path, change: dict[str, str], expected: str) -> None:
    """A file that people filled in by hand has such faults; each is told with its row."""
    one = {
        "bad": "no",
        "decided": "",
        "seed": "3",
        "since": NOW.isoformat(),
        "until": AFTER.isoformat(),
        "frame": "",
    }
    rows = [{"ad_id": "twice", **one}, {"ad_id": "other", **one, **change}]
    with pytest.raises(DataError, match="row 2.*" + expected):
        ads_labels.read_labels(write(tmp_path / "l.csv", rows))
    (tmp_path / "l.csv").write_text("ad_id,bad\n", encoding="utf-8")
    with pytest.raises(DataError, match="column decided"):
        ads_labels.read_labels(tmp_path / "l.csv")
