"""The example's answers are right: a plain reading of the contract under the shipped law packs finds the same."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from haechi.example import Scale, write_pipc
from tests.example.plain_reading import FAR, PlainReading, rows

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "case"
    write_pipc(Scale(people=400, themes=60, advertisers=12, behaviours=20_000, seed=request.param), out)
    return out


def expected(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "expected.json").read_text())
    return found


@pytest.mark.parametrize("when", ["period", "later"])
def test_every_figure_is_the_one_of_a_plain_reading(case: Path, when: str) -> None:
    """If this fails, an audit that is right would be called wrong, or one that is wrong right."""
    told = expected(case) if when == "period" else expected(case)["later"]
    reading = PlainReading(case, datetime.fromisoformat(told["as_of"]))
    totals = told["totals"]
    assert reading.figures() == {name: totals[name] for name in reading.figures()}
    assert totals["sensitive_themes"] == len(reading.planted)
    assert {(row["law"], row["category"]) for row in told["categories"]} == reading.pairs()
    for row in told["categories"]:
        found = reading.figures(row["law"], row["category"])
        assert found == {name: row[name] for name in found}, (row["law"], row["category"])
        assert row["themes"] == sum(c == row["category"] for c in reading.planted.values())


def test_the_case_has_what_makes_audits_err(case: Path) -> None:
    """A case without these would prove little: each is a place where a wrong reading gives another figure."""
    told = expected(case)
    reading = PlainReading(case, datetime.fromisoformat(told["later"]["as_of"]))
    spans = list(reading.memberships.values())
    assert any(len(held) > 1 for held in spans), "no membership re-opens"
    assert any(held[-1][1] < FAR for held in spans), "no membership closes for good"
    assert any(e[4] for e in reading.exposures), "no exposure is permitted"
    assert told["totals"]["people_exposed"] > told["totals"]["people_exposed_unpermitted"]
    assert {"kr-pipa", "eu-gdpr"} <= {row["law"] for row in told["categories"]}
    assert told["later"]["totals"] != told["totals"], "no law that came later matters"


def test_requests_went_as_told(case: Path) -> None:
    """If this fails, the figures of the request checks do not describe the rows."""
    asked, findings = rows(case, "requests"), expected(case)["findings"]
    refused = [row for row in asked if row["outcome"] == "refused"]
    assert findings["request-refused-included"] == {
        "kr-pipa": sum(row["ground"] == "NOT_IN_SCOPE" for row in refused)
    }
    assert findings["request-refused-without-ground"] == {
        "kr-pipa": sum(row["ground"] is None for row in refused)
    }
    overdue: Counter[str] = Counter()
    for row in asked:
        # Far from every deadline on both sides, so that no way of counting days matters.
        days = None if row["answered_at"] is None else (row["answered_at"] - row["received_at"]).days
        late = days is None or days > {"KR": 30, "DE": 90, "FR": 90}.get(row["country"], 1_000)
        early = days is not None and days <= {"KR": 8, "DE": 80}.get(row["country"], 40)
        assert late != early
        if late:
            overdue["kr-pipa" if row["country"] == "KR" else "eu-gdpr"] += 1
    assert findings["request-overdue"] == overdue


def test_permission_records_went_as_told(case: Path) -> None:
    """If this fails, the figures of the permission checks do not describe the rows."""
    held, findings = rows(case, "permissions"), expected(case)["findings"]
    law = {"KR": "kr-pipa", "JP": "jp-appi", **dict.fromkeys(("DE", "FR", "IE", "PL"), "eu-gdpr")}
    home = {row["person_id"]: law.get(row["country"], "") for row in rows(case, "people")}
    bare = Counter(home[row["person_id"]] for row in held if row["evidence"] is None)
    assert findings["permission-without-evidence"] == {name: n for name, n in bare.items() if name}
    instants = Counter((row["person_id"], row["given_at"]) for row in held)
    bundled = Counter(home[person] for person in {person for (person, _), n in instants.items() if n > 1})
    del bundled["jp-appi"], bundled[""]
    assert findings["permission-not-separate"] == bundled


def test_unverified_advertisers_went_as_told(case: Path) -> None:
    """If this fails, the figure of unverified advertisers is not what the grants of sensitive themes say."""
    planted = json.loads((case / "planted.json").read_text())
    unknown = {row["advertiser_id"] for row in rows(case, "advertisers") if not row["verified"]}
    told = expected(case)["findings"]["advertiser-unverified"]
    for law, outside in {"kr-pipa": (), "eu-gdpr": ("origin-status",)}.items():
        guarded = {theme for theme, category in planted.items() if category not in outside}
        used = {row["advertiser_id"] for row in rows(case, "grants") if row["theme_id"] in guarded}
        shown = {row["advertiser_id"] for row in rows(case, "deliveries") if row["theme_id"] in guarded}
        assert shown <= used
        assert told[law] == len(used & unknown) > 0


def test_minors_went_as_told(case: Path) -> None:
    """If this fails, the figure of children in sensitive themes is not what the birth dates say."""
    told = expected(case)
    reading = PlainReading(case, datetime.fromisoformat(told["as_of"]))
    young = set()
    for claim in reading.claims:
        born = reading.people[claim.person]["birth_date"]
        if claim.law == "kr-pipa" and born is not None:
            at = claim.stretch[0].date()
            if at.year - born.year - ((at.month, at.day) < (born.month, born.day)) < 14:
                young.add(claim.person)
    assert told["minors_under_14"]["kr-pipa"] == len(young) > 0
