"""The Data Rights Protocol 1.0 over HTTP: the endpoints of a covered business (sections 2.01 to 2.06)."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec
import structlog
from litestar import Controller, Litestar, MediaType, Request, Response, delete, get, post
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, RequestBody, Schema
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from sqlalchemy.exc import OperationalError

from haechi.errors import HaechiError, UsageError
from haechi.rights.drp.envelope import LARGEST
from haechi.rights.drp.refusal import RefusedError
from haechi.rights.drp.status import Status
from haechi.service.callers import needs
from haechi.service.drp_desk import DrpDesk
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.stores.callbacks import callback_told, waiting_callbacks
from haechi.stores.clock import utc_now

AnyRequest = Request[Any, Any, Any]
_AGENT: Final = "/v1/agent/{agent_id:str}"
_REQUESTS: Final = "/v1/data-rights-request"
_OWN_TOKENS: Final = {"exclude_from_auth": True}
"""Agents sign in by tokens of the protocol, not by our keys."""
_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_EXAMPLE: Final = "c2lnbmF0dXJlIG9mIDY0IGJ5dGVzLCB0aGVuIHRoZSBKU09OIHRoYXQgaXQgc2lnbnM…"


class Token(msgspec.Struct, rename={"agent_id": "agent-id"}):
    """By which an agent signs in from now on."""

    agent_id: str
    token: str


class DrpProblem(msgspec.Struct, omit_defaults=True):
    """What went wrong (section 3.06). fatal: sending it again changes nothing."""

    code: str
    message: str
    fatal: bool = False


class Verified(msgspec.Struct, kw_only=True):
    """Who the person of a request turned out to be; the operator's page made sure of it."""

    person_id: str


class Waiting(msgspec.Struct):
    """How a request stands, to be posted to an agent's address as it is."""

    message: int
    url: str
    status: Status


_DESCRIPTIONS: Final = {
    400: "The message cannot be read, or counts not yet or no longer.",
    401: "There is no token, or it is none of an agent's.",
    403: "The message is not by or for whom it says, or the request is another agent's.",
    409: "The request is answered already, or the agent's name of it stands for another.",
    413: "The message is too large.",
    429: "Too many calls: send again after Retry-After.",
    503: "The platform cannot look anything up: nothing was taken, send again.",
}
_PROBLEMS: Final[Mapping[int, ResponseSpec]] = {
    status: ResponseSpec(DrpProblem, generate_examples=False, description=said, media_type=MediaType.JSON)
    for status, said in _DESCRIPTIONS.items()
}
_get = partial(get, responses=_PROBLEMS, status_code=HTTP_200_OK, sync_to_thread=True)
_post = partial(post, responses=_PROBLEMS, status_code=HTTP_200_OK, sync_to_thread=True)


def _problem(status: int, message: str, *, fatal: bool = False) -> Response[bytes]:
    body = msgspec.json.encode(DrpProblem(str(status), message, fatal))
    headers = {"WWW-Authenticate": "Bearer"} if status == _UNAUTHORISED else {}
    return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)


def _refused(_: AnyRequest, error: RefusedError) -> Response[bytes]:
    return _problem(error.status, str(error), fatal=error.fatal)


def _cannot(_: AnyRequest, error: HaechiError) -> Response[bytes]:
    # Its words are for the operator: which file is damaged, which key is missing.
    structlog.get_logger("haechi").error("data rights protocol", fault=str(error))
    return _problem(503, "the request cannot be carried out now; ask the technical contact.")


