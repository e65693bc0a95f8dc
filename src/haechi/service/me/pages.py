"""Pages of the people's page, from templates, in the reader's language; everything that is put in is escaped."""

from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from haechi.errors import MissingError, UsageError
from haechi.service.console.entry import AnyRequest
from haechi.service.me.languages import CHOSEN, NAMES, chosen, language_of, texts
from haechi.service.me.session import SignInNeededError
from haechi.service.templates import templates_of
from haechi.stores.identity.routes import RetiredRouteError
from haechi.stores.identity.sessions import PersonSession

SIGN_IN: Final = "/me/sign-in"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    # Without a referrer browsers say "null" for the origin of a form, which then could be anybody's.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_KNOWN: Final = frozenset({403, 404, 410, 429})
"""Statuses that have words of their own in the texts."""


@cache
def templates() -> Environment:
    """The templates; another page extends `base.html` by the same environment or a loader that finds it."""
    return templates_of("haechi.service.me")


@cache
def static(name: str) -> str:
    """A file that pages load."""
    return resources.files("haechi.service.me").joinpath(f"static/{name}").read_text(encoding="utf-8")


def page(
    request: AnyRequest,
    template: str,
    *,
    title: str,
    session: PersonSession | None = None,
    message: str = "",
    status: int = 200,
    **values: object,
) -> Response[str]:
    """A page.

    Args:
        request: what is answered; says in which language.
        template: name of the template, without ending.
        title: name of the heading's text.
        session: who is signed in, or None.
        message: name of a text to be told first.
        status: HTTP status.
        values: what the template shows.
    """
    lang = language_of(request)
    t = texts(lang)
    text = templates().get_template(f"{template}.html").render(
        t=t, lang=lang, languages=NAMES, title=t[title], session=session, message=t[message] if message else "",
        **values,
    )  # fmt: skip
    answer = Response(text, media_type=MediaType.HTML, status_code=status, headers=dict(HEADERS))
    if (now := chosen(request)) is not None:
        answer.set_cookie(
            Cookie(key=CHOSEN, value=now, path="/", secure=True, samesite="lax", max_age=31_536_000)
        )
    return answer


def refused(request: AnyRequest, status: int, message: str) -> Response[Any]:
    """Why something was not done: a page, or JSON for the script that asked.

    Args:
        request: what is answered.
        status: HTTP status.
        message: name of the text that says it.
    """
    if "application/json" in request.headers.get("accept", ""):
        return Response({"message": texts(language_of(request))[message]}, status_code=status)
    return page(request, "told", title="not_done", message=message, status=status)


def _sign_in_first(request: AnyRequest, _: SignInNeededError) -> Response[Any]:
    if "application/json" in request.headers.get("accept", ""):
        return refused(request, 401, "session_ended")
    return Redirect(SIGN_IN, status_code=HTTP_303_SEE_OTHER)


def _gone(request: AnyRequest, _: RetiredRouteError) -> Response[Any]:
    return refused(request, 410, "status_410")


def _missing(request: AnyRequest, _: MissingError) -> Response[Any]:
    return refused(request, 404, "status_404")


def _wrong(request: AnyRequest, _: UsageError) -> Response[Any]:
    return refused(request, 422, "not_understood")


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    known = error.status_code in _KNOWN
    answer = refused(request, error.status_code, f"status_{error.status_code}" if known else "not_understood")
    answer.headers.update(dict(error.headers or {}))
    return answer


FAULTS: Final[dict[Any, Any]] = {
    SignInNeededError: _sign_in_first,
    RetiredRouteError: _gone,
    MissingError: _missing,
    UsageError: _wrong,
    HTTPException: _http,
}
"""How pages under /me say what went wrong."""
