"""`proxies.parquet` of whole audits, against counts by hand."""

from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from haechi.audit import proxies
from tests.checks.small_world import ORDINARY, RELIGION, at, findings, missing

ODD = {"theme_id": "t-4", "name": "Bicycle repair"}
THEMES = [RELIGION, ORDINARY, ODD]


def _world(seed: int) -> tuple[dict[str, list[dict[str, Any]]], dict[str, set[str]]]:
    """400 people of Korea and 100 of Brazil; the faithful garden three times as often; nobody's bicycle tells."""
    chance = Random(seed)  # noqa: S311  a world, not a secret
    people = [f"p{number}" for number in range(500)]
    faithful = {p for p in people if chance.random() < 0.3}
    held = {
        "t-1": faithful,
        "t-3": {p for p in people if chance.random() < (0.6 if p in faithful else 0.2)},
        "t-4": {p for p in people if chance.random() < 0.3},
    }
    rows = [
        {"person_id": p, "theme_id": theme, "since": since, "until": until}
        for theme, members in held.items()
        for p in sorted(members)
        # Twice in the same theme is one person.
        for since, until in ((at("2020-01-01"), at("2020-02-01")), (at("2021-01-01"), None))
    ]
    homes = [{"person_id": p, "country": "KR" if number < 400 else "BR"} for number, p in enumerate(people)]
    return {"themes": THEMES, "people": homes, "memberships": rows}, held


def _told(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "out" / "proxies.parquet").to_pylist()
    return rows


def _check(row: dict[str, Any], held: dict[str, set[str]]) -> None:
    korean = {f"p{number}" for number in range(400)}
    faithful, garden = held["t-1"] & korean, held["t-3"] & korean
    both, rest = len(faithful & garden), korean - faithful
    assert (row["theme_id"], row["category"], row["people"]) == ("t-3", "religion", both)
    assert row["lift"] == pytest.approx((both / len(garden)) / (len(faithful) / len(korean)))
    assert row["auc"] == pytest.approx(0.5 + (both / len(faithful) - len(garden & rest) / len(rest)) / 2)
    assert 0 <= row["q_value"] < 0.01


def test_a_theme_that_gives_a_religion_away(tmp_path: Path) -> None:
    """Breaks when people outside the audited laws, or a second membership of one person, are counted."""
    world, held = _world(1)
    document = findings(tmp_path, world)
    (row,) = _told(tmp_path)
    _check(row, held)
    assert "proxies" not in missing(document)


def test_the_same_from_behaviours_and_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks when themes taken part by part are lost or counted twice."""
    monkeypatch.setattr(proxies, "_PART", 200)
    world, held = _world(1)
    likes = [
        {"person_id": p, "item_id": f"about {theme}", "kind": "like", "occurred_at": at("2020-01-01")}
        for theme, members in held.items()
        for p in sorted(members)
    ]
    world["behaviours"] = likes
    world["item_themes"] = [
        {"item_id": f"about {theme}", "theme_id": theme, "weight": 1.0} for theme in sorted(held)
    ]
    del world["memberships"]
    assert len(likes) > 400
    findings(tmp_path, world)
    (row,) = _told(tmp_path)
    _check(row, held)


def test_what_was_not_looked_for_is_not_told_as_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when an empty proxies.parquet can be read as "there are none"."""
    world, _ = _world(1)
    monkeypatch.setattr(proxies, "AT_MOST", 1)
    for name, wanted in {"unasked": None, "refused": False, "asked": True}.items():
        document = findings(tmp_path / name, world, proxies=wanted)
        assert len(_told(tmp_path / name)) == (1 if name == "asked" else 0)
        assert missing(document).get("proxies") == (None if name == "asked" else ["--proxies"])


def test_without_memberships_it_says_what_is_missing(tmp_path: Path) -> None:
    """Breaks when nobody's membership is known and the report keeps silent about proxies."""
    document = findings(tmp_path, {"people": [{"person_id": "p1", "country": "KR"}]})
    assert missing(document)["proxies"] == ["memberships"]
