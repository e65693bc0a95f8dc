"""What examines ads, as the store calls it, and the decision where it fails."""

import hashlib
from datetime import datetime
from typing import Final, Protocol

from haechi.review.ads import Ad, Advertiser, Decision, Reason
from haechi.review.case import History, Visit, World

_FAILED: Final = "could-not-be-examined"


class Examine(Protocol):
    """Judges one version of one ad."""

    def __call__(
        self,
        ad: Ad,
        /,
        *,
        ad_hash: str,
        advertiser: Advertiser | None,
        picture: bytes | None,
        visits: tuple[Visit, ...],
        world: World,
        history: History,
        now: datetime,
    ) -> Decision:
        """The decision on exactly what is given.

        Args:
            ad: as submitted; `image` is the SHA-256 of `picture`.
            ad_hash: of what is judged; the decision carries it.
            advertiser: who submits, or None.
            picture: the picture's bytes, or None.
            visits: of the page behind the ad; empty where the network is not allowed.
            world: what is known beside.
            history: earlier ads.
            now: naive UTC instant of the decision.
        """


def failed(ad_id: str, ad_hash: str, now: datetime) -> Decision:
    """The decision on an ad whose examination failed twice: it waits for a person."""
    text = "The ad could not be examined by machine; a person looks at it."
    return held(ad_id, ad_hash, Reason(code=_FAILED, laws=(), text=text, fix="Please wait."), now)


def held(ad_id: str, ad_hash: str, reason: Reason, now: datetime) -> Decision:
    """A decision that something is held for one reason alone, by no rule set."""
    return Decision(
        ad_id=ad_id,
        ad_hash=ad_hash,
        decision="hold",
        reasons=(reason,),
        signals=(),
        rules=(reason.code,),
        shadow_rules=(),
        ruleset_hash=hashlib.sha256(reason.code.encode()).hexdigest(),
        decided_at=now,
    )
