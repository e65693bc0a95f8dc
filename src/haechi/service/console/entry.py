"""The console's door: the page on which people sign in, and the cookie that says who did."""

from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import Cookie

from haechi.service.console.render import page

SESSION: Final = "haechi_session"
_PATH: Final = "/console"
ELSEWHERE: Final = "oidc"
"""Where the application's state keeps the sign-in by a provider, if there is one."""
AnyRequest = Request[Any, Any, Any]


def entry(request: AnyRequest, *, message: str = "", status: int = 200) -> Response[Any]:
    """The page on which people sign in.

    Args:
        request: what is answered.
        message: why nobody is signed in yet.
        status: HTTP status.
    """
    elsewhere = ELSEWHERE in request.app.state
    return page("sign_in", title="Sign in", user=None, message=message, status=status, elsewhere=elsewhere)


def session_cookie(secret: str, *, secure: bool) -> Cookie:
    """The cookie of a session; no other site's page can have it sent."""
    return Cookie(key=SESSION, value=secret, path=_PATH, httponly=True, samesite="strict", secure=secure)


def ended_cookie() -> Cookie:
    """What takes the session's cookie away."""
    return Cookie(key=SESSION, value="", path=_PATH, max_age=0)
