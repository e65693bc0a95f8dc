"""The rules of the transparency database a second time, as a JSON Schema with dates: the tests' own reading."""

from datetime import date
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def _words(text: str) -> list[str]:
    return text.split()


LANGUAGES = _words(
    """
    HZ KW MH NY AA AB AE AF AK AM AN AR AS AV AY AZ BA BE BG BH BI BM BN BO BR BS CA CE CH CO CR CS CU CV CY DA DE
    DV DZ EE EL EN EO ES ET EU FA FF FI FJ FO FR FY GA GD GL GN GU GV HA HE HI HO HR HT HU HY IA ID IE
    II IO IS IT IU JA JV KA KG KI KJ KK KL KM KN KO KR KU KV KY LA LB LG LI LN LO LT LU LV MG MI MK ML
    MN MR MS MT MY NA NB ND NE NG NL NN NO NR NV OC OJ OM OR OS PA PI PL PS PT QU RM RN RO RU RW SA SC
    SD SE SG SI SK SL SM SN SO SQ SR SS ST SU SV SW TA TE TG TH TI TK TL TN TO TR TS TT TW TY UG UK UR
    UZ VE VI VO WA WO XH YI YO ZA ZH ZU
    """
)
COUNTRIES = _words(
    """
    AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
    """
)
CATEGORIES = [
    f"STATEMENT_CATEGORY_{name}"
    for name in _words(
        """
    ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN
    DATA_PROTECTION_AND_PRIVACY_VIOLATIONS ILLEGAL_OR_HARMFUL_SPEECH INTELLECTUAL_PROPERTY_INFRINGEMENTS
    NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS NOT_SPECIFIED_NOTICE OTHER_VIOLATION_TC
    PROTECTION_OF_MINORS RISK_FOR_PUBLIC_SECURITY SCAMS_AND_FRAUD SELF_HARM
    UNSAFE_AND_PROHIBITED_PRODUCTS VIOLENCE
    """
    )
]
VISIBILITIES = [
    f"DECISION_VISIBILITY_{name}"
    for name in _words(
        """
    CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED
    CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER
    """
    )
]
ILLEGAL, INCOMPATIBLE = "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"


def _one(*words: str) -> dict[str, Any]:
    return {"enum": list(words)}


