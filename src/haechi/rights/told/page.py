"""An answer as one page that needs nothing else: no network, no script; every word of it in the person's language."""

import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from haechi.rights.answer import Answer
from haechi.rights.told.picture import picture
from haechi.terms.names import category_names
from haechi.terms.words import Language

_SHOWN: Final = 200
"""Behaviours and entries that the page shows; all of them stand in the files beside it."""
_REASONS: Final = 5


@cache
def words(lang: Language) -> dict[str, Any]:
    """Every word of the page that is not data."""
    text = resources.files("haechi.rights.told").joinpath(f"words.{lang}.toml").read_text(encoding="utf-8")
    return {**tomllib.loads(text), "category": category_names(lang)}


def answer_page(answer: Answer, lang: Language) -> str:
    """The answer as HTML.

    Args:
        answer: what is told.
        lang: in which language; names of themes, pages and advertisers stand as they are called.
    """
    say = words(lang)
    template = _templates().get_template("answer.html.j2")
    return template.render(
        answer=answer,
        say=say,
        lang=lang,
        picture=picture(answer, say),
        day=_day(say["day"]),
        moment=_day(say["moment"]),
        shown=_SHOWN,
        reasons=_REASONS,
    )


def _day(form: str) -> Callable[[datetime | None], str]:
    def written(at: datetime | None) -> str:
        return "" if at is None else at.strftime(form)

    return written


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("haechi.rights.told", "."),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
