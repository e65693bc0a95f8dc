"""Dated look-up, deadlines, ceilings and jurisdictions, against values worked by hand."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi import law
from haechi.law import Money

PACKS = law.load_packs()
KR = PACKS["kr-pipa"]
MICRO = timedelta(microseconds=1)


def protected(name: str, at: datetime) -> set[str]:
    return {category.category for category in law.in_force(PACKS[name].categories, at)}


def test_a_korean_day_begins_at_midnight_in_seoul() -> None:
    """5 August 2020 in Seoul begins at 15:00 UTC on the 4th; a UTC reading would be nine hours late."""
    start = datetime(2020, 8, 4, 15)
    assert "race-ethnicity" not in protected("kr-pipa", start - MICRO)
    assert "race-ethnicity" in protected("kr-pipa", start)


def test_the_dsa_begins_at_midnight_in_brussels() -> None:
    start = datetime(2024, 2, 16, 23)
    assert protected("eu-dsa", start - MICRO) == set()
    assert "religion" in protected("eu-dsa", start)


def test_california_adds_immigration_status_a_year_later() -> None:
    assert "origin-status" not in protected("us-ca-cpra", datetime(2023, 6, 1))
    assert "origin-status" in protected("us-ca-cpra", datetime(2024, 6, 1))


def test_nothing_is_protected_before_a_law_exists() -> None:
    for name in PACKS:
        assert protected(name, datetime(2011, 1, 1)) == set()


@pytest.mark.parametrize(
    ("at", "tiers"),
    [
        (datetime(2022, 3, 1), ["related-turnover"]),
        (datetime(2023, 9, 14, 15) - MICRO, ["related-turnover"]),
        (datetime(2023, 9, 14, 15), ["standard", "fine-access", "fine-consent"]),
        (datetime(2026, 9, 10, 15) - MICRO, ["standard", "fine-access", "fine-consent"]),
        (datetime(2026, 9, 10, 15), ["standard", "aggravated", "fine-access", "fine-consent"]),
    ],
)
def test_korean_surcharge_versions_change_on_their_days(at: datetime, tiers: list[str]) -> None:
    """The ten-percent tier must not be threatened for a day on which it was not law."""
    assert [tier.tier for tier in law.penalty(KR, at)] == tiers


def test_the_minors_rule_of_korea_moves_to_its_own_article() -> None:
    before, after = law.minors(KR, datetime(2020, 1, 1)), law.minors(KR, datetime(2024, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.rule, before.age, after.rule, after.age) == ("KR-PIPA-22-6", 14, "KR-PIPA-22-2", 14)
    found = law.rule_for(KR, "minors-profiled", datetime(2024, 1, 1))
    assert found is not None
    assert found.id == "KR-PIPA-22-2"


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2023, 9, 14, 15) - MICRO, []),
        (
            datetime(2023, 9, 14, 15),
            [("people", "PIPA Art. 34(1); Decree Art. 39"), ("authority", "PIPA Art. 34(3); Decree Art. 40")],
        ),
        (
            datetime(2026, 9, 10, 15),
            [
                ("people", "PIPA Art. 34(1); Decree Art. 39"),
                ("people", "PIPA Art. 34(2); Decree Art. 39-3"),
                ("authority", "PIPA Art. 34(4); Decree Art. 40"),
            ],
        ),
    ],
)
def test_whom_korea_wants_told_of_a_breach_changes_on_its_days(
    at: datetime, told: list[tuple[str, str]]
) -> None:
    """Between 2023 and 2026 people had to be told too, and the report stood in the third paragraph."""
    assert [(clock.to, clock.article) for clock in law.in_force(KR.breach, at)] == told


def test_korean_transmission_reaches_an_advertising_platform_in_2027() -> None:
    """A refusal of it in 2026 would be called unlawful before the duty exists (Decree No. 36121, Addenda)."""
    start = datetime(2027, 2, 19, 15)
    assert law.request_rule(KR, "portability", start - MICRO) is None
    rule = law.request_rule(KR, "portability", start)
    assert rule is not None
    assert law.due_at(rule, start, extended=False, time_zone=KR.time_zone) is None
    assert law.refusal_grounds(KR, "portability", start - MICRO) == (
        *(g for g in KR.refusal_grounds if g.code == "IDENTITY_UNCONFIRMED"),
    )
    assert {"GUARDIAN_UNCONFIRMED", "OTHERS_RIGHTS", "DECEIVED_OR_COERCED", "PROTECTED_SECRETS"} <= {
        ground.code for ground in law.refusal_grounds(KR, "portability", start)
    }


def test_minors_of_each_law() -> None:
    at = datetime(2026, 1, 1)
    rules = {name: law.minors(pack, at) for name, pack in PACKS.items()}
    ages = {name: rule.age for name, rule in rules.items() if rule is not None}
    assert ages == {"kr-pipa": 14, "eu-gdpr": 16, "eu-dsa": 18, "us-ca-cpra": 16}
    gdpr, dsa = rules["eu-gdpr"], rules["eu-dsa"]
    assert gdpr is not None
    assert dsa is not None
    assert [gdpr.age_in(country) for country in ("FR", "DE", None)] == [15, 16, 16]
    assert dsa.guardian_below is None


@pytest.mark.parametrize(
    ("at", "age"), [(datetime(2023, 12, 31, 23) - MICRO, 13), (datetime(2023, 12, 31, 23), 15)]
)
def test_denmark_raised_its_age_of_consent_in_2024(at: datetime, age: int) -> None:
    rule = law.minors(PACKS["eu-gdpr"], at)
    assert rule is not None
    assert rule.age_in("DK") == age


@pytest.mark.parametrize(
    ("name", "kind", "received", "extended", "late_from"),
    [
        # Friday 1 March 2024, 23:30 in Seoul; ten days end with Monday 11 March.
        ("kr-pipa", "access", datetime(2024, 3, 1, 14, 30), False, datetime(2024, 3, 11, 15)),
        # Half an hour later it is Saturday 2 March in Seoul: Tuesday 12 March.
        ("kr-pipa", "access", datetime(2024, 3, 1, 15), False, datetime(2024, 3, 12, 15)),
        # Wednesday 6 March: ten days end on Saturday 16 March, so Monday 18 March (Civil Act Art. 161).
        ("kr-pipa", "erasure", datetime(2024, 3, 6, 3), False, datetime(2024, 3, 18, 15)),
        # Explanation: 30 days from 1 April 2024 end on Wednesday 1 May; twice 30 more on Sunday 30 June, so 1 July.
        ("kr-pipa", "explanation", datetime(2024, 4, 1, 3), False, datetime(2024, 5, 1, 15)),
        ("kr-pipa", "explanation", datetime(2024, 4, 1, 3), True, datetime(2024, 7, 1, 15)),
        # One month from 31 January 2024 ends with 29 February (Brussels is UTC+1).
        ("eu-gdpr", "access", datetime(2024, 1, 31, 12), False, datetime(2024, 2, 29, 23)),
        # Three months from 31 January end with 30 April (Brussels is UTC+2 by then).
        ("eu-gdpr", "access", datetime(2024, 1, 31, 12), True, datetime(2024, 4, 30, 22)),
        # One month from 15 May ends on Saturday 15 June 2024, so Monday 17 June.
        ("eu-gdpr", "objection", datetime(2024, 5, 15, 12), False, datetime(2024, 6, 17, 22)),
        # 45 days from Monday 1 July 2024 end with Thursday 15 August; 90 with Sunday 29 September, so the 30th.
        ("us-ca-cpra", "access", datetime(2024, 7, 1, 19), False, datetime(2024, 8, 16, 7)),
        ("us-ca-cpra", "access", datetime(2024, 7, 1, 19), True, datetime(2024, 10, 1, 7)),
        # 15 business days from Monday 1 July 2024 end with Monday 22 July.
        ("us-ca-cpra", "objection", datetime(2024, 7, 1, 19), False, datetime(2024, 7, 23, 7)),
        # 45 days from 1 April 2024 end with Thursday 16 May.
        ("us-wa-mhmda", "withdrawal", datetime(2024, 4, 1, 19), False, datetime(2024, 5, 17, 7)),
    ],
)
def test_deadlines_worked_by_hand(
    name: str, kind: str, received: datetime, extended: bool, late_from: datetime
) -> None:
    """A deadline one day early accuses wrongly; one day late lets a breach pass."""
    pack = PACKS[name]
    rule = law.request_rule(pack, kind, received)
    assert rule is not None
    assert law.due_at(rule, received, extended=extended, time_zone=pack.time_zone) == late_from


@pytest.mark.parametrize(
    ("name", "kind", "extended"), [("jp-appi", "access", False), ("kr-pipa", "access", True)]
)
def test_where_the_law_sets_no_number_there_is_no_deadline(name: str, kind: str, extended: bool) -> None:
    """APPI says without delay; a Korean postponement lasts while its cause does."""
    pack, received = PACKS[name], datetime(2024, 3, 1)
    rule = law.request_rule(pack, kind, received)
    assert rule is not None
    assert law.due_at(rule, received, extended=extended, time_zone=pack.time_zone) is None


def test_no_right_no_rule() -> None:
    assert law.request_rule(PACKS["eu-dsa"], "access", datetime(2025, 1, 1)) is None
    assert law.request_rule(PACKS["us-wa-mhmda"], "portability", datetime(2025, 1, 1)) is None
    assert law.request_rule(KR, "explanation", datetime(2020, 1, 1)) is None


@given(st.datetimes(datetime(2024, 4, 1), datetime(2090, 1, 1)), st.sampled_from(sorted(PACKS)))
def test_a_later_request_is_never_due_earlier_and_every_deadline_is_a_local_midnight(
    received: datetime, name: str
) -> None:
    """Order of deadlines keeps queues right; a deadline inside a day would cut the last day short."""
    pack = PACKS[name]
    zone = ZoneInfo(pack.time_zone)
    for rule in pack.requests:
        first = law.due_at(rule, received, extended=False, time_zone=pack.time_zone)
        later = law.due_at(rule, received + timedelta(hours=25), extended=False, time_zone=pack.time_zone)
        assert (first is None) == (later is None)
        if first is not None and later is not None:
            assert received < first <= later
            local = first.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
            assert law.midnight(local.date(), zone) == first


def ceiling(name: str, tier: str, turnover: int, currency: str) -> Money | None:
    tiers = {found.tier: found for found in law.penalty(PACKS[name], datetime(2026, 11, 1))}
    return law.penalty_ceiling(tiers[tier], turnover, currency)


@pytest.mark.parametrize(
    ("name", "tier", "turnover", "currency", "expected"),
    [
        ("kr-pipa", "standard", 1_000_000_000_033, "KRW", Money(30_000_000_000, "KRW")),
        ("kr-pipa", "standard", 0, "KRW", Money(2_000_000_000, "KRW")),
        ("kr-pipa", "aggravated", 1_000_000_000_000, "KRW", Money(100_000_000_000, "KRW")),
        ("kr-pipa", "aggravated", 1_000_000, "USD", Money(100_000, "USD")),
        ("eu-gdpr", "higher", 100_000_000, "EUR", Money(20_000_000, "EUR")),
        ("eu-gdpr", "higher", 1_000_000_000, "EUR", Money(40_000_000, "EUR")),
        ("eu-gdpr", "higher", 1_000_000_000, "USD", None),
        ("eu-dsa", "infringement", 1_000_000_000, "EUR", Money(60_000_000, "EUR")),
        ("eu-dsa", "information", 1_000_000_000, "EUR", Money(10_000_000, "EUR")),
        ("jp-appi", "corporate-fine", 1, "JPY", Money(100_000_000, "JPY")),
        ("us-ca-cpra", "violation", 1_000_000_000, "USD", None),
        ("us-ca-cpra", "private-action", 1_000_000_000, "USD", None),
    ],
)
def test_penalty_ceilings_worked_by_hand(
    name: str, tier: str, turnover: int, currency: str, expected: Money | None
) -> None:
    assert ceiling(name, tier, turnover, currency) == expected


def test_a_percentage_is_exact_at_any_size() -> None:
    """A float would be off by millions here."""
    tier = next(tier for tier in law.penalty(KR, datetime(2026, 1, 1)) if tier.tier == "standard")
    assert isinstance(tier.percent, Decimal)
    assert law.penalty_ceiling(tier, 10**30 + 100, "KRW") == Money(3 * 10**28 + 3, "KRW")


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("KR", None, ("kr-pipa",)),
        ("KR", "KR-11", ("kr-pipa",)),
        ("FR", None, ("eu-dsa", "eu-gdpr")),
        ("NO", None, ("eu-dsa", "eu-gdpr")),
        ("JP", "JP-13", ("jp-appi",)),
        ("US", "US-CA", ("us-ca-cpra",)),
        ("US", "US-WA", ("us-wa-mhmda",)),
        ("US", "US-NY", ()),
        ("US", None, ()),
        ("CA", "US-CA", ()),
        ("GB", None, ()),
        (None, None, ()),
    ],
)
def test_who_is_under_which_law(country: str | None, region: str | None, expected: tuple[str, ...]) -> None:
    assert law.packs_for(PACKS, country, region) == expected


def test_the_rows_of_the_join_say_the_same_as_the_look_up() -> None:
    """The audit joins by rows, reports look up: both must put a person under the same laws."""
    rows = law.jurisdiction_rows(PACKS)
    assert ("us-ca-cpra", "US", "US-CA") in rows
    for name, country, region in rows:
        assert name in law.packs_for(PACKS, country, region)
    assert sum(name == "eu-gdpr" for name, _, _ in rows) == 30


def test_midnight_follows_summer_time() -> None:
    brussels = ZoneInfo("Europe/Brussels")
    assert law.midnight(date(2018, 5, 25), brussels) == datetime(2018, 5, 24, 22)
    assert law.midnight(date(2024, 2, 17), brussels) == datetime(2024, 2, 16, 23)
