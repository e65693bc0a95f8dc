"""Statements on suspended accounts: taken by the database, in the same words as ads', and silent about people."""

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.review.outgoing.account import (
    Suspension,
    account_statement,
    countries_of_ads,
    grounds_of,
)
from haechi.review.outgoing.batches import batches
from haechi.review.outgoing.letter import letter, points
from haechi.review.outgoing.record import concerns_eea, record_of
from haechi.review.outgoing.repository import Shown, after_removal, entry_of
from haechi.review.outgoing.statement import LANGUAGES, Circumstances, Statement, phrases, texts
from haechi.stores.review.grounds import grounds_in
from tests.ads.outgoing.database import takes
from tests.ads.outgoing.made import ACCOUNT, AD, NOW, PLATFORM, SECRETS, statement

GROUNDS = tuple(one.code for one in grounds_in("en"))
BUSINESS = msgspec.structs.replace(ACCOUNT, kind="business")
CONFIRMED = Suspension(
    suspension_id="suspension-one",
    grounds=("impersonation", "repeated"),
    opened_at=NOW - timedelta(days=40),
    decided_at=NOW,
)


def suspended(*grounds: str, **said: Any) -> Statement:
    made = msgspec.structs.replace(CONFIRMED, grounds=grounds or CONFIRMED.grounds)
    return account_statement(made, BUSINESS, Circumstances(automation="not", **said))


def test_the_record_of_a_suspension() -> None:
    """If it fails, the Commission is told of another restriction than that of the account."""
    record = record_of(suspended(countries=("DE", "JP"), source="article-16"), PLATFORM)
    assert takes(dict(record))
    assert record["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert "decision_visibility" not in record
    assert "end_date_account_restriction" not in record  # indefinite
    assert record["account_type"] == "ACCOUNT_TYPE_BUSINESS"
    assert record["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert record["incompatible_content_ground"] == "Advertising policy: impersonation, repeated"
    assert record["category"] == "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    assert record["category_addition"] == ["STATEMENT_CATEGORY_OTHER_VIOLATION_TC"]
    assert record["category_specification"] == ["KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING"]
    assert record["content_type"] == ["CONTENT_TYPE_OTHER"]
    assert record["content_type_other"] == "An advertiser's account"
    assert (record["content_date"], record["application_date"]) == ("2026-03-22", "2026-05-01")
    assert record["territorial_scope"] == ["DE"]
    assert record["source_type"] == "SOURCE_ARTICLE_16"
    assert record["automated_decision"] == "AUTOMATED_DECISION_NOT_AUTOMATED"
    assert "proposed by one person and confirmed by another" in str(record["decision_facts"])


def test_a_suspension_that_ended_says_when() -> None:
    """If it fails, an account that was let in again stands in the database as shut out for ever."""
    record = record_of(suspended(until=date(2026, 5, 1)), PLATFORM)
    assert record["end_date_account_restriction"] == "2026-05-01"
    assert "end_date_visibility_restriction" not in record


suspensions = st.builds(
    lambda grounds, said: suspended(*grounds, **said),
    st.lists(st.sampled_from(GROUNDS), min_size=1, max_size=len(GROUNDS), unique=True),
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["own-initiative", "article-16", "trusted-flagger", "other-notice"]),
            "detected_by_machine": st.booleans(),
            "until": st.sampled_from([None, date(2026, 5, 1), date(2030, 1, 1)]),
            "countries": st.sampled_from([None, ("DE", "JP")]),
            "notes": st.sampled_from(["", "Kentaro Hoshinoya wrote to us"]),
        }
    ),
)


@given(suspensions)
def test_every_record_of_a_suspension_is_taken(made: Statement) -> None:
    """If it fails, one suspension makes the database refuse a hundred statements."""
    record = record_of(made, PLATFORM)
    assert takes(dict(record))
    assert json.loads(json.dumps(record)) == record
    assert len(batches([record, record_of(statement(), PLATFORM)])) == 1


