"""In which language somebody reads, and the texts in it: one TOML file a language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from haechi.rights.notices import OTHERWISE
from haechi.service.console.entry import AnyRequest
from haechi.terms.words import LANGUAGES, Language

NAMES: Final[Mapping[Language, str]] = {"en": "English", "ko": "한국어", "ja": "日本語", "de": "Deutsch"}
"""As those who read them call them."""
CHOSEN: Final = "__Host-haechi-lang"
_MOST: Final = 20


@cache
def texts(lang: str) -> dict[str, str]:
    """All texts in a language."""
    file = resources.files("haechi.service.me").joinpath(f"texts/{lang}.toml")
    return {name: str(text) for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def chosen(request: AnyRequest) -> Language | None:
    """The language that this very call asks for, or None."""
    return _ours(request.query_params.get("lang"))


def language_of(request: AnyRequest) -> Language:
    """The language to answer in: as asked for, as chosen before, as the browser prefers, English."""
    kept = _ours(request.cookies.get(CHOSEN))
    return chosen(request) or kept or preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> Language:
    """The best of our languages for what a browser prefers (RFC 9110 section 12.5.4)."""
    best, weight = OTHERWISE, 0.0
    for part in accepted.split(",")[:_MOST]:
        tag, _, quality = part.strip().partition(";q=")
        lang = _ours(tag.lower().split("-")[0])
        try:
            found = float(quality) if quality else 1.0
        except ValueError:
            continue
        if lang is not None and found > weight:
            best, weight = lang, found
    return best


def _ours(lang: str | None) -> Language | None:
    return next((one for one in LANGUAGES if one == lang), None)
