"""Copies of one campaign, so that people decide once for all of them.

An ad joins the cluster of the earlier ad that it resembles most. A cluster's name comes from its first ad and never
changes, and clusters never grow into one: what a person was shown under a name stays under it.

To refuse is safe for the whole cluster. To approve is safe only for `twins`: an attacker can put one bad ad beside
good ones that read the same.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from haechi.review.ads import Ad
from haechi.review.copies import Copies, Signature, signature
from haechi.review.masking import Masked

_SURE: Final = 0.6
"""Resemblance from which an ad joins: higher than what makes a signal, for nobody looks at the ad again."""


class Clusters:
    """Clusters of ads, in the order in which they come.

    Members are kept for as long as the object lives; texts only within `capacity`.

    Args:
        capacity: how many texts are kept to be resembled; beyond that the oldest go.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self._copies = Copies(capacity)
        self._of_place: dict[int, str] = {}
        self._of_picture: dict[bytes, str] = {}
        self._of_ad: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._marks: dict[str, bytes] = {}

    def add(self, ad: Ad, masked: Sequence[Masked], hashes: Sequence[bytes] = ()) -> str:
        """Puts an ad in its cluster; the cluster's name.

        Args:
            ad: whose copies are looked for.
            masked: its texts, see `review.masking.masks`.
            hashes: fingerprints of its picture; pictures are equal when all of theirs are.
        """
        known = self._of_ad.get(ad.ad_id)
        if known is not None:
            return known
        entries = [entry for entry in (signature(one.text) for one in masked) if entry is not None]
        picture = b"".join(hashes)
        name = self._joined(entries, picture) or _name(ad.ad_id)
        for entry in entries:
            place = self._copies.add(entry)
            self._of_place.pop(place - self._copies.capacity, None)
            self._of_place[place] = name
        if picture:
            self._of_picture.setdefault(picture, name)
        self._of_ad[ad.ad_id] = name
        self._members.setdefault(name, []).append(ad.ad_id)
        self._marks[ad.ad_id] = _mark(ad, picture)
        return name

    def of(self, ad_id: str) -> str | None:
        """The name of the ad's cluster, or None where the ad was never added."""
        return self._of_ad.get(ad_id)

    def members(self, name: str) -> tuple[str, ...]:
        """The ads of a cluster, in the order in which they came."""
        return tuple(self._members.get(name, ()))

    def twins(self, ad_id: str) -> tuple[str, ...]:
        """Ads of the cluster with the same account, texts, payer, picture and landing page, itself included."""
        name = self._of_ad.get(ad_id)
        if name is None:
            return ()
        return tuple(one for one in self._members[name] if self._marks[one] == self._marks[ad_id])

    def _joined(self, entries: Iterable[Signature], picture: bytes) -> str | None:
        """The cluster of the most similar earlier ad; where the texts are of none, that of the equal picture."""
        best = max(
            (near for entry in entries for near in self._copies.near(entry) if near.similarity >= _SURE),
            key=lambda near: (near.similarity, -near.place),
            default=None,
        )
        return self._of_place[best.place] if best is not None else self._of_picture.get(picture)


def _name(ad_id: str) -> str:
    return "c-" + hashlib.sha256(ad_id.encode()).hexdigest()[:12]


def _mark(ad: Ad, picture: bytes) -> bytes:
    """What has to be equal before one approval may count for two ads."""
    parts = (ad.advertiser_id, ad.headline, ad.text, ad.display_name, ad.payer, ad.landing_url)
    return hashlib.sha256("\0".join(one or "" for one in parts).encode() + b"\0" + picture).digest()
