"""What a segment or keyword gives away, as bits of one integer, found at the speed of a look-up in a dict.

The bits of the categories stand in the order of `CATEGORIES`. `EVERY` is set in each mask, so that refusing it
refuses all. The others are refused always: `UNKNOWN` where it cannot be told what the segment gives away; `BLOCKED`
where somebody decided that the theme may not be used; `RESPELT` where a field is another one's twin (see `spelling`);
`BEYOND` where the request holds more than is judged for one request (see `bounds`).
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from msgspec import Raw

from haechi.terms.words import CATEGORIES, Category

RESPELT: Final = 1 << 27
BEYOND: Final = 1 << 28
EVERY: Final = 1 << 29
UNKNOWN: Final = 1 << 30
BLOCKED: Final = 1 << 31
ALWAYS: Final = RESPELT | BEYOND | UNKNOWN | BLOCKED
"""What stays whatever law and choices say."""
BITS: Final[dict[Category, int]] = {category: 1 << place for place, category in enumerate(CATEGORIES)}
_KEPT: Final = 200_000
_KEPT_EACH: Final = 20_000
_MANY: Final = 100
_LONGEST: Final = 1_000
"""Characters of a name that is remembered."""

Judged = tuple[int, bytes]
"""A segment's mask, and what leaves of it: its fields as they were read, without braces."""
Dropped = dict[int, int]
"""How many things stayed, by the bits for which they did."""
Narrow = tuple[Raw | None, Dropped]
"""What leaves of a list, or None where nothing does; and what stays of it."""
FindSegment = Callable[[str, str], int | None]
JudgeName = Callable[[str], int]


def mask_of(categories: Iterable[Category]) -> int:
    """The mask of a theme that gives these categories away."""
    mask = EVERY
    for category in categories:
        mask |= BITS[category]
    return mask


_K = TypeVar("_K")
_V = TypeVar("_V")


class Remembered(dict[_K, _V]):
    """Answers that were given before: `get` finds the recent ones at the speed of a dict, `again` the older ones.

    A flood of invented questions costs time, never memory: when full, the recent answers become the older ones, and
    those that nobody asked for since go.
    """

    def __init__(self, most: int = _KEPT) -> None:
        super().__init__()
        self._most = most
        self._older: dict[_K, _V] = {}

    def keep(self, key: _K, value: _V) -> _V:
        """Remembers an answer and gives it back."""
        if len(self) >= self._most:
            self._older = dict(self)
            self.clear()
        self[key] = value
        return value

    def again(self, key: _K) -> _V | None:
        """An older answer, which is recent from now on; None where there is none."""
        value = self._older.pop(key, None)
        return None if value is None else self.keep(key, value)

    def forget(self) -> None:
        """Forgets all."""
        self.clear()
        self._older = {}


class Lately:
    """Whether something was met lately, in a megabyte: what comes once alone is not worth its place in memory.

    Now and then it says so of what was not met, or forgets: neither is ever wrong for who only remembers answers.
    """

    _PLACES: Final = 1 << 20
    _TAG_FROM: Final = 40

    def __init__(self) -> None:
        self._tags = bytearray(self._PLACES)

    def __call__(self, key: object) -> bool:
        """Whether it was met lately; from now on it was."""
        mark = hash(key)
        place, tag = mark % self._PLACES, (mark >> self._TAG_FROM & 0xFE) + 1
        if self._tags[place] == tag:
            return True
        self._tags[place] = tag
        return False


class Masks:
    """Looks masks up and remembers them.

    Args:
        find: the mask of a segment by taxonomy (a `segtax` number as text, or the provider's name where there is
            none) and identifier, or None where nobody knows it.
        judge: the mask of a name, by what it says; None drops whatever is not known by identifier.

    Attributes:
        taxonomies: a provider's `ext` to its `segtax`, the `ext` as it was read, and how many twins of it went.
        lately: `data` arrays that were met, under what was refused.
        data: `data` arrays, under what was refused, to what leaves of them and what stays.
        keywords: lists of keywords, under what was refused.
    """

    def __init__(self, find: FindSegment, judge: JudgeName | None) -> None:
        self._find = find
        self._judge = judge
        self._met: Remembered[str, Remembered[bytes, int]] = Remembered(_MANY)
        self._names: Remembered[str, int] = Remembered()
        self.taxonomies: Remembered[bytes, tuple[str | None, Raw, int]] = Remembered(_KEPT // 8)
        self.lately = Lately()
        self.data: Remembered[tuple[bytes, int], tuple[Raw, Dropped]] = Remembered(_KEPT // 8)
        self.keywords: Remembered[tuple[bytes, int], Narrow] = Remembered(_KEPT // 4)

    def met(self, taxonomy: str) -> Remembered[bytes, int]:
        """The masks of a taxonomy's segments that were judged already, by the text inside their braces."""
        found = self._met.get(taxonomy)
        if found is None:
            found = self._met.again(taxonomy)
        if found is None:
            found = Remembered(_KEPT_EACH)
            if len(taxonomy) <= _LONGEST:
                # Names of taxonomies that nobody knows come from outside and could be many.
                self._met.keep(taxonomy, found)
        return found

    def segment(self, taxonomy: str, identifier: str) -> int:
        """The mask of a segment by its identifier; 0 where nobody knows it, so that its name must tell."""
        return self._find(taxonomy, identifier) or 0

    def name(self, text: str) -> int:
        """The mask of a name or keyword by what it says."""
        known = self._names.get(text) or self._names.again(text)
        if known is not None:
            return known
        says = EVERY | (UNKNOWN if self._judge is None else self._judge(text))
        return self._names.keep(text, says) if len(text) <= _LONGEST else says
