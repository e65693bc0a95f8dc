"""How likely a text is a scam's, by what it claims: a sum of weights, which everybody can read and add up.

One weight for each kind of claim that is made, others where it is made again and often, one for each further kind;
warnings and what the law has finance advertisers say take away. The weights stand in `knowledge/ads/scam_text.toml`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

from haechi.review.claim_phrases import AGAINST, kinds
from haechi.review.phrases import knowledge

FURTHER: Final = "further-kinds"
_AGAIN: Final = 2
_OFTEN: Final = 4
_MOST_FURTHER: Final = 4


class Weights(NamedTuple):
    """What the model adds up.

    Attributes:
        base: where nothing is claimed.
        of_feature: by feature.
    """

    base: float
    of_feature: Mapping[str, float]


def features(found: Iterable[str]) -> dict[str, float]:
    """What is added up for a text with claims of these kinds, one for each claim made."""
    counts = Counter(found)
    told: dict[str, float] = {}
    for kind, times in counts.items():
        told[kind] = 1.0
        if times >= _AGAIN:
            told[f"{kind} again"] = 1.0
        if times >= _OFTEN:
            told[f"{kind} often"] = 1.0
    further = len(counts.keys() - AGAINST) - 1
    if further > 0:
        told[FURTHER] = float(min(further, _MOST_FURTHER))
    return told


def names() -> tuple[str, ...]:
    """Every feature there can be."""
    return (*(name for kind in kinds() for name in (kind, f"{kind} again", f"{kind} often")), FURTHER)


@cache
def weights() -> Weights:
    """The weights that Haechi comes with."""
    told = knowledge("scam_text.toml")
    return Weights(told["base"], told["weights"])


def contributions(told: Mapping[str, float], model: Weights) -> dict[str, float]:
    """What each feature adds."""
    return {name: value * model.of_feature.get(name, 0.0) for name, value in told.items()}


def probability(told: Mapping[str, float], model: Weights) -> float:
    """0 to 1, among texts of which half are scams."""
    total = model.base + sum(contributions(told, model).values())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
