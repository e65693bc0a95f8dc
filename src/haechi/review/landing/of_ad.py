"""The page behind an ad, visited now by all three visitors."""

from datetime import UTC, datetime

from haechi.review.addresses import as_browsers_read
from haechi.review.ads import Ad
from haechi.review.case import Visit
from haechi.review.landing.profiles import profiles
from haechi.review.landing.visit import visit_all


def visits_of(ad: Ad) -> tuple[Visit, ...]:
    """The visits; none where the ad leads nowhere. Uses the network."""
    if not ad.landing_url:
        return ()
    now = datetime.now(UTC).replace(tzinfo=None)
    return visit_all(as_browsers_read(ad.landing_url), profiles(ad.country, ad.language), now)
