"""How often something may happen for each of many: a bucket each, that fills up again at its own pace."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

_MOST: Final = 100_000
"""Buckets that are remembered; beyond, the one that was used longest ago is forgotten, and so is full."""


class Pace:
    """Buckets of tokens, in this process's memory: after a restart all are full.

    Args:
        burst: tokens in a full bucket.
        seconds: after which a taken token is there again.
        clock: seconds that only go on.
    """

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._seconds = seconds
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, who: Hashable) -> float:
        """Takes a token; 0, or how many seconds until there is one, and none was taken."""
        with self._lock:
            tokens, now = self._tokens(who)
            taken = tokens >= 1
            self._keep(who, tokens - taken, now)
            return 0.0 if taken else (1 - tokens) * self._seconds

    def wait(self, who: Hashable) -> float:
        """Seconds until there is a token; 0 where there is one. None is taken."""
        with self._lock:
            tokens, _ = self._tokens(who)
            return max(1 - tokens, 0.0) * self._seconds

    def give_back(self, who: Hashable) -> None:
        """Undoes a `take`: what happened does not count."""
        with self._lock:
            tokens, now = self._tokens(who)
            self._keep(who, min(tokens + 1, self._burst), now)

    def _tokens(self, who: Hashable) -> tuple[float, float]:
        now = self._clock()
        tokens, at = self._buckets.get(who, (float(self._burst), now))
        return min(tokens + (now - at) / self._seconds, self._burst), now

    def _keep(self, who: Hashable, tokens: float, now: float) -> None:
        self._buckets[who] = tokens, now
        self._buckets.move_to_end(who)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
