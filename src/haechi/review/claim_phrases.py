"""Claims that investment scams make, found in a text by the lexicons under `knowledge/ads/claims`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from haechi.review.phrases import LANGUAGES, compiled, knowledge, languages_of

AGAINST: Final = frozenset({"warning", "disclosure"})
"""Kinds that honest texts have: warnings of scams, and what the law has finance advertisers say."""
_BEFORE: Final = 30
_AFTER: Final = 24
_BREAK: Final = re.compile(r"[。!?\n]|\.(?!\d)")


class Claimed(NamedTuple):
    """A claim in a plain text: what kind, and where."""

    kind: str
    start: int
    end: int


class _Lexicon(NamedTuple):
    denied: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]


@cache
def _lexicon(language: str) -> _Lexicon:
    told = knowledge("claims", f"{language}.toml")
    kinds = {
        claim["kind"]: compiled("|".join(f"(?:{pattern})" for pattern in claim["patterns"]))
        for claim in told["claim"]
    }
    return _Lexicon(compiled(told["denied"]), kinds)


@cache
def kinds() -> tuple[str, ...]:
    """All kinds, in the order of the lexicons."""
    return tuple(dict.fromkeys(kind for language in LANGUAGES for kind in _lexicon(language).kinds))


def claims_in(plain: str) -> Iterator[Claimed]:
    """The claims of a text in plain form; a claim that its sentence denies is none."""
    for language in languages_of(plain):
        lexicon = _lexicon(language)
        for kind, pattern in lexicon.kinds.items():
            for match in pattern.finditer(plain):
                if kind in AGAINST or not _is_denied(plain, match, lexicon.denied):
                    yield Claimed(kind, match.start(), match.end())


def _is_denied(plain: str, match: re.Match[str], denied: re.Pattern[str]) -> bool:
    """Whether the sentence says the opposite shortly before or after, or speaks of fraud."""
    before = _BREAK.split(plain[max(0, match.start() - _BEFORE) : match.start()])[-1]
    after = _BREAK.split(plain[match.end() : match.end() + _AFTER])[0]
    return denied.search(before) is not None or denied.search(after) is not None
