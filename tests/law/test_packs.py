"""The shipped packs say what the laws say, and each statement shows what stands behind it."""

# ruff: noqa: DTZ001  every instant inside is naive UTC

from collections.abc import Iterator
from datetime import datetime
from typing import get_args
from urllib.parse import urlsplit

import msgspec
import pytest

from haechi import law
from haechi.law import Claim, LawPack
from haechi.law.model import Check, Mark
from haechi.terms import words

PACKS = law.load_packs()
NOW = datetime(2026, 11, 24)

NINE = {
    "religion",
    "belief",
    "political-opinion",
    "union-membership",
    "party-membership",
    "sex-life",
    "sexual-orientation",
    "gender-identity",
    "health",
}
COVERED = {
    "kr-pipa": NINE | {"genetic", "biometric", "race-ethnicity", "criminal-record", "origin-status"},
    "eu-gdpr": NINE | {"genetic", "biometric", "race-ethnicity", "criminal-record"},
    "eu-dsa": NINE | {"genetic", "biometric", "race-ethnicity"},
    "jp-appi": {
        "religion",
        "belief",
        "political-opinion",
        "party-membership",
        "health",
        "genetic",
        "race-ethnicity",
        "criminal-record",
        "crime-victim",
        "social-status",
    },
    "us-ca-cpra": (NINE - {"political-opinion", "party-membership", "gender-identity"})
    | {"genetic", "biometric", "race-ethnicity", "origin-status", "precise-location"},
    "us-wa-mhmda": {"health", "genetic", "biometric", "precise-location"},
}
"""Art. 23(1) PIPA with Decree Art. 18; Arts. 9(1) and 10 GDPR; Art. 26(3) DSA; Art. 2(3) APPI with Order Art. 2;
Civ. Code 1798.140(ae); RCW 19.373.010: written here by hand, apart from the packs."""

BASES = {
    "kr-pipa": {"explicit_consent", "legal_obligation"},
    "eu-gdpr": {"explicit_consent"},
    "eu-dsa": set(),
    "jp-appi": {"consent", "explicit_consent", "legal_obligation"},
    "us-ca-cpra": {"consent", "explicit_consent"},
    "us-wa-mhmda": {"consent", "explicit_consent"},
}


def claims(value: object) -> Iterator[Claim]:
    if isinstance(value, Claim):
        yield value
    if isinstance(value, tuple):
        for item in value:
            yield from claims(item)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from claims(getattr(value, name))


@pytest.mark.parametrize("name", COVERED)
def test_each_law_protects_exactly_the_categories_of_its_text(name: str) -> None:
    """A category too few lets violations through; one too many accuses without a law."""
    protected = {c.category for c in law.in_force(PACKS[name].categories, NOW)}
    assert protected == COVERED[name]


@pytest.mark.parametrize("name", BASES)
def test_each_law_accepts_exactly_its_bases(name: str) -> None:
    """A wrong basis turns unlawful profiling into a permitted one, or the other way round."""
    for category in PACKS[name].categories:
        expected = {"legal_obligation"} if category.rule == "EU-GDPR-10" else BASES[name]
        assert set(category.bases) == expected, category.category


def test_all_six_laws_are_shipped_and_each_decides_on_every_category() -> None:
    assert set(PACKS) == set(COVERED)
    for pack in PACKS.values():
        decided = {c.category for c in pack.categories} | {n.category for n in pack.not_protected}
        assert decided == set(words.CATEGORIES), pack.id


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_every_statement_has_a_source_with_an_address_and_a_mark(pack: LawPack) -> None:
    """A reader who doubts a finding must be able to go and look."""
    found = list(claims(pack))
    assert len(found) > 20
    for claim in found:
        assert claim.mark in get_args(Mark)
        assert claim.sources
        assert all(urlsplit(source.url).scheme == "https" and source.title for source in claim.sources)


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_what_is_not_confirmed_says_what_is_missing(pack: LawPack) -> None:
    """An UNVERIFIED mark without a word on it leaves the lawyer to guess."""
    bare = [claim for claim in claims(pack) if claim.mark == "UNVERIFIED" and not claim.checked]
    assert [claim for claim in bare if not isinstance(claim, law.Rule)] == []


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_a_category_and_its_rule_begin_together_or_the_rule_first(pack: LawPack) -> None:
    """A finding would otherwise cite a rule that was not yet in force."""
    rules = {rule.id: rule for rule in pack.rules}
    for category in pack.categories:
        assert rules[category.rule].effective_from <= category.effective_from
        assert category.severity == rules[category.rule].severity
        assert set(category.remedy) == {"en", "ko"}


def test_a_merely_possible_category_is_a_risk_and_never_a_violation() -> None:
    """Nobody is accused of a violation on an unconfirmed reading."""
    for pack in PACKS.values():
        for category in pack.categories:
            if category.mark == "UNVERIFIED":
                assert category.severity == "risk", (pack.id, category.category)


def test_the_california_regime_only_ever_gives_risks() -> None:
    """CPRA lets people opt out; processing before they do is not forbidden."""
    assert {category.severity for category in PACKS["us-ca-cpra"].categories} == {"risk"}


def test_inferred_data_is_outside_the_japanese_law_alone() -> None:
    assert {name for name, pack in PACKS.items() if not pack.inferred_protected} == {"jp-appi"}


