"""What advertisers are told to delete, over HTTP: fetched, acknowledged; and where others find our key."""

from functools import partial
from typing import Any, Final

import msgspec
from litestar import Controller, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from haechi.errors import MissingError, UsageError
from haechi.rights.deletion import KEY_SET_PATH, discovery, key_set, signed_request
from haechi.service.callers import needs
from haechi.service.platform import Platform, Signer
from haechi.service.problems import PROBLEMS
from haechi.stores.clock import utc_now
from haechi.stores.deletions import acknowledge, fetch_deletions, give_pseudonym
from haechi.stores.keys import Caller

_get = partial(get, responses=PROBLEMS, sync_to_thread=True)
_post = partial(post, responses=PROBLEMS, sync_to_thread=True)


class Deletion(msgspec.Struct, rename={"request": "rqJWT"}):
    """A deletion request of the framework, signed."""

    deletion_id: str
    request: str


class Deletions(msgspec.Struct):
    """What an advertiser is to delete; there may be more when these are acknowledged."""

    deletions: list[Deletion]


class Acknowledgement(
    msgspec.Struct, kw_only=True, rename={"code": "raResultCode", "words": "raResultString"}
):
    """What the advertiser answers, by the framework's codes; its words are not kept."""

    code: int
    words: str = ""


class Seen(msgspec.Struct, kw_only=True):
    """Who sees an ad of which booking."""

    person_id: str
    handle: str


class Pseudonym(msgspec.Struct):
    """A name of the person that is the booking's advertiser's alone."""

    pseudonym: str


class DeletionRoutes(Controller):
    """What people want advertisers to delete."""

    path = "/v1"
    tags = ("deletions",)

    @_get("/deletions", guards=[needs("audiences")])
    def fetch(self, platform: Platform, caller: Caller) -> Deletions:
        """What the calling advertiser is to delete; what is not acknowledged comes again."""
        advertiser, signer = _advertiser(caller), _signer(platform)
        now = utc_now()
        return Deletions(
            [
                Deletion(
                    one.deletion_id,
                    signed_request(
                        one.identifier,
                        deletion_id=one.deletion_id,
                        issuer=signer.issuer,
                        key=signer.key,
                        now=now,
                    ),
                )
                for one in fetch_deletions(platform.engine, advertiser, now=now)
            ]
        )

    @_post(
        "/deletions/{deletion_id:str}/acknowledge",
        guards=[needs("audiences")],
        status_code=HTTP_204_NO_CONTENT,
    )
    def acknowledge(
        self, deletion_id: str, data: Acknowledgement, platform: Platform, caller: Caller
    ) -> None:
        """Takes the answer; 10000 ends the message and wipes it, any other code leaves it to be fetched again."""
        acknowledge(platform.engine, _advertiser(caller), deletion_id, result=data.code, now=utc_now())

    @_post("/pseudonyms", guards=[needs("deliver")], status_code=HTTP_200_OK)
    def pseudonym(self, data: Seen, platform: Platform) -> Pseudonym:
        """The name that the ad server may pass on to a booking's advertiser with a click."""
        now = utc_now()
        if data.handle not in platform.audiences.handles_for(data.person_id, now=now):
            raise MissingError("no such person in such a booking.")
        return Pseudonym(
            give_pseudonym(platform.engine, data.person_id, data.handle, master=platform.master, now=now)
        )


class Discovery(Controller):
    """Where others find what signs, by the framework."""

    tags = ("deletions",)
    opt = {"exclude_from_auth": True}  # noqa: RUF012 - as the framework declares it
    security = [{}]  # noqa: RUF012 - as the framework declares it

    @get(["/dsrdelete.json", "/.well-known/iabtl/dsrdelete.json"], sync_to_thread=False)
    def about(self, platform: Platform) -> dict[str, Any]:
        """What others need to deal with us."""
        return discovery(_signer(platform).issuer)

    @get(KEY_SET_PATH, sync_to_thread=False)
    def keys(self, platform: Platform) -> dict[str, Any]:
        """The key that our deletion requests are verified with, as a JSON Web Key Set (RFC 7517)."""
        return key_set(_signer(platform).key)


_NO_SIGNER: Final = (
    "no deletion requests are signed here; start haechi serve with --exchange FILE, with [deletions]."
)


def _signer(platform: Platform) -> Signer:
    if platform.signer is None:
        raise UsageError(_NO_SIGNER)
    return platform.signer


def _advertiser(caller: Caller) -> int:
    if caller.advertiser is None:
        raise PermissionDeniedException("the key belongs to no advertiser")
    return caller.advertiser
