"""The queue: what waits, by when it is due; and taking the next."""

from datetime import datetime
from typing import Any, Final

from litestar import MediaType, Response, get, post
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from haechi.service.console.session import Form
from haechi.service.desk.door import DeskController, expect_decider, field
from haechi.service.desk.pictures import picture
from haechi.service.desk.render import page, static
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.notices import Notice, open_notices
from haechi.stores.review.queue import claim_next
from haechi.stores.review.twins import settled
from haechi.stores.review.waiting_list import Listed, held_by, list_jobs, take_first
from haechi.stores.rows import reading
from haechi.stores.users import User

_CACHED: Final = {"Cache-Control": "public, max-age=3600"}
_DONE: Final = {
    "decided": "Decided.",
    "released": "Given back.",
    "left": "Left as it is; it comes to you last.",
    "answered": "Answered. The reporter is told result and reason where they said how.",
    "known": "Decided.",
    "lifted": "Lifted: what was approved runs again, what waits for a person waits on, and the advertiser reads why.",
    "upheld": "Upheld: nothing of the advertiser runs, and it reads why.",
}


class QueueRoutes(DeskController):
    """What waits."""

    path = "/desk"

    @get(sync_to_thread=True)
    def queue(
        self,
        platform: Platform,
        user: User,
        *,
        language: str = "",
        country: str = "",
        done: str = "",
        decision: str = "",
    ) -> Response[Any]:
        """What waits; filters hide reviews alone, never an appeal, a suspension or a notice."""
        message = _DONE.get(done, "")
        if done == "decided" and decision:
            message = _decided(platform, user, decision) or message
        return _queue(platform, user, language=language, country=country, message=message)

    @post("/next", status_code=HTTP_200_OK, sync_to_thread=True)
    def take_next(self, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Gives the user the most pressing job that they may take; of a filter's, where one is set."""
        expect_decider(user, data)
        language, country = field(data, "language"), field(data, "country")
        if language or country:
            job_id = take_first(
                platform.engine, by=user.name, language=language, country=country, now=utc_now()
            )
        else:
            job_id = claim_next(platform.engine, by=user.name, now=utc_now())
        if job_id is None:
            message = "Nothing waits that you may take."
            return _queue(platform, user, language=language, country=country, message=message)
        return Redirect(f"/desk/jobs/{job_id}", status_code=HTTP_303_SEE_OTHER)

    @get("/pictures/{sha256:str}", sync_to_thread=True)
    def picture(self, sha256: str, platform: Platform, user: User) -> Response[Any]:  # noqa: ARG002 - for who is in
        """An ad's picture."""
        return picture(platform.engine, sha256)

    @get("/desk.css", sync_to_thread=False)
    def style(self) -> Response[str]:
        """The desk's own style sheet."""
        return Response(static("desk.css"), media_type=MediaType.CSS, headers=_CACHED)

    @get("/desk.js", sync_to_thread=False)
    def script(self) -> Response[str]:
        """Keys; everything works without."""
        return Response(static("desk.js"), media_type="text/javascript", headers=_CACHED)


def _queue(
    platform: Platform, user: User, *, language: str = "", country: str = "", message: str = ""
) -> Response[str]:
    now = utc_now()
    listing = list_jobs(platform.engine, by=user.name, language=language, country=country, now=now)
    with reading(platform.engine) as connection:
        notices = open_notices(connection, now=now)
    both: list[Listed | Notice] = [*listing.jobs, *notices]
    return page(
        "queue", title="Ads that wait", user=user, here="/desk", message=message, rows=sorted(both, key=_due),
        listing=listing, count=listing.count + len(notices),
        late=listing.late + sum(one.late for one in notices), language=language, country=country,
        held=held_by(platform.engine, user.name, now=now),
    )  # fmt: skip


def _decided(platform: Platform, user: User, decision_id: str) -> str:
    """What came of a decision on an ad and its copies; "" where the user made no such decision."""
    with reading(platform.engine) as connection:
        told = settled(connection, decision_id, by=user.name)
    if told is None:
        return ""
    wait = (
        ("1 copy waits on." if told.waiting == 1 else f"{told.waiting:,} copies wait on.")
        if told.waiting
        else ""
    )
    return f"Decided: {told.ads:,} {'ad' if told.ads == 1 else 'ads'}. {wait}".strip()


def _due(one: Listed | Notice) -> datetime:
    return one.due_at if isinstance(one, Notice) else one.job.due_at
