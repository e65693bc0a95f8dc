"""What the ad claims: returns, safety, free lessons, secrets; the kinds of `knowledge/ads/claims`.

Many honest ads make one of these claims. The score says how sure it is that the claim is made, not that it is false.
"""

from collections.abc import Iterator
from typing import Final

from haechi.review.ads import Field, Signal, Span
from haechi.review.case import Case, Text
from haechi.review.claim_phrases import claims_in
from haechi.review.readings import readings

NAME: Final = "claim"
VERSION: Final = "2"

_FIELDS: Final[frozenset[Field]] = frozenset(
    {"headline", "text", "display_name", "image_text", "landing_text"}
)
_DISGUISED: Final = 0.9
_MOST: Final = 8
"""Spans that one signal shows."""


def find(case: Case) -> list[Signal]:
    """A signal for each kind, the surest first."""
    spans: dict[str, list[Span]] = {}
    scores: dict[str, float] = {}
    for text in case.texts:
        if text.field not in _FIELDS:
            continue
        for kind, span, score in _found(text):
            of_kind = spans.setdefault(kind, [])
            if span not in of_kind:
                of_kind.append(span)
            scores[kind] = max(scores.get(kind, 0.0), score)
    for kind, span, score in _across(case):
        spans.setdefault(kind, []).append(span)
        scores[kind] = max(scores.get(kind, 0.0), score)
    found = [
        Signal(
            name=NAME,
            version=VERSION,
            score=scores[kind],
            value=kind,
            params={"words": of_kind[0].text, "times": str(len(of_kind))},
            evidence=tuple(of_kind[:_MOST]),
        )
        for kind, of_kind in spans.items()
    ]
    return sorted(found, key=lambda signal: -signal.score)


def _across(case: Case) -> Iterator[tuple[str, Span, float]]:
    """Claims that begin in the headline and end in the text."""
    if case.joined is None:
        return
    for kind, span, score in _found(case.joined):
        across = case.across(span.start, span.end)
        if across is not None:
            yield kind, across, score


def _found(text: Text) -> Iterator[tuple[str, Span, float]]:
    for place, reading in enumerate(readings(text.raw)):
        for claim in claims_in(reading.text):
            start, end = reading.origin(claim.start, claim.end)
            yield claim.kind, Span(text.field, start, end, text.raw[start:end]), _DISGUISED if place else 1.0
