"""Who is protected: names, readings, domains, and whom they permit to wear their name."""

from datetime import date, datetime, time
from typing import Any, Final, get_args

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import HaechiError, MissingError, UsageError
from haechi.review.ads import PartyKind
from haechi.service.console.session import Form
from haechi.service.desk.door import DeskController, expect_decider, field, lines
from haechi.service.desk.marked import visible
from haechi.service.desk.pictures import size_of_picture
from haechi.service.desk.render import page
from haechi.service.limits import LARGEST_CALL
from haechi.service.paths import in_path
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.blobs import LARGEST
from haechi.stores.review.changes import changes_of
from haechi.stores.review.parties import (
    Party,
    SignedAuthorisation,
    authorise,
    end_party,
    parties_of,
    register_party,
    revoke_authorisation,
)
from haechi.stores.review.party_pictures import MOST
from haechi.stores.review.permissions_given import permissions_of_party
from haechi.stores.rows import reading
from haechi.stores.users import User

_KINDS: Final = get_args(PartyKind)
_KEPT: Final = ("party_id", "kind", "names", "aliases", "domains")


class PartyRoutes(DeskController):
    """Protected parties."""

    path = "/desk/parties"

    @get(sync_to_thread=True)
    def parties(self, platform: Platform, user: User) -> Response[Any]:
        """Everybody who is protected, and the form of a new one."""
        return _parties(platform, user)

    @post(status_code=HTTP_200_OK, sync_to_thread=True)
    def register(self, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Registers a party that is new; one that is there is not touched."""
        expect_decider(user, data)
        kind, party_id = field(data, "kind"), field(data, "party_id")
        try:
            if kind not in _KINDS:
                raise UsageError("choose whether it is a person, a brand or an office.")
            party = Party(
                party_id=party_id, kind=kind, names=lines(data, "names"), aliases=lines(data, "aliases"),  # type: ignore[arg-type]
                domains=lines(data, "domains"),
            )  # fmt: skip
            register_party(platform.engine, party, by=user.name, now=utc_now())
        except HaechiError as fault:
            typed = {name: field(data, name) for name in _KEPT}
            return _parties(platform, user, message=str(fault), typed=typed)
        return to_party(party_id)

    @get("/{party_id:str}", sync_to_thread=True)
    def party(self, party_id: str, platform: Platform, user: User) -> Response[Any]:
        """One party, whom it permits, and who changed what."""
        return party_page(platform, user, party_id)

    @post("/{party_id:str}/end", status_code=HTTP_200_OK, sync_to_thread=True)
    def end(self, party_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Ends a party's protection."""
        expect_decider(user, data)
        end_party(platform.engine, party_id, by=user.name, now=utc_now())
        return Redirect("/desk/parties", status_code=HTTP_303_SEE_OTHER)

    @post("/{party_id:str}/permissions", status_code=HTTP_200_OK, sync_to_thread=True)
    def permit(self, party_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Writes a signed permission down."""
        expect_decider(user, data)
        try:
            authorise(platform.engine, _permission(party_id, data), by=user.name, now=utc_now())
        except UsageError as fault:
            return party_page(platform, user, party_id, str(fault))
        return to_party(party_id)

    @post("/{party_id:str}/permissions/{permission:str}/revoke", status_code=HTTP_200_OK, sync_to_thread=True)
    def revoke(
        self, party_id: str, permission: str, data: Form, platform: Platform, user: User
    ) -> Response[Any]:
        """Ends a permission now."""
        expect_decider(user, data)
        revoke_authorisation(platform.engine, permission, by=user.name, now=utc_now())
        return to_party(party_id)


def _parties(
    platform: Platform, user: User, *, message: str = "", typed: dict[str, str] | None = None
) -> Response[str]:
    with reading(platform.engine) as connection:
        found = list(parties_of(connection).values())
    return page(
        "parties", title="Protected parties", user=user, here="/desk/parties", message=message,
        status=422 if message else HTTP_200_OK, parties=found, kinds=_KINDS, typed=typed or {},
    )  # fmt: skip


def party_page(platform: Platform, user: User, party_id: str, message: str = "") -> Response[str]:
    """One party's page.

    Raises:
        MissingError: nobody of this identifier is protected.
    """
    with reading(platform.engine) as connection:
        found = parties_of(connection).get(party_id)
        if found is None:
            raise MissingError("no protected party has this identifier.")
        permissions = permissions_of_party(connection, party_id)
        changes = changes_of(connection, "party", party_id)
    return page(
        "party", title=visible(found.names[0] if found.names else party_id), user=user, here="/desk/parties",
        message=message, status=422 if message else HTTP_200_OK, party=found, permissions=permissions,
        changes=changes, pictures=[(one, size_of_picture(platform.engine, one)) for one in found.images],
        most=MOST, most_bytes=LARGEST // 1_000_000, most_sent=LARGEST_CALL // 1_000_000,
    )  # fmt: skip


def _permission(party_id: str, data: dict[str, Any]) -> SignedAuthorisation:
    signed, ends = field(data, "signed_at"), field(data, "expires_at")
    return SignedAuthorisation(
        party_id=party_id, advertiser_id=field(data, "advertiser_id"), scope=field(data, "scope"),
        signed_at=_day(signed), signature_ref=field(data, "signature_ref"),
        expires_at=_day(ends) if ends else None,
    )  # fmt: skip


def to_party(party_id: str) -> Response[Any]:
    """To one party's page."""
    return Redirect(f"/desk/parties/{in_path(party_id)}", status_code=HTTP_303_SEE_OTHER)


def _day(written: str) -> datetime:
    """The first instant of a day as a form gives it.

    Raises:
        UsageError: it is no day.
    """
    try:
        return datetime.combine(date.fromisoformat(written), time())
    except ValueError:
        raise UsageError("a day that is none; expected one such as 2026-01-31.") from None
