"""Look-alike name: what a reader takes for a protected party's name, written so that a search does not find it.

In April 2024 ads named a protected person with 乍 in the place of 作 (Sankei Shimbun, 15 April 2024).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from haechi.review.ads import Signal, Span
from haechi.review.case import Case, Text
from haechi.review.name_index import Hit, Likeness, hits
from haechi.review.permission_to_name import authorised, protected

NAME: Final = "look-alike-name"
VERSION: Final = "1"

SCORES: Final[Mapping[Likeness, float]] = MappingProxyType(
    {
        "invisible": 0.97,
        "letters": 0.97,
        "simplified": 0.92,
        "split": 0.85,
        "shape": 0.88,
        "variant": 0.8,
        "spelling": 0.7,
    }
)
"""How sure a likeness is; forms of one character are also just how some people write a name."""
WEAK_SHARE: Final = 0.7
_MOST_EVIDENCE: Final = 8


def find(case: Case) -> list[Signal]:
    """Protected parties whose names the ad imitates, the surest first; none that permitted it.

    `value` is the party_id; params: `kind`, `likeness` (invisible, letters, simplified, split, shape, variant,
    spelling).
    """
    found: dict[str, list[tuple[float, Likeness, Span]]] = {}
    for text in case.texts:
        if text.field in ("landing_url", "image_code"):
            continue
        for hit in hits(case.world, text.raw):
            score = _score(hit)
            if score and protected(case, hit.party_id):
                span = Span(text.field, hit.start, hit.end, text.raw[hit.start : hit.end])
                found.setdefault(hit.party_id, []).append((score, _likeness(hit, text), span))
    return sorted(
        (_signal(case, party_id, seen) for party_id, seen in found.items() if not authorised(case, party_id)),
        key=lambda signal: (-signal.score, signal.value),
    )


def _likeness(hit: Hit, text: Text) -> Likeness:
    """In Chinese text the simplified form is just how the name is written."""
    kana = any("\u3041" <= letter <= "\u30fa" for letter in text.raw)
    return "variant" if hit.likeness == "simplified" and not kana else hit.likeness


def _score(hit: Hit) -> float:
    return SCORES.get(hit.likeness, 0.0) * (WEAK_SHARE if hit.weak else 1.0)


def _signal(case: Case, party_id: str, seen: list[tuple[float, Likeness, Span]]) -> Signal:
    seen = sorted(seen, key=lambda one: -one[0])
    return Signal(
        name=NAME,
        version=VERSION,
        score=seen[0][0],
        value=party_id,
        params={"kind": case.world.parties[party_id].kind, "likeness": seen[0][1]},
        evidence=tuple(dict.fromkeys(span for _, _, span in seen))[:_MOST_EVIDENCE],
    )
