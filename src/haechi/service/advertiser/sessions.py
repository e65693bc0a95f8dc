"""Sessions of advertisers in a browser: begun by a key of theirs, short, and ended with the key.

They are kept in this process, as limits are: `haechi serve` has one worker. After a restart one signs in again.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, NamedTuple

STATE: Final = "advertiser_sessions"
"""Where the application's state keeps them."""
LASTS: Final = timedelta(hours=1)
_MOST: Final = 10_000


class Begun(NamedTuple):
    """A session.

    Attributes:
        prefix: of the key by which it was begun.
        csrf: what forms of the session must carry.
        ends_at: naive UTC.
    """

    prefix: str
    csrf: str
    ends_at: datetime


class AdvertiserSessions:
    """Sessions by the hash of their secret."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Begun] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, prefix: str, *, now: datetime) -> str:
        """A new session's secret, for the cookie; of very many sessions the oldest ends."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._kept[_hash(secret)] = Begun(prefix, secrets.token_urlsafe(24), now + LASTS)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return secret

    def find(self, secret: str, *, now: datetime) -> Begun | None:
        """The session of a secret; None where there is none, or it is over."""
        with self._lock:
            found = self._kept.get(_hash(secret))
            if found is not None and now >= found.ends_at:
                del self._kept[_hash(secret)]
                return None
            return found

    def end(self, secret: str) -> None:
        """Ends a session."""
        with self._lock:
            self._kept.pop(_hash(secret), None)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
