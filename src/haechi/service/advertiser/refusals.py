"""What was refused, as the page's language says it: errors speak English, and advertisers read four languages."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from litestar.exceptions import HTTPException

from haechi.errors import HaechiError, MissingError
from haechi.stores.review.words import (
    LONGEST_WORDS,
    AppealedError,
    LateAppealError,
    NothingToAppealError,
    WordsError,
)

_KINDS: Final[tuple[tuple[type[HaechiError], str], ...]] = (
    (MissingError, "not_there"),
    (WordsError, "refused_words"),
    (AppealedError, "refused_appealed"),
    (LateAppealError, "refused_late"),
    (NothingToAppealError, "refused_nothing"),
)
_STATUSES: Final = {
    400: "refused_form",
    403: "refused_session",
    404: "not_there",
    405: "refused_method",
    408: "refused_slow",
    413: "refused_size",
    429: "refused_often",
}
_FIELDS: Final = {"country": "refused_country", "language": "refused_language"}
_LABELS: Final = {"landing_url": "landing"}
_FIELD: Final = re.compile(r"`\$\.(\w+)`")
_MEGA: Final = 1_000_000


class Refusal(NamedTuple):
    """Why something was not done.

    Attributes:
        text: name of the text that says it.
        values: what stands in its gaps; `field` is the name of a text itself.
        english: what no text says: the error's own words.
    """

    text: str
    values: Mapping[str, str] = MappingProxyType({})
    english: str = ""


def refusal(error: HaechiError | HTTPException | msgspec.ValidationError, *, most: int = 0) -> Refusal:
    """Which text says what was refused.

    Args:
        error: by which it was.
        most: bytes that the address takes.
    """
    if isinstance(error, HTTPException):
        name = _STATUSES.get(error.status_code)
        return (
            Refusal("refused", english=str(error.detail))
            if name is None
            else Refusal(name, {"most": size(most)})
        )
    if isinstance(error, msgspec.ValidationError):
        found = _FIELD.search(str(error))
        field = found[1] if found else ""
        return Refusal(_FIELDS.get(field, "refused_long"), {"field": _LABELS.get(field, field)})
    for kind, name in _KINDS:
        if isinstance(error, kind):
            return Refusal(name, {"most": f"{LONGEST_WORDS:,}"})
    return Refusal("refused", english=str(error))


def size(most: int) -> str:
    """Bytes as people read them."""
    return f"{most // _MEGA} MB" if most >= _MEGA else f"{most // 1_000} kB"
