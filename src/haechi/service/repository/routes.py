"""The repository's call and page. Whoever asks is nobody: no key, no cookie, nothing kept."""

from datetime import date
from functools import cache, partial
from importlib import resources
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment
from litestar import Controller, MediaType, Request, Response, get
from litestar.params import QueryParameter

from haechi.service.limits import address_of
from haechi.service.problems import PROBLEMS
from haechi.service.repository.asked import Asked, Found, find
from haechi.service.repository.listing import STATE, Listing
from haechi.service.templates import templates_of

_get = partial(get, responses=PROBLEMS, sync_to_thread=True)
_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
_UNCLEAR: Final = (
    "That cannot be looked for: expected days such as 2026-11-01, countries such as DE, at most 200 letters."
)
_CACHED: Final = {"Cache-Control": "public, max-age=3600"}
AnyRequest = Request[Any, Any, Any]
Text = Annotated[str, QueryParameter(max_length=200)]
Country = Annotated[str | None, QueryParameter(pattern="^[A-Z]{2}$")]
Use = Annotated[Literal["include", "exclude"] | None, QueryParameter()]
Day = Annotated[date | None, QueryParameter()]
Removed = Annotated[bool | None, QueryParameter()]
Place = Annotated[int, QueryParameter(ge=1, le=1_000_000)]


class RepositoryCall(Controller):
    """The repository for programs."""

    path = "/v1/repository"
    tags = ("ad repository",)
    # For everybody.
    security = [{}]  # noqa: RUF012 - as the framework declares it

    @_get()
    def search(
        self,
        request: AnyRequest,
        *,
        words: Text = "",
        advertiser: Text = "",
        country: Country = None,
        parameter: Text = "",
        use: Use = None,
        shown_from: Day = None,
        shown_until: Day = None,
        removed: Removed = None,
        page: Place = 1,
    ) -> Found:
        """Ads that are shown or were within the last year, by several criteria at once (DSA Art. 39); 50 a page."""
        return _found(
            request,
            Asked(
                words=words, advertiser=advertiser, country=country, parameter=parameter, use=use,
                shown_from=shown_from, shown_until=shown_until, removed=removed, page=page,
            ),
        )  # fmt: skip


class RepositoryPage(Controller):
    """The repository for people."""

    path = "/repository"
    include_in_schema = False

    @get(sync_to_thread=True)
    def search(self, request: AnyRequest) -> Response[str]:
        """The form, and what was found."""
        given = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
        given["country"] = given.get("country", "").upper()
        wanted = {name: value for name, value in given.items() if value and name in Asked.__struct_fields__}
        try:
            asked = msgspec.convert(wanted, Asked, strict=False)
        except msgspec.ValidationError:
            return _page(None, wanted, message=_UNCLEAR, status=400)
        return _page(_found(request, asked), wanted)

    @get("/style.css", sync_to_thread=False)
    def style(self) -> Response[str]:
        """The page's style sheet."""
        file = resources.files("haechi.service.repository").joinpath("static/style.css")
        return Response(file.read_text(encoding="utf-8"), media_type=MediaType.CSS, headers=_CACHED)


ROUTES: Final = (RepositoryCall, RepositoryPage)


def _found(request: AnyRequest, asked: Asked) -> Found:
    listing: Listing = request.app.state[STATE]
    listing.take(address_of(request.scope))
    entries, at = listing.now()
    return find(entries, asked, at)


@cache
def _template() -> Environment:
    return templates_of("haechi.service.repository")


def _page(
    found: Found | None, given: dict[str, str], *, message: str = "", status: int = 200
) -> Response[str]:
    rest = {name: value for name, value in given.items() if name != "page"}
    text = _template().get_template("repository.html").render(
        found=found, given=given, message=message,
        at_page=lambda number: "/repository?" + urlencode({**rest, "page": number}),
    )  # fmt: skip
    return Response(
        text, media_type=MediaType.HTML, status_code=status, headers={"Content-Security-Policy": _CSP}
    )
