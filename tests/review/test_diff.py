"""`haechi themes diff`: what an engine, decisions or a law pack change, before they do."""

import csv
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from haechi import sensitivity
from haechi.sensitivity.answers import Answers, mark, read_answers, said_of
from haechi.sensitivity.changes import Change, Comparison, Tally
from haechi.sensitivity.decided import DecidedEngine, Judge
from haechi.sensitivity.decisions_file import read_decisions
from haechi.sensitivity.read_names import read_names
from haechi.sensitivity.stream import answered
from tests.conftest import run_haechi
from tests.review.sheets import KIM, decide, engine_with, names_of

LISTED: list[str | dict[str, str]] = [
    "Guitar",
    "Alcohol",
    "Church service",
    "Blue lagoon",
    "12345",
    {"name": "Choir", "path": "Religion"},
]


def changes(names: Path, judge: Judge, before: Answers | None = None, **laws: Any) -> list[Change]:
    comparison = Comparison(judge, before, **laws)
    return list(comparison.changes(answered(read_names(str(names)), judge=judge)))


def answers(names: Path, judge: Judge) -> Answers:
    said = {}
    for batch in answered(read_names(str(names)), judge=judge):
        for row in batch:
            said[mark(str(row["name"]), row.get("path"), None)] = said_of(row)  # type: ignore[arg-type]
    return Answers(said, (judge.version,))


def told(found: list[Change]) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(change.kind, change.name, change.before, change.after) for change in found]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_nothing_changed_says_nothing(ending: str, tmp_path: Path) -> None:
    """Fails when an upgrade that changes nothing stops a pipeline, or an answer of some form cannot be read back."""
    names, before = names_of(tmp_path, LISTED), tmp_path / f"before.{ending}"
    assert run_haechi("classify", names, "--out", before).returncode == 0
    done = run_haechi("themes", "diff", names, "--before", before)
    assert done.returncode == 0, done.stderr
    version = sensitivity.load().version
    assert f"before {version}, now {version}" in done.stdout
    assert read_answers(str(before)).versions == (version,)


def test_another_engine_is_told_by_kind(tmp_path: Path) -> None:
    """Fails when an upgrade changes what themes give away and nobody is told."""
    names = names_of(tmp_path, LISTED)
    before = answers(names, sensitivity.load())
    more = "{id: drinks, categories: {belief: 2}, en: 'blue lagoon, church service'}"
    found = changes(names, engine_with(tmp_path, more), before)
    assert ("newly-sensitive", "Blue lagoon", (), ("belief",)) in told(found)
    (church,) = [change for change in found if change.name == "Church service"]
    assert (church.kind, church.before) == ("categories-changed", ("religion",))
    assert "belief" in church.after
    back = changes(names, sensitivity.load(), answers(names, engine_with(tmp_path, more)))
    assert ("no-longer-sensitive", "Blue lagoon", ("belief",), ()) in told(back)
    softer = engine_with(tmp_path, "{id: lagoon, categories: {belief: 1}, en: 'blue lagoon'}")
    assert told(changes(names, softer, before)) == [("to-review-changed", "Blue lagoon", (), ("belief",))]


def test_decisions_against_which_the_engine_speaks_now_are_told(tmp_path: Path) -> None:
    """Fails when a decision hides for ever that the engine has learnt something since."""
    names, file = names_of(tmp_path, LISTED), tmp_path / "d.jsonl"
    fill = {"Alcohol": {"decision": "none", **KIM}, "12345": {"decision": "religion", **KIM}}
    assert decide(names, fill, file).holding == 2
    newer = engine_with(tmp_path, "{id: drinks, categories: {health: 2}, en: alcohol}")
    judge = DecidedEngine(newer, read_decisions(file))
    before = answers(names, DecidedEngine(sensitivity.load(), read_decisions(file)))
    (found,) = changes(names, judge, before)
    assert (found.kind, found.name, found.before, found.after) == (
        "decision-to-look-at-again", "Alcohol", ("health?",), ("health",),
    )  # fmt: skip
    assert found.note.startswith("holds: none (decision:2026-11-24, against ")
    assert "Kim" not in str(found)


