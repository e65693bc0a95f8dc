"""The advertiser's page: nothing of it is about anybody else's ads."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.params import Body
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

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
from haechi.service.advertiser.render import language_of, page
from haechi.service.callers import platform_of
from haechi.service.console.entry import AnyRequest, expect_own_form, expect_own_site, form_mark
from haechi.service.console.session import Form
from haechi.service.desk.door import field
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
_FORM: Final = LARGEST + 200_000
_CHECKED: Final = "check"
"""The identifier of an ad that is only checked; no ad has to have one before it is submitted."""
_TEXTS: Final = ("headline", "text", "display_name", "landing_url", "country", "language")
Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


def _to_sign_in(_: AnyRequest, __: KeyNeededError) -> Response[Any]:
    return Redirect(_SIGN_IN, status_code=HTTP_303_SEE_OTHER)


def _told(request: AnyRequest, status: int, message: str, english: str = "") -> Response[Any]:
    visitor = visitor_or_none(platform_of(request.app.state), request)
    return page(
        request, "told", title="not_done", visitor=visitor, message=message, english=english, status=status
    )


def _refused(request: AnyRequest, error: HaechiError) -> Response[Any]:
    if isinstance(error, MissingError):
        return _told(request, 404, "not_there")
    return _told(request, 409 if isinstance(error, ConflictError) else 422, "refused", str(error))


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    too_large = error.status_code == 413  # noqa: PLR2004 - of HTTP
    answer = _told(request, error.status_code, "too_large" if too_large else "refused", str(error.detail))
    answer.headers.update(dict(error.headers or {}))
    return answer


class AdvertiserPage(Controller):
    """An advertiser's ads, by a key of its own."""

    path = "/advertiser"
    include_in_schema = False
    request_max_body_size = _FORM
    guards = (expect_own_site,)
    dependencies = {"visitor": Provide(visitor_of, sync_to_thread=True)}  # noqa: RUF012 - as the framework declares it
    exception_handlers = {  # noqa: RUF012 - as the framework declares it
        KeyNeededError: _to_sign_in,
        HaechiError: _refused,
        HTTPException: _http,
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
        self, platform: Platform, visitor: Visitor, request: AnyRequest, before: int | None = None
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
        except UsageError as fault:
            return _ad(platform, visitor, request, ad_id, english=str(fault))
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
        except UsageError as fault:
            return _suspensions(platform, visitor, request, english=str(fault), typed=field(data, "text"))
        return Redirect("/advertiser/suspensions", status_code=HTTP_303_SEE_OTHER)

    @get("/check", sync_to_thread=True)
    def check_form(self, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """The form of an ad that is not submitted yet."""
        return _check(request, visitor, {})

    @post("/check", status_code=HTTP_200_OK, sync_to_thread=True)
    def check(self, data: Parts, platform: Platform, visitor: Visitor, request: AnyRequest) -> Response[Any]:
        """What review would say of an ad; nothing is kept."""
        expect_own_session(visitor, field(data, "csrf"))
        typed = {name: field(data, name) for name in _TEXTS}
        picture = _picture(data.get("picture"))
        if picture is not None and len(picture) > LARGEST:
            return _check(request, visitor, typed, message="too_large", status=422)
        given = {name: value for name, value in typed.items() if value}
        try:
            body = msgspec.convert(given, type=AdBody)
            now = utc_now()
            with platform.place():
                ad = body.as_ad(_CHECKED, visitor.advertiser_id, now)
                found = platform.ads.check(ad, picture, now=now)
        except (msgspec.ValidationError, UsageError) as fault:
            return _check(request, visitor, typed, message="refused", english=str(fault), status=422)
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
    platform: Platform, visitor: Visitor, request: AnyRequest, ad_id: str, english: str = ""
) -> Response[Any]:
    found = own_ad(platform.engine, visitor.advertiser, ad_id)
    with reading(platform.engine) as connection:
        appeals = appeals_of(connection, expect_ad(connection, ad_id, advertiser=visitor.advertiser).ad)
    return page(
        request, "ad", title="one_ad", visitor=visitor, here="/advertiser", one=found, appeals=appeals,
        message="refused" if english else "", english=english, status=422 if english else HTTP_200_OK,
        appealed=any(one.decision_id == found.decision_id for one in appeals),
    )  # fmt: skip


def _suspensions(
    platform: Platform, visitor: Visitor, request: AnyRequest, *, english: str = "", typed: str = ""
) -> Response[Any]:
    with reading(platform.engine) as connection:
        found = own_suspensions(connection, visitor.advertiser, language=language_of(request))
    return page(
        request, "suspensions", title="suspensions", visitor=visitor, here="/advertiser/suspensions",
        suspensions=found, typed=typed, message="refused" if english else "", english=english,
        status=422 if english else HTTP_200_OK,
    )  # fmt: skip


def _check(
    request: AnyRequest,
    visitor: Visitor,
    typed: dict[str, str],
    *,
    found: Any = None,  # noqa: ANN401 - a decision, or None
    language: str = "",
    message: str = "",
    english: str = "",
    status: int = 200,
) -> Response[Any]:
    return page(
        request, "check", title="check", visitor=visitor, here="/advertiser/check", typed=typed, found=found,
        of=language, message=message, english=english, status=status, most=LARGEST // 1_000_000,
    )  # fmt: skip


def _picture(given: object) -> bytes | None:
    """The bytes of a file of a form; None where none was chosen. Its name is nobody's business."""
    if not isinstance(given, UploadFile):
        return None
    return given.file.read(LARGEST + 1) or None
