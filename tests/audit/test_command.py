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
    _, told = process.communicate(timeout=120)
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


def _small(folder: Path, **tables: str) -> Path:
    """A dataset of CSV files: one Korean in one church, open to one advertiser, unless told otherwise."""
    folder.mkdir(parents=True)
    given = {
        "people": "person_id,country\np1,KR\n",
        "themes": "theme_id,name\nt1,Church service\n",
        "memberships": "person_id,theme_id,since\np1,t1,2020-01-01T00:00:00Z\n",
        "grants": "advertiser_id,theme_id,since\na1,t1,2020-01-01T00:00:00Z\n",
    }
    for name, text in {**given, **tables}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


@pytest.mark.parametrize("out", [".", "../data", "sub/.."])
def test_the_report_never_replaces_the_dataset(tmp_path: Path, out: str) -> None:
    """Breaks when a report's themes.parquet can take the place of the only required table."""
    data = _small(tmp_path / "data")
    (data / "sub").mkdir()
    before = sorted(file.name for file in data.iterdir())
    call = [str(HAECHI), "audit", ".", "--out", out]
    done = subprocess.run(call, capture_output=True, text=True, cwd=data, check=False)
    assert done.returncode == 2
    assert "expected another folder" in done.stderr
    assert sorted(file.name for file in data.iterdir()) == before


def test_a_table_elsewhere_is_spared_too(tmp_path: Path) -> None:
    """Breaks when haechi.toml points at a themes.parquet where the report is to stand."""
    data = _small(tmp_path / "data")
    kept = tmp_path / "kept"
    kept.mkdir()
    table = pa.table({"theme_id": ["t1"], "name": ["Church service"]})
    pq.write_table(table, kept / "themes.parquet")
    (data / "themes.csv").unlink()
    (data / "haechi.toml").write_text('[tables.themes]\npath = "../kept/themes.parquet"\n')
    done = run_haechi("audit", data / "haechi.toml", "--out", kept)
    assert done.returncode == 2
    assert "is a table of the dataset" in done.stderr
    assert pq.read_table(kept / "themes.parquet") == table


def test_behaviours_of_strangers_are_counted_and_told(tmp_path: Path) -> None:
    """Breaks when identifiers written in two ways make an audit that found nothing, in silence."""
    data = _small(
        tmp_path / "data",
        people="person_id,country\n007,KR\n",
        behaviours="person_id,item_id,kind,occurred_at\n"
        "7,i1,like,2020-01-01T00:00:00Z\n7,i9,like,2020-01-01T00:00:00Z\n007,i1,like,2020-01-01T00:00:00Z\n",
        items="item_id,kind,name\ni1,page,x\n",
        item_themes="item_id,theme_id\ni1,t1\n",
    )
    (data / "memberships.csv").unlink()
    done = run_haechi("audit", data, "--out", tmp_path / "out")
    told = findings(tmp_path / "out")
    assert told["dataset"]["set_aside"] == [{"table": "behaviours", "rows": 2}]
    assert "2 of 3 rows of behaviours name an identifier that its table lacks" in done.stderr


