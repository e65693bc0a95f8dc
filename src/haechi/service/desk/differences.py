"""What one visitor of a page was shown and another was not."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from haechi.review.case import Visit

_PARTS: Final = re.compile(r"\n+|(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])\s*")
_MOST: Final = 20
"""Parts that are shown of a visit."""


class Only(NamedTuple):
    """What a visitor alone was shown.

    Attributes:
        profile: which visitor.
        parts: sentences and lines that at least one other visitor was not shown.
        more: how many further ones there are.
    """

    profile: str
    parts: tuple[str, ...]
    more: int


def differences(visits: Sequence[Visit]) -> list[Only]:
    """What at least one other visitor was not shown, by visitor; none where all were shown the same.

    Visits in which nothing was received tell nothing of what is shown.
    """
    seen = [(one, _parts(f"{one.title}\n{one.text}")) for one in visits if one.failure is None]
    found = []
    for visit, parts in seen:
        others = [set(other) for _, other in seen]
        own = [part for part in parts if not all(part in other for other in others)]
        if own:
            found.append(Only(visit.profile, tuple(own[:_MOST]), max(0, len(own) - _MOST)))
    return found


def _parts(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _PARTS.split(text) if part.strip()))
