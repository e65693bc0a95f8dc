"""The database's rules, held against a second writing of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import DataError
from haechi.review.outgoing.batches import batches
from haechi.review.outgoing.record_rules import FIELDS, faults
from haechi.review.outgoing.vocabulary import allowed
from tests.ads.outgoing.database import CATEGORIES, COUNTRIES, LANGUAGES, SCHEMA, VISIBILITIES, takes

GOOD: dict[str, Any] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "policy 1",
    "incompatible_content_explanation": "synthetic",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "territorial_scope": ["DE"],
    "content_date": "2026-01-01",
    "application_date": "2026-01-02",
    "decision_facts": "synthetic",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_FULLY",
    "puid": "a-1_B",
}
ILLEGAL = {
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "incompatible_content_ground": None,
    "incompatible_content_explanation": None,
    "illegal_content_legal_ground": "law 1",
    "illegal_content_explanation": "synthetic",
}
# What each field may be given, good and bad.
VALUES: dict[str, list[Any]] = {
    "decision_visibility": [
        ["DECISION_VISIBILITY_OTHER"], VISIBILITIES, [], None, "DECISION_VISIBILITY_OTHER", ["OTHER"], [7],
    ],
    "decision_visibility_other": ["x", "x" * 500, "x" * 501, "", 7],
    "decision_monetary": ["DECISION_MONETARY_OTHER", "DECISION_MONETARY_SUSPENSION", "OTHER", [7]],
    "decision_monetary_other": ["x", "x" * 501],
    "decision_provision": ["DECISION_PROVISION_TOTAL_SUSPENSION", "DECISION_PROVISION_SUSPENSION"],
    "decision_account": ["DECISION_ACCOUNT_SUSPENDED", "SUSPENDED", {}],
    "account_type": ["ACCOUNT_TYPE_PRIVATE", "ACCOUNT_TYPE_OTHER", None],
    "decision_facts": ["x" * 5_000, "x" * 5_001, "   ", None, "日" * 5_000],
    "decision_ground": ["DECISION_GROUND_ILLEGAL_CONTENT", "ILLEGAL", None],
    "decision_ground_reference_url": [
        "https://a.example/x", "a.example", "ftp://a.example", "https://", "https://a b", "https://a/" + "x" * 500,
    ],
    "illegal_content_legal_ground": ["x" * 500, "x" * 501, None],
    "illegal_content_explanation": ["x" * 2_000, "x" * 2_001, None],
    "incompatible_content_ground": ["x" * 500, "x" * 501, None],
    "incompatible_content_explanation": ["x" * 2_000, "x" * 2_001, None],
    "incompatible_content_illegal": ["Yes", "No", "yes", True, None],
    "content_type": [["CONTENT_TYPE_OTHER"], ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_IMAGE"], [], None, ["TEXT"]],
    "content_type_other": ["x", "x" * 501],
    "category": [*CATEGORIES[:2], "SCAMS", None, ["STATEMENT_CATEGORY_VIOLENCE"]],
    "category_addition": [CATEGORIES, ["x"], "STATEMENT_CATEGORY_VIOLENCE"],
    "category_specification": [["KEYWORD_OTHER"], ["KEYWORD_PHISHING"], ["phishing"], "KEYWORD_OTHER"],
    "category_specification_other": ["x", "x" * 501],
    "content_id": [{"EAN-13": "0123456789123"}, {"EAN-13": "012"}, {"EAN-8": "01234567"}, "0123456789123"],
    "territorial_scope": [COUNTRIES, ["GB"], ["de"], "DE", [], None],
    "content_language": ["JA", "ja", "XX", None],
    "content_date": [
        "2000-01-01", "1999-12-31", "2038-01-01", "2038-01-02", "2026-1-1", "2026-02-30", "20260101", None,
    ],
    "application_date": ["2020-01-01", "2019-12-31", "2038-01-02", "2026-01-02T00:00:00", 20260102, None],
    "end_date_visibility_restriction": ["2026-01-02", "2026-01-01", "2037-12-31", "2039-01-01", "soon", None],
    "end_date_monetary_restriction": ["2026-01-02", "2026-01-01"],
    "end_date_service_restriction": ["2026-01-02", "2025-01-01"],
    "end_date_account_restriction": ["2026-01-02", "2025-01-01"],
    "source_type": ["SOURCE_ARTICLE_16", "SOURCE_TYPE_OTHER_NOTIFICATION", "ARTICLE_16", None],
    "source_identity": ["x", "x" * 501],
    "automated_detection": ["No", "no", False, None],
    "automated_decision": ["AUTOMATED_DECISION_NOT_AUTOMATED", "Yes", None],
    "puid": ["A_b-9", "a b", "ä", "a\n", "x" * 500, "x" * 501, "", None, 7],
    "unknown_field": ["x"],
}  # fmt: skip


def test_both_writings_know_the_same_words() -> None:
    """If it fails, a field or value of the database is missing from one of the two, and they agree on too little."""
    assert set(SCHEMA["properties"]) == FIELDS
    assert allowed("content_language") == set(LANGUAGES)
    assert allowed("territorial_scope") == set(COUNTRIES)
    assert allowed("category") == set(CATEGORIES)
    assert len(allowed("category_specification")) == 69
    for field, rule in SCHEMA["properties"].items():
        words = rule.get("enum") or rule.get("items", {}).get("enum")
        if words and field not in {
            "automated_detection",
            "incompatible_content_illegal",
            "category_addition",
        }:
            assert allowed(field) == set(words), field
    assert set(VALUES) - {"unknown_field"} == FIELDS


@pytest.mark.parametrize("base", [{}, ILLEGAL], ids=("terms", "law"))
@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in VALUES.items() for value in values]
)
def test_each_rule_alone(base: dict[str, Any], field: str, value: object) -> None:
    """If it fails, a record goes out that is refused, and its whole envelope with it; or a good one never goes."""
    record = {**GOOD, **base, field: value}
    assert (not faults(record)) == takes(record)


some_fields = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(
        lambda field: st.tuples(st.just(field), st.sampled_from(VALUES[field]))
    ),
    max_size=6,
)


@settings(max_examples=400)
@given(some_fields, st.booleans())
def test_rules_together(changes: list[tuple[str, Any]], law: bool) -> None:
    """If it fails, two rules contradict each other where they meet."""
    record = {**GOOD, **(ILLEGAL if law else {}), **dict(changes)}
    assert (not faults(record)) == takes(record)


def test_a_fault_says_where_and_not_what() -> None:
    """If it fails, nobody finds the fault, or the error shows what must not go out."""
    (fault,) = faults({**GOOD, "puid": "Kentaro Hoshinoya"}, file="out.json", row=3)
    assert (fault.file, fault.row, fault.column, fault.value) == ("out.json", 3, "puid", None)
    assert "Kentaro" not in str(fault)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_envelopes(count: int, sizes: list[int]) -> None:
    """If it fails, an envelope is larger than the database takes, or records are lost or doubled."""
    records = [{**GOOD, "puid": f"p-{number}"} for number in range(count)]
    made = batches(records)
    assert [len(one["statements"]) for one in made] == sizes
    assert [record for one in made for record in one["statements"]] == records


def test_one_bad_record_stops_all() -> None:
    """If it fails, half of the records go out before the fault is seen."""
    records = [{**GOOD, "puid": f"p-{number % 149}"} for number in range(150)]
    records[120] = {**GOOD, "puid": "p-120", "category": "x"}
    with pytest.raises(DataError) as caught:
        batches(records)
    told = str(caught.value)
    assert "row 121" in told
    assert "row 1, column puid" in told
    assert "row 150, column puid" in told
    assert [kind.count for kind in caught.value.kinds] == [1, 2]
