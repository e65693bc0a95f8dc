"""It takes two people to take away what the engine calls directly, and no writing of one name makes two of it."""

import csv
from pathlib import Path

import pytest

from haechi import sensitivity
from haechi.errors import DataError
from haechi.sensitivity.decisions_file import read_decisions
from tests.review.sheets import (
    ARGUABLE,
    DIRECT,
    KIM,
    LEE,
    decide,
    engine_with,
    filled,
    holding,
    names_of,
    sheet_of,
    taken,
)


def test_one_is_not_enough(names: Path, decisions: Path) -> None:
    """Fails when one person alone can clear a theme that names a religion."""
    done = decide(names, {DIRECT: {"decision": "none", **KIM}}, decisions)
    assert (done.holding, done.pending) == (0, 1)
    assert holding(decisions, DIRECT) is None
    judge = sensitivity.judge_with(decisions)
    assert [label.category for label in judge.judge(DIRECT).decided] == ["religion"]


@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_the_second_may_come_in_the_same_row(names: Path, decisions: Path, ending: str) -> None:
    """Fails when two people who sat together need two sheets."""
    fill = {DIRECT: {"decision": "none", **KIM, "second_reviewer": "Lee Jun"}}
    assert decide(names, fill, decisions, ending=ending).holding == 1
    judge = sensitivity.judge_with(decisions)
    assert judge.judge(DIRECT).labels == ()


def test_the_second_may_come_later(names: Path, decisions: Path) -> None:
    """Fails when the first one's decision is lost before the second one comes."""
    decide(names, {DIRECT: {"decision": "none", **KIM}}, decisions)
    assert decide(names, {DIRECT: {"decision": "none", **LEE}}, decisions).holding == 1
    found = holding(decisions, DIRECT)
    assert found is not None
    assert (found.reviewers, found.record.categories) == (2, ())


@pytest.mark.parametrize(
    "again",
    [
        "Kim Minji",
        "KIM MINJI",
        " kim  minji",
        "KimMinji",
        "Minji Kim",
        "Kim, Minji",
        "Ｋｉｍ　Ｍｉｎｊｉ",
        "Kim\u200b Minji",
        "Kím Minji",
        "Dr. Kim Minji",
        "Kim",
        "kim.minji",
    ],
)
def test_the_same_one_twice_is_one(names: Path, decisions: Path, again: str) -> None:
    """Fails when one person clears a theme alone by writing the own name otherwise."""
    decide(names, {DIRECT: {"decision": "none", **KIM}}, decisions)
    done = decide(names, {DIRECT: {"decision": "none", **LEE, "reviewer": again}}, decisions)
    assert done.pending == 1
    assert holding(decisions, DIRECT) is None
    with pytest.raises(DataError, match="another person than the reviewer"):
        decide(names, {DIRECT: {"decision": "none", **KIM, "second_reviewer": again}}, decisions)


def test_two_who_decide_otherwise_do_not_agree(names: Path, decisions: Path) -> None:
    """Fails when two different decisions count as one made by two."""
    decide(names, {DIRECT: {"decision": "none", **KIM}}, decisions)
    assert decide(names, {DIRECT: {"decision": "health", **LEE}}, decisions).pending == 1
    assert holding(decisions, DIRECT) is None


def test_one_is_enough_to_add_and_to_keep(names: Path, decisions: Path) -> None:
    """Fails when caution needs more people than carelessness."""
    assert decide(names, {DIRECT: {"decision": "religion; health", **KIM}}, decisions).holding == 1


def test_a_sheet_that_was_made_to_look_arguable_does_not_help(names: Path, decisions: Path) -> None:
    """Fails when editing the engine's columns does away with the second reviewer."""
    lies = {"categories": "", "arguable": "religion", "scores": "religion 0.30", "so_far": "decided"}
    assert decide(names, {DIRECT: {"decision": "none", **KIM, **lies}}, decisions).pending == 1


def test_another_theme_s_identifier_does_not_help(names: Path, decisions: Path) -> None:
    """Fails when a decision about one theme is recorded about another."""
    sheet = sheet_of(names, decisions.with_name("s.csv"))
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    theme = {row["name"]: row["theme"] for row in rows}
    filled(sheet, {DIRECT: {"decision": "none", **KIM, "theme": theme[ARGUABLE]}})
    with pytest.raises(DataError, match=f"'{ARGUABLE}', of which the row's theme is"):
        taken(names, sheet, decisions)


def test_a_wrongly_stated_language_does_not_help(tmp_path: Path) -> None:
    """Fails when a name that says it only in its own language is cleared by one, as of another language."""
    engine = engine_with(tmp_path, "{id: gift-de, categories: {health: 2}, langs_only: true, de: Gift}")
    assert not engine.judge("Gift").labels
    assert engine.judge("Gift", lang="de").decided
    names = names_of(tmp_path, [{"name": "Gift", "lang": "en"}])
    sheet = sheet_of(names, tmp_path / "s.csv", engine=engine)
    with sheet.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["", "Gift", *[""] * 8, "none", "Kim", "2026-11-24", "x", ""])
    done = taken(names, sheet, tmp_path / "d.jsonl", engine=engine)
    assert (done.holding, done.pending) == (0, 1)


def test_a_record_that_says_it_needs_one_is_not_believed(names: Path, decisions: Path) -> None:
    """Fails when a hand in the file does away with the second reviewer unseen."""
    decide(names, {DIRECT: {"decision": "none", **KIM}}, decisions)
    decisions.write_text(decisions.read_text().replace('"needed":2', '"needed":1'))
    with pytest.raises(DataError, match="row 1, column needed: expected 2"):
        read_decisions(decisions)
