"""Earlier ads and known pictures of the database, indexed so that a copy of one is found in milliseconds."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection, Engine

from haechi.review.ads import Ad
from haechi.review.case import Case, Sighting, World
from haechi.review.history import MemoryHistory
from haechi.review.images.bank import Bank, of_party, rejected
from haechi.review.images.fingerprint import Asked
from haechi.review.images.look import fingerprint_of
from haechi.review.images.opening import RefusedError
from haechi.review.masking import masks
from haechi.stores.review.blobs import read_blob
from haechi.stores.review.decided import Decided, decided_since
from haechi.stores.review.world import Worlds
from haechi.stores.rows import reading

_AT_ONCE: Final = 1_000


class Earlier:
    """Finds near copies of texts and pictures; follows the decisions of this and every other process.

    Any number of threads ask it. A new process reads every decision once.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._worlds = Worlds()
        self._stamp = -1
        self._history = MemoryHistory()
        self._bank = Bank()
        self._of_parties: set[str] = set()
        self._last = 0
        self._lock = threading.Lock()

    def near_copies(self, ad: Ad, masked: str) -> Sequence[Sighting]:
        """Earlier ads whose text, names masked, is nearly the same; see `case.History`."""
        with self._lock:
            self._follow()
            return self._history.near_copies(ad, masked)

    def look_up(self, picture: Asked) -> tuple[tuple[str, float], ...]:
        """Known pictures that a picture shows; see `images.bank.Bank`."""
        with self._lock:
            self._follow()
            return self._bank.look_up(picture)

    def _follow(self) -> None:
        """Takes up what was decided, and who is protected, since the last time."""
        with reading(self._engine) as connection:
            known = self._worlds.today(connection)
            if known.stamp != self._stamp:
                self._learn_parties(connection, known.world)
                self._stamp = known.stamp
            while found := decided_since(connection, self._last, limit=_AT_ONCE):
                for one in found:
                    self._learn(connection, one, known.world)
                self._last = found[-1].number

    def _learn(self, connection: Connection, one: Decided, world: World) -> None:
        by_people = one.automated != "FULLY"
        if not (by_people and self._history.settle(one.ad.ad_id, one.decision.decision)):
            account = world.advertisers.get(one.ad.advertiser_id)
            case = Case(one.ad, account, None, (), world, self._history)
            self._history.add(one.ad, one.decision, masks(case))
        if one.decision.decision == "reject" and one.ad.image is not None:
            self._learn_picture(connection, rejected(one.ad.ad_id), one.ad.image)
        elif one.decision.decision == "approve":
            # What a person let go was no fraud, and what was changed is another picture.
            self._bank.remove(rejected(one.ad.ad_id))

    def _learn_parties(self, connection: Connection, world: World) -> None:
        """Reference pictures of those who are protected; of those who are no longer none is kept."""
        wanted = {
            f"{of_party(party.party_id, number)} {image}": (of_party(party.party_id, number), image)
            for party in world.parties.values()
            for number, image in enumerate(party.images)
        }
        for gone in self._of_parties - wanted.keys():
            self._bank.remove(gone.rpartition(" ")[0])
        # One whose bytes are not kept is asked for again: somebody may put it in anew.
        new = {
            one for one in wanted.keys() - self._of_parties if self._learn_picture(connection, *wanted[one])
        }
        self._of_parties = (self._of_parties & wanted.keys()) | new

    def _learn_picture(self, connection: Connection, identifier: str, sha256: str) -> bool:
        """Whether its bytes are kept."""
        content = read_blob(connection, sha256)
        if content is None:
            return False
        # What cannot be opened has nothing to be compared, and is refused by itself.
        with suppress(RefusedError):
            self._bank.add(identifier, fingerprint_of(content))
        return True
