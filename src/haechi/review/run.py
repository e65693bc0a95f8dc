"""A run over a file of ads: each is judged in its turn and remembered for those after it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from haechi.review.ads import Ad, Decision
from haechi.review.case import Case, Picture, Visit, World
from haechi.review.examine import Examiner
from haechi.review.hashes import ad_hash, content_hash, landing_hash
from haechi.review.history import MemoryHistory
from haechi.review.images.bank import Bank, of_party, rejected
from haechi.review.images.faces import Faces, Pixels
from haechi.review.images.look import fingerprint_of
from haechi.review.images.opening import RefusedError, opened, read_inside
from haechi.review.masking import masks
from haechi.review.policy import RuleSet

Notice = Callable[[str], None]
VisitPage = Callable[[Ad], tuple[Visit, ...]]
_REMEMBERED: Final = 20_000
"""Rejected pictures of one run that are compared with; a bank on file holds more."""


class Run:
    """Judges ads in the order in which they come.

    Args:
        world: what is known beside the ads.
        ruleset: the policy.
        folder: in which pictures lie.
        bank: known pictures, or None.
        faces: the models of faces, detector and recogniser, or None.
        visit: visits the page behind an ad, or None.
        notice: told what a reader of the decisions should know.
    """

    def __init__(
        self,
        world: World,
        ruleset: RuleSet,
        *,
        folder: Path,
        bank: Path | None = None,
        faces: tuple[Path, Path] | None = None,
        visit: VisitPage | None = None,
        notice: Notice,
    ) -> None:
        self._world = world
        self._folder = folder
        self._visit = visit
        self._history = MemoryHistory()
        self._bank = Bank() if bank is None else Bank.load(bank)
        self._remembered = 0
        self._examiner = Examiner(
            ruleset, bank=self._bank, faces=None if faces is None else self._enrolled(Faces(*faces), notice)
        )
        self._learn_pictures(notice)

    def __call__(self, ad: Ad, *, now: datetime) -> Decision:
        """The decision on the next ad.

        Args:
            ad: as submitted.
            now: naive UTC.
        """
        visits = () if self._visit is None else self._visit(ad)
        case = Case(
            ad, self._world.advertisers.get(ad.advertiser_id), None, visits, self._world, self._history
        )
        data, failure = self._picture(ad)
        if data is not None:
            case = self._examiner.with_picture(case, data)
        elif failure is not None:
            case = replace(case, picture=Picture(failure=failure))
        about = content_hash(ad, None if data is None else sha256(data).hexdigest())
        decision = self._examiner.judge(case, ad_hash=ad_hash(about, landing_hash(visits)), now=now)
        self._history.add(ad, decision, masks(case))
        if data is not None and decision.decision == "reject" and self._remembered < _REMEMBERED:
            self._remember(ad.ad_id, data)
        return decision

    def _picture(self, ad: Ad) -> tuple[bytes | None, str | None]:
        """The picture's bytes, or why there are none; neither for an ad without one."""
        if ad.image is None:
            return None, None
        try:
            return read_inside(self._folder, ad.image), None
        except RefusedError as refused:
            return None, refused.failure

    def _remember(self, ad_id: str, data: bytes) -> None:
        try:
            self._bank.add(rejected(ad_id), fingerprint_of(data))
            self._remembered += 1
        except RefusedError:
            # What cannot be opened was rejected for that, and has nothing to be compared.
            return

    def _learn_pictures(self, notice: Notice) -> None:
        """Reference pictures of protected parties go into the bank of this run."""
        missing = 0
        for party in self._world.parties.values():
            for number, image in enumerate(party.images):
                try:
                    self._bank.add(
                        of_party(party.party_id, number), fingerprint_of(read_inside(self._folder, image))
                    )
                except RefusedError:
                    missing += 1
        if missing:
            notice(f"{missing:,} reference pictures of protected parties cannot be read.")

    def _enrolled(self, faces: Faces, notice: Notice) -> Faces:
        pictures: dict[str, list[Pixels]] = {}
        for party in self._world.parties.values():
            for image in party.images if party.kind == "person" else ():
                try:
                    frame = opened(read_inside(self._folder, image)).frames[0]
                except RefusedError:
                    continue
                pictures.setdefault(party.party_id, []).append(np.asarray(frame))
        without = faces.enrol(pictures)
        if without:
            notice(f"of {len(without):,} protected persons no face was found in their pictures.")
        return faces
