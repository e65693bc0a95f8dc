"""Lists of phrases in knowledge files, compiled: `~8` stands for up to eight characters of the same sentence."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

import msgspec

from haechi.errors import KnowledgeError

LANGUAGES: Final = ("ja", "ko", "en", "zh", "de")
_GAP: Final = re.compile(r"~(\d+)")
_SENTENCE: Final = r"(?:[^。!?\n.]|\.(?=\d))"
_KANA: Final = re.compile("[\u3041-\u30fe]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile("[a-z]{2}")
_Kind = TypeVar("_Kind")


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a knowledge file.

    Raises:
        KnowledgeError: it is none.
    """
    try:
        return re.compile(_GAP.sub(lambda gap: f"{_SENTENCE}{{0,{gap[1]}}}?", pattern), re.MULTILINE)
    except re.error as fault:
        raise KnowledgeError(f"pattern {pattern!r}: {fault}.") from None


@cache
def knowledge(*path: str) -> dict[str, Any]:
    """A TOML file under `knowledge/ads`."""
    return tomllib.loads(
        resources.files("haechi.knowledge").joinpath("ads", *path).read_text(encoding="utf-8")
    )


def knowledge_as(kind: type[_Kind], file: str, expected: str) -> _Kind:
    """A TOML file under `knowledge/ads`, read as what it must be.

    Raises:
        KnowledgeError: it does not follow its form; the message says what was expected.
    """
    try:
        return msgspec.convert(knowledge(file), type=kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise KnowledgeError(f"{file}: {fault}; expected {expected}.") from None


def languages_of(plain: str) -> tuple[str, ...]:
    """The languages whose phrases can stand in a text in plain form, told by its scripts."""
    found = []
    kana, han = _KANA.search(plain) is not None, _HAN.search(plain) is not None
    if kana or han:
        found.append("ja")
    if _HANGUL.search(plain) is not None:
        found.append("ko")
    if _LATIN.search(plain) is not None:
        found += ["en", "de"]
    if han and not kana:
        found.append("zh")
    return tuple(found)