@pytest.mark.parametrize("people", ["person_id,country\n", "person_id,country\np1,BR\np2,BR\n"])
def test_without_a_law_there_is_no_clean_bill(tmp_path: Path, people: str) -> None:
    """Breaks when "nobody was found" is said of people whom no law pack is about."""
    done = run_haechi("audit", _small(tmp_path / "data", people=people), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "no law pack is about" in done.stderr
    assert not (tmp_path / "out").exists()


def test_people_under_no_law_are_counted(tmp_path: Path) -> None:
    data = _small(tmp_path / "data", people="person_id,country\np1,KR\np2,BR\n")
    run_haechi("audit", data, "--out", tmp_path / "out")
    assert findings(tmp_path / "out")["notices"] == [
        "1 of 2 people are under no audited law: nothing is said of them."
    ]


def test_what_has_not_begun_is_not_told_as_done(tmp_path: Path) -> None:
    """Breaks when an advertiser is said to have used a theme that it may use from next century."""
    later = "advertiser_id,theme_id,since\na1,t1,2100-01-01T00:00:00Z\n"
    data = _small(tmp_path / "data", grants=later)
    run_haechi("audit", data, "--out", tmp_path / "later")
    totals = findings(tmp_path / "later")["totals"]
    assert (totals["people_profiled_unpermitted"], totals["people_exposed"]) == (1, 0)
    assert totals["advertisers_receiving"] == 0
    run_haechi("audit", data, "--out", tmp_path / "before", "--as-of", "2019-12-31")
    assert findings(tmp_path / "before")["totals"]["people_profiled_unpermitted"] == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--as-of", "9999-12-31T23:59:59-14:00"),
        ("--as-of", "0001-01-01T00:00:00+14:00"),
        ("--as-of", "2999-01-01"),
        ("--lapse", "99999999999"),
        ("--lapse", "1" + "0" * 30),
        ("--retention", "99999999999"),
        ("--turnover", "KRW:1" + "0" * 40),
        ("--turnover", "KRW:" + "9" * 5000),
        ("--turnover", "KRW:1,,_,"),
        ("--threads", "100000000"),
        ("--memory", "1KB"),
        ("--include-inferred", "xx"),
    ],
)
def test_absurd_options_are_refused_in_a_sentence(tmp_path: Path, option: str, value: str) -> None:
    """Breaks when a slip of the keyboard ends in a trace, in status 1, or in an audit without end."""
    done = run_haechi("audit", _small(tmp_path / "data"), "--out", tmp_path / "out", option, value)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    assert len(done.stderr) < 600
    assert not (tmp_path / "out").exists()


def test_a_defect_of_ours_is_no_finding_and_shows_no_data(tmp_path: Path) -> None:
    """Breaks when a crash ends with status 1, which means "findings", or its message carries a row."""
    code = (
        "import sys, haechi.cli.audit as door\n"
        "def broken(*_, **__): raise ValueError('person p-secret')\n"
        "door.run_audit = broken\n"
        "from haechi.cli.app import main\n"
        "main()\n"
    )
    data = str(_small(tmp_path / "data"))
    call = [str(HAECHI.with_name("python")), "-c", code, "audit", data, "--out", str(tmp_path / "out")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "unexpected ValueError at" in done.stderr
    assert "p-secret" not in done.stderr
    shown = {**os.environ, "HAECHI_TRACEBACK": "1"}
    done = subprocess.run(call, capture_output=True, text=True, check=False, env=shown)
    assert "p-secret" in done.stderr


def test_nobody_listening_does_not_undo_the_report(tmp_path: Path) -> None:
    """Breaks when a closed or narrow standard output ends an audit whose report already stands."""
    data = _small(tmp_path / "data")
    for number, command in enumerate((
        f"{HAECHI} audit {data} --out {{}} --fail-on never >&-",
        f"LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=ascii {HAECHI} audit {data} --out {{}} --lang ko --fail-on never",
    )):  # fmt: skip
        out = tmp_path / f"out{number}"
        done = subprocess.run(
            ["bash", "-c", command.format(out)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert (out / "report.html").exists()


@pytest.mark.parametrize("people", ["person_id,country\np1,\n", "person_id,country\np1,XX\n"])
def test_an_early_refusal_ends_cleanly(tmp_path: Path, people: str) -> None:
    """Breaks when what judges names beside the validation outlives an audit that is refused meanwhile."""
    themes = "theme_id,name\n" + "".join(f"t{n},Church of number {n}\n" for n in range(30_000))
    data = _small(tmp_path / "data", people=people, themes=themes)
    work = tmp_path / "work"
    work.mkdir()
    for _ in range(2):
        done = subprocess.run(
            [str(HAECHI), "audit", str(data), "--out", str(tmp_path / "out")],
            capture_output=True, text=True, check=False, env={**os.environ, "TMPDIR": str(work)},
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert "FATAL" not in done.stderr
        assert list(work.iterdir()) == []
