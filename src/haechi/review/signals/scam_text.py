"""How likely the ad's words are a scam's: a sum of weights over its claims, see `review.scam_model`."""

from typing import Final

from haechi.review.ads import Evidence, Fact, Signal
from haechi.review.case import Case
from haechi.review.claim_phrases import AGAINST
from haechi.review.scam_model import contributions, features, probability, weights
from haechi.review.signals import claims
from haechi.review.signals.advertiser import is_verified

NAME: Final = "scam-text"
VERSION: Final = "2"

_SHOWN: Final = 0.05
"""Below it nothing is said."""
_TOP: Final = 5


def find(case: Case) -> list[Signal]:
    """One signal, where anything speaks for a scam."""
    made = [claim for claim in claims.find(case) if claim.value not in AGAINST or _softens(case)]
    told = features(claim.value for claim in made for _ in range(int(claim.params["times"])))
    score = probability(told, weights())
    if not made or score < _SHOWN:
        return []
    added = sorted(contributions(told, weights()).items(), key=lambda one: -abs(one[1]))[:_TOP]
    spans = {claim.value: claim.evidence[0] for claim in made}
    evidence: list[Evidence] = [Fact(name, f"{value:+.2f}") for name, value in added if value]
    evidence += [spans[name] for name, _ in added if name in spans]
    top = ", ".join(name for name, value in added if value > 0)
    return [
        Signal(
            name=NAME,
            version=VERSION,
            score=score,
            value="claims",
            params={"top": top},
            evidence=tuple(evidence),
        )
    ]


def _softens(case: Case) -> bool:
    """Whether warnings and disclosures take away: anybody can add one, so only where the account answers for it."""
    return is_verified(case) or not case.world.advertisers
