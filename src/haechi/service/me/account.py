"""One's own ways in: passkeys, known addresses, and the key for which answers are sealed."""

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.rights.identity_rules import Level, reaches
from haechi.service.console.entry import AnyRequest
from haechi.service.me.ceremony import NotShownError, add_options, verify_added
from haechi.service.me.languages import language_of, texts
from haechi.service.me.pages import FAULTS, page, refused
from haechi.service.me.session import (
    ACCOUNT,
    ASKED,
    COOKIE,
    CSRF_HEADER,
    Form,
    Number,
    asked_cookie,
    check_csrf,
    from_our_pages,
    person_of,
    site_of,
)
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.answer_keys import answer_key_of, put_answer_key
from haechi.stores.identity.codes import give_back, issue_challenge
from haechi.stores.identity.confirming import ask_to_confirm, confirm
from haechi.stores.identity.contacts import kind_of, reachable
from haechi.stores.identity.cooling import cooling_until
from haechi.stores.identity.limits import take
from haechi.stores.identity.notices import tell
from haechi.stores.identity.passkeys import Passkey, add_passkey, end_passkey, handle_of, passkeys_of
from haechi.stores.identity.sessions import PersonSession, end_sessions
from haechi.stores.rows import reading


class Account(Controller):
    """One's own ways in."""

    path = "/me"
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get("/account", sync_to_thread=True)
    def show(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """What there is, and what can be added."""
        return _account(platform, request, person_of(request))

    @post("/passkeys/options", status_code=HTTP_200_OK, sync_to_thread=True)
    def options(self, platform: Platform, request: AnyRequest) -> Response[Any]:
        """What the browser needs to make a passkey."""
        session, now, site = person_of(request), utc_now(), site_of(request)
        check_csrf(session, request.headers.get(CSRF_HEADER))
        with platform.engine.begin() as connection:
            held = passkeys_of(connection, session.person)
            if not _may_change(session, _for_a_passkey(held)):
                return refused(request, 403, "more_needed")
            if not take(connection, "ceremony-for-all", "", now=now):
                return refused(request, 429, "status_429")
            handle = handle_of(connection, session.person)
            issued = issue_challenge(
                connection, "passkey-add", person=session.person, detail=handle.hex(), now=now
            )
        called = f"{texts(language_of(request))['site']} ({site.rp_id})"
        answer: Response[Any] = Response(
            add_options(site, issued.secret, handle=handle, called=called, held=held)
        )
        answer.set_cookie(asked_cookie(issued.holder))
        return answer

    @post("/passkeys", status_code=HTTP_200_OK, sync_to_thread=True)
    def add(self, body: bytes, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Keeps a passkey; every known address is told, and a cooling-off begins."""
        session = person_of(request)
        check_csrf(session, request.headers.get(CSRF_HEADER))
        if not _added(platform, request, session, body):
            return refused(request, 401, "passkey_refused")
        return Response({"go": ACCOUNT})

    @post("/passkeys/{passkey:int}/end", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def end(self, passkey: Number, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Takes a passkey away; sessions elsewhere end."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        if not _may_change(session, "sure"):
            return refused(request, 403, "more_needed")
        with platform.engine.begin() as connection:
            if end_passkey(connection, session.person, passkey, now=utc_now()):
                end_sessions(connection, session.person, but=request.cookies[COOKIE])
        return Redirect(ACCOUNT, status_code=HTTP_303_SEE_OTHER)

    @post("/contacts", status_code=HTTP_200_OK, sync_to_thread=True)
    def contact(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Sends a code to a new address."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        if not _may_change(session, "sure"):
            return refused(request, 403, "more_needed")
        typed = str(data.get("address", ""))
        try:
            with platform.engine.begin() as connection:
                holder = ask_to_confirm(
                    connection, session, kind_of(typed), typed, language_of(request), now=utc_now()
                )
        except UsageError:
            return _account(platform, request, session, "address_wrong", 422)
        if holder is None:
            return refused(request, 429, "status_429")
        answer = page(
            request, "contact_code", title="add_contact", session=session, message="code_sent_known"
        )
        answer.set_cookie(asked_cookie(holder))
        return answer

    @post("/contacts/confirm", status_code=HTTP_200_OK, sync_to_thread=True)
    def confirmed(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Keeps the address."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        with platform.engine.begin() as connection:
            done = confirm(
                connection, session, request.cookies.get(ASKED, ""), str(data.get("code", "")),
                origin=site_of(request).origin, now=utc_now(),
            )  # fmt: skip
        if not done:
            return page(
                request,
                "contact_code",
                title="add_contact",
                session=session,
                message="code_wrong",
                status=403,
            )
        return Redirect(ACCOUNT, status_code=HTTP_303_SEE_OTHER)

    @post("/answer-key", status_code=HTTP_200_OK, sync_to_thread=True)
    def answer_key(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Keeps a key for which answers are sealed, once its cooling-off is over."""
        session, now = person_of(request), utc_now()
        check_csrf(session, data.get("csrf"))
        if not _may_change(session, "sure"):
            return refused(request, 403, "more_needed")
        try:
            with platform.engine.begin() as connection:
                put_answer_key(connection, session.person, str(data.get("key", "")), now=now)
                tell(connection, session.person, "answer-key-added", origin=site_of(request).origin, now=now)
        except UsageError:
            return _account(platform, request, session, "key_wrong", 422)
        return Redirect(ACCOUNT, status_code=HTTP_303_SEE_OTHER)


def _account(
    platform: Platform, request: AnyRequest, session: PersonSession, message: str = "", status: int = 200
) -> Response[Any]:
    now = utc_now()
    with reading(platform.engine) as connection:
        held = passkeys_of(connection, session.person)
        return page(
            request, "account", title="account", session=session, message=message, status=status, passkeys=held,
            may_add=_may_change(session, _for_a_passkey(held)), sure=_may_change(session, "sure"),
            addresses=reachable(connection, session.person),
            cooling_until=cooling_until(connection, session.person, now=now),
            key=answer_key_of(connection, session.person, now=now) or "",
        )  # fmt: skip


def _added(platform: Platform, request: AnyRequest, session: PersonSession, body: bytes) -> bool:
    """Whether a passkey was added."""
    site, now = site_of(request), utc_now()
    with platform.engine.begin() as connection:
        given = give_back(connection, request.cookies.get(ASKED, ""), "passkey-add", now=now)
        held = passkeys_of(connection, session.person)
        # Asked again: what was enough for the challenge may have run out since.
        if given is None or given.person != session.person:
            return False
        if not _may_change(session, _for_a_passkey(held)):
            return False
        name = f"{texts(language_of(request))['passkey']} {len(held) + 1}"
        try:
            added = verify_added(site, body, given.expected)
            add_passkey(
                connection, session.person, credential_id=added.credential_id,
                user_handle=bytes.fromhex(given.detail), public_key=added.public_key,
                sign_count=added.sign_count, name=name, now=now,
            )  # fmt: skip
        except (NotShownError, UsageError):
            # Committed all the same: the challenge is used up.
            return False
        tell(connection, session.person, "passkey-added", origin=site.origin, now=now)
    return True


def _may_change(session: PersonSession, needed: Level) -> bool:
    """Whether who is signed in may change the ways in: the person alone, not who acts for them."""
    return session.acting == "person" and reaches(session.level, needed)


def _for_a_passkey(held: Sequence[Passkey]) -> Level:
    """How surely it must be the person before a passkey is added.

    As surely as the person can show already (NIST SP 800-63B-4 section 4.1.2.1): who has a passkey shows it, or comes
    from the operator with a code besides (section 4.2.2.2). A code to one address alone adds none.
    """
    return "sure" if any(one.usable for one in held) else "known"
