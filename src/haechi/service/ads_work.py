"""Ad review's work beside the calls: sweeps, pages looked at again, what was cut off taken up, pictures destroyed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog
from litestar.exceptions import TooManyRequestsException

from haechi.service.limits import told
from haechi.stores.clock import utc_now
from haechi.stores.review.ads import Ads
from haechi.stores.review.blobs import forget_blobs
from haechi.stores.review.rechecks import recheck_due
from haechi.stores.review.sweep_begun import sweep_expired
from haechi.stores.review.sweeps import go_on

_CLEARS: Final = timedelta(hours=6)
_EXAMINED: Final = 24
"""Ads that are examined at once; a further one is told to come again."""


class AdWork:
    """A thread of its own, so that a long sweep keeps nothing else waiting.

    Args:
        ads: the ads.
        seconds: how often it looks for work that nobody told it of.
    """

    def __init__(self, ads: Ads, seconds: float) -> None:
        self._ads = ads
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(_EXAMINED)
        self._woken = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None
        self._cleared: datetime | None = None

    def begin(self) -> None:
        """Begins it."""
        self._thread = threading.Thread(target=self._go_on, name="haechi-ads", daemon=True)
        self._thread.start()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among the ads that are examined: apart from who waits for the writer, whom slow pages keep not.

        Raises:
            TooManyRequestsException: all are taken; nothing was done.
        """
        if not self._places.acquire(blocking=False):
            told("ads")
            raise TooManyRequestsException(
                "too many ads are being examined; send again", headers={"Retry-After": "1"}
            )
        try:
            yield
        finally:
            self._places.release()

    def wake(self) -> None:
        """There is work: it is not waited for."""
        self._woken.set()

    def end(self) -> None:
        """Ends it after the step that it is at."""
        self._ended = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(10)

    def once(self) -> bool:
        """One step of everything. Never raises.

        Returns:
            whether there is more to do at once.
        """
        now = utc_now()
        try:
            self._ads.resume(now=now)
            sweep_expired(self._ads.engine, now=now)
            looked = recheck_due(self._ads, now=now)
            sweeps = go_on(self._ads.engine, self._ads.screening, now=now)
            if self._cleared is None or now - self._cleared >= _CLEARS:
                forget_blobs(self._ads.engine, now=now)
                self._cleared = now
        except Exception as fault:  # noqa: BLE001 - a thread that ends would leave sweeps half-way, unseen
            structlog.get_logger("haechi").error("ad review", fault=type(fault).__name__)
            return False
        return looked > 0 or any(one.finished_at is None for one in sweeps)

    def _go_on(self) -> None:
        while not self._ended:
            # Cleared before the work: who wakes it meanwhile is heard.
            self._woken.clear()
            if not self.once():
                self._woken.wait(self._seconds)
