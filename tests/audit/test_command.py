"""`haechi audit` as its user meets it: figures, exit status, bad input, interruption."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from haechi.audit import model
from tests.conftest import HAECHI, run_haechi

ASK = "import duckdb,sys; print(duckdb.execute(sys.stdin.read()).fetchone()[0])"


def findings(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((report / "findings.json").read_text())
    return found


def test_totals_are_those_the_generator_derived_on_its_own(report: Path, expected: dict[str, Any]) -> None:
    """Breaks when a figure of the report is wrong or a planted theme is not recognised."""
    assert findings(report)["totals"] == expected["totals"]


def test_findings_follow_the_schema(report: Path) -> None:
    model.validate(findings(report))


def test_every_query_reproduces_its_figure(report: Path) -> None:
    """Breaks when the SQL printed beside a figure no longer runs or says something else."""
    document = findings(report)
    assert len(document["findings"]) >= 15
    for found in document["findings"]:
        with duckdb.connect() as other:
            assert other.execute(found["query"]).fetchone() == (found["count"],), found["rule"]


def test_a_query_runs_where_the_audit_was_called(tmp_path: Path) -> None:
    """Breaks when paths in the SQL start elsewhere than the user's own, or a DuckDB file or query is not reopened."""
    with duckdb.connect(str(tmp_path / "kept.duckdb")) as kept:
        kept.execute("create table themes as select 1 as theme_id, 'Roman Catholic Church' as name")
        kept.execute("create table homes as select 7 as person_id, 'KR' as country")
    (tmp_path / "held.csv").write_text("person_id,theme_id,since\n7,1,2020-01-01T00:00:00Z\n")
    (tmp_path / "haechi.toml").write_text(
        "[tables.themes]\ndatabase = 'kept.duckdb'\ntable = 'themes'\n"
        "[tables.people]\ndatabase = 'kept.duckdb'\nsql = 'select * from homes'\n"
        "[tables.memberships]\nsql = \"select * from 'held.csv'\"\n"
    )
    call = [str(HAECHI), "audit", "haechi.toml", "--out", "out", "--as-of", "2022-04-01"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1, done.stderr
    found = findings(tmp_path / "out")["findings"][0]
    assert found["count"] == 1
    told = subprocess.run(
        [HAECHI.with_name("python"), "-c", ASK],
        input=found["query"], capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert told.stdout.strip() == "1", told.stderr


def test_outputs_hold_no_person(report: Path, example: Path) -> None:
    """No column, name or text of any output carries a person's identifier."""
    assert sorted(file.name for file in report.iterdir()) == [
        "exposures.parquet", "findings.json", "proxies.parquet", "report.html", "themes.parquet",
    ]  # fmt: skip
    columns = {
        "themes": ["theme_id", "name", "category", "score", "decided_by", "evidence"],
        "exposures": ["category", "advertiser_id", "month", "people", "people_unpermitted"],
        "proxies": ["theme_id", "category", "people", "lift", "auc", "q_value"],
    }
    for name, wanted in columns.items():
        assert pq.read_schema(report / f"{name}.parquet").names == wanted
    row = duckdb.execute(f"select min(person_id), max(person_id) from '{example}/people.parquet'").fetchone()
    assert row is not None
    written = [(report / name).read_text() for name in ("report.html", "findings.json")]
    written += [str(pq.read_table(report / f"{name}.parquet").to_pydict()) for name in columns]
    for text in written:
        numbers = {int(found) for found in re.findall(r"(?<![0-9])[0-9]{9}(?![0-9])", text)}
        assert not {number for number in numbers if row[0] <= number <= row[1]}


def test_the_busiest_month_of_an_advertiser_is_never_above_its_people(report: Path, example: Path) -> None:
    """exposures.parquet against a plain count over the same files."""
    table = duckdb.execute(
        f"select max(people), min(people_unpermitted), count(*) from '{report}/exposures.parquet'"
    )
    most, least, rows = table.fetchone() or (0, 0, 0)
    assert 0 < most <= 2000
    assert least >= 0
    assert rows > 100


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--fail-on", "never"), 0), (("--fail-on", "note"), 1), (("--law", "jp-appi"), 0)],
)
def test_exit_status(
    example: Path, expected: dict[str, Any], tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    done = run_haechi("audit", example, "--out", tmp_path / "r", "--as-of", expected["as_of"], *arguments)
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--law", "kr-pippa"), "kr-pippa"),
        (("--as-of", "yesterday"), "2022-04-01"),
        (("--turnover", "lots"), "KRW:1900000000000"),
        (("--lapse", "0"), "--lapse is 0"),
        (("--lang", "fr"), "fr"),
    ],
)
def test_a_wrong_call_says_what_was_expected(
    example: Path, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = run_haechi("audit", example, "--out", tmp_path / "r", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r").exists()


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A good report of another day."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("good")
    return out


@pytest.fixture
def mine(example: Path, tmp_path: Path) -> Path:
    """The example, to be damaged."""
    return Path(shutil.copytree(example, tmp_path / "mine"))


def test_a_truncated_table_is_named_and_the_earlier_report_stays(mine: Path, earlier: Path) -> None:
    whole = (mine / "behaviours.parquet").read_bytes()
    (mine / "behaviours.parquet").write_bytes(whole[: len(whole) // 2])
    done = run_haechi("audit", mine, "--out", earlier)
    assert done.returncode == 2
    assert "behaviours.parquet" in done.stderr
    assert [f.name for f in earlier.iterdir()] == ["report.html"]
    assert (earlier / "report.html").read_text() == "good"
    assert not list(earlier.parent.glob(".haechi-*"))


def test_an_interrupted_audit_leaves_no_trace(example: Path, earlier: Path) -> None:
    process = subprocess.Popen([HAECHI, "audit", str(example), "--out", str(earlier)], stderr=subprocess.PIPE)
    while not list(earlier.parent.glob(".haechi-*")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert [f.name for f in earlier.iterdir()] == ["report.html"]
    assert not list(earlier.parent.glob(".haechi-*"))


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs a tiny file system")
def test_a_full_disk_keeps_the_earlier_report(example: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let tests mount a small disk")
    try:
        (disk / "out").mkdir()
        (disk / "out" / "report.html").write_text("good")
        done = run_haechi("audit", example, "--out", disk / "out")
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert (disk / "out" / "report.html").read_text() == "good"
        assert [f.name for f in disk.iterdir()] == ["out"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_only_themes_is_enough_and_says_what_it_lacked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    pq.write_table(
        pa.table({"theme_id": [1, 2], "name": ["Catholic Church", "Chess"]}), data / "themes.parquet"
    )
    out = tmp_path / "out"
    done = run_haechi("audit", data, "--out", out, "--law", "eu-gdpr")
    assert done.returncode == 0, done.stderr
    document = findings(out)
    assert document["totals"]["sensitive_themes"] == 1
    unavailable = {row["check"]: row["missing"] for row in document["dataset"]["unavailable_checks"]}
    assert "memberships" in unavailable["sensitive-processing"]
    assert "requests" in unavailable["request-overdue"]
    assert run_haechi("audit", data, "--out", out).returncode == 2, "no people and no law named"