def test_korea_names_the_five_items_of_decree_article_41() -> None:
    """Meta's refusals were unlawful because three of them are listed there."""
    items = [item.item for item in law.included_items(PACKS["kr-pipa"], "access", NOW)]
    assert items == [
        "items_and_content",
        "purpose",
        "retention_period",
        "third_party_provision",
        "consent_record",
    ]
    assert "NOT_IN_SCOPE" in {
        ground.code for ground in law.forbidden_grounds(PACKS["kr-pipa"], "access", NOW)
    }


def codes(name: str, kind: str) -> set[str]:
    return {ground.code for ground in law.refusal_grounds(PACKS[name], kind, NOW)}


def test_korea_lets_a_statute_stand_against_erasure_and_not_against_correction() -> None:
    """The proviso of Art. 36(1) speaks of erasure alone; wrong data must be corrected whatever a statute collects."""
    assert "STATUTE_FORBIDS" in codes("kr-pipa", "erasure")
    assert "STATUTE_FORBIDS" not in codes("kr-pipa", "rectification")


def test_nothing_that_is_weighed_stands_against_an_objection_to_advertising() -> None:
    """GDPR Art. 21(2)-(3): only what bars any request is left, Arts. 12 and 23."""
    assert codes("eu-gdpr", "objection") == {
        "IDENTITY_FAILURE",
        "MANIFESTLY_UNFOUNDED",
        "MANIFESTLY_EXCESSIVE",
        "RESTRICTED_BY_LAW",
    }


def test_every_exception_of_article_17_gdpr_is_listed() -> None:
    """A missing one would call a lawful refusal to erase a violation."""
    assert {
        "FREEDOM_OF_EXPRESSION",
        "LEGAL_OBLIGATION",
        "PUBLIC_TASK",
        "PUBLIC_HEALTH",
        "ARCHIVING_RESEARCH",
        "LEGAL_CLAIMS",
        "NO_GROUND_FOR_ERASURE",
    } <= codes("eu-gdpr", "erasure")


@pytest.mark.parametrize("name", [name for name, pack in PACKS.items() if pack.requests])
def test_no_law_lets_access_be_refused_for_where_the_data_came_from(name: str) -> None:
    """What was derived or bought elsewhere is what a person can learn in no other way."""
    never = {ground.code for ground in law.forbidden_grounds(PACKS[name], "access", NOW)}
    assert never == {"NOT_IN_SCOPE", "TOO_MANY_THEMES", "DERIVED_DATA", "OFF_PLATFORM_DATA"}


def test_japan_explains_its_reasons_by_effort_alone() -> None:
    """APPI Art. 36: without a duty there is no deadline to miss and no refusal to accuse."""
    assert law.request_rule(PACKS["jp-appi"], "explanation", NOW) is None


def test_identifiers_of_the_vocabulary_name_their_namespace() -> None:
    """An identifier without one cannot be looked up."""
    known = {"pd", "dpv", "eu-gdpr", "just", "legal-kr", "legal-eu", "legal-jp", "legal-us"}
    for pack in PACKS.values():
        named = [pack.dpv, *(base.dpv for base in pack.permission_bases)]
        named += [ground.dpv for ground in (*pack.refusal_grounds, *pack.forbidden_grounds)]
        named += [term for category in pack.categories for term in category.dpv]
        assert {term.split(":")[0] for term in named if term} <= known, pack.id


def test_a_korean_requester_is_confirmed_for_the_requests_that_the_decree_names() -> None:
    """Decree Art. 46(1): a hold for explanation would have no footing."""
    held = {kind for kind in words.REQUEST_KINDS if "IDENTITY_UNCONFIRMED" in codes("kr-pipa", kind)}
    assert held == set(words.REQUEST_KINDS) - {"explanation"}


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_no_ground_both_holds_and_never_holds(pack: LawPack) -> None:
    for kind in words.REQUEST_KINDS:
        holds = {ground.code for ground in law.refusal_grounds(pack, kind, NOW)}
        assert not holds & {ground.code for ground in law.forbidden_grounds(pack, kind, NOW)}


@pytest.mark.parametrize("pack", PACKS.values(), ids=lambda pack: pack.id)
def test_every_request_kind_with_a_deadline_has_its_check_rule(pack: LawPack) -> None:
    """Without the rule an overdue request would be found and could not be reported."""
    if pack.requests:
        assert law.rule_for(pack, "request-overdue", NOW) is not None
        assert law.rule_for(pack, "request-refused-without-ground", NOW) is not None
    assert bool(pack.forbidden_grounds) == (law.rule_for(pack, "request-refused-included", NOW) is not None)


def test_the_schema_knows_the_words_of_the_records_contract() -> None:
    """A pack with a word that records do not have, or records with one that packs do not, would never meet."""
    text = msgspec.json.encode(law.schema()).decode()
    of_packs = (
        *get_args(Check),
        *get_args(law.BreachCase),
        *get_args(law.BreachItem),
        *get_args(law.BreachEvent),
    )
    for word in (*words.CATEGORIES, *words.BASES, *words.REQUEST_KINDS, *words.SEVERITIES, *of_packs):
        assert f'"{word}"' in text
