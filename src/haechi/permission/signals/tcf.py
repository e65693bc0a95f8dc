"""The core of a consent string of the Transparency and Consent Framework, version 2.

Layout: IAB Tech Lab, "Consent string and vendor list formats v2", section "The core string"
(https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework). Only what decides about
themes is read: the purposes and the first special feature; the vendors' part is walked through to its end, so that a
string that was cut off is known as such.

Two people who answered alike on one site have strings that differ in the two instants only, and in what follows the
core. So the core without its instants is read once and remembered.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from haechi.permission.signals.bits import Bits, Unreadable

_OTHERS: Final = re.compile(r"(?:\.[A-Za-z0-9_-]+)*")
_VERSION: Final = 2
_POLICY, _FEATURES, _CONSENTS, _VENDORS = 132, 140, 152, 213
_BEFORE, _AFTER = 1, 13
"""Between these characters of the core stand the two instants: 36 bits each, six bits a character."""
_INSTANT: Final = 36
_PURPOSES: Final = 24
_FEATURES_WIDTH: Final = 12
_FIRST_INSTANT: Final = 15_000_000_000
"""Deciseconds: July 2017, before the framework existed."""
_MOST_RANGES: Final = 4_096
_KEPT: Final = 10_000
_LONGEST: Final = 2_000
"""Characters of a core that is remembered; the few longer ones are read each time."""


class Consent(NamedTuple):
    """What a string says.

    Attributes:
        purposes: consent to purposes 1 to 24, the first as the highest of 24 bits.
        features: opt-ins to special features 1 to 12, the first as the highest of 12 bits.
        policy: version of the framework's policies.
    """

    purposes: int
    features: int
    policy: int

    def has(self, purpose: int) -> bool:
        """Whether there is consent to a purpose, counted from 1."""
        return bool(self.purposes >> (_PURPOSES - purpose) & 1)

    def opted_in(self, feature: int) -> bool:
        """Whether a special feature was opted in to, counted from 1."""
        return bool(self.features >> (_FEATURES_WIDTH - feature) & 1)


def read_tcf(text: str) -> Consent:
    """What a consent string says.

    Raises:
        Unreadable: it is none of version 2, or damaged.
    """
    end = text.find(".")
    core = text if end < 0 else text[:end]
    if not _OTHERS.fullmatch(text, len(core)):
        raise Unreadable("a segment of it is not base64url")
    # A core that ends before its instants ends too early for all else, too.
    is_dated = len(core) < _AFTER or _are_dates(core[_BEFORE:_AFTER])
    read = _read_core if len(core) <= _LONGEST else _read_core.__wrapped__
    return read(core[:_BEFORE] + core[_AFTER:], is_dated)


@lru_cache(_KEPT)
def _read_core(timeless: str, is_dated: bool) -> Consent:
    """What a core says, given without its two instants, and whether they are such as can be."""
    bits = Bits(timeless[:_BEFORE] + "A" * (_AFTER - _BEFORE) + timeless[_BEFORE:])
    version = bits.at(0, 6)
    if version != _VERSION:
        raise Unreadable(f"it is of version {version}; only version 2 is valid")
    if not is_dated:
        raise Unreadable("it was made before the framework existed")
    end = _vendors_end(bits, _vendors_end(bits, _VENDORS))
    _restrictions_end(bits, end)
    return Consent(
        purposes=bits.at(_CONSENTS, _PURPOSES),
        features=bits.at(_FEATURES, _FEATURES_WIDTH),
        policy=bits.at(_POLICY, 6),
    )


@lru_cache(_KEPT)
def _are_dates(text: str) -> bool:
    """Whether both instants are after the framework began."""
    bits = Bits(text)
    return min(bits.at(0, _INSTANT), bits.at(_INSTANT, _INSTANT)) >= _FIRST_INSTANT


def _vendors_end(bits: Bits, place: int) -> int:
    """The bit after a list of vendors: one bit for each, or ranges."""
    most, by_range = bits.at(place, 16), bits.at(place + 16, 1)
    place += 17
    if not by_range:
        if most:
            bits.at(place + most - 1, 1)
        return place + most
    return _ranges_end(bits, place)


def _ranges_end(bits: Bits, place: int) -> int:
    count = bits.at(place, 12)
    place += 12
    for _ in range(min(count, _MOST_RANGES)):
        place += 33 if bits.at(place, 1) else 17
    bits.at(place - 1, 1)
    return place


def _restrictions_end(bits: Bits, place: int) -> int:
    """The bit after the publisher's restrictions; older encoders leave the part out where there are none."""
    if bits.size < place + 12:
        return place
    count = bits.at(place, 12)
    place += 12
    for _ in range(count):
        place = _ranges_end(bits, place + 8)
    return place
