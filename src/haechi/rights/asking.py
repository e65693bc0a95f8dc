"""Which permissions a person can be asked for, each by itself, and what is said when asking.

Consent to sensitive information is asked apart from any other, after the purpose, the items, the period and the right
to refuse were told; for disclosure the recipients are named (PIPA Arts. 22(1), 23(1), 15(2), 17(2); GDPR Arts. 7(2),
9(2)(a)). Where a law accepts no permission, none is asked for (DSA Art. 26(3)).
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from haechi.law import LawPack
from haechi.permission import Asked, Held, Standing, decide
from haechi.terms.words import CATEGORIES, Category, Purpose

ASKED_FOR: Final[tuple[Purpose, ...]] = ("profiling", "disclosure")
"""To be in themes of a category; and that advertisers may get what these themes say."""
NOTICE: Final = "people-page-1"
"""Version of the words of the notices. Raise it with any change of what they mean."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A permission that can be given, has been given, or cannot be given.

    Attributes:
        category: for which category.
        purpose: what for.
        given: it holds now.
        possible: the laws of the person accept it from this person.
        articles: where it is not possible, why not.
    """

    category: Category
    purpose: Purpose
    given: bool
    possible: bool
    articles: tuple[str, ...]


def offers(
    categories: Collection[Category], standing: Standing, packs: Mapping[str, LawPack], now: datetime
) -> tuple[Offer, ...]:
    """What a person can be asked for, in the order of the categories.

    Args:
        categories: those of the themes that people enter only with permission.
        standing: of the person.
        packs: the laws.
        now: naive UTC instant.
    """
    return tuple(
        _offer(category, purpose, standing, packs, now)
        for category in CATEGORIES
        if category in categories
        for purpose in ASKED_FOR
    )


def _offer(
    category: Category, purpose: Purpose, standing: Standing, packs: Mapping[str, LawPack], now: datetime
) -> Offer:
    asked = Asked(purpose=purpose, categories=frozenset({category}))
    yes = Held(
        purpose=purpose,
        category=category,
        basis="explicit_consent",
        proven=True,
        separate=True,
        by_guardian=False,
    )
    # What the person stopped does not stand in the way of asking: giving a permission is another word than that.
    unstopped = msgspec.structs.replace(standing, objected=frozenset())
    with_it = msgspec.structs.replace(unstopped, held=standing.held | {yes})
    decision = decide(asked, with_it, packs, now)
    refused = [
        reason.article for reason in decision.reasons if reason.verdict != "allowed" and reason.article
    ]
    return Offer(
        category=category,
        purpose=purpose,
        given=any(held.purpose == purpose and held.category == category for held in standing.held),
        possible=decision.allowed,
        articles=tuple(dict.fromkeys(refused)),
    )


def digest_of(notice: str) -> str:
    """What stands for a notice: SHA-256 of its text, in hexadecimal."""
    return hashlib.sha256(notice.encode()).hexdigest()


def evidence_of(lang: str, notice: str, recipients: Iterable[str]) -> str:
    """The record that proves a permission of the people's page: what was read, and who was named.

    Args:
        lang: language of the notice.
        notice: its text, as it was shown.
        recipients: identifiers of the advertisers that it named.
    """
    named = ", ".join(recipients)
    return f"people's page; {lang}; notice sha256 {digest_of(notice)}" + (
        f"; recipients {named}" if named else ""
    )
