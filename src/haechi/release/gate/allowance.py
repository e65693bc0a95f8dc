"""What may leave about the person of one request."""

from typing import Literal

import msgspec

from haechi.terms.words import Category

Place = Literal["precise", "coarse", "country"]
"""How exactly a place may be told: as it is; by a cell of a tenth of a degree; by country and region alone."""


class Why(msgspec.Struct, frozen=True):
    """Why something does not leave.

    Attributes:
        code: the kind of reason, as the permission step names it.
        law: the law pack, or "".
        article: what to cite, or "".
        category: the category it is about, or None.
        detail: the signal, basis or age that decided, or "".
    """

    code: str
    law: str = ""
    article: str = ""
    category: Category | None = None
    detail: str = ""


class Allowance(msgspec.Struct, frozen=True):
    """The decision on one request, as bits.

    Attributes:
        refused: what makes a segment or keyword stay: a bit a category, `EVERY` where nothing at all about the
            person may leave, and always what `ALWAYS` holds (see `masks`).
        identifiers: whether `eids` and `customdata` may leave.
        place: how exactly the place may be told.
        why: for each refused bit its reasons; `identifiers` and `place` have theirs under `EVERY` and under the
            bit of precise-location.
    """

    refused: int
    identifiers: bool
    place: Place
    why: dict[int, tuple[Why, ...]]
