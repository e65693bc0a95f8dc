"""How much the ad is worded like scams that make no claim anybody has listed, see `review.wording`."""

from typing import Final

from haechi.review.ads import Evidence, Fact, Field, Signal, Span
from haechi.review.case import Case
from haechi.review.wording import likeness, places, shipped

NAME: Final = "scam-wording"
VERSION: Final = "1"

_FIELDS: Final[frozenset[Field]] = frozenset({"headline", "text", "image_text"})
_SHOWN: Final = 0.3
"""Below it nothing is said."""


def find(case: Case) -> list[Signal]:
    """One signal, where the words speak for a scam rather than not."""
    texts = [text for text in case.texts if text.field in _FIELDS]
    score = likeness([text.plain.text for text in texts], shipped())
    if score < _SHOWN:
        return []
    evidence: list[Evidence] = [Fact("likeness", f"{score:.2f}")]
    for text in texts:
        for start, end in places(text.plain.text, shipped()):
            first, last = text.plain.origin(start, end)
            evidence.append(Span(text.field, first, last, text.raw[first:last]))
    return [Signal(name=NAME, version=VERSION, score=score, value="wording", evidence=tuple(evidence))]
