"""Texts of base64url to bits, read from the left."""

import binascii
from typing import Final

_GROUP: Final = 4
_WIDTH: Final = 6
_ALPHABET: Final = str.maketrans("-_+/", "+/\0\0")


class Unreadable(ValueError):  # noqa: N818 - a reason, not a defect
    """The text breaks its own format. The message never repeats it."""


class Bits:
    """The bits of one segment of a string.

    Args:
        text: base64url without padding.

    Raises:
        Unreadable: it is none.
    """

    __slots__ = ("_value", "size")

    def __init__(self, text: str) -> None:
        missing = -len(text) % _GROUP
        try:
            data = binascii.a2b_base64(text.translate(_ALPHABET) + "A" * missing, strict_mode=True)
        except ValueError:
            raise Unreadable("it is not base64url") from None
        self._value = int.from_bytes(data, "big") >> (missing * _WIDTH)
        self.size = len(text) * _WIDTH

    def at(self, place: int, width: int) -> int:
        """The number in `width` bits from `place` on.

        Raises:
            Unreadable: the text ends before.
        """
        end = self.size - place - width
        if end < 0:
            raise Unreadable("it ends too early")
        return (self._value >> end) & ((1 << width) - 1)