@given(suspensions, st.sampled_from(LANGUAGES))
def test_nothing_public_of_a_suspension_names_anybody(made: Statement, language: str) -> None:
    """If it fails, the name of an advertiser or of a victim goes to a public database (DSA Art. 24(5))."""
    public = json.dumps([record_of(made, PLATFORM), points(made, language)], ensure_ascii=False).lower()
    assert not [secret for secret in (*SECRETS, made.suspension_id) if str(secret) in public]


def test_every_ground_has_its_category_and_words() -> None:
    """If it fails, a ground that people choose has no statement, or its code stands where words should."""
    assert len(grounds_of(GROUNDS)) == len(GROUNDS)
    for language in LANGUAGES:
        said = phrases(suspended(*GROUNDS), language)
        assert len(set(said)) == len(GROUNDS)
        assert set(said).isdisjoint(GROUNDS)


@pytest.mark.parametrize("grounds", [(), ("impersonation", "Kentaro Hoshinoya")])
def test_a_ground_that_is_not_known_goes_nowhere(grounds: tuple[str, ...]) -> None:
    """If it fails, whatever stands in the database in a ground's place is told to the public."""
    made = msgspec.structs.replace(CONFIRMED, grounds=grounds)
    with pytest.raises(UsageError, match="no ground") as caught:
        account_statement(made, BUSINESS, Circumstances())
    assert "Hoshinoya" not in str(caught.value)


@pytest.mark.parametrize(
    ("grounds", "category"),
    [
        (("false-identity", "hijacked"), "SCAMS_AND_FRAUD"),
        (("false-identity", "suspended-before"), "OTHER_VIOLATION_TC"),
        (("other",), "OTHER_VIOLATION_TC"),
    ],
)
def test_the_category_is_the_one_that_says_most(grounds: tuple[str, ...], category: str) -> None:
    """If it fails, fraud is counted as another breach of the terms, or what is none as fraud."""
    record = record_of(suspended(*grounds), PLATFORM)
    assert record["category"] == f"STATEMENT_CATEGORY_{category}"


def test_one_suspension_has_one_identifier() -> None:
    """If it fails, a suspension that was told and lifted later would be told a second time as another one."""
    other = msgspec.structs.replace(CONFIRMED, suspension_id="suspension-two")
    lifted = suspended(until=date(2026, 6, 1))
    assert suspended().puid == lifted.puid
    assert account_statement(other, BUSINESS, Circumstances()).puid != lifted.puid != statement().puid


def test_an_account_is_suspended_where_its_ads_were_to_be_shown() -> None:
    """If it fails, suspensions of accounts for Japan alone are reported in Europe, or Europe's are left out."""
    japan = msgspec.structs.replace(AD, country="JP", targeting=type(AD.targeting)())
    nowhere = msgspec.structs.replace(japan, country=None)
    assert countries_of_ads([AD, japan]) == ("DE", "FR", "JP")
    assert countries_of_ads([AD, nowhere]) == countries_of_ads([]) == ()
    assert not concerns_eea(suspended(countries=countries_of_ads([japan])))
    assert len(record_of(suspended(), PLATFORM)["territorial_scope"]) == 30  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_on_an_account_speaks_of_the_account(language: str) -> None:
    """If it fails, who is suspended reads that an advertisement was refused, or not how to complain."""
    made = suspended(until=date(2026, 7, 1), detected_by_machine=True, countries=("DE",))
    told = letter(made, (), PLATFORM, language)
    own = texts(language, "account")
    assert own["title"] != texts(language)["title"]
    for part in (own["title"], made.puid, own["account-suspended"], own["not"], own["detected-yes"], "2026-07-01",
                 own["own-initiative"], PLATFORM.complaint_url, PLATFORM.dispute_url):  # fmt: skip
        assert part in told
    assert "None" not in told
    assert "{" not in told
    blanks = {name: text.count("{") for name, text in texts("en", "account").items()}
    assert {name: text.count("{") for name, text in own.items()} == blanks


def test_a_suspension_removes_no_ad_from_the_repository() -> None:
    """If it fails, an ad that nobody rejected loses its entry, and with it what Art. 39 asks to be shown."""
    entry = entry_of(AD, ACCOUNT, Shown(first=NOW, last=NOW, reached=0))
    with pytest.raises(UsageError, match="does not take this ad down"):
        after_removal(entry, suspended())
