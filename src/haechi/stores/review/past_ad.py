"""An ad as it was submitted last, with its picture and advertiser: what a known one is made of."""

import msgspec
from sqlalchemy import Engine

from haechi.review.ads import Ad, Advertiser
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.blobs import read_blob
from haechi.stores.review.versions import expect_ad, version_row
from haechi.stores.rows import reading


class PastAd(msgspec.Struct, frozen=True, kw_only=True):
    """An ad that is there; picture: its bytes, or None where it has none or they are not kept any more."""

    ad: Ad
    advertiser: Advertiser
    picture: bytes | None


def past_ad(engine: Engine, ad_id: str) -> PastAd:
    """The ad's current version.

    Raises:
        MissingError: there is no such ad.
    """
    with reading(engine) as connection:
        row = expect_ad(connection, ad_id)
        version = version_row(connection, row.current)
        (advertiser,) = advertisers_of(connection, row.advertiser).values()
        picture = None if version.picture is None else read_blob(connection, version.picture)
    return PastAd(ad=msgspec.json.decode(version.body, type=Ad), advertiser=advertiser, picture=picture)