def test_decisions_about_renamed_themes_are_counted(tmp_path: Path) -> None:
    """Fails when a theme is renamed, its decision no longer counts, and nobody notices."""
    names, file = names_of(tmp_path, ["Alcohol"]), tmp_path / "d.jsonl"
    decide(names, {"Alcohol": {"decision": "none", **KIM}}, file)
    done = run_haechi("themes", "diff", names_of(tmp_path, ["Alcohols"]), "--decisions", file)
    assert "1 decision is about a theme that is not in the list" in done.stdout
    assert done.returncode == 0


def test_names_that_came_and_went_are_counted_and_change_nothing(tmp_path: Path) -> None:
    """Fails when a new name passes for a change of the engine."""
    before = tmp_path / "b.jsonl"
    run_haechi("classify", names_of(tmp_path, ["Guitar", "Mosque"]), "--out", before)
    done = run_haechi("themes", "diff", names_of(tmp_path, ["Guitar", "Church"]), "--before", before)
    assert done.returncode == 0
    assert "1 name is not in the earlier answer" in done.stdout
    assert "1 name of the earlier answer is not in the list" in done.stdout


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_all_changes_stand_in_a_file(ending: str, tmp_path: Path) -> None:
    """Fails when what changes cannot be worked through, or runs as a formula where it is."""
    listed = [f"=church {number}" for number in range(30)]
    names, before = names_of(tmp_path, listed), tmp_path / "b.jsonl"
    run_haechi("classify", names, "--out", before)
    before.write_text(before.read_text().replace('["religion"]', "[]"))
    out = tmp_path / f"changes.{ending}"
    done = run_haechi("themes", "diff", names, "--before", before, "--out", out)
    assert done.returncode == 1, done.stderr
    assert "       30  newly sensitive" in done.stdout
    assert "religion: +30 -0" in done.stdout
    assert "… and 10 more" in done.stdout
    if ending == "jsonl":
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        assert [row["name"] for row in rows] == listed
        assert rows[0]["after"] == ["religion"]
    else:
        with out.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["name"] for row in rows] == [f"'{name}" for name in listed]
        assert (rows[0]["kind"], rows[0]["before"], rows[0]["after"]) == ("newly-sensitive", "", "religion")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to compare with"),
        (("--before", "NAMES"), "column categories"),
        (("--before", "nowhere.csv"), "no such file"),
        (("--before", "BAD"), "column categories: found religion"),
        (("--law", "kr-pippa"), "unknown law 'kr-pippa'"),
        (("--law", "jp-appi", "--law-pack-before", "PACK"), "has no later one"),
        (("--law-pack", "PACK", "--law-pack", "PACK"), "each law once"),
        (("--law", "kr-pipa", "--as-of", "soon"), "expected a day or instant"),
        (("--law", "kr-pipa", "--include-inferred", "jp-appi"), "unknown law 'jp-appi' for inferred"),
        (("--law", "kr-pipa", "--out", "x.xlsx"), ".csv or .jsonl"),
        (("--law", "kr-pipa", "--out", "NAMES"), "is the list itself"),
    ],
)
def test_a_wrong_call_is_told(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Fails when a wrong call passes for 'nothing changes'."""
    names = names_of(tmp_path, ["Church"])
    (tmp_path / "bad.csv").write_text("name,categories,arguable,undecided\nChurch,religion,[],\n")
    places = {"NAMES": str(names), "BAD": str(tmp_path / "bad.csv"), "PACK": str(_pack(tmp_path, "kr-pipa"))}
    done = run_haechi("themes", "diff", names, *(places.get(argument, argument) for argument in arguments))
    assert done.returncode == 2
    assert said in done.stderr


def _pack(folder: Path, law: str) -> Path:
    """The shipped pack as a file of the user's."""
    file = folder / f"{law}.yaml"
    file.write_bytes(resources.files("haechi.packs").joinpath(law, "pack.yaml").read_bytes())
    return file


def test_a_law_pack_of_a_new_law_is_compared_with_none(tmp_path: Path, user_pack: str) -> None:
    """Fails when a company goes to Brazil and is not told which of its themes are sensitive there."""
    pack = tmp_path / "br.yaml"
    pack.write_text(user_pack, encoding="utf-8")
    names = names_of(tmp_path, ["Church service", "Guitar", "Diabetes", "Labor union"])
    done = run_haechi("themes", "diff", names, "--law-pack", pack)
    assert done.returncode == 1, done.stderr
    assert "br-lgpd protects +health +religion" in done.stdout
    assert "newly-sensitive under br-lgpd: Church service: nothing -> religion" in done.stdout
    assert "Labor union" not in done.stdout


def test_a_changed_law_pack_is_compared_with_what_holds(tmp_path: Path, user_pack: str) -> None:
    """Fails when a change of law takes a category away or adds one and nobody hears of the themes."""
    names = names_of(tmp_path, ["Church service", "Diabetes"])
    held, new = tmp_path / "held.yaml", tmp_path / "new.yaml"
    held.write_text(user_pack, encoding="utf-8")
    start = "    mark: R\n    effective_from: 2020-09-18\n"
    head, last = user_pack.split("  - category: health", 1)
    assert start in last
    ended = last.replace(start, start + "    effective_until: 2026-06-01\n", 1)
    new.write_text(f"{head}  - category: health{ended}", encoding="utf-8")
    call = ("themes", "diff", names, "--law-pack", new, "--law-pack-before", held)
    done = run_haechi(*call, "--as-of", "2026-07-01")
    assert done.returncode == 1, done.stderr
    assert "br-lgpd protects -health" in done.stdout
    assert "no-longer-sensitive under br-lgpd: Diabetes: health -> nothing" in done.stdout
    done = run_haechi(*call, "--as-of", "2026-05-01")
    assert done.returncode == 0, done.stdout


def test_a_pack_with_a_shipped_identifier_is_compared_with_the_shipped_one(tmp_path: Path) -> None:
    """Fails when the same law under the same name is told as changed."""
    names = names_of(tmp_path, ["Church service"])
    done = run_haechi("themes", "diff", names, "--law-pack", _pack(tmp_path, "kr-pipa"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "kr-pipa protects the same categories" in done.stdout


def test_a_law_is_compared_with_itself_at_another_day(tmp_path: Path) -> None:
    """Fails when nobody is told what comes into force: Korea protects race since 5 August 2020."""
    names = names_of(tmp_path, ["African American culture"])
    days = ("--as-of-before", "2020-08-01", "--as-of", "2020-08-10")
    done = run_haechi("themes", "diff", names, "--law", "kr-pipa", *days)
    assert "kr-pipa protects +biometric +race-ethnicity" in done.stdout
    assert done.returncode == 1
    assert "newly-sensitive under kr-pipa: African American culture" in done.stdout


def test_a_law_that_leaves_inferred_themes_out_protects_none_unasked(tmp_path: Path) -> None:
    """Fails when a theme is called sensitive under a law that an audit would not count it under."""
    names = names_of(tmp_path, ["Church service"])
    text = _pack(tmp_path, "jp-appi").read_text(encoding="utf-8").replace("id: jp-appi", "id: jp-new", 1)
    pack = tmp_path / "jp.yaml"
    pack.write_text(text, encoding="utf-8")
    assert run_haechi("themes", "diff", names, "--law-pack", pack).returncode == 0
    done = run_haechi("themes", "diff", names, "--law-pack", pack, "--include-inferred", "jp-new")
    assert done.returncode == 1


def test_the_tally_counts_what_passes() -> None:
    """Fails when a figure and the list beside it disagree."""
    passing = [
        Change("newly-sensitive", "a", None, None, None, (), ("health",)),
        Change("categories-changed", "b", None, None, None, ("health", "religion"), ("health", "belief")),
        Change("decision-to-look-at-again", "c", None, None, None, ("genetic",), ()),
    ]
    tally = Tally(most=2)
    assert list(tally.counted(passing)) == passing
    assert tally.total == 3
    assert tally.first == passing[:2]
    assert {word: count for word, count in tally.gained.items() if count} == {"health": 1, "belief": 1}
    assert {word: count for word, count in tally.lost.items() if count} == {"religion": 1}
