"""Minors: the local midnight of a birthday decides, by the age of the country, and own permission where it counts."""

from pathlib import Path

import pytest

from tests.checks.small_world import Rows, at, count, day, findings, missing, of


def child(born: str, country: str = "KR", region: str | None = None) -> Rows:
    return [{"person_id": "p-1", "country": country, "region": region, "birth_date": day(born)}]


def member(since: str, until: str | None = None) -> Rows:
    return [
        {
            "person_id": "p-1",
            "theme_id": "t-1",
            "since": at(since),
            "until": None if until is None else at(until),
        }
    ]


@pytest.mark.parametrize(
    ("born", "since", "expected"),
    [
        ("2006-05-10", "2020-05-09T23:59:59+09:00", 1),
        ("2006-05-10", "2020-05-10T00:00:00+09:00", 0),
        ("2008-02-29", "2022-02-28T23:59:59+09:00", 1),
        ("2008-02-29", "2022-03-01T00:00:00+09:00", 0),
    ],
)
def test_fourteen_begins_at_the_birthdays_midnight_in_seoul(
    tmp_path: Path, born: str, since: str, expected: int
) -> None:
    """Breaks when UTC's midnight or 28 February decides in place of Korea's civil law."""
    document = findings(tmp_path, {"people": child(born), "memberships": member(since)})
    assert count(document, "KR-PIPA-22-6") == expected


@pytest.mark.parametrize(
    ("country", "expected"), [("DE", 1), ("FR", 0), ("BE", 0), ("PL", 1)]
)  # 16, 15, 13, and 16 where no age is listed
def test_the_countrys_own_age_decides(tmp_path: Path, country: str, expected: int) -> None:
    """Breaks when one age is taken for the whole Union (GDPR Art. 8(1)); the person is fifteen."""
    world = {"people": child("2005-01-01", country), "memberships": member("2020-06-01")}
    assert count(findings(tmp_path, world), "EU-GDPR-8") == expected


@pytest.mark.parametrize(
    ("country", "until", "as_of", "expected"),
    [
        ("DK", None, "2024-03-01", 1),
        ("DK", None, "2023-12-31T22:59:59", 0),
        ("DK", "2023-12-31T23:00:00", "2024-03-01", 0),  # midnight in Brussels, by which the pack counts
        ("DK", "2023-12-31T23:00:01", "2024-03-01", 1),
        ("SE", None, "2024-03-01", 0),
    ],
)
def test_denmark_raised_the_age_in_2024(
    tmp_path: Path, country: str, until: str | None, as_of: str, expected: int
) -> None:
    """Breaks when a country's older age outlives its change, or the newer one reaches back; the person is 14."""
    world = {"people": child("2009-06-01", country), "memberships": member("2023-07-01", until)}
    assert count(findings(tmp_path, world, as_of=as_of), "EU-GDPR-8") == expected


@pytest.mark.parametrize(
    ("born", "permission", "expected"),
    [
        ("2009-06-01", "2023-02-01", 0),  # fourteen: their own opt-in counts
        ("2009-06-01", "2024-02-01", 1),  # given after the membership began
        ("2009-06-01", None, 1),
        ("2013-06-01", "2023-02-01", 1),  # ten: only a parent's would, which the records do not tell
        ("2006-06-01", None, 0),  # seventeen
    ],
)
def test_californians_from_13_opt_in_themselves(
    tmp_path: Path, born: str, permission: str | None, expected: int
) -> None:
    """Breaks when a child's own permission counts below 13, or does not count from 13 on (1798.120(c))."""
    world = {"people": child(born, "US", "US-CA"), "memberships": member("2023-08-01")}
    if permission is not None:
        world["permissions"] = [
            {
                "person_id": "p-1",
                "purpose": "disclosure",
                "category": "religion",
                "basis": "explicit_consent",
                "given_at": at(permission),
                "evidence": "form-1",
            }
        ]
    assert count(findings(tmp_path, world, as_of="2026-01-01"), "US-CA-CPRA-120-C") == expected


def test_ordinary_themes_and_grown_people_are_no_finding(tmp_path: Path) -> None:
    world = {"people": child("1980-01-01"), "memberships": member("2020-06-01")}
    assert of(findings(tmp_path / "a", world), "KR-PIPA-22-6") is None
    world = {
        "people": child("2010-01-01"),
        "memberships": [{**member("2020-06-01")[0], "theme_id": "t-3"}],
    }
    assert of(findings(tmp_path / "b", world), "KR-PIPA-22-6") is None


def test_without_any_birth_date_the_check_is_unavailable(tmp_path: Path) -> None:
    """Breaks when silence about ages is read as everyone being grown."""
    world = {
        "people": [{"person_id": "p-1", "country": "KR"}, {"person_id": "p-2", "country": "KR"}],
        "memberships": member("2020-06-01"),
    }
    assert missing(findings(tmp_path / "a", world))["minors-profiled"] == ["people.birth_date"]
    world["people"][1]["birth_date"] = day("1980-01-01")
    assert "minors-profiled" not in missing(findings(tmp_path / "b", world))
