"""The console's door: the page on which people sign in, the cookies that say who did, and whose forms count."""

import hmac
import re
import secrets
from typing import Any, Final, Literal

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from haechi.service.console.render import page

SESSION: Final = "haechi_session"
KNOWN: Final = "haechi_known"
"""The mark of a browser that signed somebody in before (`haechi.service.guesses`)."""
_FORM: Final = "haechi_form"
_YEAR: Final = 31_536_000
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{43}")
ELSEWHERE: Final = "oidc"
"""Where the application's state keeps the sign-in by a provider, if there is one."""
AnyRequest = Request[Any, Any, Any]


def entry(
    request: AnyRequest, *, message: str = "", status: int = 200, headers: dict[str, str] | None = None
) -> Response[Any]:
    """The page on which people sign in.

    Args:
        request: what is answered.
        message: why nobody is signed in yet.
        status: HTTP status.
        headers: further headers.
    """
    mark, kept = form_mark(request)
    answer = page(
        "sign_in", title="Sign in", user=None, message=message, status=status, mark=mark,
        elsewhere=ELSEWHERE in request.app.state, to=wanted(request),
    )  # fmt: skip
    answer.headers.update(headers or {})
    answer.set_cookie(kept)
    return answer


def wanted(request: AnyRequest) -> str:
    """Where somebody goes who signs in, as the address says: `desk`; "" for the console and whatever else it says."""
    return "desk" if request.query_params.get("to") == "desk" else ""


def form_mark(request: AnyRequest) -> tuple[str, Cookie]:
    """What a form carries before anybody is signed in, and the cookie that must carry the same."""
    mark = cookie_of(request, _FORM)
    if not _MARK.fullmatch(mark):
        mark = secrets.token_urlsafe(32)
    return mark, cookie(request, _FORM, mark)


def expect_own_form(request: AnyRequest, mark: str) -> None:
    """Refuses a sign-in that another site's page sent, which would put somebody into an account that is not theirs.

    The form carries what the cookie carries (OWASP, "double submit"); no other site can read or set either.

    Raises:
        PermissionDeniedException: it was sent from elsewhere.
    """
    kept = cookie_of(request, _FORM)
    if not _MARK.fullmatch(kept) or not hmac.compare_digest(mark.encode(), kept.encode()):
        raise PermissionDeniedException("the form is not of this browser; load the page again")


def expect_own_site(request: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that refuses forms that another site's page sent, as the browser says (Fetch Metadata).

    Raises:
        PermissionDeniedException: it was.
    """
    came_from = request.headers.get("sec-fetch-site", "same-origin")
    if request.scope.get("method") == "POST" and came_from not in ("same-origin", "none"):
        raise PermissionDeniedException("the form is of another site; load the page again")


def is_secure(request: AnyRequest) -> bool:
    """Whether the browser came by https: as the connection, a trusted proxy or the sign-in's own address says."""
    if request.url.scheme == "https":
        return True
    return ELSEWHERE in request.app.state and bool(request.app.state[ELSEWHERE].secure)


def cookie(
    request: AnyRequest,
    name: str,
    value: str,
    *,
    same_site: Literal["strict", "lax"] = "strict",
    max_age: int | None = None,
) -> Cookie:
    """A cookie that no script reads; the console and the review desk share it.

    By https its name says that only this very host, and only by https, can have set it (RFC 6265bis, `__Host-`).

    Args:
        request: what is answered.
        name: of ours.
        value: what it holds.
        same_site: strict: no other site's page has it sent; lax: coming here from there does.
        max_age: seconds; None: until the browser ends; 0: take it away.
    """
    secure = is_secure(request)
    return Cookie(
        key=_called(name, secure=secure), value=value, path="/", httponly=True,
        samesite=same_site, secure=secure, max_age=max_age,
    )  # fmt: skip


def cookie_of(request: AnyRequest, name: str) -> str:
    """What a cookie of ours holds; "" where there is none."""
    return request.cookies.get(_called(name, secure=is_secure(request)), "")


def session_cookie(request: AnyRequest, secret: str) -> Cookie:
    """The cookie of a session."""
    return cookie(request, SESSION, secret)


def known_cookie(request: AnyRequest, mark: str) -> Cookie:
    """The cookie of a browser that signed somebody in."""
    return cookie(request, KNOWN, mark, max_age=_YEAR)


def ended_cookie(request: AnyRequest) -> Cookie:
    """What takes the session's cookie away."""
    return cookie(request, SESSION, "", max_age=0)


def _called(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name
