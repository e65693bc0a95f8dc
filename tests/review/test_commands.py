"""`haechi themes review` from end to end, as people call it, and an audit that counts what they decided."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from haechi.audit import model
from tests.conftest import run_haechi
from tests.review.sheets import KIM, filled, names_of


def test_from_the_list_to_the_answer(tmp_path: Path) -> None:
    """Fails when the commands of the how-to do not lead where it says."""
    names = names_of(tmp_path, ["Alcohol", "Church service", "Guitar"])
    sheet, decisions, out = tmp_path / "review.xlsx", tmp_path / "decisions.jsonl", tmp_path / "answers.csv"
    done = run_haechi("themes", "review", names, "--sheet", sheet)
    assert (done.returncode, done.stdout) == (0, f"1 theme to look at: {sheet}\n"), done.stderr
    done = run_haechi("themes", "review", names, "--sheet", sheet)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    filled(sheet, {"Alcohol": {"decision": "none", **KIM}})
    done = run_haechi("themes", "review", names, "--take", sheet, "--decisions", decisions)
    assert (done.returncode, done.stdout) == (0, f"1 decision holds from now on: {decisions}\n"), done.stderr
    done = run_haechi("themes", "review", names, "--sheet", tmp_path / "next.csv", "--decisions", decisions)
    assert done.stdout.startswith("0 themes to look at")
    assert run_haechi("classify", names, "--decisions", decisions, "--out", out).returncode == 0
    assert "decision:2026-11-24" in out.read_text()
    assert "Kim" not in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected either --sheet FILE"),
        (("--sheet", "a.csv", "--take", "b.csv"), "expected either --sheet FILE"),
        (("--take", "b.csv"), "--take needs --decisions"),
        (("--take", "b.csv", "--decisions", "d.jsonl"), "b.csv: found no such file"),
        (("--sheet", "a.ods"), "expected .xlsx or .csv"),
        (("--sheet", "nowhere/a.csv"), "found no folder nowhere"),
    ],
)
def test_a_wrong_call_is_told(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Fails when a slip in the call ends in a trace, or does something."""
    done = run_haechi("themes", "review", names_of(tmp_path, ["Alcohol"]), *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_faults_of_a_sheet_end_with_2_and_are_named(tmp_path: Path) -> None:
    """Fails when a reviewer is not told which cell to mend."""
    names, sheet = names_of(tmp_path, ["Alcohol"]), tmp_path / "s.xlsx"
    run_haechi("themes", "review", names, "--sheet", sheet)
    filled(sheet, {"Alcohol": {"decision": "helth", **KIM}})
    done = run_haechi("themes", "review", names, "--take", sheet, "--decisions", tmp_path / "d.jsonl")
    assert done.returncode == 2
    assert (
        f"{sheet}, row 1, column decision (cell K2): found 'helth'; expected one of religion" in done.stderr
    )
    assert not (tmp_path / "d.jsonl").exists()


def test_the_answer_never_replaces_the_decisions(tmp_path: Path) -> None:
    """Fails when a slip of the keyboard costs what people decided."""
    names, decisions = names_of(tmp_path, ["Alcohol"]), tmp_path / "d.jsonl"
    decisions.write_text("")
    done = run_haechi("classify", names, "--decisions", decisions, "--out", decisions)
    assert done.returncode == 2
    assert "is the file of decisions itself" in done.stderr


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "themes.csv").write_text(
        "theme_id,name,path\n1,Guitar,\n2,Alcohol,\n3,Church service,\n4,Mosque,\n5,Catholic school,Education\n"
    )
    (folder / "people.csv").write_text("person_id,country\n" + "".join(f"{n},KR\n" for n in range(1, 6)))
    (folder / "memberships.csv").write_text(
        "person_id,theme_id,since\n" + "".join(f"{n},{n},2022-01-01T00:00:00Z\n" for n in range(1, 6))
    )
    return folder


def _decided(dataset: Path, folder: Path) -> Path:
    themes, sheet, decisions = dataset / "themes.csv", folder / "s.csv", folder / "decisions.jsonl"
    run_haechi("themes", "review", themes, "--sheet", sheet, "--all")
    fill = {
        "Alcohol": {"decision": "health", **KIM},
        "Church service": {"decision": "none", **KIM, "second_reviewer": "Lee Jun"},
        "Mosque": {"decision": "none", **KIM},
    }
    done = run_haechi("themes", "review", themes, "--take", filled(sheet, fill), "--decisions", decisions)
    assert "2 decisions hold" in done.stdout, done.stderr
    return decisions


