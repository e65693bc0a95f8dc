"""The string of the Global Privacy Platform: which sections it has, and their texts.

Layout: IAB Tech Lab, Global Privacy Platform, "Consent string specification": a header of type 3 with the numbers of
the sections as Fibonacci-coded ranges, then the sections, all joined with `~`; segments of a section with `.`
(https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform).
"""

from typing import Final

from haechi.permission.signals.bits import Bits, Unreadable

_TYPE: Final = 3
_VERSION: Final = 1
_HIGHEST: Final = 256
"""No section has a higher number; a range that names more is damage, not a request for work."""


def read_gpp(text: str) -> dict[int, str]:
    """The texts of a string's sections by their number.

    Raises:
        Unreadable: it is no such string, or its header and its sections do not go together.
    """
    header, *texts = text.split("~")
    bits = Bits(header)
    if (bits.at(0, 6), bits.at(6, 6)) != (_TYPE, _VERSION):
        raise Unreadable("it is of another type or version")
    numbers = read_range(bits, 12)
    if len(numbers) != len(texts):
        raise Unreadable("its header names other sections than follow")
    return dict(zip(numbers, texts, strict=True))


def read_range(bits: Bits, place: int) -> list[int]:
    """A range of whole numbers, each given by its distance to the one before.

    Raises:
        Unreadable: it ends too early, or names what cannot be.
    """
    count = bits.at(place, 12)
    place += 12
    numbers: list[int] = []
    last = 0
    for _ in range(min(count, _HIGHEST)):
        is_range = bits.at(place, 1)
        first, place = _fibonacci(bits, place + 1)
        begin = last + first
        last = begin
        if is_range:
            further, place = _fibonacci(bits, place)
            last = begin + further
        if last > _HIGHEST:
            raise Unreadable("it names sections that do not exist")
        numbers += range(begin, last + 1)
    return numbers


def _fibonacci(bits: Bits, place: int) -> tuple[int, int]:
    """A Fibonacci-coded number, and the bit after it: two ones in a row end it."""
    value, before = 0, 0
    one, two = 1, 2
    while True:
        bit = bits.at(place, 1)
        place += 1
        if bit and before:
            return value, place
        value += one * bit
        before = bit
        one, two = two, one + two
        if value > _HIGHEST:
            raise Unreadable("it names sections that do not exist")
