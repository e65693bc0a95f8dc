"""Fields in another spelling: `EIDS`, `Data`, either of them in full-width letters.

A receiver that reads JSON without regard to case takes them for `eids` and `data`, as Go's own package does and
Java's and .NET's do where they are told to. To the gate they are fields of no specification, which it would pass on
unread. So whatever folds to a field that is narrowed is taken away, and whatever folds to a field that decides what
may leave is a fault, which closes everything: it stays, since somebody may obey it.
"""

import unicodedata
from functools import lru_cache
from typing import Any, Final, NamedTuple

_KEPT: Final = 10_000
_LONGEST: Final = 40
"""Characters of a field that is folded; the longest that is guarded has eleven."""
_DOT_ABOVE: Final = "\u0307"
"""What is left of the Turkish capital I with a dot when it is made small."""


class Guarded(NamedTuple):
    """The fields of one kind of object that have no twins.

    Attributes:
        narrowed: fields that are narrowed, or that hold such fields.
        decides: fields that decide what may leave.
    """

    narrowed: frozenset[str]
    decides: frozenset[str] = frozenset()


def _guarded(narrowed: str, decides: str = "") -> Guarded:
    return Guarded(frozenset(narrowed.split()), frozenset(decides.split()))


REQUEST: Final = _guarded("user device site app dooh", "regs")
USER: Final = _guarded("keywords kwarray customdata eids data geo ext", "id yob consent")
USER_EXT: Final = _guarded("eids", "consent")
DEVICE: Final = _guarded("geo", "dnt lmt")
GEO: Final = _guarded("lat lon city metro zip type accuracy lastfix ipservice ext", "country region")
HOLDER: Final = _guarded("content")
CONTENT: Final = _guarded("data")
DATA: Final = _guarded("id name segment ext")
DATA_EXT: Final = _guarded("segtax")
SEGMENT: Final = _guarded("id name value ext")
REGS: Final = _guarded("", "coppa gdpr us_privacy gpp gpp_sid gpc dsa ext")
DSA: Final = _guarded("", "dsarequired")


class Twins(NamedTuple):
    """The twins that an object had, told by the fields that they could pass for.

    Attributes:
        taken: those of narrowed fields; they are gone.
        deciding: those of fields that decide; they are still there.
    """

    taken: list[str]
    deciding: list[str]


def folded(field: str) -> str:
    """A field's name as a receiver could read it that regards neither case nor compatibility forms."""
    if field.isascii():
        return field.lower()
    return _folded(field) if len(field) <= _LONGEST else field


@lru_cache(_KEPT)
def _folded(field: str) -> str:
    # By way of the capitals, since there the Turkish small i without a dot meets the other one.
    return unicodedata.normalize("NFKC", field).upper().casefold().replace(_DOT_ABOVE, "")


def are_plain(*fields: str) -> bool:
    """Whether fields are all in small ASCII letters, so that none is another's twin."""
    together = "".join(fields)
    return together.isascii() and together.islower()


def take_twins(fields: dict[str, Any], guarded: Guarded) -> Twins:
    """Takes the twins of narrowed fields out of an object, in place, and finds those of fields that decide."""
    found = [(field, name) for field in fields if (name := folded(field)) != field]
    taken = [name for _, name in found if name in guarded.narrowed]
    for field, name in found:
        if name in guarded.narrowed:
            del fields[field]
    return Twins(taken, [name for _, name in found if name in guarded.decides])
