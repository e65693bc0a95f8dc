"""Closed vocabularies of the records contract, in the order in which people read them."""

from typing import Final, Literal, get_args

Category = Literal[
    "religion",
    "belief",
    "political-opinion",
    "union-membership",
    "party-membership",
    "sex-life",
    "sexual-orientation",
    "gender-identity",
    "health",
    "genetic",
    "biometric",
    "race-ethnicity",
    "criminal-record",
    "crime-victim",
    "origin-status",
    "social-status",
    "financial-hardship",
    "children",
    "precise-location",
]
Purpose = Literal["profiling", "advertising", "disclosure"]
Basis = Literal[
    "explicit_consent",
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_interest",
    "legitimate_interest",
]
BehaviourKind = Literal["like", "unlike", "follow", "view", "click", "hide", "purchase", "share", "comment"]
ItemKind = Literal["page", "post", "ad", "app", "url", "video", "other"]
RequestKind = Literal[
    "access",
    "rectification",
    "erasure",
    "restriction",
    "objection",
    "portability",
    "explanation",
    "withdrawal",
]
Signal = Literal[
    "gpc",
    "sale-opt-out",
    "sharing-opt-out",
    "targeted-advertising-opt-out",
    "sensitive-opt-out",
    "no-tcf-storage",
    "no-tcf-profiling",
    "no-tcf-advertising",
    "no-precise-location",
    "limit-ad-tracking",
]
Language = Literal["ko", "en", "ja", "de"]
"""In which people are told what concerns them."""
Verdict = Literal["allowed", "refused", "undecided"]
Outcome = Literal["open", "granted", "partly", "refused"]
Severity = Literal["violation", "risk", "note"]

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
BEHAVIOUR_KINDS: Final[tuple[BehaviourKind, ...]] = get_args(BehaviourKind)
ITEM_KINDS: Final[tuple[ItemKind, ...]] = get_args(ItemKind)
REQUEST_KINDS: Final[tuple[RequestKind, ...]] = get_args(RequestKind)
SIGNALS: Final[tuple[Signal, ...]] = get_args(Signal)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