def _framework(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    answer = _problem(error.status_code, error.detail)
    answer.headers.update(error.headers or {})
    return answer


def _away(_: AnyRequest, __: OperationalError) -> Response[bytes]:
    return _problem(503, "the database does not answer; nothing was taken, send again")


def _silent(_: AnyRequest, __: RefusedError) -> Response[bytes]:
    """A key setup that fails is answered by 403 and nothing else (section 2.05.1)."""
    return Response(b"", status_code=_FORBIDDEN, media_type=MediaType.TEXT)


_HANDLERS: Final[dict[Any, Any]] = {
    RefusedError: _refused,
    HaechiError: _cannot,
    HTTPException: _framework,
    OperationalError: _away,
}


class AgentRoutes(Controller):
    """Agents sign in for the first time, and look whether their token still counts."""

    path = _AGENT
    tags = ("data rights protocol",)
    opt = _OWN_TOKENS
    exception_handlers = _HANDLERS
    request_max_body_size = LARGEST
    security = [{}]  # noqa: RUF012 - as the framework declares it

    @post(
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        exception_handlers={RefusedError: _silent},
        responses={
            **_PROBLEMS,
            403: ResponseSpec(
                None, generate_examples=False, description="The message does not hold; nothing else is said."
            ),
        },
    )
    def set_up(self, agent_id: str, body: bytes, platform: Platform) -> Token:
        """Gives a token to an agent of the directory that signed for it; the one before counts no more."""
        return Token(agent_id, _desk(platform).set_up(agent_id, body, now=utc_now()))

    @_get(security=[{"key": []}])
    def show(self, agent_id: str, request: AnyRequest, platform: Platform) -> dict[str, str]:
        """Whether the token is this agent's and still counts."""
        _desk(platform).expect(agent_id, _token(request))
        return {}


class DataRightsRoutes(Controller):
    """Requests that an agent makes for a person, each signed by the agent."""

    path = _REQUESTS
    tags = ("data rights protocol",)
    opt = _OWN_TOKENS
    exception_handlers = _HANDLERS
    request_max_body_size = LARGEST

    @_post()
    def exercise(self, body: bytes, request: AnyRequest, platform: Platform) -> Status:
        """Takes a request in; sent again it is the same request."""
        return _desk(platform).exercise(_token(request), body, now=utc_now())

    @_get("/{request_id:str}")
    def show(self, request_id: str, request: AnyRequest, platform: Platform) -> Status:
        """How a request of this agent stands."""
        return _desk(platform).status(_token(request), request_id, now=utc_now())

    @delete("/{request_id:str}", responses=_PROBLEMS, status_code=HTTP_200_OK, sync_to_thread=True)
    def revoke(self, request_id: str, body: bytes, request: AnyRequest, platform: Platform) -> Status:
        """Ends a request that is open; a signed message says that the person wants it no longer."""
        return _desk(platform).revoke(_token(request), request_id, body, now=utc_now())


class AgentRequestRoutes(Controller):
    """The operator's side: who a person turned out to be, and what its own sender has told agents."""

    path = "/v1/agent-requests"
    tags = ("data rights protocol",)

    @get("/callbacks", guards=[needs("rights")], responses=PROBLEMS, sync_to_thread=True)
    def callbacks(self, platform: Platform) -> list[Waiting]:
        """What agents are still to be told, the oldest first; for a day each."""
        return [
            Waiting(one.message, one.url, msgspec.json.decode(one.body, type=Status))
            for one in waiting_callbacks(platform.engine, now=utc_now())
        ]

    @post(
        "/callbacks/{message:int}/told",
        guards=[needs("rights")],
        responses=PROBLEMS,
        status_code=HTTP_204_NO_CONTENT,
        sync_to_thread=True,
    )
    def told(self, message: int, platform: Platform) -> None:
        """Writes down that the agent answered 200."""
        callback_told(platform.engine, message, now=utc_now())

    @post(
        "/{request_id:str}/verified",
        guards=[needs("rights")],
        responses=PROBLEMS,
        status_code=HTTP_200_OK,
        sync_to_thread=True,
    )
    def verified(self, request_id: str, data: Verified, platform: Platform) -> Status:
        """Carries a request on that waited for its person to show who they are."""
        return _desk(platform).verify(request_id, data.person_id, now=utc_now())


ROUTES: Final = (AgentRoutes, DataRightsRoutes, AgentRequestRoutes)


def describe(app: Litestar) -> None:
    """Puts the signed messages into the description: the framework knows no body that is plain text."""
    paths = app.openapi_schema.paths or {}
    for path, method in ((_AGENT, "post"), (_REQUESTS, "post"), (f"{_REQUESTS}/{{request_id}}", "delete")):
        operation = getattr(paths[path.replace(":str", "")], method)
        operation.request_body = RequestBody(
            content={
                MediaType.TEXT: OpenAPIMediaType(
                    schema=Schema(
                        type=OpenAPIType.STRING,
                        description="Base 64 of an Ed25519 signature and the JSON that it signs.",
                    ),
                    example=_EXAMPLE,
                )
            },
            required=True,
        )


def _desk(platform: Platform) -> DrpDesk:
    if platform.drp is None:
        raise UsageError("the protocol is not set up; these routes are not to be served.")
    return platform.drp


def _token(request: AnyRequest) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
