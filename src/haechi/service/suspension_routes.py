"""Suspensions over HTTP: an advertiser reads why it is suspended, and appeals. People suspend at the desk."""

from functools import partial
from typing import Final

import msgspec
from litestar import Controller, get, post
from litestar.status_codes import HTTP_201_CREATED
from sqlalchemy import Connection

from haechi.errors import MissingError
from haechi.service.ads_shapes import NewSuspensionAppeal
from haechi.service.callers import needs
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.stores.clock import utc_now
from haechi.stores.keys import Caller
from haechi.stores.review.advertisers import advertiser_number
from haechi.stores.review.own_suspensions import OwnSuspension, own_suspensions
from haechi.stores.review.suspension_appeals import (
    SuspensionAppeal,
    appeal_suspension,
    appeals_of_advertiser,
)
from haechi.stores.rows import reading
from haechi.terms.zones import with_zone

_get = partial(get, responses=PROBLEMS, sync_to_thread=True)
_post = partial(post, responses=PROBLEMS, sync_to_thread=True)


class SuspensionRoutes(Controller):
    """An advertiser's suspensions. An advertiser's key sees its own alone; others' are not there for it."""

    path = "/v1/advertisers/{advertiser_id:str}"
    tags = ("ads",)

    @_get("/suspensions", guards=[needs("ads")])
    def suspensions(self, advertiser_id: str, platform: Platform, caller: Caller) -> list[OwnSuspension]:
        """All suspensions of an advertiser, the newest first: since when, why, and until when it may appeal."""
        with reading(platform.engine) as connection:
            found = own_suspensions(connection, _own(connection, caller, advertiser_id))
        return [_zoned(one) for one in found]

    @_post("/appeals", guards=[needs("ads")], status_code=HTTP_201_CREATED)
    def appeal(
        self, advertiser_id: str, data: NewSuspensionAppeal, platform: Platform, caller: Caller
    ) -> SuspensionAppeal:
        """Appeals a suspension, once, within six months; a person decides who did not suspend (DSA, Art. 20)."""
        with reading(platform.engine) as connection:
            advertiser = _own(connection, caller, advertiser_id)
        return with_zone(
            appeal_suspension(
                platform.engine, advertiser, data.suspension_id, text=data.text, by=caller.name, now=utc_now()
            )
        )

    @_get("/appeals", guards=[needs("ads")])
    def appeals(self, advertiser_id: str, platform: Platform, caller: Caller) -> list[SuspensionAppeal]:
        """All appeals of an advertiser against suspensions with their outcomes, the newest first."""
        with reading(platform.engine) as connection:
            found = appeals_of_advertiser(connection, _own(connection, caller, advertiser_id))
        return [with_zone(one) for one in found]


ROUTES: Final = (SuspensionRoutes,)


def _zoned(one: OwnSuspension) -> OwnSuspension:
    appeal = None if one.appeal is None else with_zone(one.appeal)
    return with_zone(msgspec.structs.replace(one, appeal=appeal))


def _own(connection: Connection, caller: Caller, advertiser_id: str) -> int:
    """The number of an advertiser that a key may see.

    Raises:
        MissingError: there is none, or the key is another's.
    """
    number = advertiser_number(connection, advertiser_id)
    if caller.advertiser not in (None, number):
        raise MissingError("no advertiser has this identifier; expected one that was registered.")
    return number
