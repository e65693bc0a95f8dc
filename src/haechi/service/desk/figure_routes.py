"""Figures: what is late, who is suspended, and how well reviewers agree with known answers."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.errors import UsageError
from haechi.service.console.session import Form
from haechi.service.desk.door import DeskController, expect_decider, field, said
from haechi.service.desk.render import page
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.golden import Known, add_golden, agreement
from haechi.stores.review.past_ad import past_ad
from haechi.stores.review.suspended import LIFTED, lifted, suspended
from haechi.stores.review.suspensions import lift_suspension
from haechi.stores.review.views import oldest_and_count, overdue
from haechi.stores.users import User
from haechi.terms.showing import shows

_DIGITS: Final = 9


class FigureRoutes(DeskController):
    """Figures."""

    path = "/desk"

    @get("/overdue", sync_to_thread=True)
    def overdue(self, platform: Platform, user: User) -> Response[Any]:
        """What is late, and since when the oldest waits."""
        found = overdue(platform.engine, now=utc_now())
        oldest, count = oldest_and_count(platform.engine)
        return page(
            "overdue", title="Overdue", user=user, here="/desk/overdue", jobs=found.jobs, notices=found.notices,
            oldest=oldest, count=count,
        )  # fmt: skip

    @get("/suspensions", sync_to_thread=True)
    def suspensions(self, platform: Platform, user: User, *, older: str = "") -> Response[Any]:
        """Who is suspended now, and who was."""
        after = int(older) if older.isascii() and older.isdecimal() and len(older) <= _DIGITS else 0
        before, more = lifted(platform.engine, after=after)
        return page(
            "suspensions", title="Suspensions", user=user, here="/desk/suspensions",
            suspended=suspended(platform.engine), lifted=before, after=after,
            older=after + LIFTED if more else None,
        )  # fmt: skip

    @post("/suspensions/lift", status_code=HTTP_200_OK, sync_to_thread=True)
    def lift(self, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Lets an advertiser in again."""
        expect_decider(user, data)
        lift_suspension(
            platform.engine,
            field(data, "advertiser_id"),
            by=user.name,
            words=said(data, "words", "Why it is lifted"),
            now=utc_now(),
        )
        return Redirect("/desk/suspensions", status_code=HTTP_303_SEE_OTHER)

    @get("/quality", sync_to_thread=True)
    def quality(self, platform: Platform, user: User) -> Response[Any]:
        """How well reviewers agree with known answers; for owners, since the figures tell which job was a known one.

        Raises:
            PermissionDeniedException: the user is no owner.
        """
        _expect_owner(user)
        return _quality(platform, user)

    @post("/quality", status_code=HTTP_200_OK, sync_to_thread=True)
    def know(self, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Puts an ad among the known ones: as it was submitted last, with what the machine says of it now.

        Raises:
            PermissionDeniedException: the user is no owner.
        """
        expect_decider(user, data)
        _expect_owner(user)
        outcome, why, now = field(data, "outcome"), field(data, "why"), utc_now()
        try:
            if outcome not in ("approve", "reject") or not shows(why):
                return _quality(platform, user, "Say which answer is right, and why.")
            past = past_ad(platform.engine, field(data, "ad_id"))
            with platform.place():
                found = platform.ads.check(past.ad, past.picture, now=now)
        except UsageError as fault:
            return _quality(platform, user, str(fault))
        known = Known(ad=past.ad, advertiser=past.advertiser, found=found)
        add_golden(
            platform.engine,
            known,
            outcome,  # type: ignore[arg-type]
            picture=past.picture,
            why=why,
            by=user.name,
            now=now,
        )
        return Redirect("/desk/quality", status_code=HTTP_303_SEE_OTHER)


def _quality(platform: Platform, user: User, message: str = "") -> Response[str]:
    return page(
        "quality", title="Quality of review", user=user, here="/desk/quality", message=message,
        status=422 if message else HTTP_200_OK, rows=agreement(platform.engine),
    )  # fmt: skip


def _expect_owner(user: User) -> None:
    if user.role != "owner":
        raise PermissionDeniedException("how well reviewers agree with known answers is for owners to see")
