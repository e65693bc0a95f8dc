"""What went wrong, as problem documents (RFC 9457) that name no person; and as lines in the log."""

import re
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from litestar import Controller, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from sqlalchemy.exc import DataError as UnholdableError
from sqlalchemy.exc import OperationalError

from haechi.errors import DataError, HaechiError, MissingError
from haechi.records import show
from haechi.stores.ingest import ConflictError
from haechi.terms import countries, languages

PROBLEM: Final = "application/problem+json"
_LONGEST: Final = 2_000
_REPEATED: Final = re.compile(r"(?P<before>.*?[Ii]nvalid enum value )'(?P<value>.*)'(?P<after>.*)", re.DOTALL)
"""How msgspec repeats what a caller sent, however long it is."""
_PLACE: Final = re.compile(
    r"(?P<what>.*) - at `\$(?:\.data)?(?:\[(?P<row>\d+)\])?\.?(?P<column>[^`]*)`", re.DOTALL
)
_PATTERNS: Final = {"^[A-Z]{2}$": countries.EXPECTED, "^[a-z]{2}$": languages.EXPECTED}
"""What the patterns of bodies mean, in words."""
_NO_BODY: Final = "Object missing required field `data`"
"""What the framework says where there is none: `data` is our own name for it."""
_MARKUP: Final = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
"""JSON may write any sign by its number: a browser that takes a document for a page finds no markup in it."""
_FRAMES: Final = 8
_LIMITED_ELSEWHERE: Final = (404, 408, 429)
"""Not logged here: what meets a limit is counted and told by the limit, and anybody may ask for what is not there."""


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
    408: "The body did not arrive in time.",
    409: "The idempotency key or identifier stands for something else, or it was changed or answered meanwhile.",
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
        media_type=PROBLEM,
    )
    for status, description in _DESCRIPTIONS.items()
}
"""What every call of the description may answer instead of its own answer."""


def problem_body(status: int, title: str, detail: str, **more: str) -> bytes:
    """A problem document; what it repeats of a call is short and cannot act on a screen or a page."""
    said = {"title": title, "status": status, "detail": _plain(detail), **more}
    body = msgspec.json.encode(said)
    for sign, written in _MARKUP:
        body = body.replace(sign, written)
    return body


def _plain(detail: str) -> str:
    """Long values shortened, and nothing in it that acts on a screen; lines stay."""
    if found := _REPEATED.fullmatch(detail):
        detail = f"{found['before']}{show.value(found['value'])}{found['after']}"
    lines = [show.printable(line) for line in detail[:_LONGEST].split("\n")]
    return "\n".join(lines) + ("…" if len(detail) > _LONGEST else "")


def _placed(said: str) -> str:
    """What msgspec says of a body, with the place as other errors name it: `row 3, column kind: …`."""
    found = _PLACE.fullmatch(said)
    if found is None:
        return _plain(_expecting(said))
    row, column, what = found["row"], found["column"], _expecting(found["what"])
    place = [] if row is None else [f"row {int(row) + 1:,}"]
    if column:
        place.append(column if row is None else f"column {column}")
    return _plain(f"{', '.join(place)}: {what}" if place else what)


def _expecting(said: str) -> str:
    """With what was expected, where msgspec leaves it out."""
    if said == _NO_BODY:
        return "the call has no body; expected one of JSON, as the description has it"
    for pattern, expected in _PATTERNS.items():
        if said.endswith(f"regex '{pattern}'"):
            return f"expected {expected}"
    if said.startswith("Object contains unknown field"):
        return f"{said}; expected only fields that the description has (/openapi/openapi.json)"
    return said


def _problem(
    request: Request[Any, Any, Any], error: Exception, status: int, title: str, detail: str, **headers: str
) -> Response[bytes]:
    """The answer, and its line in the log: which call was refused, of which key, and why in kind."""
    if status not in _LIMITED_ELSEWHERE:
        scope = request.scope
        structlog.get_logger("haechi").info(
            "refused", status=status, method=scope["method"], route=scope.get("path_template", ""),
            key=getattr(scope.get("user"), "prefix", None), kind=type(error).__name__,
        )  # fmt: skip
    return Response(
        problem_body(status, title, detail), status_code=status, media_type=PROBLEM, headers=headers
    )


