"""A statement of reasons as a record for the EU transparency database (DSA Art. 24(5)).

The default says of a refused ad what the database's fields allow best: never shown is content disabled, shown before
is content removed. Whether a refusal before publication has to be reported at all is open (Art. 17 speaks of
information provided by a recipient of the service); so nothing is made unless asked for, and never sent.

A suspension restricts the account and nothing else: its ads keep the decisions they have.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from haechi.errors import DataError, FaultKind, UsageError
from haechi.review.outgoing.account import grounds_of
from haechi.review.outgoing.record_rules import faults
from haechi.review.outgoing.statement import (
    Restriction,
    Source,
    Statement,
    Subject,
    phrases,
    subject_of,
    texts,
)
from haechi.review.outgoing.vocabulary import allowed

EEA: Final = tuple(sorted(allowed("territorial_scope")))
"""Countries of the European Economic Area, which records are about."""

_VISIBILITY: Final[dict[Restriction, str]] = {
    "never-shown": "DECISION_VISIBILITY_CONTENT_DISABLED",
    "taken-down": "DECISION_VISIBILITY_CONTENT_REMOVED",
    "suspended": "DECISION_VISIBILITY_CONTENT_DISABLED",
}
_SOURCES: Final[dict[Source, str]] = {
    "own-initiative": "SOURCE_VOLUNTARY",
    "article-16": "SOURCE_ARTICLE_16",
    "trusted-flagger": "SOURCE_TRUSTED_FLAGGER",
    "other-notice": "SOURCE_TYPE_OTHER_NOTIFICATION",
}
_AUTOMATION: Final = {"fully": "FULLY", "partially": "PARTIALLY", "not": "NOT_AUTOMATED"}
_NO_CONTENT: Final[dict[Subject, str]] = {
    "ad": "A web address advertised without text",
    "account": "An advertiser's account",
}
_IMPERSONATION: Final = frozenset({"named-party", "look-alike-name", "face"})
_PHISHING: Final = frozenset({"look-alike-domain", "cloaking"})
_OTHER: Final = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
_PRIVACY: Final = "sensitive-targeting"
_FRAUD: Final = frozenset(
    {
        "hand-off",
        "claim",
        "scam-text",
        "scam-wording",
        "licence",
        "near-copy",
        "image-copy",
        *_IMPERSONATION,
        *_PHISHING,
    }
)


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """What statements say of the platform.

    Attributes:
        terms_url: where its advertising policy stands, or None.
        complaint_url: where complaints are taken (Art. 20).
        dispute_url: where certified dispute settlement bodies are listed (Art. 21).
    """

    complaint_url: str
    dispute_url: str
    terms_url: str | None = None


def concerns_eea(statement: Statement) -> bool:
    """Whether the decision applies in a country of the European Economic Area."""
    return not statement.countries or not set(EEA).isdisjoint(statement.countries)


def record_of(statement: Statement, platform: Platform) -> dict[str, object]:
    """The record, ready to be put in a batch; it passes every rule of `record_rules`.

    Raises:
        UsageError: the decision applies nowhere in the European Economic Area.
        DataError: a value that came from outside does not fit, such as a web address of the terms.
    """
    if not concerns_eea(statement):
        raise UsageError(
            "The decision applies nowhere in the European Economic Area; there is no record to make."
        )
    record: dict[str, object] = {
        "decision_ground_reference_url": platform.terms_url,
        "territorial_scope": [one for one in EEA if not statement.countries or one in statement.countries],
        "content_date": statement.submitted_at.date().isoformat(),
        "application_date": statement.decided_at.date().isoformat(),
        "decision_facts": _facts(statement),
        "source_type": _SOURCES[statement.source],
        "automated_detection": "Yes" if statement.detected_by_machine else "No",
        "automated_decision": f"AUTOMATED_DECISION_{_AUTOMATION[statement.automation]}",
        "puid": statement.puid,
        **_restriction(statement),
        **_classified(statement),
        **_contents(statement),
        **_ground(statement),
    }
    record["account_type"] = (
        None if statement.account is None else f"ACCOUNT_TYPE_{statement.account.upper()}"
    )
    language = (statement.language or "").upper()
    if language in allowed("content_language"):
        record["content_language"] = language
    kept = {field: value for field, value in record.items() if value not in (None, [])}
    if wrong := faults(kept, file="statement"):
        raise DataError(
            [FaultKind("a statement that breaks a rule of the database", len(wrong), tuple(wrong))]
        )
    return kept


def _restriction(statement: Statement) -> dict[str, object]:
    """What was restricted, and until when; an end that is not known is left out, which the database reads as none."""
    until = None if statement.until is None else statement.until.isoformat()
    if subject_of(statement) == "account":
        return {"decision_account": "DECISION_ACCOUNT_SUSPENDED", "end_date_account_restriction": until}
    return {
        "decision_visibility": [_VISIBILITY[statement.restriction]],
        "end_date_visibility_restriction": until,
    }


def _classified(statement: Statement) -> dict[str, object]:
    """Category and keywords: an ad's by its signals, an account's by the grounds of its suspension."""
    if subject_of(statement) == "ad":
        return {"category": _category(statement), "category_specification": _keywords(statement)}
    grounds = grounds_of(statement.found)
    # What says least comes last: it is the category of a suspension that has no other.
    categories = sorted(dict.fromkeys(one.category for one in grounds), key=_OTHER.__eq__)
    return {
        "category": categories[0],
        "category_addition": categories[1:],
        "category_specification": list(dict.fromkeys(word for one in grounds for word in one.keywords)),
    }


def _category(statement: Statement) -> str:
    found = set(statement.found)
    if _PRIVACY in found and found.isdisjoint(_FRAUD):
        return "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"
    if found.isdisjoint(_FRAUD):
        return _OTHER
    return "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"


def _keywords(statement: Statement) -> list[str]:
    found = set(statement.found)
    kinds = (
        ("KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING", _IMPERSONATION),
        ("KEYWORD_PHISHING", _PHISHING),
        ("KEYWORD_MISSING_PROCESSING_GROUND", {_PRIVACY}),
    )
    return [keyword for keyword, signals in kinds if not found.isdisjoint(signals)]


def _contents(statement: Statement) -> dict[str, object]:
    if not statement.contents:
        return {
            "content_type": ["CONTENT_TYPE_OTHER"],
            "content_type_other": _NO_CONTENT[subject_of(statement)],
        }
    return {"content_type": [f"CONTENT_TYPE_{content.upper()}" for content in statement.contents]}


def _facts(statement: Statement) -> str:
    english = texts("en", subject_of(statement))
    found = ", ".join(phrases(statement, "en"))
    sentences = [
        english[statement.restriction],
        english[statement.source],
        english["found"].format(found=found) if found else english["found_nothing"],
        english[f"detected-{'yes' if statement.detected_by_machine else 'no'}"],
        english[statement.automation],
    ]
    if statement.notes:
        sentences.append(english["notes"].format(notes=statement.notes))
    return _fitted(sentences, " ", 5_000)


def _ground(statement: Statement) -> dict[str, object]:
    """The ground and its explanation: a law's, or the terms'."""
    found = phrases(statement, "en")
    explanation = _fitted(found, "; ", 2_000) if found else texts("en")["found_nothing"]
    if statement.ground == "law":
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": _fitted(statement.laws, "; ", 500),
            "illegal_content_explanation": explanation,
        }
    cited = [f"Advertising policy: {', '.join(statement.codes)}", *statement.laws]
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": _fitted(cited, "; ", 500),
        "incompatible_content_explanation": explanation,
    }


def _fitted(parts: Sequence[str], between: str, longest: int) -> str:
    """The parts, joined; as many whole ones as fit, and of a first one that does not fit its beginning."""
    text = ""
    for part in parts:
        longer = f"{text}{between}{part}" if text else part
        if len(longer) > longest:
            return text or part[: longest - 1] + "…"
        text = longer
    return text
