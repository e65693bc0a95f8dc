"""Sign-in by OpenID Connect: out to the provider, and back with its answer."""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import structlog
from litestar import Controller, Response, get
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.service.console.entry import (
    ELSEWHERE,
    SESSION,
    AnyRequest,
    cookie,
    cookie_of,
    entry,
    session_cookie,
)
from haechi.service.console.render import page
from haechi.service.measures import SIGN_INS
from haechi.service.oidc import Begun, NotSignedInError, Reason, Waiting, settings_of
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.users import Identity, sign_in_elsewhere, sign_out

if TYPE_CHECKING:
    from haechi.service.oidc.provider import Provider

_COOKIE: Final = "haechi_oidc"
_PATH: Final = "/console/oidc"
_SAID: Final[Mapping[Reason, tuple[int, str]]] = {
    "unreachable": (
        503,
        "The sign-in service cannot be reached, or does not answer as it should. Try again later.",
    ),
    "denied": (403, "The sign-in service signed nobody in."),
    "begun-elsewhere": (
        400,
        "This sign-in was begun elsewhere, is too old or was used already. Begin again here.",
    ),
    "not-verified": (403, "What the sign-in service answered could not be verified. Nobody was signed in."),
    "nobody-here": (403, "You are known there, but no user was made for you here. Ask an owner."),
}


class Desk(NamedTuple):
    """Sign-in by one provider.

    Attributes:
        provider: who says who comes in.
        waiting: the sign-ins under way.
    """

    provider: "Provider"
    waiting: Waiting

    @property
    def secure(self) -> bool:
        """Whether browsers reach the console by https, whatever a proxy makes of it."""
        return self.provider.settings.redirect_uri.startswith("https:")


def desk_of(environment: Mapping[str, str]) -> Desk | None:
    """The sign-in that the environment describes, or None where it names no provider.

    Raises:
        UsageError: it names one by halves, or the extra is not installed.
    """
    settings = settings_of(environment)
    if settings is None:
        return None
    try:
        from haechi.service.oidc.provider import Provider  # noqa: PLC0415 - only where the extra is asked for
    except ImportError:
        raise UsageError(
            "HAECHI_OIDC_ISSUER is set; expected the extra: pip install 'haechi[oidc]'."
        ) from None
    return Desk(Provider(settings), Waiting())


class Elsewhere(Controller):
    """The way out and the way back. Neither takes an address to go to from the request."""

    path = _PATH
    include_in_schema = False

    @get("/start", sync_to_thread=True)
    def start(self, request: AnyRequest) -> Response[Any]:
        """Sends the browser to the provider, and remembers that it was this browser."""
        desk = _desk(request)
        begun = Begun.new()
        try:
            url = desk.provider.begin(begun)
        except NotSignedInError as fault:
            return _refused(request, fault.reason)
        # Lax, since the browser comes back from another site.
        begun_here = cookie(request, _COOKIE, desk.waiting.put(begun), same_site="lax")
        return Redirect(url, status_code=HTTP_303_SEE_OTHER, cookies=[begun_here])

    @get("/callback", sync_to_thread=True)
    def callback(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Signs in who comes back, if the same browser began it and a user was made for the person."""
        desk = _desk(request)
        try:
            identities = _answer(desk, request)
        except NotSignedInError as fault:
            return _refused(request, fault.reason)
        secret = sign_in_elsewhere(platform.engine, identities, now=utc_now())
        if secret is None:
            return _refused(request, "nobody-here")
        sign_out(platform.engine, cookie_of(request, SESSION))
        SIGN_INS.labels("provider", "signed in").inc()
        # A page rather than a redirect: a browser that another site sent here would not yet send the strict cookie.
        answer = page("signed_in", title="Signed in", user=None)
        answer.set_cookie(session_cookie(request, secret))
        answer.set_cookie(cookie(request, _COOKIE, "", same_site="lax", max_age=0))
        return answer


def _answer(desk: Desk, request: AnyRequest) -> tuple[Identity, ...]:
    """Who the provider says came back.

    Raises:
        NotSignedInError: this browser began nothing that the answer fits, or the provider says nobody.
    """
    said = request.query_params
    begun = desk.waiting.take(cookie_of(request, _COOKIE))
    if begun is None or not hmac.compare_digest(begun.state.encode(), said.get("state", "").encode()):
        raise NotSignedInError("begun-elsewhere")
    if said.get("iss", desk.provider.settings.issuer) != desk.provider.settings.issuer:
        # RFC 9207: the answer of another provider.
        raise NotSignedInError("begun-elsewhere")
    if "error" in said or not said.get("code"):
        raise NotSignedInError("denied")
    return desk.provider.finish(begun, said["code"])


def _desk(request: AnyRequest) -> Desk:
    if ELSEWHERE not in request.app.state:
        raise NotFoundException
    desk: Desk = request.app.state[ELSEWHERE]
    return desk


def _refused(request: AnyRequest, reason: Reason) -> Response[Any]:
    status, message = _SAID[reason]
    SIGN_INS.labels("provider", "refused").inc()
    structlog.get_logger("haechi").warning("sign-in refused", way="provider", reason=reason)
    return entry(request, message=message, status=status)