def haechi_problem(request: Request[Any, Any, Any], error: HaechiError) -> Response[bytes]:
    """What Haechi refuses, and what it expected."""
    if isinstance(error, ConflictError):
        return _problem(request, error, 409, "The call is in conflict with what is there", str(error))
    if isinstance(error, MissingError):
        return _problem(request, error, 404, "It is not there", str(error))
    kind = "The records are wrong" if isinstance(error, DataError) else "The call cannot be carried out"
    return _problem(request, error, 422, kind, str(error))


def http_problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses."""
    headers = dict(error.headers or {})
    extra = getattr(error, "extra", None)
    detail = error.detail
    if isinstance(error.__cause__, msgspec.ValidationError):
        detail = _placed(str(error.__cause__))
    elif error.status_code == 400 and isinstance(extra, list) and extra:  # noqa: PLR2004
        told = [one for one in extra if isinstance(one, dict)]
        detail = "; ".join(_plain(f"{one.get('key', '')}: {one.get('message', '')}") for one in told)
    return _problem(request, error, error.status_code, "The call cannot be taken", detail, **headers)


def as_pages_do(pages: Sequence[Any]) -> Callable[[Request[Any, Any, Any], HTTPException], Response[Any]]:
    """Tells what is refused before a route is found as the pages of that address tell it, elsewhere as a problem.

    A browser that is sent to an address which only takes forms, or is none, showed its person JSON.

    Args:
        pages: controllers; those count whose handler of `HTTPException` answers people.
    """
    telling: dict[str, Any] = {}
    for one in pages:
        # A route that stands alone is no page; a controller that declares none has the framework's own descriptor.
        handlers = one.exception_handlers
        is_page = isinstance(one, type) and issubclass(one, Controller)
        if is_page and isinstance(handlers, Mapping) and HTTPException in handlers:
            telling[one.path.partition("{")[0].rstrip("/")] = handlers[HTTPException]

    def tell(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        path = request.scope["path"]
        near = [start for start in telling if path == start or path.startswith(f"{start}/")]
        told: Response[Any] = (
            telling[max(near, key=len)](request, error) if near else http_problem(request, error)
        )
        return told

    return tell


def value_problem(
    request: Request[Any, Any, Any], error: msgspec.ValidationError | OverflowError
) -> Response[bytes]:
    """A value that is none of those expected."""
    return _problem(request, error, 422, "The call cannot be carried out", str(error))


def unholdable_problem(request: Request[Any, Any, Any], error: UnholdableError) -> Response[bytes]:
    """A value that the database cannot hold; its own words would repeat it."""
    detail = "a text or number that the database cannot hold; expected text without the sign U+0000"
    return _problem(request, error, 422, "The call cannot be carried out", detail)


def unreadable_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Text that is nested too deeply, or is not UTF-8."""
    detail = "expected JSON in UTF-8, nested less deeply"
    return _problem(request, error, 400, "The call cannot be read", detail)


def database_problem(request: Request[Any, Any, Any], error: OperationalError) -> Response[bytes]:
    """The database is away: nothing was taken."""
    # The error's own words may hold values: they are not repeated.
    detail = "the database does not answer; nothing was taken, send again"
    return _problem(request, error, 503, "The database is away", detail, **{"Retry-After": "5"})


def unforeseen_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A defect of ours: where it is goes to the log under a reference, what it says goes nowhere."""
    reference = uuid.uuid4().urn
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    structlog.get_logger("haechi").error(
        "failed", status=500, method=request.scope["method"], route=request.scope.get("path_template", ""),
        kind=type(error).__name__, reference=reference,
        at=[f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    )  # fmt: skip
    detail = "this is a defect of Haechi; its log says more under the reference in instance"
    body = problem_body(500, "The call failed", detail, instance=reference)
    return Response(body, status_code=500, media_type=PROBLEM)
