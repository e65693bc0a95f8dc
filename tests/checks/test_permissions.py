"""Permission records: evidence, one act for everything, and only consents."""

from pathlib import Path
from typing import Any

from tests.checks.small_world import at, count, findings, of

PEOPLE = [{"person_id": f"p-{n}", "country": "KR"} for n in range(1, 6)]


def agreed(person: str, purpose: str = "profiling", **other: Any) -> dict[str, Any]:
    return {
        "person_id": person,
        "purpose": purpose,
        "category": "religion",
        "basis": "explicit_consent",
        "given_at": at("2020-01-01"),
        "evidence": "form",
        **other,
    }


def test_consents_without_evidence_are_counted_and_other_bases_are_not(tmp_path: Path) -> None:
    """Breaks when a statute's permission is asked for a form, or a consent without one passes."""
    rows = [
        agreed("p-1", evidence=None),
        agreed("p-1", "disclosure", evidence=None),
        agreed("p-2"),
        agreed("p-3", basis="legal_obligation", evidence=None),
        agreed("p-4", basis="consent", evidence=None),
        agreed("p-4", "disclosure", evidence=""),
    ]
    found = of(findings(tmp_path, {"people": PEOPLE, "permissions": rows}), "KR-PIPA-D41-1-5")
    assert found is not None
    assert found["count"] == 4
    assert "4 of 5 recorded consents, from 2 people" in found["statement"]
    assert found["sample"] == []


def test_one_act_for_several_purposes_or_categories_is_not_separate(tmp_path: Path) -> None:
    """Breaks when the same scope recorded twice counts, or two scopes at one instant do not."""
    rows = [
        agreed("p-1"),
        agreed("p-1", "disclosure"),
        agreed("p-2"),
        agreed("p-2", category="health"),
        agreed("p-3"),
        agreed("p-3"),
        agreed("p-4"),
        agreed("p-4", "disclosure", given_at=at("2020-01-01T00:00:01")),
        agreed("p-5"),
        agreed("p-5", "disclosure", basis="legal_obligation"),
    ]
    document = findings(tmp_path, {"people": PEOPLE, "permissions": rows})
    assert count(document, "KR-PIPA-22-1") == 2


def test_consents_of_people_under_no_such_rule_are_no_finding(tmp_path: Path) -> None:
    """Japan's law wants no separate consent; a person under no law at all adds nothing."""
    people = [{"person_id": "p-1", "country": "JP"}, {"person_id": "p-2", "country": "BR"}]
    rows = [agreed(person, purpose) for person in ("p-1", "p-2") for purpose in ("profiling", "disclosure")]
    document = findings(tmp_path, {"people": people, "permissions": rows})
    assert document["laws"] == ["jp-appi"]
    assert document["findings"] == []
