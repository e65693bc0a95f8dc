"""`haechi evaluate` as its user meets it: forms, baselines, faults with their places."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from haechi.sensitivity.evaluation.contenders import iab_content

ROWS = (
    "name,path,source,lang,labels\n"
    "Church service,,mine,en,religion=2\n"
    "Guitar,,mine,en,\n"
    '"Diabetes in Black women",,mine,en,"health=2,race-ethnicity=2"\n'
    "Yoga,,mine,en,belief=1;health=1\n"
    "당뇨병 환자,,yours,ko,health=2\n"
    "Quux of Zorblax,,yours,en,political-opinion=2\n"
    "Medical marijuana dispensary near a church,,yours,en,\n"
    "Divorce,Family and Relationships,iab,en,\n"
    "Church service,,mine,en,religion=2\n"
)


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("haechi")), "evaluate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_tells_figures_baselines_and_errors(tmp_path: Path) -> None:
    """Fails when a reader cannot see how well it did, beside what, and on what it failed."""
    (tmp_path / "mine.csv").write_text(ROWS)
    done = _run(tmp_path / "mine.csv", "--resamples", 50)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("8 labelled names: 4 give something away directly, 1 arguably")
    for part in (
        "| haechi",
        "| keywords",
        "pip install 'haechi[embeddings]'",
        "| iab-flags",
        "Quux of Zorblax",
        "ko",
    ):
        assert part in done.stdout, part
    again = _run(tmp_path / "mine.csv", "--resamples", 50)
    assert again.stdout == done.stdout


def test_it_is_written_for_machines_and_documents(tmp_path: Path) -> None:
    """Fails when the files lack what the terminal shows."""
    (tmp_path / "mine.csv").write_text(ROWS)
    assert _run(tmp_path / "mine.csv", "--out", tmp_path / "e.json", "--resamples", 20).returncode == 0
    assert _run(tmp_path / "mine.csv", "--out", tmp_path / "e.md", "--resamples", 20).returncode == 0
    found = json.loads((tmp_path / "e.json").read_text())
    haechi, keywords, embeddings, flags = found["results"]
    assert haechi["figures"]["sensitive"]["recall"]["value"] == 0.75
    assert haechi["figures"]["category:religion"]["positives"] == 1
    assert keywords["figures"]["sensitive"]["positives"] == 4
    assert embeddings["lacking"]
    assert flags["asked"] == 1
    assert found["misses"][0]["name"] == "Quux of Zorblax"
    assert "Worst misses" in (tmp_path / "e.md").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.json", "e.md", "mine.csv"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nx\n", ["column labels", "expected category=grade"]),
        ("name,labels\nx,religion\n", ["row 1", "column labels", "found religion"]),
        ("name,labels\nx,religion=3\n", ["row 1", "religion=3"]),
        ("name,labels\nok,\nx,religon=2\n", ["row 2", "religon=2"]),
        ("name,labels\nx,religion=2;religion=1\n", ["row 1"]),
        ("name,labels\nx,religion=2\nx,\n", ["contradictions", "row 2", "what row 1 says"]),
        ("name,labels\n", ["no rows"]),
    ],
)
def test_labels_that_are_none_are_named(text: str, said: list[str], tmp_path: Path) -> None:
    """Fails when a slip in the labels becomes a figure."""
    (tmp_path / "mine.csv").write_text(text)
    done = _run(tmp_path / "mine.csv")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for part in said:
        assert part in done.stderr, done.stderr


def test_an_ending_that_is_none_is_refused(tmp_path: Path) -> None:
    """Fails when the answer lands in a form that nobody reads."""
    (tmp_path / "mine.csv").write_text(ROWS)
    assert _run(tmp_path / "mine.csv", "--out", tmp_path / "e.xlsx").returncode == 2


def test_the_taxonomy_has_the_fault_that_the_how_to_shows() -> None:
    """Fails when the shipped taxonomy is not the one whose fault docs/how-to/audit-a-taxonomy.md tells."""
    flagged = {
        version: {row["id"] for row in iab_content() if row["taxonomy"] == version and row["flagged"] == "1"}
        for version in ("2.2", "3.1")
    }
    newest = {row["id"]: row["name"] for row in iab_content() if row["taxonomy"] == "3.1"}
    lost = {newest[node] for node in flagged["2.2"] - flagged["3.1"]}
    raised = {newest[node] for node in flagged["3.1"] - flagged["2.2"]}
    assert {"Judaism", "Sikhism", "Elections", "Political Issues & Policy", "Divorce"} <= lost
    assert {"Theater", "Reptiles", "Auto Racing"} <= raised
    assert (len(lost), len(raised)) == (22, 21)
    order = list(newest)
    above = sum(order[order.index(node) - 2] in flagged["3.1"] for node in flagged["2.2"])
    in_place = len(flagged["2.2"] & flagged["3.1"])
    assert (above, in_place, len(flagged["2.2"])) == (52, 42, 64)
