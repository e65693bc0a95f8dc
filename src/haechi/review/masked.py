"""Names with a letter covered by a sign, as Japanese writing hides what everybody knows: L○NE."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from haechi.review.chat_accounts import applications
from haechi.review.plain import plain
from haechi.sensitivity.normalise import is_cjk

_SIGNS: Final = "*\uff0a○◯\u3007●◎⭕☆★\u00d7✕✖■□◆◇"
_COVERED: Final = re.compile(f"[{_SIGNS}]")
_FEWEST_LATIN: Final = 4
_FEWEST_EASTERN: Final = 3
_MOST_COVERED: Final = 3
"""Letters side by side; of a longer stretch first and last letter and the length tell."""
_LONG: Final = 7
_KANA: Final = "\u30a1-\u30fc"


class Masked(NamedTuple):
    """A name with letters covered.

    Attributes:
        application: which one.
        start: where it stands in the original.
        end: where it ends there.
    """

    application: str
    start: int
    end: int


def masked(text: str) -> Iterator[Masked]:
    """Names of applications of which all but a letter, or a few side by side, stand there."""
    if not _COVERED.search(text):
        return
    form = plain(text)
    for application, pattern in _patterns():
        for match in pattern.finditer(form.text):
            yield Masked(application, *form.origin(*match.span()))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (application, re.compile("|".join(ways)))
        for application, one in applications().items()
        if (ways := [way for name in (*one.names, *one.uncertain) for way in _ways(plain(name).text)])
    )


def _ways(name: str) -> Iterator[str]:
    """Patterns of a name with letters covered: its first letter stays, and more than are covered, or its ends."""
    eastern = any(map(is_cjk, name))
    if len(name) < (_FEWEST_EASTERN if eastern else _FEWEST_LATIN) or not name.isalpha():
        return
    inner = [(len(name) - 2, 1)] if len(name) >= _LONG else []
    for many in range(1, min(_MOST_COVERED, (len(name) - 1) // 2) + 1):
        inner += [(many, at) for at in range(1, len(name) - many + 1)]
    for many, at in inner:
        way = f"{name[:at]}[{_SIGNS}]{{{many}}}{name[at + many :]}"
        yield rf"(?<![{_KANA}]){way}(?![{_KANA}])" if eastern else rf"(?<![a-z0-9]){way}(?![a-z0-9])"
