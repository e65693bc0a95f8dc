"""In which language somebody reads, and the texts in it: one TOML file a language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from haechi.rights.notices import LANGUAGES
from haechi.service.console.entry import AnyRequest

NAMES: Final[Mapping[str, str]] = {"en": "English", "ko": "한국어", "ja": "日本語", "de": "Deutsch"}
"""As those who read them call them."""
CHOSEN: Final = "__Host-haechi-lang"
_MOST: Final = 20


@cache
def texts(lang: str) -> dict[str, str]:
    """All texts in a language."""
    file = resources.files("haechi.service.me").joinpath(f"texts/{lang}.toml")
    return {name: str(text) for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def chosen(request: AnyRequest) -> str | None:
    """The language that this very call asks for, or None."""
    lang = request.query_params.get("lang")
    return lang if lang in LANGUAGES else None


def language_of(request: AnyRequest) -> str:
    """The language to answer in: as asked for, as chosen before, as the browser prefers, English."""
    for lang in (chosen(request), request.cookies.get(CHOSEN)):
        if lang in LANGUAGES:
            return str(lang)
    return preferred(request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """The best of our languages for what a browser prefers (RFC 9110 section 12.5.4)."""
    best, weight = LANGUAGES[0], 0.0
    for part in accepted.split(",")[:_MOST]:
        tag, _, quality = part.strip().partition(";q=")
        lang = tag.lower().split("-")[0]
        try:
            found = float(quality) if quality else 1.0
        except ValueError:
            continue
        if lang in LANGUAGES and found > weight:
            best, weight = lang, found
    return best
