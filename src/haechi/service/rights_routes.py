"""What people ask for, over HTTP: for the operator's own desk and systems. People themselves have their page."""

from functools import partial
from typing import Annotated

import msgspec
from litestar import Controller, MediaType, Response, get, post
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED

from haechi.errors import UsageError
from haechi.rights.answer import as_json
from haechi.rights.effect import Wanted
from haechi.rights.grounds import Admitted, admitted
from haechi.service.callers import needs
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.stores.clock import utc_now
from haechi.stores.disclosures import Delivery, Told, report
from haechi.stores.request_rows import Request, open_requests, person_id_of, request_of
from haechi.stores.rows import reading
from haechi.terms.words import Outcome, RequestKind
from haechi.terms.zones import with_zone

_MOST_ROWS = 50_000
_get = partial(get, responses=PROBLEMS)
_post = partial(post, responses=PROBLEMS)


class Received(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request of a person; the operator knows that it is the person who asks."""

    person_id: str
    kind: RequestKind
    wanted: Wanted = Wanted()


class PutOff(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why an answer takes longer, for the person."""

    reason: Annotated[str, msgspec.Meta(max_length=4_000)]


class Answered(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An answer to a request: granted, or refused in whole or part with its ground and reason."""

    outcome: Outcome
    ground: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    version: int | None = None


class RequestRoutes(Controller):
    """Requests of people, and their answers in the law's time."""

    path = "/v1/requests"
    tags = ("rights",)

    @_post(guards=[needs("rights")], status_code=HTTP_201_CREATED, sync_to_thread=True)
    def receive(self, data: Received, platform: Platform) -> Request:
        """Takes a request in; what it stops is stopped when this answers."""
        return with_zone(
            platform.requests.receive(data.person_id, data.kind, data.wanted, via="desk", now=utc_now())
        )

    @_get(guards=[needs("rights")], sync_to_thread=True)
    def waiting(self, platform: Platform) -> list[Request]:
        """What waits for an answer: without delay first, then by when it is due. It names nobody."""
        with reading(platform.engine) as connection:
            return [with_zone(one) for one in open_requests(connection, now=utc_now())]

    @_get("/{request_id:str}", guards=[needs("rights")], sync_to_thread=True)
    def show(self, request_id: str, platform: Platform) -> Request:
        """A request as it stands."""
        with reading(platform.engine) as connection:
            return with_zone(request_of(connection, request_id, now=utc_now()))

    @_get("/{request_id:str}/grounds", guards=[needs("rights")], sync_to_thread=True)
    def grounds(self, request_id: str, platform: Platform) -> list[Admitted]:
        """The grounds on which it could be refused under every law of the person."""
        with reading(platform.engine) as connection:
            one = request_of(connection, request_id, now=utc_now())
        return list(admitted(one.kind, one.laws, platform.packs, one.received_at))

    @_post(
        "/{request_id:str}/put-off", guards=[needs("rights")], status_code=HTTP_200_OK, sync_to_thread=True
    )
    def put_off(self, request_id: str, data: PutOff, platform: Platform) -> Request:
        """Writes down that the person was told that it takes longer, where the laws have that."""
        return with_zone(platform.requests.put_off(request_id, data.reason, now=utc_now()))

    @_post("/{request_id:str}/answer", guards=[needs("rights")], status_code=HTTP_200_OK, sync_to_thread=True)
    def answer(self, request_id: str, data: Answered, platform: Platform) -> Request:
        """Answers it; a refusal needs a ground on every law's closed list, and a reason."""
        return with_zone(
            platform.requests.answer(
                request_id,
                data.outcome,
                ground=data.ground,
                reason=data.reason,
                now=utc_now(),
                version=data.version,
            )
        )

    @_get("/{request_id:str}/data", guards=[needs("rights")], sync_to_thread=True)
    def data(self, request_id: str, platform: Platform) -> Response[bytes]:
        """Everything held about whose request it is, to be given to that person alone; answers nothing yet."""
        with reading(platform.engine) as connection:
            person_id = person_id_of(connection, request_id)
        return Response(as_json(platform.answer_for(person_id)), media_type=MediaType.JSON)


class DeliveryRoutes(Controller):
    """What the ad server delivered."""

    path = "/v1/deliveries"
    tags = ("audiences",)

    @_post(guards=[needs("deliver")], status_code=HTTP_200_OK, sync_to_thread=True)
    def report(self, data: list[Delivery], platform: Platform) -> Told:
        """Takes in what was delivered: what each advertiser learned by it goes on the ledger; send it at once."""
        if len(data) > _MOST_ROWS:
            raise UsageError(f"{len(data):,} deliveries; expected at most {_MOST_ROWS:,}.")
        with platform.place():
            return report(platform.engine, data, platform.packs, master=platform.master, now=utc_now())
