"""What review knows beside the ads, as its examiner gets it; read again whenever something of it changed."""

import threading
from dataclasses import dataclass

from sqlalchemy import Connection

from haechi.review.case import World
from haechi.stores.review.advertisers import advertisers_of
from haechi.stores.review.changes import stamp
from haechi.stores.review.parties import authorisations_of, parties_of
from haechi.stores.review.registers import licences_of


@dataclass(frozen=True, slots=True)
class Known:
    """A world and its stamp: the number of the last change in it."""

    stamp: int
    world: World


class Worlds:
    """The world of today. One a process; any number of threads ask it.

    The world is kept, with the indices that signals made over it, until its stamp is not that of the database.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Known | None = None

    def today(self, connection: Connection) -> Known:
        """The world as the database has it now."""
        now = stamp(connection)
        with self._lock:
            if self._known is None or self._known.stamp != now:
                self._known = Known(now, world_of(connection))
            return self._known


def world_of(connection: Connection) -> World:
    """Everything that is known, read anew."""
    return World(
        advertisers=advertisers_of(connection),
        parties=parties_of(connection),
        authorisations=tuple(authorisations_of(connection)),
        licences=tuple(licences_of(connection)),
    )