def _some(words: list[str]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": {"enum": words}}


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": longest, "pattern": r"\S"}


DAY = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", "format": "date"}


def _only_if(field: str, says: dict[str, Any], *, required: list[str], allowed: list[str]) -> dict[str, Any]:
    """`required` must be there when `field` is as `says`; they and `allowed` must not be otherwise."""
    return {
        "if": {"properties": {field: says}, "required": [field]},
        "then": {"required": required},
        "else": {"properties": dict.fromkeys((*required, *allowed), False)},
    }


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
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
    ],
    "anyOf": [
        {"required": [f"decision_{what}"]} for what in ("visibility", "monetary", "provision", "account")
    ],
    "properties": {
        "decision_visibility": _some(VISIBILITIES),
        "decision_visibility_other": _text(500),
        "decision_monetary": _one(
            *(f"DECISION_MONETARY_{one}" for one in ("SUSPENSION", "TERMINATION", "OTHER"))
        ),
        "decision_monetary_other": _text(500),
        "decision_provision": _one(
            *(
                f"DECISION_PROVISION_{how}_{what}"
                for how in ("PARTIAL", "TOTAL")
                for what in ("SUSPENSION", "TERMINATION")
            )
        ),
        "decision_account": _one("DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"),
        "account_type": _one("ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"),
        "decision_facts": _text(5000),
        "decision_ground": _one(ILLEGAL, INCOMPATIBLE),
        "decision_ground_reference_url": {**_text(500), "pattern": r"^https?://[^\s/]+\S*\Z"},
        "illegal_content_legal_ground": _text(500),
        "illegal_content_explanation": _text(2000),
        "incompatible_content_ground": _text(500),
        "incompatible_content_explanation": _text(2000),
        "incompatible_content_illegal": _one("Yes", "No"),
        "content_type": _some(
            [
                f"CONTENT_TYPE_{one}"
                for one in _words(
                    """
    APP AUDIO IMAGE PRODUCT SYNTHETIC_MEDIA TEXT VIDEO OTHER
    """
                )
            ]
        ),
        "content_type_other": _text(500),
        "category": _one(*CATEGORIES),
        "category_addition": _some(CATEGORIES),
        "category_specification": {"type": "array", "minItems": 1, "items": {"pattern": "^KEYWORD_[A-Z_]+$"}},
        "category_specification_other": _text(500),
        "content_id": {
            "type": "object",
            "required": ["EAN-13"],
            "additionalProperties": False,
            "properties": {"EAN-13": {"type": "string", "pattern": r"^[0-9]{13}\Z"}},
        },
        "territorial_scope": _some(COUNTRIES),
        "content_language": _one(*LANGUAGES),
        "content_date": DAY,
        "application_date": DAY,
        **{f"end_date_{what}_restriction": DAY for what in ("visibility", "monetary", "service", "account")},
        "source_type": _one(
            "SOURCE_ARTICLE_16",
            "SOURCE_TRUSTED_FLAGGER",
            "SOURCE_TYPE_OTHER_NOTIFICATION",
            "SOURCE_VOLUNTARY",
        ),
        "source_identity": _text(500),
        "automated_detection": _one("Yes", "No"),
        "automated_decision": _one(
            *(f"AUTOMATED_DECISION_{one}" for one in ("FULLY", "PARTIALLY", "NOT_AUTOMATED"))
        ),
        "puid": {"type": "string", "maxLength": 500, "pattern": r"^[a-zA-Z0-9_-]+\Z"},
    },
    "allOf": [
        _only_if(
            "decision_visibility",
            {"contains": {"const": "DECISION_VISIBILITY_OTHER"}},
            required=["decision_visibility_other"],
            allowed=[],
        ),
        _only_if(
            "decision_monetary",
            {"const": "DECISION_MONETARY_OTHER"},
            required=["decision_monetary_other"],
            allowed=[],
        ),
        _only_if(
            "content_type",
            {"contains": {"const": "CONTENT_TYPE_OTHER"}},
            required=["content_type_other"],
            allowed=[],
        ),
        _only_if(
            "decision_ground",
            {"const": ILLEGAL},
            required=["illegal_content_legal_ground", "illegal_content_explanation"],
            allowed=[],
        ),
        _only_if(
            "decision_ground",
            {"const": INCOMPATIBLE},
            required=["incompatible_content_ground", "incompatible_content_explanation"],
            allowed=["incompatible_content_illegal"],
        ),
        _only_if(
            "category_specification",
            {"contains": {"const": "KEYWORD_OTHER"}},
            required=[],
            allowed=["category_specification_other"],
        ),
        {
            "if": {"properties": {"source_type": {"const": "SOURCE_VOLUNTARY"}}},
            "then": {"properties": {"source_identity": False}},
        },
    ],
}
_VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["date"]))


def takes(record: dict[str, Any]) -> bool:
    """Whether the database takes the record as it is."""
    blank = (field for field, value in record.items() if value is None or str(value).strip() == "")
    given = {field: record[field] for field in record.keys() - set(blank)}
    if not _VALIDATOR.is_valid(given):
        return False
    bounds = {"content_date": "2000-01-01", "application_date": "2020-01-01"}
    ends = [value for field, value in given.items() if field.startswith("end_date")]
    start = given["application_date"]
    return (
        all(first <= given[field] <= "2038-01-01" for field, first in bounds.items())
        and all(start <= end <= "2038-01-01" for end in ends)
        and all(date.fromisoformat(end) for end in ends)
    )
