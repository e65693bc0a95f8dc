"""QR and bar codes in a picture: turned, inverted and small ones, too."""

from typing import Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from haechi.review.ads import Box

_LARGER: Final = 2
_LONGEST: Final = 2_000


def codes(grey: NDArray[np.uint8]) -> tuple[Box, ...]:
    """What the codes in a picture say, each with where it stands, from above to below.

    Args:
        grey: grey values, shape (height, width).
    """
    found = _read(grey, 1)
    if not found and max(grey.shape) * _LARGER <= _LONGEST:
        large = cv2.resize(grey, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC)
        found = _read(large.astype(np.uint8), _LARGER)
    return tuple(sorted(found, key=lambda box: (box.y, box.x)))


def _read(grey: NDArray[np.uint8], scale: int) -> list[Box]:
    found = []
    for code in zxingcpp.read_barcodes(grey, formats=_FORMATS):
        corners = (
            code.position.top_left, code.position.top_right, code.position.bottom_left, code.position.bottom_right
        )  # fmt: skip
        left, right = min(at.x for at in corners), max(at.x for at in corners)
        top, bottom = min(at.y for at in corners), max(at.y for at in corners)
        if code.text:
            box = (left // scale, top // scale, (right - left) // scale, (bottom - top) // scale)
            found.append(Box(*box, code.text))
    return found


_FORMATS: Final = zxingcpp.barcode_formats_from_str(
    "QRCode,MicroQRCode,DataMatrix,Aztec,PDF417,EAN13,Code128"
)