def _audited(dataset: Path, out: Path, *arguments: str | Path) -> dict[str, Any]:
    done = run_haechi("audit", dataset, "--out", out, "--as-of", "2023-01-01", *arguments)
    assert done.returncode == 1, done.stderr
    document: dict[str, Any] = json.loads((out / "findings.json").read_text())
    model.validate(document)
    return document


def test_an_audit_counts_what_people_decided_and_says_so(dataset: Path, tmp_path: Path) -> None:
    """Fails when decisions do not change the figures, change them unseen, or carry a reviewer into a report."""
    decisions = _decided(dataset, tmp_path)
    alone = _audited(dataset, tmp_path / "alone")
    assert "decisions" not in alone
    assert alone["theme_counts"]["arguable"] == 2
    found = _audited(dataset, tmp_path / "out", "--decisions", decisions)
    assert found["decisions"] == {"themes": 1, "cleared": 1, "pending": 1}
    assert found["theme_counts"]["arguable"] == 1
    assert found["theme_counts"]["undecided"] == 0
    assert {row["category"]: row["themes"] for row in alone["categories"]} == {"religion": 2}
    assert {row["category"]: row["themes"] for row in found["categories"]} == {"religion": 1, "health": 1}
    assert found["sensitivity"].startswith(alone["sensitivity"] + "+decisions-")
    assert any(
        "people decided 1 to give something away and 1 to give nothing away" in line
        for line in found["notices"]
    )
    rows = {row["name"]: row for row in pq.read_table(tmp_path / "out" / "themes.parquet").to_pylist()}
    assert sorted(rows) == ["Alcohol", "Mosque"]
    assert (rows["Alcohol"]["score"], rows["Alcohol"]["decided_by"]) == (1.0, "decision:2026-11-24")
    assert rows["Mosque"]["decided_by"].startswith("concept:")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "decision:2026-11-24" in page
    for file in (tmp_path / "out").iterdir():
        data = file.read_bytes()
        assert b"Kim" not in data
        assert b"Lee Jun" not in data


def test_decisions_about_other_themes_are_told(dataset: Path, tmp_path: Path) -> None:
    """Fails when a dataset passes for reviewed although no decision fits any of its themes."""
    decisions = _decided(dataset, tmp_path)
    themes = dataset / "themes.csv"
    themes.write_text(themes.read_text().replace("Alcohol", "Alcohols").replace("Church", "A church"))
    found = _audited(dataset, tmp_path / "out", "--decisions", decisions)
    assert "None of the 2 decisions by people is about a theme of this dataset." in found["notices"]
    assert found["decisions"] == {"themes": 0, "cleared": 0, "pending": 1}


def test_the_settings_name_the_decisions(dataset: Path, tmp_path: Path) -> None:
    """Fails when a dataset cannot carry its own decisions, or they are looked for where the audit was called."""
    decisions = _decided(dataset, tmp_path)
    (dataset / "haechi.toml").write_text('[policy]\ndecisions = "../decisions.jsonl"\n')
    found = _audited(dataset, tmp_path / "out")
    assert found["decisions"] == {"themes": 1, "cleared": 1, "pending": 1}
    decisions.unlink()
    done = run_haechi("audit", dataset, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "decisions.jsonl: found no such file" in done.stderr
    (dataset / "haechi.toml").write_text("[policy]\ndecision = 'd.jsonl'\n")
    done = run_haechi("audit", dataset, "--out", tmp_path / "out")
    assert "did you mean 'decisions'?" in done.stderr


@pytest.mark.parametrize("command", ["review", "diff"])
def test_the_reference_names_every_option(command: str) -> None:
    """Fails when an option comes, goes or is renamed, and its reference does not follow."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "decisions.md").read_text()
    section = page.split(f"## haechi themes {command}\n")[1].split("\n## ")[0]
    told = set(re.findall(r"--[a-z-]+", section.split("| --- | --- |")[1]))
    shown = set(re.findall(r"--[a-z-]+", run_haechi("themes", command, "--help").stdout)) - {"--names"}
    assert told - {"--out"} == shown - {"--out"}
