"""One's own page: themes and why, who got them, permissions as switches, requests; without a script."""

from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.rights.answer import as_json, portable
from haechi.rights.effect import Wanted
from haechi.rights.sealed_answer import seal_for
from haechi.rights.told import answer_page, answer_tables
from haechi.rights.told.page import words
from haechi.rights.told.picture import picture
from haechi.service.console.entry import AnyRequest
from haechi.service.me.languages import language_of
from haechi.service.me.pages import FAULTS, page, refused
from haechi.service.me.session import Form, check_csrf, from_our_pages, may, may_open, person_of
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.identity.answer_keys import answer_key_of
from haechi.stores.identity.sessions import PersonSession
from haechi.stores.mine import mine_of
from haechi.stores.request_rows import requests_of
from haechi.stores.rows import reading
from haechi.terms.words import PURPOSES, REQUEST_KINDS, RequestKind

MINE: Final = "/me"
_REASONS: Final = 3
_FORMS: Final = frozenset({"html", "json", "zip", "portable"})
_SIMPLE: Final[frozenset[RequestKind]] = frozenset({"objection", "restriction", "erasure", "withdrawal"})


class Mine(Controller):
    """What is held about somebody, and what they can do about it."""

    path = MINE
    include_in_schema = False
    guards = [from_our_pages]  # noqa: RUF012 - as the framework declares it
    exception_handlers = FAULTS

    @get(sync_to_thread=True)
    def show(self, platform: Platform, request: AnyRequest, done: str = "") -> Response[Any]:
        """Everything on one page; themes only for who has shown enough."""
        session, now, lang = person_of(request), utc_now(), language_of(request)
        seen = may(platform, session, "access")
        answer = platform.answer_for(session.person_id) if seen.verdict == "allowed" else None
        with reading(platform.engine) as connection:
            mine = mine_of(connection, session.person, platform.packs, now=now)
        say = words(lang)
        return page(
            request, "mine", title="mine", session=session, message=done if done in _DONE else "", say=say,
            answer=answer, seen=seen, mine=mine, reasons=_REASONS,
            picture="" if answer is None else picture(answer, say),
            open=may_open(platform, session), all_stopped=mine.stopped.issuperset(PURPOSES),
        )  # fmt: skip

    @post("/requests", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def ask(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Takes a request in: stop, or delete."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        kind = _kind(data.get("kind"))
        if kind not in _SIMPLE:
            raise UsageError("this kind of request has a form of its own.")
        if kind == "erasure" and data.get("sure") != "yes":
            return page(request, "mine_erase", title="erase", session=session)
        purposes = tuple(purpose for purpose in PURPOSES if data.get("purpose") == purpose)
        wanted = Wanted(purposes=purposes) if kind == "objection" else Wanted()
        return _asked(platform, session, kind, wanted)

    @post("/not-me", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def not_me(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Leaves a theme that is wrong."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        wanted = Wanted(theme_id=str(data.get("theme_id", "")))
        return _asked(platform, session, "rectification", wanted)

    @post("/correction", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def correction(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Asks for something else to be corrected, in words."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        wanted = Wanted(words=str(data.get("words", ""))[:4_000])
        return _asked(platform, session, "rectification", wanted)

    @post("/take-back", status_code=HTTP_303_SEE_OTHER, sync_to_thread=True)
    def take_back(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Ends what a request had stopped, or an erasure that still waits."""
        session = person_of(request)
        check_csrf(session, data.get("csrf"))
        request_id = str(data.get("request_id", ""))
        with reading(platform.engine) as connection:
            mine = requests_of(connection, session.person, now=utc_now())
        if not any(one.request_id == request_id for one in mine):
            return refused(request, 404, "status_404")
        erasing = any(one.request_id == request_id and one.kind == "erasure" for one in mine)
        # To keep one's data is easy; to open again what was stopped is not.
        if not erasing and not may_open(platform, session):
            return refused(request, 403, "more_needed")
        platform.requests.take_back(request_id, session.person_id, now=utc_now())
        return _back("taken_back")

    @get("/answer/{form:str}", sync_to_thread=True)
    def download(self, form: str, platform: Platform, request: AnyRequest) -> Response[Any]:
        """Everything held, to take away: html, json, zip; portable only what was provided, as JSON."""
        session, lang = person_of(request), language_of(request)
        if form not in _FORMS:
            return refused(request, 404, "status_404")
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            # A link elsewhere would make a request of the person's, and answer it.
            return refused(request, 403, "status_403")
        kind: RequestKind = "portability" if form == "portable" else "access"
        assessed = may(platform, session, kind)
        if assessed.verdict != "allowed":
            return refused(request, 403, "more_needed")
        now = utc_now()
        asked = platform.requests.receive(session.person_id, kind, via="page", now=now)
        answer = platform.answer_for(session.person_id)
        if form == "html":
            content = answer_page(answer, lang).encode()
        elif form == "zip":
            content = answer_tables(answer)
        else:
            content = as_json(portable(answer) if kind == "portability" else answer)
        with reading(platform.engine) as connection:
            key = answer_key_of(connection, session.person, now=now)
        name = f"answer.{'json' if form == 'portable' else form}" + (".age" if key else "")
        sealed = content if key is None else seal_for(key, content)
        platform.requests.answer(asked.request_id, "granted", now=utc_now(), version=asked.version)
        return Response(
            sealed,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


_DONE: Final = frozenset({"objected", "taken_back", "left", "erasing", "corrected", "given", "withdrawn"})
"""Names of the texts that the page may be asked to tell first."""
_TOLD: Final[dict[RequestKind, str]] = {
    "objection": "objected",
    "restriction": "objected",
    "withdrawal": "withdrawn",
    "erasure": "erasing",
    "rectification": "corrected",
}


def _asked(platform: Platform, session: PersonSession, kind: RequestKind, wanted: Wanted) -> Response[Any]:
    """Takes a request in, where enough was shown for it."""
    changes_law = bool(wanted.country or wanted.region or wanted.birth_date)
    if may(platform, session, kind, changes_law=changes_law).verdict != "allowed":
        return Redirect("/me/step-up?after=/me", status_code=HTTP_303_SEE_OTHER)
    platform.requests.receive(session.person_id, kind, wanted, via="page", now=utc_now())
    return _back("left" if wanted.theme_id else _TOLD[kind])


def _kind(given: object) -> RequestKind:
    for kind in REQUEST_KINDS:
        if given == kind:
            return kind
    raise UsageError("an unknown kind of request.")


def _back(done: str) -> Response[Any]:
    return Redirect(f"{MINE}?done={done}", status_code=HTTP_303_SEE_OTHER)
