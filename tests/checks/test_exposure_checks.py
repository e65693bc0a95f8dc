"""Processing, disclosure, the DSA, retention, advertisers, penalties: what each check asks for, on few rows."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from haechi.law import Money
from tests.checks.small_world import at, count, findings, missing, of


def member(
    person: str, theme: str = "t-1", since: str = "2024-03-01", until: str | None = None
) -> dict[str, Any]:
    return {
        "person_id": person,
        "theme_id": theme,
        "since": at(since),
        "until": None if until is None else at(until),
    }


def grant(
    advertiser: str, theme: str = "t-1", since: str = "2024-03-01", until: str | None = None
) -> dict[str, Any]:
    return {
        "advertiser_id": advertiser,
        "theme_id": theme,
        "since": at(since),
        "until": None if until is None else at(until),
    }


def permitted(person: str, purpose: str) -> dict[str, Any]:
    return {
        "person_id": person,
        "purpose": purpose,
        "category": "religion",
        "basis": "explicit_consent",
        "given_at": at(f"2023-01-0{1 + ('profiling', 'disclosure').index(purpose)}"),
        "evidence": "form",
    }


def people(*countries: str) -> list[dict[str, Any]]:
    return [{"person_id": f"p-{n}", "country": country} for n, country in enumerate(countries, 1)]


def test_permission_clears_processing_and_disclosure_but_never_the_dsa(tmp_path: Path) -> None:
    """Breaks when consent clears an ad that Art. 26(3) forbids whatever was agreed, or fails to clear the GDPR."""
    world = {
        "people": people("DE", "DE"),
        "memberships": [member("p-1"), member("p-2"), member("p-2", "t-3")],
        "grants": [grant("a-1"), grant("a-2", "t-3")],
        "permissions": [permitted("p-1", "profiling"), permitted("p-1", "disclosure")],
    }
    document = findings(tmp_path, world, as_of="2024-06-01")
    assert count(document, "EU-GDPR-9-1") == 1
    assert count(document, "EU-GDPR-9-1-DISCLOSURE") == 1
    found = of(document, "EU-DSA-26-3")
    assert found is not None
    assert (found["count"], found["article"], found["severity"]) == (2, "DSA Art. 26(3)", "violation")
    assert found["statement"].startswith("2 people were open to ads of 1 advertiser based")
    assert found["sample"] == ["a-1"]


def test_the_dsa_does_not_reach_back(tmp_path: Path) -> None:
    """Breaks when ads that ended before 17 February 2024 are judged by a rule that came later."""
    world = {
        "people": people("DE"),
        "memberships": [member("p-1", since="2023-01-01", until="2024-02-16T22:59:59")],
        "grants": [grant("a-1", since="2023-01-01")],
    }
    assert of(findings(tmp_path, world, as_of="2024-06-01"), "EU-DSA-26-3") is None


@pytest.mark.parametrize(
    ("until", "expected"), [("2021-01-01", 0), ("2021-01-01T00:00:01", 1), (None, 1)]
)  # 2020 has 366 days
def test_retention_counts_what_outlasted_the_limit(tmp_path: Path, until: str | None, expected: int) -> None:
    """Breaks at the limit's own instant, or when an open membership is not counted up to the audit's day."""
    world = {"people": people("KR"), "memberships": [member("p-1", since="2020-01-01", until=until)]}
    document = findings(tmp_path / "a", world, retention_days=366)
    assert count(document, "KR-PIPA-21") == expected
    assert missing(findings(tmp_path / "b", world))["retention"] == ["--retention"]


def test_unverified_advertisers_are_counted_where_they_could_use_a_guarded_theme(tmp_path: Path) -> None:
    """Breaks when an advertiser of ordinary themes is accused, or one that only delivered is missed."""
    advertisers: list[dict[str, Any]] = [
        {"advertiser_id": "a-1", "name": "One", "verified": True},
        {"advertiser_id": "a-2", "name": "Two", "verified": False},
        {"advertiser_id": "a-3", "name": "Three", "verified": None},
        {"advertiser_id": "a-4", "name": "Four", "verified": False},
        {"advertiser_id": "a-5", "name": "Five", "verified": False},
    ]
    world: dict[str, list[dict[str, Any]]] = {
        "people": people("KR"),
        "memberships": [member("p-1")],
        "advertisers": advertisers,
        "grants": [grant("a-1"), grant("a-2"), grant("a-3"), grant("a-4", "t-3")],
        "deliveries": [
            {"advertiser_id": "a-5", "theme_id": "t-2", "person_id": "p-1", "delivered_at": at("2024-04-01")}
        ],
    }
    found = of(findings(tmp_path / "a", world, as_of="2024-06-01"), "KR-PIPA-17-2")
    assert found is not None
    assert (found["count"], found["sample"]) == (3, ["a-2", "a-3", "a-5"])
    assert "4 advertisers could use sensitive themes, 3 of them unverified" in found["statement"]
    for advertiser in advertisers:
        advertiser["verified"] = None
    document = findings(tmp_path / "b", world, as_of="2024-06-01")
    assert missing(document)["advertiser-unverified"] == ["advertisers.verified"]


def test_the_penalty_is_a_ceiling_of_the_stated_turnover(tmp_path: Path) -> None:
    """Breaks when the percentage, the fixed minimum or the currency of a law is mixed up."""
    world: dict[str, Any] = {"people": people("KR", "DE"), "memberships": [member("p-1")]}
    turnover = Money(1_000_000_000_000, "KRW")
    document = findings(tmp_path / "a", world, as_of="2024-06-01", turnover=turnover)
    korea = {f["article"]: f["count"] for f in document["findings"] if f["rule"] == "KR-PIPA-64-2"}
    assert korea["PIPA Art. 64-2(1)"] == 30_000_000_000
    europe = [f for f in document["findings"] if f["rule"] == "EU-GDPR-83-5"]
    assert [f["count"] for f in europe] == [40_000_000_000, 20_000_000_000]
    assert "or EUR 20,000,000 where that is more" in europe[0]["statement"]
    assert all(f["severity"] == "note" for f in europe)
    assert missing(findings(tmp_path / "b", world))["penalty-ceiling"] == ["--turnover"]


def test_what_could_not_be_found_out_is_not_told_as_zero(tmp_path: Path) -> None:
    """Breaks when a table that is missing makes the sentence or the page say that nobody was concerned."""
    findings(tmp_path / "a", {}, laws=("kr-pipa",))
    page = (tmp_path / "a" / "out" / "report.html").read_text()
    assert (
        "Whether people were put in them without permission could not be checked: memberships missing" in page
    )
    assert page.count("not checked") >= 9
    held = {"people": people("KR"), "memberships": [member("p-1")]}
    document = findings(tmp_path / "b", held, as_of="2024-06-01")
    page = (tmp_path / "b" / "out" / "report.html").read_text()
    assert "Whether advertisers used them could not be checked: grants missing" in page
    assert missing(document)["sensitive-disclosure"] == ["grants"]
    assert document["totals"]["people_profiled_unpermitted"] == 1


def test_checks_say_which_tables_they_lack(tmp_path: Path) -> None:
    """Breaks when a check without its tables passes in silence."""
    lacking = missing(findings(tmp_path, {}, laws=("kr-pipa",)))
    assert lacking == {
        "sensitive-processing": ["memberships"],
        "sensitive-disclosure": ["grants", "memberships"],
        "dsa-special-category-ads": ["grants", "memberships"],
        "minors-profiled": ["people", "memberships"],
        "request-overdue": ["requests"],
        "request-refused-without-ground": ["requests"],
        "request-refused-included": ["requests"],
        "permission-without-evidence": ["permissions"],
        "permission-not-separate": ["permissions"],
        "retention": ["memberships"],
        "advertiser-unverified": ["advertisers", "grants"],
        "penalty-ceiling": ["--turnover"],
        "proxies": ["memberships"],
    }


@pytest.mark.parametrize("asked", [True, False])
def test_sql_runs_with_identifiers_of_words_and_few_tables(tmp_path: Path, *, asked: bool) -> None:
    """Breaks when the SQL behind a figure takes the identifiers of a table that is absent for numbers."""
    world: dict[str, Any] = {"memberships": [member("p-1"), member("p-2")], "grants": [grant("a-1")]}
    if asked:
        world["permissions"] = [permitted("p-1", "disclosure")]
    document = findings(tmp_path, world, laws=("eu-gdpr",), as_of="2024-06-01")
    assert count(document, "EU-GDPR-9-1") == 2


def test_the_sentence_counts_the_themes_that_hold_people(tmp_path: Path) -> None:
    """Breaks when people are said to be in sensitive themes that nobody is in, or small groups read badly."""
    world = {"people": people("KR"), "memberships": [member("p-1")], "grants": [grant("a-1")]}
    document = findings(tmp_path / "en", world, as_of="2024-06-01")
    assert document["totals"]["sensitive_themes"] == 2
    assert document["theme_counts"] == {
        "profiled_unpermitted": 1, "exposed_unpermitted": 1, "arguable": 0, "undecided": 0,
    }  # fmt: skip
    page = (tmp_path / "en" / "out" / "report.html").read_text()
    assert "Fewer than 10 people were put in 1 sensitive theme, used by 1 advertiser, without" in page
    findings(tmp_path / "ko", world, as_of="2024-06-01", lang="ko")
    page = (tmp_path / "ko" / "out" / "report.html").read_text()
    assert "10명 미만이 민감한 테마 1개에 분류되어 광고주 1곳에" in page


def test_permission_for_profiling_alone_leaves_the_exposed_theme(tmp_path: Path) -> None:
    """Breaks when the themes of the sentence are those of profiling although it tells of exposure."""
    world = {
        "people": people("KR"),
        "memberships": [member("p-1"), member("p-1", "t-2")],
        "grants": [grant("a-1")],
        "permissions": [permitted("p-1", "profiling")],
    }
    counts = findings(tmp_path, world, as_of="2024-06-01")["theme_counts"]
    assert (counts["profiled_unpermitted"], counts["exposed_unpermitted"]) == (1, 1)


def test_a_month_that_begins_with_the_audit_is_not_touched(tmp_path: Path) -> None:
    """Breaks when an open exposure is shown in a month of which the audit saw no instant."""
    world = {"people": people("KR"), "memberships": [member("p-1")], "grants": [grant("a-1")]}
    for day, last in (("2024-06-01", "2024-05"), ("2024-06-01T00:00:01", "2024-06")):
        findings(tmp_path / day, world, as_of=day)
        months = pq.read_table(tmp_path / day / "out" / "exposures.parquet")["month"].to_pylist()
        assert max(months) == last


def test_a_law_that_guards_nothing_says_why(tmp_path: Path) -> None:
    """Breaks when the silence of a law can be read as a clean bill."""
    world = {"people": people("JP", "DE"), "memberships": [member("p-1")]}
    findings(tmp_path, world, as_of="2019-06-01", laws=("jp-appi", "eu-dsa"))
    page = (tmp_path / "out" / "report.html").read_text()
    assert "--include-inferred jp-appi counts them" in page
    assert "Nobody was found" not in page
    assert "No rule of eu-dsa on sensitive themes was in force by 2019-06-01" in page
