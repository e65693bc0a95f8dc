"""Who is signed in to the advertiser's page."""

import asyncio
import hmac
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar.exceptions import PermissionDeniedException, TooManyRequestsException

from haechi.service.advertiser.sessions import LASTS, STATE, AdvertiserSessions
from haechi.service.console.entry import AnyRequest, cookie, cookie_of
from haechi.service.limits import address_of, retry_after, told
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.keys import Caller, caller_by_prefix, caller_of
from haechi.stores.review.own_ads import name_of

if TYPE_CHECKING:
    from haechi.service.guesses import KeyGuesses

_COOKIE: Final = "haechi_advertiser"


class Visitor(msgspec.Struct, frozen=True):
    """An advertiser who is signed in.

    Attributes:
        advertiser: our number of it.
        advertiser_id: the platform's identifier.
        name: of the advertiser.
        key: name of the key.
        csrf: what forms of this session must carry.
        suspended: nothing of it runs now.
        was_suspended: it is suspended, or was: a page tells why.
    """

    advertiser: int
    advertiser_id: str
    name: str
    key: str
    csrf: str
    suspended: bool
    was_suspended: bool


class KeyNeededError(Exception):
    """Nobody is signed in, the session is over, or the key was revoked."""


async def sign_in(platform: Platform, request: AnyRequest, key: str) -> Any:  # noqa: ANN401 - a cookie
    """The cookie of a new session for who has an advertiser's key that may submit ads; None for any other key.

    Raises:
        TooManyRequestsException: too many wrong keys came from this address.
    """
    guesses: KeyGuesses = request.app.state.key_guesses
    address = address_of(request.scope)
    if wait := guesses.wait(address, key):
        told("keys")
        raise TooManyRequestsException("too many wrong keys from your address", headers=retry_after(wait))
    caller = await asyncio.to_thread(caller_of, platform.engine, key)
    if caller is None:
        guesses.wrong(address, key)
        return None
    guesses.right(key)
    if not _may(caller):
        return None
    sessions = _sessions(request)
    # No session outlives the next sign-in in the same browser.
    sessions.end(cookie_of(request, _COOKIE))
    secret = sessions.begin(caller.prefix, now=utc_now())
    return cookie(request, _COOKIE, secret, max_age=int(LASTS.total_seconds()))


def sign_out(request: AnyRequest) -> Any:  # noqa: ANN401 - a cookie
    """Ends the session; what takes the cookie away."""
    _sessions(request).end(cookie_of(request, _COOKIE))
    return cookie(request, _COOKIE, "", max_age=0)


def visitor_or_none(platform: Platform, request: AnyRequest) -> Visitor | None:
    """Who is signed in, or None."""
    secret = cookie_of(request, _COOKIE)
    begun = _sessions(request).find(secret, now=utc_now()) if secret else None
    caller = None if begun is None else caller_by_prefix(platform.engine, begun.prefix)
    if begun is None or caller is None or not _may(caller) or caller.advertiser is None:
        return None
    own = name_of(platform.engine, caller.advertiser)
    return Visitor(
        caller.advertiser, own.advertiser_id, own.name, caller.name, begun.csrf,
        suspended=own.suspended, was_suspended=own.was_suspended,
    )  # fmt: skip


def visitor_of(platform: Platform, request: AnyRequest) -> Visitor:
    """Who is signed in.

    Raises:
        KeyNeededError: nobody is.
    """
    visitor = visitor_or_none(platform, request)
    if visitor is None:
        raise KeyNeededError
    return visitor


def expect_own_session(visitor: Visitor, mark: str) -> None:
    """Refuses a form that another site's page sent.

    Raises:
        PermissionDeniedException: it was.
    """
    if not hmac.compare_digest(mark.encode(), visitor.csrf.encode()):
        raise PermissionDeniedException("the form is not of this session; load the page again")


def _may(caller: Caller) -> bool:
    return caller.advertiser is not None and "ads" in caller.scopes


def _sessions(request: AnyRequest) -> AdvertiserSessions:
    found: AdvertiserSessions = request.app.state[STATE]
    return found
