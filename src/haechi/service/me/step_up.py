"""Showing more of who one is, in the session that one has: by a passkey, or by a code to a known address."""

import re
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.rights.identity import Evidence
from haechi.service.console.entry import AnyRequest
from haechi.service.me.ceremony import NotShownError, named, sign_in_options, verify_signed
from haechi.service.me.pages import FAULTS, page, refused
from haechi.service.me.session import (
    ASKED,
    COOKIE,
    CSRF_HEADER,
    HOME,
    Form,
    SignInNeededError,
    asked_cookie,
    check_csrf,
    from_our_pages,
    person_of,
    session_cookie,
    site_of,
)
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.codes import give_back, issue_challenge
from haechi.stores.identity.contacts import reachable
from haechi.stores.identity.limits import take
from haechi.stores.identity.passkeys import count_use, passkey_by, passkeys_of
from haechi.stores.identity.recovery import send_step_up, step_up
from haechi.stores.identity.sessions import PersonSession, add_evidence
from haechi.stores.rows import reading

_OURS: Final = re.compile(r"/me(/[a-z0-9-]+)*")


class StepUp(Controller):
    """What is asked before something leaves or is destroyed."""

    path = "/me/step-up"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get(sync_to_thread=True)
    def show(self, platform: Platform, request: AnyRequest, after: str = HOME) -> Response[Any]:
        """What one can show: a passkey, or a code to an address that was not used in this session."""
        session = person_of(request)
        used = {one.channel for one in session.evidence if one.kind == "contact-code"}
        with reading(platform.engine) as connection:
            addresses = [one for one in reachable(connection, session.person) if str(one.contact) not in used]
            passkeys = [one for one in passkeys_of(connection, session.person) if one.usable]
        return page(
            request, "step_up", title="step_up", session=session, addresses=addresses, passkeys=passkeys,
            after=_ours(after),
        )  # fmt: skip

    @post("/options", status_code=HTTP_200_OK, sync_to_thread=True)
    def options(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """A challenge for the person's own passkeys."""
        session, now = person_of(request), utc_now()
        check_csrf(session, request.headers.get(CSRF_HEADER))
        with platform.engine.begin() as connection:
            if not take(connection, "ceremony-for-all", "", now=now):
                return refused(request, 429, "status_429")
            own = [one for one in passkeys_of(connection, session.person) if one.usable]
            issued = issue_challenge(connection, "passkey-step-up", person=session.person, now=now)
        answer: Response[Any] = Response(sign_in_options(site_of(request), issued.secret, own))
        answer.set_cookie(asked_cookie(issued.holder))
        return answer

    @post(status_code=HTTP_200_OK, sync_to_thread=True)
    def finish(
        self, body: bytes, platform: Platform, request: AnyRequest, after: str = HOME
    ) -> Response[Any]:
        """More is known of who it is."""
        session = person_of(request)
        check_csrf(session, request.headers.get(CSRF_HEADER))
        evidence = _shown(platform, request, session, body)
        if evidence is None:
            return refused(request, 401, "passkey_refused")
        answer: Response[Any] = Response({"go": _ours(after)})
        answer.set_cookie(session_cookie(_raised(platform, request, evidence)))
        return answer

    @post("/code", status_code=HTTP_200_OK, sync_to_thread=True)
    def send(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Sends a code to a known address."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        contact = str(data.get("contact", ""))
        with platform.engine.begin() as connection:
            holder = (
                send_step_up(connection, session, int(contact), now=utc_now())
                if contact.isdecimal() and len(contact) < 19  # noqa: PLR2004 - what the database counts
                else None
            )
        if holder is None:
            return refused(request, 429, "status_429")
        after = _ours(str(data.get("after", HOME)))
        answer = page(
            request, "step_up_code", title="step_up", session=session, message="code_sent_known", after=after
        )
        answer.set_cookie(asked_cookie(holder))
        return answer

    @post("/enter", status_code=HTTP_200_OK, sync_to_thread=True)
    def enter(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Takes the code."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        after = _ours(str(data.get("after", HOME)))
        with platform.engine.begin() as connection:
            evidence = step_up(
                connection, session, request.cookies.get(ASKED, ""), str(data.get("code", "")), now=utc_now()
            )
        if evidence is None:
            return page(
                request, "step_up_code", title="step_up", session=session, message="code_wrong", status=403,
                after=after,
            )  # fmt: skip
        cookie = session_cookie(_raised(platform, request, evidence))
        return Redirect(after, status_code=HTTP_303_SEE_OTHER, cookies=[cookie])


def _shown(platform: Platform, request: AnyRequest, session: PersonSession, body: bytes) -> Evidence | None:
    now = utc_now()
    with platform.engine.begin() as connection:
        given = give_back(connection, request.cookies.get(ASKED, ""), "passkey-step-up", now=now)
        if given is None or given.person != session.person:
            return None
        try:
            passkey = passkey_by(connection, named(body).credential_id)
            count = verify_signed(site_of(request), body, given.expected, passkey)
        except NotShownError:
            return None
        if passkey is None or passkey.person != session.person:
            return None
        if not count_use(connection, passkey.passkey, count, now=now):
            return None
    return Evidence(kind="passkey", at=now, channel=str(passkey.passkey), since=passkey.created_at)


def _raised(platform: Platform, request: AnyRequest, evidence: Evidence) -> str:
    """The session's new secret.

    Raises:
        SignInNeededError: it has ended meanwhile.
    """
    with platform.engine.begin() as connection:
        secret = add_evidence(connection, request.cookies[COOKIE], evidence, now=utc_now())
    if secret is None:
        raise SignInNeededError
    return secret


def _ours(path: str) -> str:
    """Where to go on to: a page of ours, whatever the request says."""
    return path if _OURS.fullmatch(path) else HOME
