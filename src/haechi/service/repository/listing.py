"""The repository's entries, kept in memory for a minute, and how often one address may ask for them."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Final

from litestar.exceptions import TooManyRequestsException
from sqlalchemy import Engine

from haechi.review.outgoing.repository import Entry
from haechi.service.limits import retry_after, told
from haechi.service.pace import Pace
from haechi.stores.clock import utc_now
from haechi.stores.ledger.held import one_state
from haechi.stores.review.repository import entries

STATE: Final = "repository"
"""Where the application's state keeps the `Listing`."""
FRESH_SECONDS: Final = 60.0
A_MINUTE: Final = 60
"""Searches from one address, beside the limit of all calls."""


class Listing:
    """What the repository shows. Strangers ask as often as they like; the database is read once a minute.

    Args:
        engine: the database.
        burst: searches a minute from one address.
        clock: seconds that only go on.
    """

    def __init__(
        self, engine: Engine, *, burst: int = A_MINUTE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._pace = Pace(burst, 60 / burst, clock)
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[list[Entry], datetime] | None = None
        self._read_at = 0.0

    def take(self, address: str) -> None:
        """Counts a search.

        Raises:
            TooManyRequestsException: too many came from this address.
        """
        if wait := self._pace.take(address):
            told("repository")
            raise TooManyRequestsException(
                "too many searches from your address; send again after Retry-After",
                headers=retry_after(wait),
            )

    def now(self) -> tuple[list[Entry], datetime]:
        """The entries, and the naive UTC instant at which they were read: a minute ago at most."""
        with self._lock:
            if self._known is None or self._clock() - self._read_at >= FRESH_SECONDS:
                at = utc_now()
                with one_state(self._engine) as connection:
                    self._known = entries(connection, now=at), at
                self._read_at = self._clock()
            return self._known
