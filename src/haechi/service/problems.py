"""What went wrong, as problem documents (RFC 9457) that name no person."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from sqlalchemy.exc import OperationalError

from haechi.errors import DataError, HaechiError, MissingError
from haechi.stores.ingest import ConflictError

_PROBLEM: Final = "application/problem+json"


class Problem(msgspec.Struct):
    """A problem document: what went wrong, and what was expected."""

    title: str
    status: int
    detail: str


_DESCRIPTIONS: Final = {
    400: "The call cannot be read.",
    401: "There is no key, or it is none of ours.",
    403: "The key lacks the scope.",
    404: "What the call names is not there.",
    409: "The idempotency key stands for another batch.",
    413: "The call is too large.",
    422: "The call cannot be carried out; the detail says what was expected.",
    429: "Too many calls, or too many batches are waiting: send again after Retry-After.",
    503: "The database does not answer: nothing was taken, send again after Retry-After.",
}
PROBLEMS: Final[Mapping[int, ResponseSpec]] = {
    status: ResponseSpec(
        Problem,
        generate_examples=False,
        description=description,
        media_type=_PROBLEM,
    )
    for status, description in _DESCRIPTIONS.items()
}
"""What every call of the description may answer instead of its own answer."""


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    body = msgspec.json.encode({"title": title, "status": status, "detail": detail})
    return Response(body, status_code=status, media_type=_PROBLEM, headers=headers)


def haechi_problem(_: Request[Any, Any, Any], error: HaechiError) -> Response[bytes]:
    """What Haechi refuses, and what it expected."""
    if isinstance(error, ConflictError):
        return _problem(409, "The key stands for another batch", str(error))
    if isinstance(error, MissingError):
        return _problem(404, "It is not there", str(error))
    kind = "The records are wrong" if isinstance(error, DataError) else "The call cannot be carried out"
    return _problem(422, kind, str(error))


def http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses."""
    headers = dict(error.headers or {})
    extra = getattr(error, "extra", None)
    detail = error.detail
    if error.status_code == 400 and isinstance(extra, list) and extra:  # noqa: PLR2004
        told = [one for one in extra if isinstance(one, dict)]
        detail = "; ".join(f"{one.get('key', '')}: {one.get('message', '')}" for one in told)
    return _problem(error.status_code, "The call cannot be taken", detail, headers)


def value_problem(
    _: Request[Any, Any, Any], error: msgspec.ValidationError | OverflowError
) -> Response[bytes]:
    """A value that is none of those expected."""
    return _problem(422, "The call cannot be carried out", str(error))


def unreadable_problem(_: Request[Any, Any, Any], __: Exception) -> Response[bytes]:
    """Text that is nested too deeply, or is not UTF-8."""
    return _problem(400, "The call cannot be read", "expected JSON in UTF-8, nested less deeply")


def database_problem(_: Request[Any, Any, Any], __: OperationalError) -> Response[bytes]:
    """The database is away: nothing was taken."""
    # The error's own words may hold values: they are not repeated.
    detail = "the database does not answer; nothing was taken, send again"
    return _problem(503, "The database is away", detail, {"Retry-After": "5"})
