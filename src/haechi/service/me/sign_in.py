"""Coming in: by a passkey, or by a link from the operator's own session."""

from typing import Any

from litestar import Controller, MediaType, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.rights.identity import Evidence
from haechi.service.console.entry import AnyRequest
from haechi.service.me.ceremony import Named, NotShownError, named, sign_in_options, verify_signed
from haechi.service.me.pages import FAULTS, SIGN_IN, page, refused, static
from haechi.service.me.session import (
    ASKED,
    COOKIE,
    HOME,
    Form,
    asked_cookie,
    check_csrf,
    from_our_pages,
    session_cookie,
    session_or_none,
    site_of,
    without,
)
from haechi.service.me.site import Site
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.codes import give_back, issue_challenge
from haechi.stores.identity.doors import ROUTE as DOOR_ROUTE
from haechi.stores.identity.doors import use_door
from haechi.stores.identity.limits import take
from haechi.stores.identity.passkeys import count_use, passkey_by
from haechi.stores.identity.routes import expect_active
from haechi.stores.identity.sessions import end_session, open_session
from haechi.stores.rows import reading

_ROUTE = "passkey"


class SignIn(Controller):
    """Sign-in by a passkey. Nobody types a name: there is none to try."""

    path = "/me"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get("/style.css", sync_to_thread=False)
    def style(self) -> Response[str]:
        """The style sheet."""
        return Response(
            static("style.css"), media_type=MediaType.CSS, headers={"Cache-Control": "public, max-age=3600"}
        )

    @get("/passkeys.js", sync_to_thread=False)
    def script(self) -> Response[str]:
        """The one script: it hands what the browser's authenticator says to us."""
        return Response(
            static("passkeys.js"),
            media_type="text/javascript; charset=utf-8",
            headers={"Cache-Control": "public, max-age=3600"},
        )

    @get("/sign-in", sync_to_thread=False)
    def sign_in_page(self, request: AnyRequest) -> Response[Any]:
        """The ways in."""
        return page(request, "sign_in", title="sign_in")

    @post("/sign-in/options", status_code=HTTP_200_OK, sync_to_thread=True)
    def options(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """A challenge for this browser."""
        now = utc_now()
        with platform.engine.begin() as connection:
            expect_active(connection, _ROUTE)
            if not take(connection, "ceremony-for-all", "", now=now):
                return refused(request, 429, "status_429")
            issued = issue_challenge(connection, "passkey-sign-in", person=None, now=now)
        answer: Response[Any] = Response(sign_in_options(site_of(request), issued.secret))
        answer.set_cookie(asked_cookie(issued.holder))
        return answer

    @post("/sign-in", status_code=HTTP_200_OK, sync_to_thread=True)
    def sign_in(self, body: bytes, platform: Platform, request: AnyRequest) -> Response[Any]:
        """A session for whose passkey signed this browser's challenge."""
        secret = _signed_in(platform, site_of(request), request.cookies.get(ASKED, ""), body)
        if secret is None:
            return refused(request, 401, "passkey_refused")
        answer: Response[Any] = Response({"go": HOME})
        answer.set_cookie(session_cookie(secret))
        answer.set_cookie(without(ASKED))
        return answer

    @post("/sign-out", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def sign_out(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Ends the session."""
        session = session_or_none(request)
        if session is not None:
            check_csrf(session, data.get("csrf"))
            with platform.engine.begin() as connection:
                end_session(connection, request.cookies[COOKIE])
        return Redirect(SIGN_IN, status_code=HTTP_303_SEE_OTHER, cookies=[without(COOKIE)])


class DoorWay(Controller):
    """The link from the operator's session.

    Opening it does nothing: mailers, previews and virus scanners open links. Only the button goes through, from our
    own page, so that no link signs anybody in unseen.
    """

    path = "/me/door"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get("/{secret:str}", sync_to_thread=True)
    def show(self, secret: str, platform: Platform, request: AnyRequest) -> Response[Any]:  # noqa: ARG002
        """The button; whether the link is one is not said yet."""
        with reading(platform.engine) as connection:
            expect_active(connection, DOOR_ROUTE)
        return page(request, "door", title="door")

    @post("/{secret:str}", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def enter(self, secret: str, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Goes through, once."""
        with platform.engine.begin() as connection:
            expect_active(connection, DOOR_ROUTE)
            session = use_door(connection, secret, now=utc_now(), held=request.cookies.get(COOKIE))
        if session is None:
            return refused(request, 403, "door_closed")
        return Redirect(HOME, status_code=HTTP_303_SEE_OTHER, cookies=[session_cookie(session)])


def _signed_in(platform: Platform, site: Site, holder: str, body: bytes) -> str | None:
    """The secret of a new session; None where nothing was shown."""
    now = utc_now()
    try:
        which = named(body)
    except NotShownError:
        # The challenge is used up by it all the same.
        which = Named(b"", None)
    with platform.engine.begin() as connection:
        expect_active(connection, _ROUTE)
        given = give_back(connection, holder, "passkey-sign-in", now=now)
        passkey = passkey_by(connection, which.credential_id)
        if given is None:
            return None
        try:
            count = verify_signed(site, body, given.expected, passkey)
        except NotShownError:
            return None
        if (
            passkey is None
            or which.user_handle is None
            or not count_use(connection, passkey.passkey, count, now=now)
        ):
            return None
        evidence = Evidence(kind="passkey", at=now, channel=str(passkey.passkey), since=passkey.created_at)
        return open_session(connection, passkey.person, [evidence], route=_ROUTE, now=now)
