"""Statements of reasons: complete, true to the decision, taken by the database, and silent about people."""

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.errors import DataError, UsageError
from haechi.review.ads import Advertiser, Decision, Reason
from haechi.review.outgoing.batches import batches
from haechi.review.outgoing.letter import language_of, letter, points
from haechi.review.outgoing.personal import personal_in, withheld
from haechi.review.outgoing.record import Platform, concerns_eea, record_of
from haechi.review.outgoing.statement import LANGUAGES, texts
from tests.ads.outgoing.database import takes
from tests.ads.outgoing.made import (
    ACCOUNT,
    AD,
    GUARD,
    NOW,
    PLATFORM,
    REASON,
    SECRETS,
    decision,
    signal,
    statement,
)

_NAMES = (
    "hand-off named-party look-alike-name look-alike-letters look-alike-domain claim investment-offer scam-text "
    "scam-wording licence near-copy image-copy image-refused image-text-unread face advertiser velocity cloaking "
    "sensitive-targeting new-one"
)
SIGNALS = _NAMES.split()


def test_the_record_of_a_refused_ad() -> None:
    """If it fails, what is told to the Commission is not what was decided."""
    record = record_of(statement(), PLATFORM)
    assert record["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert record["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert "RULE-IMPERSONATION" in str(record["incompatible_content_ground"])
    assert record["category"] == "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    assert record["category_specification"] == ["KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING"]
    assert record["source_type"] == "SOURCE_VOLUNTARY"
    assert record["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert record["automated_detection"] == "Yes"
    assert record["content_type"] == ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_IMAGE"]
    assert record["account_type"] == "ACCOUNT_TYPE_PRIVATE"
    assert record["territorial_scope"] == ["DE", "FR"]  # Japan is not the database's
    assert record["content_language"] == "EN"
    assert record["content_date"] == record["application_date"] == "2026-05-01"
    assert "chat application" in str(record["decision_facts"])


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        ({"was_shown": True}, "decision_visibility", ["DECISION_VISIBILITY_CONTENT_REMOVED"]),
        ({"source": "article-16"}, "source_type", "SOURCE_ARTICLE_16"),
        ({"source": "trusted-flagger"}, "source_type", "SOURCE_TRUSTED_FLAGGER"),
        ({"source": "other-notice"}, "source_type", "SOURCE_TYPE_OTHER_NOTIFICATION"),
        ({"automation": "partially"}, "automated_decision", "AUTOMATED_DECISION_PARTIALLY"),
        ({"automation": "not"}, "automated_decision", "AUTOMATED_DECISION_NOT_AUTOMATED"),
        ({"detected_by_machine": False}, "automated_detection", "No"),
        ({"ground": "law"}, "illegal_content_legal_ground", "Regulation (EU) 2022/2065, Art. 26"),
        ({"until": date(2026, 6, 1)}, "end_date_visibility_restriction", "2026-06-01"),
        ({"countries": ("IE",)}, "territorial_scope", ["IE"]),
    ],
)
def test_circumstances_reach_the_record(said: dict[str, Any], field: str, expected: object) -> None:
    """If it fails, the record tells another story of the decision than its file."""
    assert record_of(statement(**said), PLATFORM)[field] == expected


@pytest.mark.parametrize(
    ("signals", "category", "keywords"),
    [
        (
            ("sensitive-targeting",),
            "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
            ["KEYWORD_MISSING_PROCESSING_GROUND"],
        ),
        (("look-alike-domain",), "SCAMS_AND_FRAUD", ["KEYWORD_PHISHING"]),
        (("velocity",), "OTHER_VIOLATION_TC", None),
    ],
)
def test_the_category_fits_the_reason(
    signals: tuple[str, ...], category: str, keywords: list[str] | None
) -> None:
    """If it fails, refusals for privacy are counted as fraud."""
    record = record_of(statement(decision("reject", *map(signal, signals))), PLATFORM)
    assert record["category"] == f"STATEMENT_CATEGORY_{category}"
    assert record.get("category_specification") == keywords


