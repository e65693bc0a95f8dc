"""The desk's door: people who sign in to the console; viewers read, reviewers and owners decide."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from litestar import Controller, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.response import Redirect
from litestar.status_codes import (
    HTTP_303_SEE_OTHER,
    HTTP_400_BAD_REQUEST,
    HTTP_405_METHOD_NOT_ALLOWED,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
)

from haechi.errors import HaechiError, MissingError, UsageError
from haechi.service.callers import platform_of
from haechi.service.console.entry import AnyRequest, expect_own_site
from haechi.service.console.session import (
    SIGN_IN,
    SignInNeededError,
    expect_own_session,
    signed_in,
    user_or_none,
)
from haechi.service.desk.render import page
from haechi.service.paths import as_sent
from haechi.stores.ingest import ConflictError
from haechi.stores.review.queue import expect_words
from haechi.stores.review.words import StaleError, TakenError
from haechi.stores.users import User

LARGEST_FORM: Final = 100_000
"""Bytes of a form without files."""
_TOO_LARGE: Final = "Request Entity Too Large"
_LONGEST_NAME: Final = 1_000


def expect_decider(user: User, data: dict[str, Any]) -> None:
    """Refuses forms of other sites' pages, and of who may only read.

    Raises:
        PermissionDeniedException: see above.
    """
    expect_own_session(user, data)
    if user.role == "viewer":
        raise PermissionDeniedException("a viewer decides nothing")


Typed = dict[str, str | list[str]]
"""What somebody wrote in a form, by field."""


class FieldError(UsageError):
    """A form that is refused because of one of its fields, where the cursor then goes.

    Args:
        name: of the field.
        message: what is wrong with it.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@contextmanager
def of_field(name: str, called: str = "") -> Iterator[None]:
    """Says of what is refused within it that it is about one field.

    Args:
        name: of the field.
        called: what it is called on the page; "": what is refused says so itself.

    Raises:
        FieldError: see above.
    """
    try:
        yield
    except UsageError as fault:
        raise FieldError(name, f"{called}: {fault}" if called else str(fault)) from None


def field(data: dict[str, Any], name: str) -> str:
    """One field of a form, as text; "" where it is not there.

    Raises:
        FieldError: the form has it several times: which one was meant, nobody knows.
    """
    found = data.get(name, "")
    if isinstance(found, list):
        if len(found) > 1:
            raise FieldError(name, f"the form has {name} {len(found):,} times; expected it once.")
        found = found[0] if found else ""
    return _text(found)


def said(data: dict[str, Any], name: str, called: str) -> str:
    """A field in which somebody has to say something.

    Args:
        data: the form.
        name: of the field.
        called: what it is called on the page.

    Raises:
        FieldError: it says nothing, or too much.
    """
    text = field(data, name)
    with of_field(name, called):
        expect_words(text)
    return text


def kept(data: dict[str, Any], names: Collection[str], several: Collection[str] = ()) -> Typed:
    """What is shown again of a form that was not taken.

    Args:
        data: the form.
        names: fields that are there once; of one that came several times nothing is kept.
        several: fields that may be there several times.
    """
    once = {name: data.get(name, "") for name in names}
    texts: Typed = {name: "" if isinstance(found, list) else _text(found) for name, found in once.items()}
    return texts | {name: fields(data, name) for name in several}


def fields(data: dict[str, Any], name: str) -> list[str]:
    """All fields of a form that have one name."""
    found = data.get(name, [])
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def lines(data: dict[str, Any], name: str) -> tuple[str, ...]:
    """The lines of a field that say something."""
    return tuple(line.strip() for line in field(data, name).split("\n") if line.strip())


def _text(found: object) -> str:
    # Browsers send lines ended as in mail.
    return str(found).replace("\r\n", "\n").strip()


def _to_sign_in(_: AnyRequest, __: SignInNeededError) -> Response[Any]:
    return Redirect(f"{SIGN_IN}?to=desk", status_code=HTTP_303_SEE_OTHER)


def _told(request: AnyRequest, status: int, title: str, message: str) -> Response[Any]:
    user = user_or_none(platform_of(request.app.state), request)
    back = request.url.path
    for ending in ("/decide", "/claim", "/release", "/comments", "/suspend", "/answer", "/pictures"):
        back = back.removesuffix(ending)
    again = as_sent(back) if back != request.url.path else None
    return page("told", title=title, user=user, status=status, what=message, again=again)


def _refused(request: AnyRequest, error: HaechiError) -> Response[Any]:
    if isinstance(error, StaleError):
        return _told(request, 409, "It changed while you looked at it", str(error))
    if isinstance(error, TakenError):
        return _told(request, 409, "Not done: the job is not yours", str(error))
    if isinstance(error, ConflictError):
        return _told(request, 409, "Not done: somebody was faster", str(error))
    if isinstance(error, MissingError):
        return _told(request, 404, "It is not there", str(error))
    return _told(request, 422, "Not done", str(error))


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        most = request.route_handler.resolve_request_max_body_size() or 0
        return _told(
            request, error.status_code, "Not done", f"too much at once; expected at most {most:,} bytes."
        )
    if error.status_code == HTTP_405_METHOD_NOT_ALLOWED:
        return _told(
            request,
            error.status_code,
            "Not done",
            "this address only takes forms; there is nothing to read here.",
        )
    if error.status_code == HTTP_400_BAD_REQUEST and error.detail == _TOO_LARGE:
        # So the framework calls a part of a form whose heading is more than it reads of one.
        return _told(
            request, HTTP_400_BAD_REQUEST, "Not done",
            f"a file's name is very long; expected at most {_LONGEST_NAME:,} letters.",
        )  # fmt: skip
    return _told(request, error.status_code, "Not done", str(error.detail))


class DeskController(Controller):
    """What all pages of the desk share."""

    include_in_schema = False
    request_max_body_size = LARGEST_FORM
    guards = (expect_own_site,)
    dependencies = {"user": Provide(signed_in, sync_to_thread=True)}  # noqa: RUF012 - as the framework declares it
    exception_handlers = {  # noqa: RUF012 - as the framework declares it
        SignInNeededError: _to_sign_in,
        HaechiError: _refused,
        HTTPException: _http,
    }
