"""The advertiser's page: nothing of it is about anybody else's ads."""

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import Body, Parameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER, HTTP_413_REQUEST_ENTITY_TOO_LARGE
from sqlalchemy.exc import DataError as UnholdableError

from haechi.errors import HaechiError, MissingError, UsageError
from haechi.service.ads_shapes import AdBody
from haechi.service.advertiser.door import (
    KeyNeededError,
    Visitor,
    expect_own_session,
    sign_in,
    sign_out,
    visitor_of,
    visitor_or_none,
)
from haechi.service.advertiser.refusals import Refusal, refusal, size
from haechi.service.advertiser.render import language_of, page
from haechi.service.callers import platform_of
from haechi.service.console.entry import AnyRequest, expect_own_form, expect_own_site, form_mark
from haechi.service.console.session import Form
from haechi.service.desk.door import LARGEST_FORM, field
from haechi.service.desk.pictures import picture, size_of_picture
from haechi.service.limits import LARGEST_CALL
from haechi.service.paths import in_path
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.ingest import ConflictError
from haechi.stores.review.appeals import appeal, appeals_of
from haechi.stores.review.blobs import LARGEST
from haechi.stores.review.own_ads import AT_ONCE, own_ad, own_ads, told_in
from haechi.stores.review.own_suspensions import own_suspensions
from haechi.stores.review.suspension_appeals import appeal_suspension
from haechi.stores.review.versions import expect_ad
from haechi.stores.rows import reading

_SIGN_IN: Final = "/advertiser/sign-in"
_CHECKED: Final = "check"
"""The identifier of an ad that is only checked; no ad has to have one before it is submitted."""
_TEXTS: Final = ("headline", "text", "display_name", "landing_url", "country", "language")
Before = Annotated[int | None, Parameter(ge=1, le=2**63 - 1)]
"""A number of the database, by which a page of ads begins."""
Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


def _to_sign_in(_: AnyRequest, __: KeyNeededError) -> Response[Any]:
    return Redirect(_SIGN_IN, status_code=HTTP_303_SEE_OTHER)


def _told(request: AnyRequest, status: int, refused: Refusal) -> Response[Any]:
    visitor = visitor_or_none(platform_of(request.app.state), request)
    return page(request, "told", title="not_done", visitor=visitor, refused=refused, status=status)


def _status(error: HaechiError) -> int:
    return 409 if isinstance(error, ConflictError) else 422


def _refused(request: AnyRequest, error: HaechiError) -> Response[Any]:
    return _told(request, 404 if isinstance(error, MissingError) else _status(error), refusal(error))


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    # Where no route was found there is none to ask.
    most = 0
    if error.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        most = request.route_handler.resolve_request_max_body_size() or 0
    answer = _told(request, error.status_code, refusal(error, most=most))
    answer.headers.update(dict(error.headers or {}))
    return answer


def _no_address(request: AnyRequest, _: Exception) -> Response[Any]:
    """A number or a sign that the database cannot hold: nothing there is called so."""
    return _told(request, 404, Refusal("not_there"))


