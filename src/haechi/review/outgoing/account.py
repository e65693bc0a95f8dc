"""A statement of reasons for the suspension of an advertiser's account (DSA Art. 17(1)(d)).

Nothing that people wrote is in it, neither for the advertiser nor for one another: it keeps the codes of the grounds,
and what the public reads of them are Haechi's own words.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Final, Literal

import msgspec

from haechi.errors import UsageError
from haechi.review.ads import Ad, Advertiser
from haechi.review.outgoing.statement import Circumstances, Statement, countries_of, puid_of
from haechi.review.phrases import knowledge_as

_FILE: Final = "suspension_records.toml"


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a ground of a suspension is in the transparency database.

    Attributes:
        category: of the database.
        keywords: of the database.
        rests_on: advertisements, which automated means may have found, or the account itself.
    """

    category: str
    keywords: tuple[str, ...]
    rests_on: Literal["ads", "account"]


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension that was confirmed.

    Attributes:
        suspension_id: opaque.
        grounds: codes, the weightiest first.
        opened_at: when the account was opened.
        decided_at: when the suspension was confirmed, and began.
    """

    suspension_id: str
    grounds: tuple[str, ...]
    opened_at: datetime
    decided_at: datetime


def account_statement(suspension: Suspension, advertiser: Advertiser, said: Circumstances) -> Statement:
    """The statement of reasons for a suspension.

    Args:
        suspension: confirmed; what is only proposed restricts nothing.
        advertiser: whose account it is.
        said: the circumstances; without `countries` it applies everywhere. `ground` and `notes` are not looked at.

    Raises:
        UsageError: it has no ground, or one that is not known and so has no words for the public.
    """
    grounds_of(suspension.grounds)
    return Statement(
        puid=puid_of("suspension", suspension.suspension_id),
        ad_id=None,
        suspension_id=suspension.suspension_id,
        decided_at=suspension.decided_at,
        submitted_at=suspension.opened_at,
        restriction="account-suspended",
        countries=said.countries or (),
        until=said.until,
        source=said.source,
        found=suspension.grounds,
        detected_by_machine=said.detected_by_machine,
        automation=said.automation,
        # Two people act on the advertising policy; no law is cited.
        ground="terms",
        codes=suspension.grounds,
        laws=(),
        notes="",
        contents=(),
        language=None,
        account=advertiser.kind,
    )


def countries_of_ads(ads: Iterable[Ad]) -> tuple[str, ...]:
    """Where an account's ads were to be shown; empty: everywhere, since one names no country, or there is none."""
    each = [set(countries_of(ad)) for ad in ads]
    return tuple(sorted(set[str]().union(*each))) if all(each) else ()


def grounds_of(codes: Collection[str]) -> tuple[Ground, ...]:
    """What these grounds are in the transparency database, in their order.

    Raises:
        UsageError: there is none, or one is not known; the message does not repeat it.
    """
    known = _grounds()
    if not codes or not known.keys() >= set(codes):
        raise UsageError(
            f"The suspension gives no ground, or one that is not known; expected some of {', '.join(known)}."
        )
    return tuple(known[code] for code in codes)


@cache
def _grounds() -> dict[str, Ground]:
    """Grounds by code.

    Raises:
        KnowledgeError: the file does not follow its form.
    """
    return knowledge_as(dict[str, Ground], _FILE, "category, keywords and rests_on of each code")