made_statements = st.builds(
    lambda found, said, codes, ad: statement(
        decision(
            "reject",
            *[signal(name, score=score) for name, score in found],
            reasons=tuple(
                Reason(code=f"POLICY-{code}", laws=(f"Act {code}, s. 1",) * laws, text="", fix="")
                for code, laws in codes
            ),
        ),
        msgspec.structs.replace(AD, **ad),
        **said,
    ),
    st.lists(st.tuples(st.sampled_from(SIGNALS), st.sampled_from([0.2, 0.9])), min_size=1, max_size=19),
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["own-initiative", "article-16", "trusted-flagger", "other-notice"]),
            "automation": st.sampled_from(["fully", "partially", "not"]),
            "detected_by_machine": st.booleans(),
            "ground": st.sampled_from(["terms", "law"]),
            "was_shown": st.booleans(),
            "until": st.sampled_from([None, date(2026, 5, 1), date(2030, 1, 1)]),
            "notes": st.sampled_from(["", "synthetic note ", "n " * 4_000]),
        }
    ),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9)), min_size=1, max_size=80),
    st.fixed_dictionaries(
        {
            "country": st.sampled_from(["DE", None]),
            "language": st.sampled_from([None, "ja", "xx", "en"]),
            "image": st.sampled_from([None, "a.png"]),
            "headline": st.sampled_from(["", "x"]),
        }
    ),
)


@given(made_statements)
def test_every_record_is_taken(made: Any) -> None:
    """If it fails, the database refuses an envelope of a hundred for one statement."""
    record = record_of(made, PLATFORM)
    assert takes(dict(record))
    assert json.loads(json.dumps(record)) == record
    assert len(batches([record])) == 1


@given(made_statements, st.sampled_from(LANGUAGES))
def test_nothing_public_names_anybody(made: Any, language: str) -> None:
    """If it fails, personal data goes to a public database (DSA Art. 24(5))."""
    public = json.dumps([record_of(made, PLATFORM), points(made, language)], ensure_ascii=False).lower()
    assert not [secret for secret in SECRETS if secret in public]


