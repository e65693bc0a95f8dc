"""The example's findings, law by law, are those that its generator planted."""

import json
from pathlib import Path
from typing import Any

from haechi.law import load_packs


def test_every_planted_violation_is_found_and_nothing_else(report: Path, expected: dict[str, Any]) -> None:
    """Breaks when a check misses what was planted, or finds what was not."""
    document = json.loads((report / "findings.json").read_text())
    check_of = {rule.id: rule.check for pack in load_packs().values() for rule in pack.rules}
    found: dict[str, dict[str, int]] = {}
    for finding in document["findings"]:
        found.setdefault(check_of[finding["rule"]], {})[finding["law"]] = finding["count"]
    for check, planted in expected["findings"].items():
        assert found.get(check, {}) == planted, check
    assert found["minors-profiled"]["kr-pipa"] == expected["minors_under_14"]["kr-pipa"]
    figures = ("sensitive-processing", "sensitive-disclosure", "minors-profiled", "penalty-ceiling")
    assert set(found) == {*expected["findings"], *figures}


def test_categories_are_those_the_generator_derived(report: Path, expected: dict[str, Any]) -> None:
    """Breaks when the figures of one law and category are wrong although the totals are right."""
    document = json.loads((report / "findings.json").read_text())
    told = {(row["law"], row["category"]): row for row in document["categories"]}
    wanted = {(row["law"], row["category"]): row for row in expected["categories"]}
    assert told.keys() == wanted.keys()
    for key, row in told.items():
        names = row.keys() - {"law", "category", "article"}
        assert {name: row[name] for name in names} == {name: wanted[key][name] for name in names}, key
