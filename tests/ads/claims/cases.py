"""Cases to ask signals about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from haechi.review.ads import Ad, Advertiser, Licence
from haechi.review.case import Case, History, Visit, World

AT: Final = datetime.fromisoformat("2026-11-01")


def case(
    text: str = "",
    *,
    headline: str = "",
    landing_url: str | None = None,
    legal_name: str = "",
    licences: Sequence[Licence] = (),
    visits: tuple[Visit, ...] = (),
    at: datetime = AT,
) -> Case:
    """An ad of the account `a-1`."""
    ad = Ad(
        ad_id="ad-1",
        advertiser_id="a-1",
        headline=headline,
        text=text,
        landing_url=landing_url,
        submitted_at=at,
    )
    advertiser = Advertiser(advertiser_id="a-1", legal_name=legal_name)
    return Case(ad, advertiser, None, visits, World(licences=licences), cast("History", None))
