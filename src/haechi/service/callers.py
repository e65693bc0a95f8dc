"""Who calls: programs sign in by a key, each held to its scopes."""

import asyncio
from typing import TYPE_CHECKING, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException, TooManyRequestsException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from haechi.service.limits import address_of, retry_after, told
from haechi.service.platform import Platform
from haechi.stores.keys import Caller, Scope, caller_of

if TYPE_CHECKING:
    from haechi.service.guesses import KeyGuesses


class KeyMiddleware(AbstractAuthenticationMiddleware):
    """Who calls, by the key in the header."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Finds the caller of a key.

        Raises:
            NotAuthorizedException: there is no key, or it is none of ours.
            TooManyRequestsException: too many wrong ones came from this address.
        """
        kind, _, key = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key:
            raise NotAuthorizedException("expected a key: Authorization: Bearer hk_…")
        platform: Platform = connection.app.state.platform
        guesses: KeyGuesses = connection.app.state.key_guesses
        address, key = address_of(connection.scope), key.strip()
        if wait := guesses.wait(address, key):
            told("keys")
            raise TooManyRequestsException("too many wrong keys from your address", headers=retry_after(wait))
        caller = await asyncio.to_thread(caller_of, platform.engine, key)
        if caller is not None:
            guesses.right(key)
        else:
            guesses.wrong(address, key)
            raise NotAuthorizedException("the key is not known or was revoked")
        return AuthenticationResult(user=caller, auth=None)


def needs(scope: Scope) -> Any:  # noqa: ANN401 - a guard
    """A guard that lets only callers with a scope through."""

    def guard(connection: ASGIConnection[Any, Caller, Any, Any], _: BaseRouteHandler) -> None:
        if scope not in connection.user.scopes:
            raise PermissionDeniedException(f"the key lacks the scope {scope}")

    return guard


def platform_of(state: State) -> Platform:
    """The platform that the application serves."""
    found: Platform = state.platform
    return found


def caller_of_request(request: Request[Caller, Any, Any]) -> Caller:
    """Whose key the call came with."""
    return request.user
