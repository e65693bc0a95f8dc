"""The desk's pages, in the console's frame; everything that is put in is escaped."""

from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment
from litestar import MediaType, Response

from haechi.service.desk.changed import shortened, told
from haechi.service.desk.marked import visible
from haechi.service.paths import in_path
from haechi.service.templates import templates_of
from haechi.stores.clock import utc_now
from haechi.stores.users import User

PAGES: Final[tuple[tuple[str, str], ...]] = (
    ("/desk", "Queue"),
    ("/desk/overdue", "Overdue"),
    ("/desk/notices", "Notices"),
    ("/desk/parties", "Protected parties"),
    ("/desk/suspensions", "Suspensions"),
    ("/desk/quality", "Quality"),
    ("/console", "Console"),
)
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_OWNERS: Final = "/desk/quality"
_HOUR: Final = 60
_DAY: Final = 48


@cache
def _templates() -> Environment:
    return templates_of(
        "haechi.service.desk",
        "haechi.service.console",
        in_path=in_path,
        visible=visible,
        when=when,
        age=age,
        shortened=shortened,
        told=told,
    )


@cache
def static(name: str) -> str:
    """A file that pages load."""
    return resources.files("haechi.service.desk").joinpath(f"static/{name}").read_text(encoding="utf-8")


def when(at: datetime) -> str:
    """An instant, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def age(since: datetime | None, now: datetime) -> str:
    """How long ago something was, in days."""
    if since is None:
        return "unknown"
    days = (now - since).days
    return "today" if days < 1 else f"{days:,} day{'s' if days > 1 else ''} ago"


def left(due: datetime, now: datetime) -> str:
    """How long there is still time, or for how long there is none."""
    over = due <= now
    amount = _amount(now - due if over else due - now)
    return f"{amount} late" if over else f"{amount} left"


def _amount(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    hours, rest = divmod(minutes, _HOUR)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if hours < _DAY else f"{hours // 24} days"


def page(
    template: str,
    *,
    title: str,
    user: User | None,
    here: str = "",
    message: str = "",
    status: int = 200,
    **values: Any,  # noqa: ANN401 - whatever the template shows
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
    now = utc_now()
    values.setdefault("now", now)
    # What only owners see is not offered to others.
    pages = [one for one in PAGES if one[0] != _OWNERS or (user is not None and user.role == "owner")]
    text = _templates().get_template(f"{template}.html").render(
        title=title, user=user, here=here, message=message, pages=pages,
        left=lambda due: left(due, now), may_decide=user is not None and user.role != "viewer", **values,
    )  # fmt: skip
    return Response(
        text, media_type=MediaType.HTML, status_code=status, headers={"Content-Security-Policy": CSP}
    )
