"""What a segment or keyword gives away, as bits of one integer, found at the speed of a look-up in a dict.

The bits of the categories stand in the order of `CATEGORIES`. Three more: `EVERY` is set in each mask, so that
refusing it refuses all; `UNKNOWN` where it cannot be told what the segment gives away; `BLOCKED` where somebody
decided that the theme may not be used.
"""

from collections.abc import Callable, Iterable
from typing import Final

from haechi.terms.words import CATEGORIES, Category

EVERY: Final = 1 << 29
UNKNOWN: Final = 1 << 30
BLOCKED: Final = 1 << 31
BITS: Final[dict[Category, int]] = {category: 1 << place for place, category in enumerate(CATEGORIES)}
_KEPT: Final = 200_000
"""Answers kept. A flood of invented names costs time, never memory: when full, all are forgotten."""

FindSegment = Callable[[str, str], int | None]
JudgeName = Callable[[str], int]


def mask_of(categories: Iterable[Category]) -> int:
    """The mask of a theme that gives these categories away."""
    mask = EVERY
    for category in categories:
        mask |= BITS[category]
    return mask


class Masks:
    """Looks masks up and remembers them.

    Args:
        find: the mask of a segment by taxonomy (a `segtax` number as text, or the provider's name where there is
            none) and identifier, or None where nobody knows it.
        judge: the mask of a name, by what it says; None drops whatever is not known by identifier.
    """

    def __init__(self, find: FindSegment, judge: JudgeName | None) -> None:
        self._find = find
        self._judge = judge
        self._segments: dict[str, dict[str, int]] = {}
        self._held = 0
        self.names: dict[str, int] = {}

    def of_taxonomy(self, taxonomy: str) -> dict[str, int]:
        """The masks of a taxonomy's segments that were met already; others are asked by `segment`."""
        found = self._segments.get(taxonomy)
        if found is None:
            if len(self._segments) >= _KEPT:
                self._segments.clear()
                self._held = 0
            found = self._segments[taxonomy] = {}
        return found

    def segment(self, taxonomy: str, identifier: str) -> int:
        """The mask of a segment by its identifier; 0 where nobody knows it, so that its name must tell."""
        known = self._find(taxonomy, identifier)
        mask = 0 if known is None else known
        if self._held >= _KEPT:
            self._segments.clear()
            self._held = 0
        self.of_taxonomy(taxonomy)[identifier] = mask
        self._held += 1
        return mask

    def name(self, text: str) -> int:
        """The mask of a name or keyword by what it says."""
        mask = EVERY | UNKNOWN if self._judge is None else self._judge(text) | EVERY
        if len(self.names) >= _KEPT:
            self.names.clear()
        self.names[text] = mask
        return mask
