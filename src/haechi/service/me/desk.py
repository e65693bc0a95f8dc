"""What the operator's own programs do for people: hand over who is signed in, say known addresses, carry letters."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Request, post
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from sqlalchemy import Connection

from haechi.errors import UsageError
from haechi.rights.effect import COOLING_OFF
from haechi.rights.identity import Acting, Assessment
from haechi.service.callers import needs
from haechi.service.me.session import site_of
from haechi.service.platform import Platform
from haechi.service.problems import PROBLEMS
from haechi.stores import schema
from haechi.stores.clock import utc_now
from haechi.stores.identity.claims import Claim, weigh
from haechi.stores.identity.contacts import ContactKind, add_contact, end_contact
from haechi.stores.identity.doors import make_door
from haechi.stores.identity.messages import Outgoing, take_messages
from haechi.stores.identity.notices import tell
from haechi.stores.numbers import number_of
from haechi.terms.zones import naive, with_zone, zoned

_post = partial(post, responses=PROBLEMS, guards=[needs("rights")], sync_to_thread=True)
_MOST: Final = 1_000
Numbers = Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]], msgspec.Meta(max_length=_MOST)]
Lang = Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,5}$")]
KnownRows = Annotated[list["Known"], msgspec.Meta(max_length=_MOST)]


class DoorWanted(msgspec.Struct, kw_only=True):
    """Who is signed in at the operator's. acting: who acts for the person, and has shown that they may."""

    person_id: str
    acting: Acting = "person"


class DoorMade(msgspec.Struct, kw_only=True):
    """Where to send the browser, once, before it expires."""

    url: str
    expires_at: datetime


class Known(msgspec.Struct, kw_only=True):
    """An address of a person. known_since: since when the operator has it; without it since now, which begins a
    cooling-off. ended: it is no longer theirs."""  # noqa: D205, D209 - shown as one text in the API's description

    person_id: str
    kind: ContactKind
    address: str
    lang: Lang = "en"
    known_since: datetime | None = None
    ended: bool = False


class Taken(msgspec.Struct, kw_only=True):
    """Numbers of letters that went out."""

    acknowledged: Numbers = []


class Desk(Controller):
    """For programs with the scope `rights`."""

    path = "/v1"
    tags = ("rights",)

    @_post("/doors", status_code=HTTP_201_CREATED)
    def door(self, data: DoorWanted, platform: Platform, request: Request[Any, Any, Any]) -> DoorMade:
        """A one-time link for the person who is signed in at the operator's; good for five minutes."""
        made = make_door(platform.engine, data.person_id, platform.packs, acting=data.acting, now=utc_now())
        return DoorMade(
            url=f"{site_of(request).origin}/me/door/{made.secret}", expires_at=zoned(made.expires_at)
        )

    @_post("/contacts", status_code=HTTP_204_NO_CONTENT)
    def contacts(self, data: KnownRows, platform: Platform, request: Request[Any, Any, Any]) -> None:
        """Known addresses of people. A new one begins a cooling-off, and those known before are told of it."""
        origin, now = site_of(request).origin, utc_now()
        with platform.engine.begin() as connection:
            for row, one in enumerate(data, 1):
                person = number_of(connection, schema.people, "person", "person_id", one.person_id)
                if person is None:
                    raise UsageError(f"row {row}: nothing is held about such a person; expected a known one.")
                try:
                    _put(connection, person, one, origin=origin, now=now)
                except UsageError as fault:
                    raise UsageError(f"row {row}: {fault}") from None

    @_post("/messages/take", status_code=HTTP_200_OK)
    def take(self, data: Taken, platform: Platform) -> list[Outgoing]:
        """Letters for the operator's mailer; each is offered again until it is acknowledged."""
        return take_messages(platform.engine, data.acknowledged, now=utc_now())

    @_post("/claims", status_code=HTTP_200_OK)
    def claim(self, data: Claim, platform: Platform, request: Request[Any, Any, Any]) -> Assessment:
        """Weighs what came to the desk by letter, mail or telephone; the same for known and unknown people."""
        return with_zone(
            weigh(platform.engine, data, platform.packs, origin=site_of(request).origin, now=utc_now())
        )


def _put(connection: Connection, person: int, one: Known, *, origin: str, now: datetime) -> None:
    if one.ended:
        end_contact(connection, person, one.kind, one.address, now=now)
        return
    since = min(now, now if one.known_since is None else naive(one.known_since))
    contact, new = add_contact(connection, person, one.kind, one.address, one.lang, since=since)
    if new and now - since < COOLING_OFF:
        tell(connection, person, "contact-added", origin=origin, now=now, since=since, but=contact)
