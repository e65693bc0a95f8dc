"""Grounds on which an advertiser is suspended, in its language (`knowledge/ads/suspension_grounds.toml`)."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Final

import msgspec

from haechi.errors import UsageError
from haechi.review.phrases import knowledge_as

_FILE: Final = "suspension_grounds.toml"


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ground in each language."""

    en: str
    ja: str
    ko: str
    de: str


class Ground(msgspec.Struct, frozen=True):
    """A ground of a suspension: its code, and how the advertiser is told of it."""

    code: str
    text: str


@cache
def _texts() -> dict[str, _Said]:
    """Texts by code, in the order of the file.

    Raises:
        KnowledgeError: the file does not follow its form.
    """
    return knowledge_as(dict[str, _Said], _FILE, "a text in each language for each code")


def grounds_in(language: str, codes: Iterable[str] | None = None) -> tuple[Ground, ...]:
    """Grounds as told in a language.

    Args:
        language: one in which advertisers are written to, ISO 639-1.
        codes: which; None: all. One that this version does not know is told by its code.
    """
    known = _texts()
    return tuple(
        Ground(code, getattr(known[code], language) if code in known else code)
        for code in (known if codes is None else codes)
    )


def expect_grounds(codes: Collection[str]) -> tuple[str, ...]:
    """The codes, each once, in the order of the file.

    Raises:
        UsageError: there is none, or one is not known.
    """
    known = _texts()
    if not codes or not set(codes) <= set(known):
        raise UsageError(f"a suspension without a ground that is known; expected some of {', '.join(known)}.")
    return tuple(code for code in known if code in codes)
