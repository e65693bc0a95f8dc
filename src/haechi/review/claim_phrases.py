"""Claims that investment scams make, found in a text by the lexicons under `knowledge/ads/claims`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, NamedTuple

from haechi.review.phrases import LANGUAGES, compiled, knowledge, languages_of

AGAINST: Final = frozenset({"warning", "disclosure"})
"""Kinds that honest texts have: warnings of scams, and what the law has finance advertisers say."""
_PLAIN: Final = AGAINST | {"urgency", "shock-news", "fear", "contact-person"}
"""Kinds that promise nothing: a negation beside them denies nothing."""
_BEFORE: Final = 30
_AFTER: Final = 24
_BREAK: Final = re.compile(r"[。!?\n]|\.(?!\d)")


class Claimed(NamedTuple):
    """A claim in a plain text: what kind, and where."""

    kind: str
    start: int
    end: int


class _Lexicon(NamedTuple):
    before: re.Pattern[str]
    after: re.Pattern[str]
    kinds: Mapping[str, re.Pattern[str]]


@cache
def _lexicon(language: str) -> _Lexicon:
    told = knowledge("claims", f"{language}.toml")
    patterns: dict[str, list[str]] = {}
    for claim in told["claim"]:
        patterns.setdefault(claim["kind"], []).extend(f"(?:{pattern})" for pattern in claim["patterns"])
    joined = {kind: compiled("|".join(several)) for kind, several in patterns.items()}
    return _Lexicon(compiled(told["denied_before"]), compiled(told["denied"]), joined)


@cache
def kinds() -> tuple[str, ...]:
    """All kinds, in the order of the lexicons."""
    return tuple(dict.fromkeys(kind for language in LANGUAGES for kind in _lexicon(language).kinds))


@lru_cache(maxsize=64)
def claims_in(plain: str) -> tuple[Claimed, ...]:
    """The claims of a text in plain form; a claim that its sentence denies is none.

    Kept for the few texts of the ad at hand: several signals ask.
    """
    return tuple(_claims(plain))


def _claims(plain: str) -> Iterator[Claimed]:
    for language in languages_of(plain):
        lexicon = _lexicon(language)
        for kind, pattern in lexicon.kinds.items():
            for match in pattern.finditer(plain):
                if kind in _PLAIN or not _is_denied(plain, match, lexicon):
                    yield Claimed(kind, match.start(), match.end())


def _is_denied(plain: str, match: re.Match[str], lexicon: _Lexicon) -> bool:
    """Whether the sentence says the opposite shortly before or after, or speaks of fraud."""
    before = _BREAK.split(plain[max(0, match.start() - _BEFORE) : match.start()])[-1]
    after = _BREAK.split(plain[match.end() : match.end() + _AFTER])[0]
    return lexicon.before.search(before) is not None or lexicon.after.search(after) is not None