@pytest.mark.parametrize(
    "notes",
    [
        "It wears the name of KENTARO  HOSHINOYA.",
        "星野谷健太郎さんの名前を使っています。",
        "Ｋｕｍｏｎｏｓ Ｓｅｃｕｒｉｔｉｅｓ is named.",
        "The account of Waldemar Kronsbein was seen before.",
        "Paid by Golda Prager.",
        "Mail went to somebody@anything.example.",
        "They use @goldenfuture there.",
        "Call +49 (0)170 1234567 was answered.",
        "It leads to www.anything.example.",
        'It says "double your savings with us".',
        "It says D-o-u-b-l-e your sav\u200bings with us",
    ],
)
def test_notes_with_personal_data_are_refused(notes: str) -> None:
    """If it fails, a reviewer's slip goes to a public database."""
    with pytest.raises(UsageError) as caught:
        statement(notes=notes)
    told = str(caught.value).lower()
    assert "notes" in told
    assert not [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize(
    "notes", ["Two registers were asked on 2026-05-01; 3 of 4 rules fired.", "自称の資格は確認できません。"]
)
def test_ordinary_notes_are_kept(notes: str) -> None:
    """If it fails, reviewers cannot say what they saw."""
    made = statement(notes=notes)
    assert notes in str(record_of(made, PLATFORM)["decision_facts"])
    assert notes in points(made, "ja")["b"]
    assert personal_in(notes, withheld(GUARD, AD, ACCOUNT)) == ()


def test_a_policy_named_after_a_victim_is_refused() -> None:
    """If it fails, the code of a rule tells who asked for it."""
    named = msgspec.structs.replace(REASON, code="STRICT-KENTARO-HOSHINOYA")
    with pytest.raises(UsageError, match="policy codes"):
        statement(decision(reasons=(named,)))


def test_an_account_named_like_a_policy_gets_its_statement() -> None:
    """If it fails, an advertiser keeps its refusals out of the database by the name it takes."""
    ad = msgspec.structs.replace(AD, display_name="Rule Impersonation")
    assert takes(dict(record_of(statement(ad=ad), PLATFORM)))


def test_what_restricts_nothing_has_no_statement() -> None:
    """If it fails, approvals, or ads that wait their turn, are reported as restrictions."""
    cases: tuple[tuple[Decision, dict[str, Any]], ...] = (
        (decision("approve"), {}),
        (decision("hold"), {}),
        (decision(ad_id="other"), {}),
        (decision(reasons=()), {}),
        (decision(reasons=(msgspec.structs.replace(REASON, laws=()),)), {"ground": "law"}),
    )
    for made, said in cases:
        with pytest.raises(UsageError):
            statement(made, **said)
    assert statement(decision("hold"), was_shown=True).restriction == "suspended"


def test_one_decision_has_one_identifier() -> None:
    """If it fails, a statement sent twice stands in the database twice, or two share an identifier."""
    assert statement().puid == statement(notes="synthetic note").puid
    later = decision(decided_at=NOW + timedelta(seconds=1))
    assert len({statement().puid, statement(later).puid, statement(decision(ad_hash="3" * 64)).puid}) == 3


def test_what_applies_elsewhere_is_not_the_database_s() -> None:
    """If it fails, decisions on ads for Japan alone are reported in Europe."""
    made = statement(countries=("JP",))
    assert not concerns_eea(made)
    with pytest.raises(UsageError, match="European Economic Area"):
        record_of(made, PLATFORM)
    assert len(record_of(statement(countries=()), PLATFORM)["territorial_scope"]) == 30  # type: ignore[arg-type]


def test_a_platform_that_is_set_up_wrong() -> None:
    """If it fails, a wrong address makes the database refuse every statement."""
    wrong = Platform(complaint_url="x", dispute_url="y", terms_url="not an address")
    with pytest.raises(DataError, match="decision_ground_reference_url"):
        record_of(statement(), wrong)


def test_what_speaks_for_the_ad_is_no_reason() -> None:
    """If it fails, an ad is said to be refused for its permission or its licence."""
    made = statement(
        decision(
            "reject", signal("authorised-party"), signal("licence", "agrees"), signal("claim", score=0.4)
        )
    )
    assert made.found == ()
    assert takes(dict(record_of(made, PLATFORM)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ground", ["terms", "law"])
def test_the_letter_says_it_all(language: str, ground: Any) -> None:
    """If it fails, an advertiser is not told one of the points (a) to (f), or not in its language."""
    made = statement(ground=ground, until=date(2026, 7, 1), source="article-16", automation="partially")
    told = letter(made, (REASON,), PLATFORM, language)
    said = texts(language)
    for part in (
        AD.ad_id,
        made.puid,
        said["never-shown"],
        "DE, FR, JP",
        "2026-07-01",
        said["article-16"],
        said["detected-yes"],
        said["partially"],
        REASON.laws[0],
        REASON.text,
        REASON.fix,
        PLATFORM.complaint_url,
        PLATFORM.dispute_url,
        said["court"],
    ):
        assert part in told
    assert ("RULE-IMPERSONATION" in told) == (ground == "terms")
    assert "{" not in told
    months = {"en": "six months", "ja": "6か月", "ko": "6개월", "de": "sechs Monaten"}
    assert months[language] in told


def test_all_languages_say_the_same_things() -> None:
    """If it fails, a sentence is missing in one language, and its letters break."""
    fields = {language: set(texts(language)) for language in LANGUAGES}
    assert all(one == fields["en"] for one in fields.values())
    for name in fields["en"]:
        blanks = {language: texts(language)[name].count("{") for language in LANGUAGES}
        assert len(set(blanks.values())) == 1, name
    for one in SIGNALS[:-1]:
        spoken = {points(statement(decision("reject", signal(one))), language)["b"] for language in LANGUAGES}
        assert len(spoken) == len(LANGUAGES)
        assert not any(f": {one}." in told for told in spoken)


@pytest.mark.parametrize(
    ("country", "declared", "expected"),
    [
        ("JP", "en", "ja"),
        ("KR", None, "ko"),
        ("AT", "ja", "de"),
        ("US", "ja", "en"),
        (None, "ja", "ja"),
        (None, "fr", "en"),
    ],
)
def test_the_language_is_the_advertiser_s(country: str | None, declared: str | None, expected: str) -> None:
    """If it fails, an advertiser gets a letter that it cannot read."""
    ad = msgspec.structs.replace(AD, language=declared)
    assert language_of(Advertiser(advertiser_id="x", country=country), ad) == expected
