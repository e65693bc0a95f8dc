"""Earlier ads, kept in memory for one run over a file or a stream.

    history = MemoryHistory()
    for ad in ads in the order of their submission:
        decision = examine(ad, history)
        history.add(ad, decision, masks(case))

Memory is bounded: for texts, see `review.copies`; of each account the newest 4,096 instants are kept.
"""

from array import array
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

from haechi.review.ads import Ad, Decision, Outcome
from haechi.review.case import Sighting
from haechi.review.copies import Copies, signature
from haechi.review.masking import Masked

_OFFER: Final = "investment-offer"
_NAMING: Final = frozenset({"named-party", "authorised-party", "look-alike-name"})
_INSTANTS_KEPT: Final = 4_096
_MOST_SIGHTINGS: Final = 256
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - instants are naive UTC
_MICROSECOND: Final = timedelta(microseconds=1)


class _Kept(NamedTuple):
    key: bytes
    ad_id: str
    advertiser_id: str
    payer: str | None
    outcome: Outcome
    parties: tuple[str, ...]


class MemoryHistory:
    """Answers `review.case.History` about the ads that were added.

    The same text from the same account with the same outcome takes one place, however often it comes: a flood of
    copies pushes nothing out.

    Args:
        capacity: how many different texts are kept; beyond that the oldest go.
    """

    def __init__(self, capacity: int = 1_000_000) -> None:
        self._copies = Copies(capacity)
        self._kept: dict[int, _Kept] = {}
        self._place_of_text: dict[bytes, int] = {}
        self._places_of_ad: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._instants: dict[str, array[int]] = {}
        self._first_finance: dict[str, datetime] = {}

    def add(self, ad: Ad, decision: Decision, masked: Iterable[Masked]) -> None:
        """Keeps an ad and what was decided on it.

        Args:
            ad: as submitted; ads come in the order of submission.
            decision: on it; its signals tell which parties it names and whether it offers an investment.
            masked: its texts, see `review.masking.masks`.
        """
        self._keep_instant(ad)
        if any(signal.name == _OFFER for signal in decision.signals):
            first = self._first_finance.get(ad.advertiser_id)
            if first is None or ad.submitted_at < first:
                self._first_finance[ad.advertiser_id] = ad.submitted_at
        told = {signal.value for signal in decision.signals if signal.name in _NAMING}
        texts = list(masked)
        parties = tuple(sorted(told.union(*(one.parties for one in texts))))
        places = [self._keep_text(ad, decision.decision, one.text, parties) for one in texts]
        self._places_of_ad[ad.ad_id] = tuple(place for place in places if place)
        if len(self._places_of_ad) > self._copies.capacity:
            self._places_of_ad.popitem(last=False)

    def settle(self, ad_id: str, outcome: Outcome) -> bool:
        """Puts what a person decided in the place of an earlier outcome, for the ad and its exact copies.

        Returns:
            Whether the ad is still kept.
        """
        places = [place for place in self._places_of_ad.get(ad_id, ()) if place in self._kept]
        for place in places:
            self._kept[place] = self._kept[place]._replace(outcome=outcome)
        return bool(places)

    def submitted_since(self, advertiser_id: str, since: datetime, before: datetime) -> int:
        """How many ads the advertiser submitted in `[since, before)`; of more than 4,096 the newest count."""
        instants = self._instants.get(advertiser_id, array("q"))
        return max(0, bisect_left(instants, _number(before)) - bisect_left(instants, _number(since)))

    def first_finance_ad(self, advertiser_id: str) -> datetime | None:
        """When the advertiser first submitted an ad that offers an investment, or None."""
        return self._first_finance.get(advertiser_id)

    def last_submitted(self, advertiser_id: str, before: datetime) -> datetime | None:
        """When the advertiser last submitted an ad before, or None."""
        instants = self._instants.get(advertiser_id, array("q"))
        place = bisect_left(instants, _number(before))
        return _EPOCH + instants[place - 1] * _MICROSECOND if place else None

    def near_copies(self, ad: Ad, masked: str) -> Sequence[Sighting]:
        """Earlier ads whose text, names masked, is nearly the same: at most 256, the most alike first.

        Versions of the ad itself are none.
        """
        entry = signature(masked)
        if entry is None:
            return ()
        found = []
        for near in self._copies.near(entry):
            kept = self._kept[near.place]
            if kept.ad_id != ad.ad_id:
                found.append(
                    Sighting(
                        ad_id=kept.ad_id,
                        advertiser_id=kept.advertiser_id,
                        outcome=kept.outcome,
                        similarity=near.similarity,
                        parties=kept.parties,
                        payer=kept.payer,
                    )
                )
        return found[:_MOST_SIGHTINGS]

    def _keep_instant(self, ad: Ad) -> None:
        instants = self._instants.setdefault(ad.advertiser_id, array("q"))
        insort(instants, _number(ad.submitted_at))
        if len(instants) > _INSTANTS_KEPT:
            del instants[0]

    def _keep_text(self, ad: Ad, outcome: Outcome, text: str, parties: tuple[str, ...]) -> int:
        """The place of the text, or 0 where it is too short to be kept."""
        entry = signature(text)
        if entry is None:
            return 0
        key = "\0".join((ad.advertiser_id, ad.payer or "", outcome, *parties, "", text)).encode()
        key = blake2b(key, digest_size=16).digest()
        known = self._place_of_text.get(key, 0)
        if (
            known
            and self._kept[known].outcome == outcome
            and known > self._copies.newest - self._copies.capacity // 2
        ):
            return known
        place = self._copies.add(entry)
        self._forget(place - self._copies.capacity)
        self._kept[place] = _Kept(key, ad.ad_id, ad.advertiser_id, ad.payer, outcome, parties)
        self._place_of_text[key] = place
        return place

    def _forget(self, place: int) -> None:
        gone = self._kept.pop(place, None)
        if gone is not None and self._place_of_text.get(gone.key) == place:
            del self._place_of_text[gone.key]


def _number(instant: datetime) -> int:
    """Microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND
