"""Who is signed in to the people's page: the cookie, the session behind it, and what other pages build on."""

import hmac
from typing import Annotated, Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import Body, PathParameter

from haechi.rights.identity import Assessment
from haechi.rights.identity_rules import reaches
from haechi.service.callers import platform_of
from haechi.service.console.entry import AnyRequest
from haechi.service.me.site import SITE, Site
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.cooling import cooling_until
from haechi.stores.identity.sessions import PersonSession, seen, session_of
from haechi.stores.identity.standing import may_ask
from haechi.stores.rows import reading
from haechi.terms.words import RequestKind

COOKIE: Final = "__Host-haechi-me"
"""`__Host-` (RFC 6265bis section 4.1.3.2): only this host sets it, over https, for all its paths; no neighbour's page
can put a session of its own there."""
ASKED: Final = "__Host-haechi-asked"
"""The cookie of a code or a challenge that this browser asked for."""
_ASKED_LASTS: Final = 600
HOME: Final = "/me"
"""Where somebody is sent who has just come in."""
ACCOUNT: Final = "/me/account"
"""Where one's own ways in stand."""
CSRF_HEADER: Final = "x-csrf"
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""What a form sends."""
Number = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]
"""A number of the database's in a path."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInNeededError(Exception):
    """Nobody is signed in, or the session has ended."""


def person_of(request: AnyRequest) -> PersonSession:
    """Who is signed in, for pages and calls under /me.

    Raises:
        SignInNeededError: nobody is.
    """
    session = session_or_none(request)
    if session is None:
        raise SignInNeededError
    return session


def session_or_none(request: AnyRequest) -> PersonSession | None:
    """Who is signed in, or None."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    platform, now = platform_of(request.app.state), utc_now()
    with reading(platform.engine) as connection:
        session = session_of(connection, secret, now=now)
    if session is not None and session.unseen:
        with platform.engine.begin() as connection:
            seen(connection, secret, now=now)
    return session


def may(
    platform: Platform, session: PersonSession, kind: RequestKind, *, changes_law: bool = False
) -> Assessment:
    """Whether who is signed in may have a request acted on now: ask it before anything is told or destroyed.

    Args:
        platform: whose database and laws.
        session: of `person_of`.
        kind: of the request.
        changes_law: of a rectification: a place or a date of birth.
    """
    with reading(platform.engine) as connection:
        return may_ask(connection, session, kind, platform.packs, changes_law=changes_law, now=utc_now())


def may_open(platform: Platform, session: PersonSession) -> bool:
    """Whether who is signed in may open something: agree to what is sensitive, or lift what was stopped.

    Authority to act for somebody is enough to stop, and for nothing that opens; nor is an address alone; and while a
    cooling-off lasts, it may not be the person.
    """
    if session.acting != "person" or not reaches(session.level, "known"):
        return False
    with reading(platform.engine) as connection:
        return cooling_until(connection, session.person, now=utc_now()) is None


def check_csrf(session: PersonSession, given: object) -> None:
    """Refuses a form that is not of this session.

    Raises:
        PermissionDeniedException: it is not.
    """
    if not hmac.compare_digest(str(given or "").encode(), session.csrf.encode()):
        raise PermissionDeniedException("the form is not of this session; load the page again")


def from_our_pages(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: what changes something comes from a page of ours.

    Browsers say where a form comes from and let no page say otherwise (Fetch, "Origin" header; Fetch Metadata). This
    holds before anybody is signed in too, when no session has a mark: nobody is signed in as somebody else.
    """
    if connection.scope.get("method") in _SAFE:
        return
    origin, site = connection.headers.get("origin"), connection.headers.get("sec-fetch-site")
    if origin != site_of(connection).origin and not (origin is None and site == "same-origin"):
        raise PermissionDeniedException("the form does not come from this site")


def site_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Site:
    """The people's page."""
    site: Site = connection.app.state[SITE]
    return site


def session_cookie(secret: str) -> Cookie:
    """The cookie of a session; it ends with the browser, the session ends by itself.

    Lax: who follows a link of the operator's stays signed in. What changes something is never a link.
    """
    return Cookie(key=COOKIE, value=secret, path="/", httponly=True, secure=True, samesite="lax")


def asked_cookie(holder: str) -> Cookie:
    """The cookie of a code or a challenge."""
    return Cookie(
        key=ASKED, value=holder, path="/", httponly=True, secure=True, samesite="strict", max_age=_ASKED_LASTS
    )


def without(name: str) -> Cookie:
    """What takes a cookie away."""
    return Cookie(key=name, value="", path="/", httponly=True, secure=True, samesite="lax", max_age=0)
