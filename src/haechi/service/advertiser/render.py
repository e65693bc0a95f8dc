"""Pages of the advertiser's page, in the reader's language; everything that is put in is escaped."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment
from litestar import MediaType, Response

from haechi.review.images.opening import MOST_PIXELS, MOST_PIXELS_OF_ALL
from haechi.service.advertiser.door import Visitor
from haechi.service.advertiser.refusals import Refusal
from haechi.service.console.entry import AnyRequest, cookie, cookie_of
from haechi.service.desk.marked import visible
from haechi.service.desk.render import when
from haechi.service.me.languages import NAMES, preferred
from haechi.service.paths import in_path
from haechi.service.templates import templates_of
from haechi.stores.clock import utc_now
from haechi.terms.words import LANGUAGES, Language

_CHOSEN: Final = "haechi_language"
_YEAR: Final = 31_536_000
_TOO_LARGE: Final = "too-large-picture"
"""The reason beside which it is told how large a picture may be."""


@cache
def _templates() -> Environment:
    return templates_of("haechi.service.advertiser", in_path=in_path, visible=visible, when=when)


@cache
def texts(lang: str) -> Mapping[str, str]:
    """All texts in a language."""
    file = resources.files("haechi.service.advertiser").joinpath(f"texts/{lang}.toml")
    return {name: str(text) for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def language_of(request: AnyRequest) -> Language:
    """The language to answer in: as asked for, as chosen before, as the browser prefers, English."""
    kept = _ours(cookie_of(request, _CHOSEN))
    return _asked(request) or kept or preferred(request.headers.get("accept-language", ""))


def page(
    request: AnyRequest,
    template: str,
    *,
    title: str,
    visitor: Visitor | None,
    here: str = "",
    message: str = "",
    refused: Refusal | None = None,
    status: int = 200,
    **values: Any,  # noqa: ANN401 - whatever the template shows
) -> Response[str]:
    """A page.

    Args:
        request: what is answered; says in which language.
        template: name of the template, without ending.
        title: name of the heading's text.
        visitor: who is signed in, or None.
        here: path of the page that the navigation marks.
        message: name of a text to be told first.
        refused: why something was not done, told instead.
        status: HTTP status.
        values: what the template shows.
    """
    lang = language_of(request)
    t, now = texts(lang), utc_now()
    told = refused or Refusal(message)
    text = _templates().get_template(f"{template}.html").render(
        t=t, lang=lang, languages=NAMES, title=t[title], visitor=visitor, here=here, now=now,
        most_pixels=most_pixels(t), too_large_picture=_TOO_LARGE, message=_said(t, told),
        english=told.english, left=lambda due: left(t, due, now), **values,
    )  # fmt: skip
    answer = Response(text, media_type=MediaType.HTML, status_code=status)
    if (asked := _asked(request)) is not None:
        answer.set_cookie(cookie(request, _CHOSEN, asked, max_age=_YEAR))
    return answer


def most_pixels(t: Mapping[str, str]) -> str:
    """How large a picture may be: rules say no numbers, and who made the picture needs this one."""
    told = t["picture_pixels"].replace("{pixels}", f"{MOST_PIXELS:,}")
    return told.replace("{all_pixels}", f"{MOST_PIXELS_OF_ALL:,}")


def _said(t: Mapping[str, str], told: Refusal) -> str:
    said = t[told.text] if told.text else ""
    for name, value in told.values.items():
        said = said.replace(f"{{{name}}}", t.get(value, value))
    return said


def left(t: Mapping[str, str], due: datetime, now: datetime) -> str:
    """How long there is still time, in whole hours."""
    hours = int((due - now).total_seconds() // 3600)
    return t["late"] if due <= now else t["hours_left"].replace("{hours}", f"{hours:,}")


def _asked(request: AnyRequest) -> Language | None:
    return _ours(request.query_params.get("lang"))


def _ours(lang: str | None) -> Language | None:
    return next((one for one in LANGUAGES if one == lang), None)
