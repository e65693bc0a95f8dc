"""The one path: an ad in, what was found in it and what follows from that out. Start reading here."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

import msgspec

from haechi.review.ads import Ad, Advertiser, Decision, Signal
from haechi.review.case import Case, History, Visit, World
from haechi.review.images.bank import LooksUp
from haechi.review.images.faces import Faces
from haechi.review.images.look import look, with_faces
from haechi.review.outgoing.letter import language_of
from haechi.review.policy import UNEXAMINED, RuleSet, decide, facts_of
from haechi.review.signals import (
    advertiser,
    claims,
    cloaking,
    face,
    hand_off,
    image_copy,
    image_text,
    investment_offer,
    landing_failure,
    licence,
    look_alike_domain,
    look_alike_letters,
    look_alike_name,
    named_party,
    near_copy,
    scam_text,
    scam_wording,
    sensitive_targeting,
    velocity,
)

Find = Callable[[Case], Iterable[Signal]]
ALL: Final[tuple[tuple[str, Find], ...]] = tuple(
    (module.NAME, module.find)
    for module in (
        named_party,
        look_alike_name,
        hand_off,
        claims,
        scam_text,
        scam_wording,
        investment_offer,
        licence,
        look_alike_domain,
        look_alike_letters,
        near_copy,
        image_copy,
        image_text,
        face,
        advertiser,
        velocity,
        cloaking,
        landing_failure,
        sensitive_targeting,
    )
)
"""Every signal, in the order in which people read them."""
_SUSPECTS: Final[tuple[Find, ...]] = (named_party.find, look_alike_name.find, hand_off.find, claims.find)
_MILLISECONDS: Final = 1_000


class Examiner:
    """Judges one version of one ad after the other.

    Args:
        ruleset: the policy.
        bank: known pictures, or None.
        faces: enrolled faces, or None where the operator supplies no models.
    """

    def __init__(self, ruleset: RuleSet, *, bank: LooksUp | None = None, faces: Faces | None = None) -> None:
        self.ruleset = ruleset
        self._bank = bank
        self._faces = faces

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
        """The decision on exactly what is given; see `haechi.stores.review.examiner.Examine`."""
        case = Case(ad, advertiser, None, visits, world, history)
        if picture is not None:
            case = self.with_picture(case, picture)
        return self.judge(case, ad_hash=ad_hash, now=now)

    def with_picture(self, case: Case, data: bytes) -> Case:
        """The case with what is found in its picture.

        Args:
            case: without a picture.
            data: the picture's whole file.
        """
        seen = replace(case, picture=look(data, bank=self._bank))
        if self._faces is None or seen.picture is None:
            return seen
        suspected = any(True for find in _SUSPECTS for _ in find(seen))
        return replace(seen, picture=with_faces(seen.picture, data, self._faces, suspected=suspected))

    def judge(self, case: Case, *, ad_hash: str, now: datetime) -> Decision:
        """The decision on a case in which everything was looked at.

        Args:
            case: the ad, with its picture and the page behind it.
            ad_hash: of exactly what is judged.
            now: naive UTC.
        """
        return decide(
            list(signals_of(case)),
            facts_of(case),
            self.ruleset,
            language=language_of(case.advertiser, case.ad),
            now=now,
            ad_id=case.ad.ad_id,
            ad_hash=ad_hash,
        )


def signals_of(case: Case) -> Iterator[Signal]:
    """Everything that is found in a case, each with the time that finding it took.

    A module that fails says so as the signal `unexamined`: a person has to look.
    """
    for name, find in ALL:
        begun = time.perf_counter()
        try:
            found = list(find(case))
        except Exception:  # noqa: BLE001  the gate stays shut whatever breaks
            found = [Signal(name=UNEXAMINED, version="1", score=1.0, value=name)]
        cost = round((time.perf_counter() - begun) * _MILLISECONDS / max(1, len(found)), 3)
        yield from (msgspec.structs.replace(signal, cost_ms=cost) for signal in found)
