"""What the checks must find by the period's end, law by law: what was planted, under the laws that forbid it."""

from collections import Counter
from typing import Final

import numpy as np

from haechi.example.advertisers import Grants, unverified
from haechi.example.people import EU_PLACES, JP_PLACE, KR_PLACE
from haechi.example.scale import Scale
from haechi.example.themes import CATEGORIES, Themes
from haechi.example.truth import LAWS

Planted = Counter[tuple[str, int]]
"""Check and place in `people.PLACES` to how often it was planted there."""

_PLACES: Final = {"kr-pipa": (KR_PLACE,), "eu-gdpr": EU_PLACES, "jp-appi": (JP_PLACE,)}

_FORBIDDEN_BY: Final[dict[str, tuple[str, ...]]] = {
    "request-overdue": ("kr-pipa", "eu-gdpr"),
    "request-refused-included": ("kr-pipa",),
    "request-refused-without-ground": ("kr-pipa",),
    "permission-without-evidence": ("kr-pipa", "eu-gdpr", "jp-appi"),
    "permission-not-separate": ("kr-pipa", "eu-gdpr"),
}
"""California's and Washington's laws came later; Japan's sets no number of days and wants no separate consent."""


def forbidden(planted: Planted) -> dict[str, dict[str, int]]:
    """Check to law to count; laws that know the rule and have nothing planted are left out."""
    found = {
        check: {law: sum(planted[check, place] for place in _PLACES[law]) for law in laws}
        for check, laws in _FORBIDDEN_BY.items()
    }
    return {check: {law: count for law, count in told.items() if count} for check, told in found.items()}


def unverified_users(scale: Scale, themes: Themes, grants: Grants) -> dict[str, int]:
    """Law to advertisers whom nobody verified and who could use a theme that it guards.

    Deliveries add nobody: each was made under a grant.
    """
    theirs = unverified(scale)[grants.advertiser]
    found = {}
    for law in ("kr-pipa", "eu-gdpr"):
        guarded = [place for place, category in enumerate(CATEGORIES) if category in LAWS[law].since]
        users = grants.advertiser[theirs & np.isin(themes.category[grants.theme], guarded)]
        found[law] = len(np.unique(users))
    return {law: count for law, count in found.items() if count}