async def _expect_signed_in(request: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard before the body is read: nobody else has the server keep so many bytes for a while.

    Raises:
        KeyNeededError: nobody is signed in.
    """
    # Who it is stands in the cookies, which every connection has.
    await asyncio.to_thread(visitor_of, platform_of(request.app.state), request)  # type: ignore[arg-type]


class AdvertiserPage(Controller):
    """An advertiser's ads, by a key of its own."""

    path = "/advertiser"
    include_in_schema = False
    request_max_body_size = LARGEST_FORM
    guards = (expect_own_site,)
    dependencies = {"visitor": Provide(visitor_of, sync_to_thread=True)}  # noqa: RUF012 - as the framework declares it
    exception_handlers = {  # noqa: RUF012 - as the framework declares it
        KeyNeededError: _to_sign_in,
        HaechiError: _refused,
        HTTPException: _http,
        OverflowError: _no_address,
        UnholdableError: _no_address,
    }

    @get("/sign-in", sync_to_thread=False)
    def door(self, request: AnyRequest) -> Response[Any]:
        """The form for the key."""
        return _door(request)

    @post("/sign-in", status_code=HTTP_200_OK)
    async def sign_in(self, data: Form, platform: Platform, request: AnyRequest) -> Response[Any]:
        """A short session for who has a key of an advertiser's own."""
        expect_own_form(request, field(data, "form"))
        kept = await sign_in(platform, request, field(data, "key"))
        if kept is None:
            return _door(request, message="wrong_key", status=401)
        return Redirect("/advertiser", status_code=HTTP_303_SEE_OTHER, cookies=[kept])

    @post("/sign-out", status_code=HTTP_200_OK, sync_to_thread=True)
    def sign_out(self, data: Form, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """Ends the session."""
        expect_own_session(visitor, field(data, "csrf"))
        return Redirect(_SIGN_IN, status_code=HTTP_303_SEE_OTHER, cookies=[sign_out(request)])

    @get(sync_to_thread=True)
    def ads(
        self, platform: Platform, visitor: Visitor, request: AnyRequest, before: Before = None
    ) -> Response[Any]:
        """The advertiser's ads, the newest first."""
        found = own_ads(platform.engine, visitor.advertiser, before=before)
        older = found[-1].number if len(found) == AT_ONCE else None
        return page(
            request, "ads", title="your_ads", visitor=visitor, here="/advertiser", ads=found, older=older
        )

    @get("/ads/{ad_id:str}", sync_to_thread=True)
    def ad(self, ad_id: str, platform: Platform, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """One ad with reasons, what would mend it, and clocks."""
        return _ad(platform, visitor, request, ad_id)

    @get("/ads/{ad_id:str}/picture", sync_to_thread=True)
    def picture(self, ad_id: str, platform: Platform, visitor: Visitor) -> Response[Any]:
        """The picture of one ad, as it was submitted."""
        found = own_ad(platform.engine, visitor.advertiser, ad_id)
        if found.picture is None:
            raise MissingError("the ad has no picture.")
        return picture(platform.engine, found.picture)

    @post("/ads/{ad_id:str}/appeals", status_code=HTTP_200_OK, sync_to_thread=True)
    def appeal(
        self, ad_id: str, data: Form, platform: Platform, visitor: Visitor, request: AnyRequest
    ) -> Response[Any]:
        """Appeals, within six months; a person decides who did not decide before (DSA, Art. 20)."""
        expect_own_session(visitor, field(data, "csrf"))
        try:
            appeal(
                platform.engine, ad_id, field(data, "decision_id"), text=field(data, "text"), by=visitor.key,
                advertiser=visitor.advertiser, now=utc_now(),
            )  # fmt: skip
        except MissingError:
            raise
        except HaechiError as fault:
            return _ad(platform, visitor, request, ad_id, fault=fault, typed=field(data, "text"))
        return Redirect(f"/advertiser/ads/{in_path(ad_id)}", status_code=HTTP_303_SEE_OTHER)

    @get("/suspensions", sync_to_thread=True)
    def suspensions(self, platform: Platform, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """Since when the advertiser is suspended, why, until when it may appeal, and what was answered."""
        return _suspensions(platform, visitor, request)

    @post("/suspensions/appeals", status_code=HTTP_200_OK, sync_to_thread=True)
    def appeal_suspension(
        self, data: Form, platform: Platform, visitor: Visitor, request: AnyRequest
    ) -> Response[Any]:
        """Appeals once, within six months; a person decides who did not suspend (DSA, Art. 20)."""
        expect_own_session(visitor, field(data, "csrf"))
        try:
            appeal_suspension(
                platform.engine, visitor.advertiser, field(data, "suspension_id"), text=field(data, "text"),
                by=visitor.key, now=utc_now(),
            )  # fmt: skip
        except MissingError:
            raise
        except HaechiError as fault:
            return _suspensions(platform, visitor, request, fault=fault, typed=field(data, "text"))
        return Redirect("/advertiser/suspensions", status_code=HTTP_303_SEE_OTHER)

    @get("/check", sync_to_thread=True)
    def check_form(self, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """The form of an ad that is not submitted yet."""
        return _check(request, visitor, {})

    @post(
        "/check", status_code=HTTP_200_OK, sync_to_thread=True, guards=[_expect_signed_in],
        request_max_body_size=LARGEST_CALL,
    )  # fmt: skip
    def check(self, data: Parts, platform: Platform, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """What review would say of an ad; nothing is kept."""
        expect_own_session(visitor, field(data, "csrf"))
        typed = {name: field(data, name) for name in _TEXTS}
        picture = _picture(data.get("picture"))
        if picture is not None and len(picture) > LARGEST:
            return _check(request, visitor, typed, refused=Refusal("too_large", {"most": size(LARGEST)}))
        given = {name: value for name, value in typed.items() if value}
        try:
            body = msgspec.convert(given, type=AdBody)
            now = utc_now()
            with platform.place():
                ad = body.as_ad(_CHECKED, visitor.advertiser_id, now)
                found = platform.ads.check(ad, picture, now=now)
        except (msgspec.ValidationError, UsageError) as fault:
            return _check(request, visitor, typed, refused=refusal(fault))
        language = told_in(platform.engine, visitor.advertiser, ad)
        return _check(request, visitor, typed, found=found, language=language)


def _door(request: AnyRequest, *, message: str = "", status: int = 200) -> Response[Any]:
    mark, kept = form_mark(request)
    answer = page(
        request, "sign_in", title="sign_in", visitor=None, message=message, status=status, mark=mark
    )
    answer.set_cookie(kept)
    return answer


def _ad(
    platform: Platform,
    visitor: Visitor,
    request: AnyRequest,
    ad_id: str,
    *,
    fault: HaechiError | None = None,
    typed: str = "",
) -> Response[Any]:
    found = own_ad(platform.engine, visitor.advertiser, ad_id)
    with reading(platform.engine) as connection:
        appeals = appeals_of(connection, expect_ad(connection, ad_id, advertiser=visitor.advertiser).ad)
    appealed = any(one.decision_id == found.decision_id for one in appeals)
    until = None if appealed else found.appeal_until
    return page(
        request, "ad", title="one_ad", visitor=visitor, here="/advertiser", one=found, appeals=appeals,
        appealed=appealed, may_appeal=until is not None and utc_now() < until, typed=typed,
        size=None if found.picture is None else size_of_picture(platform.engine, found.picture),
        refused=refusal(fault) if fault else None, status=_status(fault) if fault else HTTP_200_OK,
    )  # fmt: skip


def _suspensions(
    platform: Platform,
    visitor: Visitor,
    request: AnyRequest,
    *,
    fault: HaechiError | None = None,
    typed: str = "",
) -> Response[Any]:
    now = utc_now()
    with reading(platform.engine) as connection:
        found = own_suspensions(connection, visitor.advertiser, language=language_of(request))
    may_appeal = {
        one.suspension_id for one in found if one.appeal_until is not None and now < one.appeal_until
    }
    return page(
        request, "suspensions", title="suspensions", visitor=visitor, here="/advertiser/suspensions",
        suspensions=found, may_appeal=may_appeal, typed=typed, refused=refusal(fault) if fault else None,
        status=_status(fault) if fault else HTTP_200_OK,
    )  # fmt: skip


def _check(
    request: AnyRequest,
    visitor: Visitor,
    typed: dict[str, str],
    *,
    found: Any = None,  # noqa: ANN401 - a decision, or None
    language: str = "",
    refused: Refusal | None = None,
) -> Response[Any]:
    return page(
        request, "check", title="check", visitor=visitor, here="/advertiser/check", typed=typed, found=found,
        of=language, refused=refused, status=422 if refused else HTTP_200_OK, most=LARGEST // 1_000_000,
        sent=size(LARGEST_CALL),
    )  # fmt: skip


def _picture(given: object) -> bytes | None:
    """The bytes of a file of a form; None where none was chosen. Its name is nobody's business."""
    if not isinstance(given, UploadFile):
        return None
    return given.file.read(LARGEST + 1) or None
