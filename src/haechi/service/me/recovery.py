"""Getting in again by a code to a known address; and the link in a letter that stops what a stranger did."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.service.console.entry import AnyRequest
from haechi.service.me.pages import FAULTS, page, refused
from haechi.service.me.session import (
    ASKED,
    HOME,
    Form,
    asked_cookie,
    from_our_pages,
    session_cookie,
    site_of,
)
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.contacts import folded, kind_of
from haechi.stores.identity.recovery import ROUTE, ask_code, recover
from haechi.stores.identity.routes import expect_active
from haechi.stores.identity.stopping import stop_by_link
from haechi.stores.rows import reading


class Recovery(Controller):
    """A code to an address that was known before. Every address gets the same answer."""

    path = "/me/recover"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get(sync_to_thread=True)
    def show(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """The form for an address."""
        with reading(platform.engine) as connection:
            expect_active(connection, ROUTE)
        return page(request, "recover", title="recover")

    @post(status_code=HTTP_200_OK, sync_to_thread=True)
    def ask(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Sends a code, if the address is known, and says the same if not."""
        typed = str(data.get("address", ""))
        try:
            address = folded(kind_of(typed), typed)
        except UsageError:
            return page(request, "recover", title="recover", message="address_wrong", status=422)
        with platform.engine.begin() as connection:
            holder = ask_code(connection, address, now=utc_now())
        if holder is None:
            return refused(request, 429, "status_429")
        answer = page(request, "recover_code", title="recover", message="code_sent")
        answer.set_cookie(asked_cookie(holder))
        return answer

    @get("/code", sync_to_thread=False)
    def again(self) -> Response[Any]:
        """Nothing to see: the address comes first."""
        return Redirect("/me/recover", status_code=HTTP_303_SEE_OTHER)

    @post("/code", status_code=HTTP_200_OK, sync_to_thread=True)
    def enter(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Gets in by the code."""
        with platform.engine.begin() as connection:
            secret = recover(
                connection,
                request.cookies.get(ASKED, ""),
                str(data.get("code", "")),
                origin=site_of(request).origin,
                now=utc_now(),
            )
        if secret is None:
            return page(request, "recover_code", title="recover", message="code_wrong", status=403)
        return Redirect(HOME, status_code=HTTP_303_SEE_OTHER, cookies=[session_cookie(secret)])


class Stopping(Controller):
    """The link in a letter. It needs no sign-in: all it does is to end and to freeze."""

    path = "/me/stop"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get("/{secret:str}", sync_to_thread=False)
    def show(self, secret: str, request: AnyRequest) -> Response[Any]:  # noqa: ARG002 - the button's own address
        """The button; opening the link does nothing."""
        return page(request, "stop", title="stop")

    @post("/{secret:str}", status_code=HTTP_200_OK, sync_to_thread=True)
    def stop(self, secret: str, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Freezes what came since, and ends all sessions."""
        if not stop_by_link(platform.engine, platform.requests, platform.permissions, secret, now=utc_now()):
            return refused(request, 403, "stop_over")
        return page(request, "told", title="stopped", message="stopped_all")
