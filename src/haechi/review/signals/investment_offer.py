"""Whether a financial product or service is offered: an investment, credit, insurance or an account."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from haechi.review.ads import Field, Signal, Span
from haechi.review.case import Case
from haechi.review.phrases import compiled, knowledge, languages_of
from haechi.review.readings import readings

NAME: Final = "investment-offer"
VERSION: Final = "1"

_FIELDS: Final[frozenset[Field]] = frozenset(
    {"headline", "text", "display_name", "image_text", "landing_text"}
)
_SURE: Final = 2
"""Different words from which nothing else can be meant."""
_ONE_WORD: Final = 0.5


def find(case: Case) -> list[Signal]:
    """A signal for each kind of offer, the surest first."""
    found: dict[str, dict[str, Span]] = {}
    for text in case.texts:
        if text.field not in _FIELDS:
            continue
        for reading in readings(text.raw):
            for kind, start, end in _words(reading.text):
                word = reading.text[start:end]
                start, end = reading.origin(start, end)  # noqa: PLW2901 - the same word where it stands
                span = Span(text.field, start, end, text.raw[start:end])
                found.setdefault(kind, {}).setdefault(word, span)
    signals = [
        Signal(
            name=NAME,
            version=VERSION,
            score=1.0 if len(words) >= _SURE else _ONE_WORD,
            value=kind,
            params={"words": ", ".join(list(words)[:3])},
            evidence=tuple(words.values())[:8],
        )
        for kind, words in found.items()
    ]
    return sorted(signals, key=lambda signal: -signal.score)


@lru_cache(maxsize=64)
def _words(plain: str) -> tuple[tuple[str, int, int], ...]:
    """Kind and place of each word; kept for the texts of the ad at hand, for the licence is asked of offers too."""
    return tuple(_found(plain))


def _found(plain: str) -> Iterator[tuple[str, int, int]]:
    for language in languages_of(plain):
        for kind, pattern in _patterns(language).items():
            for match in pattern.finditer(plain):
                yield kind, match.start(), match.end()


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    return {
        kind: compiled("|".join(f"(?:{pattern})" for pattern in words[language]))
        for kind, words in knowledge("claims", "offers.toml").items()
    }
