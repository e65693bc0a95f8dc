"""Who is signed in to the console and the review desk, and whether a form is of their session."""

import hmac
from typing import Annotated, Any, Final

from litestar import Response
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.params import Body
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from haechi.service.console.entry import SESSION, AnyRequest, cookie_of
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.users import User, user_of

SIGN_IN: Final = "/console/sign-in"
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""What a form sends."""


class SignInNeededError(Exception):
    """Nobody is signed in, or the session has ended."""


def user_or_none(platform: Platform, request: AnyRequest) -> User | None:
    """Who is signed in, or None."""
    secret = cookie_of(request, SESSION)
    return user_of(platform.engine, secret, now=utc_now()) if secret else None


def signed_in(platform: Platform, request: AnyRequest) -> User:
    """Who is signed in.

    Raises:
        SignInNeededError: nobody is.
    """
    user = user_or_none(platform, request)
    if user is None:
        raise SignInNeededError
    return user


def to_sign_in(_: AnyRequest, __: SignInNeededError) -> Response[Any]:
    """Sends whoever is not signed in to where one signs in."""
    return Redirect(SIGN_IN, status_code=HTTP_303_SEE_OTHER)


def expect_own_session(user: User, data: dict[str, Any]) -> None:
    """Refuses a form that another site's page sent.

    Raises:
        PermissionDeniedException: it was.
    """
    if not hmac.compare_digest(str(data.get("csrf", "")).encode(), user.csrf.encode()):
        raise PermissionDeniedException("the form is not of this session; load the page again")
