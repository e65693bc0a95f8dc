"""Notices: what was reported, what was known then, by when it is answered; and a victim's report."""

from typing import Any, Final, get_args

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.service.console.session import Form
from haechi.service.desk.door import (
    DeskController,
    FieldError,
    Typed,
    expect_decider,
    field,
    kept,
    lines,
    said,
)
from haechi.service.desk.render import page
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.notice_answers import answer_notice
from haechi.stores.review.notices import NewNotice, notice_of, open_notices, receive_notice
from haechi.stores.review.parties import Party, parties_of
from haechi.stores.review.sweeps import sweeps_of_notice
from haechi.stores.review.waiting_list import job_of_ad
from haechi.stores.review.words import NOTICE_SOURCES, NoticeResult
from haechi.stores.rows import reading
from haechi.stores.users import User

_RESULTS: Final[tuple[NoticeResult, ...]] = get_args(NoticeResult)
_COUNTRY: Final = 2
_KEPT: Final = ("source", "party_id", "new_party", "names", "aliases", "ads", "text", "contact", "country")


class NoticeRoutes(DeskController):
    """Notices."""

    path = "/desk/notices"

    @get(sync_to_thread=True)
    def notices(self, platform: Platform, user: User) -> Response[Any]:
        """What waits for an answer, and the form of a new report."""
        return _notices(platform, user)

    @post(status_code=HTTP_200_OK, sync_to_thread=True)
    def receive(self, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Takes a report in: who is impersonated is protected when this answers, and ads are judged again."""
        expect_decider(user, data)
        try:
            told = receive_notice(platform.engine, _report(data), by=user.name, now=utc_now())
        except UsageError as fault:
            typed = kept(data, _KEPT)
            return _notices(platform, user, message=str(fault), status=422, typed=typed)
        platform.ad_work.wake()
        return Redirect(f"/desk/notices/{told.notice_id}", status_code=HTTP_303_SEE_OTHER)

    @get("/{notice_id:str}", sync_to_thread=True)
    def notice(self, notice_id: str, platform: Platform, user: User) -> Response[Any]:
        """One notice, with how far its sweep is."""
        return _notice(platform, user, notice_id)

    @post("/{notice_id:str}/answer", status_code=HTTP_200_OK, sync_to_thread=True)
    def answer(self, notice_id: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Answers it; the reporter is told."""
        expect_decider(user, data)
        try:
            result, reason = _result(data), said(data, "reason", "Why, for the reporter")
        except FieldError as fault:
            return _notice(platform, user, notice_id, fault, kept(data, ["result", "reason"]))
        answer_notice(platform.engine, notice_id, result, reason=reason, by=user.name, now=utc_now())
        return Redirect("/desk?done=answered", status_code=HTTP_303_SEE_OTHER)


def _result(data: dict[str, Any]) -> NoticeResult:
    for one in _RESULTS:
        if one == field(data, "result"):
            return one
    raise FieldError("result", "choose what was done.")


def _report(data: dict[str, Any]) -> NewNotice:
    source, country = field(data, "source"), field(data, "country").upper()
    if source not in NOTICE_SOURCES:
        raise UsageError("choose who reports.")
    if country and not (len(country) == _COUNTRY and country.isascii() and country.isalpha()):
        raise UsageError("a country that is none; expected two letters, such as JP.")
    new = field(data, "new_party")
    party = None
    if new:
        party = Party(party_id=new, names=lines(data, "names"), aliases=lines(data, "aliases"))
    return NewNotice(
        source=source, party=party, party_id=field(data, "party_id") or None, ad_ids=lines(data, "ads"),
        text=field(data, "text"), contact=field(data, "contact") or None, country=country or None,
    )  # fmt: skip


def _notices(
    platform: Platform,
    user: User,
    *,
    message: str = "",
    status: int = 200,
    typed: Typed | None = None,
) -> Response[str]:
    with reading(platform.engine) as connection:
        waiting = open_notices(connection, now=utc_now())
        parties = list(parties_of(connection).values())
    return page(
        "notices", title="Notices", user=user, here="/desk/notices", message=message, status=status,
        notices=waiting, parties=parties, sources=NOTICE_SOURCES, typed=typed or {},
    )  # fmt: skip


def _notice(
    platform: Platform,
    user: User,
    notice_id: str,
    fault: FieldError | None = None,
    typed: Typed | None = None,
) -> Response[str]:
    with reading(platform.engine) as connection:
        found = notice_of(connection, notice_id, now=utc_now())
    return page(
        "notice", title="A notice", user=user, here="/desk/notices",
        message="" if fault is None else str(fault), wrong="" if fault is None else fault.name, typed=typed or {},
        status=422 if fault else HTTP_200_OK, notice=found, sweeps=sweeps_of_notice(platform.engine, notice_id),
        jobs={ad_id: job_of_ad(platform.engine, ad_id) for ad_id in found.ad_ids}, results=_RESULTS,
    )  # fmt: skip
