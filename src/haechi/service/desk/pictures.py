"""An ad's picture for a reviewer's browser: nothing but a picture, whatever its bytes would like to be."""

import io
import warnings
from typing import Any, Final, NamedTuple

from litestar import Response
from PIL import Image
from sqlalchemy import Engine

from haechi.errors import MissingError
from haechi.stores.review.blobs import media_type_of, read_blob
from haechi.stores.rows import reading

_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_ORIENTATION: Final = 0x0112
_TURNED: Final = (5, 6, 7, 8)
"""Orientations of Exif in which width and height change places; browsers show a picture upright."""
_MOST_PIXELS: Final = 100_000_000
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Size(NamedTuple):
    """Pixels of a picture as a browser shows it."""

    width: int
    height: int


def picture(engine: Engine, sha256: str) -> Response[Any]:
    """The picture's bytes, in a type that no browser takes for a page; what is no picture is only kept, not shown.

    Raises:
        MissingError: it is not kept, or no longer.
    """
    with reading(engine) as connection:
        content = read_blob(connection, sha256)
    if content is None:
        raise MissingError("the picture is not kept, or no longer.")
    kind = media_type_of(content)
    headers = dict(HEADERS)
    if not kind.startswith("image/"):
        headers["Content-Disposition"] = 'attachment; filename="not-a-picture.bin"'
    return Response(content, media_type=kind, headers=headers)


def size_of_picture(engine: Engine, sha256: str) -> Size | None:
    """Its size by its header alone; None where it is none of the kinds that are shown, or too large to be."""
    with reading(engine) as connection:
        content = read_blob(connection, sha256)
    if content is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                width, height = opened.size
                turned = opened.getexif().get(_ORIENTATION) in _TURNED
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, ArithmeticError, LookupError):
        return None
    if width * height > _MOST_PIXELS or not width * height:
        return None
    return Size(height, width) if turned else Size(width, height)
