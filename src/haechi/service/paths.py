"""Identifiers with a slash in paths: `%2F` is part of a name, not the end of one (RFC 3986, section 2.2).

Servers decode a path before it is looked up, and then the two are the same. Here the path is decoded anew from what
was sent, with a control character in the place of an encoded slash, and the character is made a slash again in what
the path gave. No identifier holds control characters (`haechi.terms.identifiers`), so that nothing is mistaken.
"""

import re
from typing import Any, Final
from urllib.parse import quote, unquote

from litestar.types import ASGIApp, Receive, Scope, Send

_SIGN: Final = "\x1f"
_ENCODED: Final = re.compile(r"%2f", re.IGNORECASE)


def with_slashes(app: ASGIApp) -> ASGIApp:
    """The application, which sees encoded slashes apart from those that part a path."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        raw: Any = scope.get("raw_path")
        if isinstance(raw, bytes) and b"%2" in raw:
            sent = raw.decode("ascii", "replace").partition("?")[0]
            scope["path"] = unquote(_ENCODED.sub(_SIGN, sent))
        await app(scope, receive, send)

    return handle


def give_slashes(app: ASGIApp) -> ASGIApp:
    """Gives what stands behind the routes the identifiers as they were sent."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        found: dict[str, Any] = scope.get("path_params", {})
        scope["path_params"] = {
            name: value.replace(_SIGN, "/") if isinstance(value, str) else value
            for name, value in found.items()
        }
        await app(scope, receive, send)

    return handle


def in_path(identifier: str) -> str:
    """An identifier as part of a path."""
    return quote(identifier, safe="")


def as_sent(path: str) -> str:
    """A path as it is looked up (`with_slashes`), as a page may lead to it: with encoded slashes again."""
    return quote(path).replace(quote(_SIGN), "%2F")
