"""Reference pictures of who is protected: uploaded, and taken away with a reason."""

import asyncio
from typing import Annotated, Any, Final

from litestar import Response, post
from litestar.connection import ASGIConnection
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler
from litestar.params import Body
from litestar.status_codes import HTTP_200_OK

from haechi.errors import MissingError, UsageError
from haechi.service.callers import platform_of
from haechi.service.console.session import Form, SignInNeededError, user_or_none
from haechi.service.desk.door import DeskController, expect_decider, field
from haechi.service.desk.marked import visible
from haechi.service.desk.party_routes import party_page, to_party
from haechi.service.limits import LARGEST_CALL
from haechi.service.platform import Platform
from haechi.stores.clock import utc_now
from haechi.stores.review.party_pictures import Upload, add_pictures, take_picture_away
from haechi.stores.users import User

Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
_LONGEST_NAME: Final = 80


async def expect_signed_in(request: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard before the body is read: nobody else has the server keep so many bytes for a while.

    Raises:
        SignInNeededError: nobody is signed in.
    """
    platform = platform_of(request.app.state)
    # Who it is stands in the cookies, which every connection has.
    if await asyncio.to_thread(user_or_none, platform, request) is None:  # type: ignore[arg-type]
        raise SignInNeededError


class PictureRoutes(DeskController):
    """Reference pictures of one party."""

    path = "/desk/parties/{party_id:str}/pictures"

    @post(
        status_code=HTTP_200_OK,
        sync_to_thread=True,
        guards=[expect_signed_in],
        request_max_body_size=LARGEST_CALL,
    )
    def add(self, party_id: str, data: Parts, platform: Platform, user: User) -> Response[Any]:
        """Adds pictures: all that were chosen, or none and the name of the one that is at fault."""
        expect_decider(user, data)
        try:
            with platform.ad_work.place():
                added = add_pictures(platform.engine, party_id, _uploads(data), by=user.name, now=utc_now())
        except MissingError:
            raise
        except UsageError as fault:
            return party_page(platform, user, party_id, str(fault))
        return to_party(party_id, added=added.new, there=added.there)

    @post("/{sha256:str}/remove", status_code=HTTP_200_OK, sync_to_thread=True)
    def remove(self, party_id: str, sha256: str, data: Form, platform: Platform, user: User) -> Response[Any]:
        """Takes one away, and says why."""
        expect_decider(user, data)
        try:
            take_picture_away(
                platform.engine, party_id, sha256, reason=field(data, "reason"), by=user.name, now=utc_now()
            )
        except MissingError:
            raise
        except UsageError as fault:
            return party_page(platform, user, party_id, str(fault))
        return to_party(party_id, away=1)


def _uploads(data: dict[str, Any]) -> list[Upload]:
    """The files of a form, whole, for what is too large is told by its size; all of them are one call's at most.

    A browser sends a file without a name where none was chosen.
    """
    given = data.get("pictures", [])
    files = given if isinstance(given, list) else [given]
    return [
        Upload(visible(one.filename)[:_LONGEST_NAME], one.file.read())
        for one in files
        if isinstance(one, UploadFile)
    ]
