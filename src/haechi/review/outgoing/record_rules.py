"""The rules of the EU transparency database, held against a record before anybody sends it.

Written from the database's API documentation (github.com/digital-services-act/transparency-database, 69e80a0) and
the field rules of its version 1. Where these differ, the stricter holds: `territorial_scope` is required, as the
documentation says; no end may come before the beginning. Stricter than both: a field that is not of the database is
a fault, for nobody would see what it carries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from haechi.errors import Fault
from haechi.review.outgoing.vocabulary import allowed

Record = Mapping[str, object]

_LISTS: Final = (
    "decision_visibility",
    "content_type",
    "category_addition",
    "category_specification",
    "territorial_scope",
)
_CHOICES: Final = (
    "decision_monetary",
    "decision_provision",
    "decision_account",
    "account_type",
    "decision_ground",
    "category",
    "content_language",
    "source_type",
    "automated_decision",
)
_YES_OR_NO: Final = ("automated_detection", "incompatible_content_illegal")
_LENGTHS: Final = {
    "decision_visibility_other": 500,
    "decision_monetary_other": 500,
    "decision_facts": 5_000,
    "decision_ground_reference_url": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2_000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2_000,
    "content_type_other": 500,
    "category_specification_other": 500,
    "source_identity": 500,
    "puid": 500,
}
_ENDS: Final = tuple(
    f"end_date_{what}_restriction" for what in ("account", "monetary", "service", "visibility")
)
_EARLIEST: Final = {"content_date": date(2000, 1, 1), "application_date": date(2020, 1, 1)}
_LATEST: Final = date(2038, 1, 1)
_REQUIRED: Final = (
    "decision_ground",
    "content_type",
    "category",
    "territorial_scope",
    "content_date",
    "application_date",
    "decision_facts",
    "source_type",
    "automated_detection",
    "automated_decision",
    "puid",
)
_DECISIONS: Final = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
FIELDS: Final = frozenset(
    {*_LISTS, *_CHOICES, *_YES_OR_NO, *_LENGTHS, *_ENDS, *_EARLIEST, *_REQUIRED, "content_id"}
)
"""Every field of the database."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PUID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_EAN: Final = re.compile(r"\d{13}", re.ASCII)


class _When(NamedTuple):
    """A field that is required while another says something, and has no place otherwise."""

    field: str
    other: str
    says: str
    required: bool


_CONDITIONS: Final = (
    _When("decision_visibility_other", "decision_visibility", "DECISION_VISIBILITY_OTHER", True),
    _When("decision_monetary_other", "decision_monetary", "DECISION_MONETARY_OTHER", True),
    _When("content_type_other", "content_type", "CONTENT_TYPE_OTHER", True),
    _When("illegal_content_legal_ground", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    _When("illegal_content_explanation", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    _When("incompatible_content_ground", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True),
    _When(
        "incompatible_content_explanation", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True
    ),
    _When("incompatible_content_illegal", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", False),
    _When("category_specification_other", "category_specification", "KEYWORD_OTHER", False),
)

_Told = Iterator[tuple[str, str]]


def faults(record: Record, *, file: str = "statements", row: int | None = None) -> list[Fault]:
    """Everything for which the database would refuse the record, or drop part of it; empty when it would take it.

    Args:
        record: as it would be sent.
        file: what the faults call the place it comes from.
        row: its number there, from 1.

    Returns:
        One fault for each thing wrong. Values are not repeated: a wrong value may be what must not go out.
    """
    said = {field: value for field, value in record.items() if not _is_empty(value)}
    rules: tuple[Callable[[Record], _Told], ...] = (
        _unknown, _missing, _choices, _lists, _texts, _dates, _conditions, _identifiers,
    )  # fmt: skip
    return [Fault(file, row, field, None, expected) for rule in rules for field, expected in rule(said)]


def _is_empty(value: object) -> bool:
    """Whether a value counts as not given: null, or no text but spaces, which the database reads as null."""
    return value is None or (isinstance(value, str) and not value.strip())


def _unknown(said: Record) -> _Told:
    for field in said:
        if field not in FIELDS:
            yield field, "a field of the transparency database"


def _missing(said: Record) -> _Told:
    for field in _REQUIRED:
        if field not in said:
            yield field, "a value: the field is required"
    if not any(field in said for field in _DECISIONS):
        for field in _DECISIONS:
            yield field, "a value here or in another of the four decisions"


def _choices(said: Record) -> _Told:
    for field in _CHOICES:
        value = said.get(field)
        if value is not None and not (isinstance(value, str) and value in allowed(field)):
            yield field, f"one of the {len(allowed(field))} values listed for {field}"
    for field in _YES_OR_NO:
        if said.get(field) not in (None, "Yes", "No"):
            yield field, "Yes or No"


def _lists(said: Record) -> _Told:
    for field in _LISTS:
        value = said.get(field)
        if value is None:
            continue
        words = allowed("category" if field == "category_addition" else field)
        listed = value if isinstance(value, list | tuple) else ()
        if not listed or not all(isinstance(one, str) and one in words for one in listed):
            yield field, f"a list of one or more of the {len(words)} values listed for {field}"


def _texts(said: Record) -> _Told:
    for field, longest in _LENGTHS.items():
        value = said.get(field)
        if value is not None and not (isinstance(value, str) and len(value) <= longest):
            yield field, f"a text of at most {longest:,} characters"


def _dates(said: Record) -> _Told:
    for field, earliest in _EARLIEST.items():
        if field in said and not _within(said[field], earliest):
            yield field, f"a day YYYY-MM-DD from {earliest} to {_LATEST}"
    start = _day(said.get("application_date"))
    for field in _ENDS:
        if field in said and not _within(said[field], start or _EARLIEST["application_date"]):
            yield field, f"a day YYYY-MM-DD from the application date to {_LATEST}"


def _conditions(said: Record) -> _Told:
    for rule in _CONDITIONS:
        there = said.get(rule.other)
        holds = rule.says in there if isinstance(there, list | tuple) else there == rule.says
        if holds and rule.required and rule.field not in said:
            yield rule.field, f"a text, because {rule.other} says {rule.says}"
        if rule.field in said and not holds:
            yield rule.field, f"nothing, because {rule.other} does not say {rule.says}"
    if "source_identity" in said and said.get("source_type") == "SOURCE_VOLUNTARY":
        yield "source_identity", "nothing, because nobody notified"


def _identifiers(said: Record) -> _Told:
    puid = said.get("puid")
    if isinstance(puid, str) and not _PUID.fullmatch(puid):
        yield "puid", "letters a to z, digits, hyphens and underscores alone"
    url = said.get("decision_ground_reference_url")
    if isinstance(url, str) and not _is_url(url):
        yield "decision_ground_reference_url", "a web address"
    content = said.get("content_id")
    if content is not None and not (
        isinstance(content, Mapping)
        and set(content) == {"EAN-13"}
        and isinstance(content["EAN-13"], str)
        and _EAN.fullmatch(content["EAN-13"])
    ):
        yield "content_id", "an object with the key EAN-13 alone and 13 digits"


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _within(value: object, earliest: date) -> bool:
    day = _day(value)
    return day is not None and earliest <= day <= _LATEST


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, text))
