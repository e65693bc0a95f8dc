"""Who is protected: names, readings, domains, and whom they permit to wear their name."""

from datetime import date, datetime, time
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import Parameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import HaechiError, MissingError, UsageError
from haechi.review.ads import PartyKind
from haechi.service.console.session import Form
from haechi.service.desk.changed import shortened
from haechi.service.desk.door import DeskController, expect_decider, field, lines
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
from haechi.stores.review.words import WordsError
from haechi.stores.rows import reading
from haechi.stores.users import User

Count = Annotated[int, Parameter(ge=0, le=MOST)]
"""Pictures that were added or taken away, in the address of the page that says so."""
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
    def party(
        self,
        party_id: str,
        platform: Platform,
        user: User,
        *,
        added: Count | None = None,
        there: Count = 0,
        away: Count = 0,
    ) -> Response[Any]:
        """One party, whom it permits, and who changed what; after pictures came or went, how many did."""
        return party_page(platform, user, party_id, done=_of_pictures(added, there, away))

    @get("/{party_id:str}/end", sync_to_thread=True)
    def ending(self, party_id: str, platform: Platform, user: User) -> Response[Any]:
        """What it would mean to end the protection, and the form that asks why."""
        return _ending(platform, user, party_id)

    @post("/{party_id:str}/end", status_code=HTTP_200_OK, sync_to_thread=True)
    def end(self, party_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Ends a party's protection, with a reason: its pictures are destroyed."""
        expect_decider(user, data)
        reason = field(data, "reason")
        try:
            end_party(platform.engine, party_id, reason=reason, by=user.name, now=utc_now())
        except WordsError as fault:
            return _ending(platform, user, party_id, message=str(fault), typed=reason)
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


def _ending(
    platform: Platform, user: User, party_id: str, *, message: str = "", typed: str = ""
) -> Response[str]:
    with reading(platform.engine) as connection:
        found = parties_of(connection).get(party_id)
    if found is None:
        raise MissingError("no protected party has this identifier.")
    return page(
        "party_end", title="End the protection", user=user, here="/desk/parties", message=message,
        status=422 if message else HTTP_200_OK, party=found, typed=typed,
    )  # fmt: skip


def _of_pictures(added: int | None, there: int, away: int) -> str:
    lines = []
    if added is not None:
        lines.append(f"Pictures added: {added}." if added else "Nothing was added.")
    if there:
        lines.append(f"There already, and left as they are: {there}.")
    if away:
        lines.append("One picture was taken away.")
    return " ".join(lines)


def party_page(
    platform: Platform, user: User, party_id: str, message: str = "", *, done: str = ""
) -> Response[str]:
    """One party's page.

    Args:
        platform: whose party.
        user: who looks.
        party_id: which.
        message: why something was not done.
        done: what was done instead.

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
        "party", title=shortened(found.names[0] if found.names else party_id), user=user, here="/desk/parties",
        message=message or done, status=422 if message else HTTP_200_OK, party=found, permissions=permissions,
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


def to_party(party_id: str, **told: int) -> Response[Any]:
    """To one party's page, which tells what was done with its pictures."""
    query = f"?{urlencode(told)}" if told else ""
    return Redirect(f"/desk/parties/{in_path(party_id)}{query}", status_code=HTTP_303_SEE_OTHER)


def _day(written: str) -> datetime:
    """The first instant of a day as a form gives it.

    Raises:
        UsageError: it is no day.
    """
    try:
        return datetime.combine(date.fromisoformat(written), time())
    except ValueError:
        raise UsageError("a day that is none; expected one such as 2026-01-31.") from None
