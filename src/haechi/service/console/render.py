"""Pages from templates; everything that is put in is escaped."""

from datetime import date
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Final

from jinja2 import Environment
from litestar import MediaType, Response

from haechi.service.paths import in_path
from haechi.service.templates import templates_of
from haechi.stores.history import Event
from haechi.stores.users import User

PAGES: Final = (
    ("/console", "Themes"),
    ("/console/permissions", "Permissions"),
    ("/console/audiences", "Audiences"),
    ("/console/trail", "History"),
    ("/console/health", "Health"),
    ("/desk", "Ad review"),
)


@cache
def _templates() -> Environment:
    return templates_of("haechi.service.console", in_path=in_path, groupby_day=_by_day)


def _by_day(events: list[Event]) -> list[tuple[date, list[Event]]]:
    return [(day, list(done)) for day, done in groupby(events, key=lambda event: event.at.date())]


@cache
def style() -> str:
    """The style sheet."""
    return (
        resources.files("haechi.service.console").joinpath("templates/style.css").read_text(encoding="utf-8")
    )


def page(
    template: str,
    *,
    title: str,
    user: User | None,
    here: str = "",
    message: str = "",
    status: int = 200,
    **values: object,
) -> Response[str]:
    """A page.

    Args:
        template: name of the template, without ending.
        title: heading.
        user: who is signed in, or None.
        here: path of the page that the navigation marks.
        message: something to be told first.
        status: HTTP status.
        values: what the template shows.
    """
    text = _templates().get_template(f"{template}.html").render(
        title=title, user=user, here=here, message=message, pages=PAGES, **values
    )  # fmt: skip
    return Response(text, media_type=MediaType.HTML, status_code=status)
