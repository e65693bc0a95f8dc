"""Sign-ins that were begun and wait for the provider's answer.

They are in memory: who waits when the platform ends begins anew.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

LASTS: Final = 600
"""Seconds for which an answer is waited for."""
_MOST: Final = 1_000
"""More waiting at once is a flood: the oldest go."""


class Begun(NamedTuple):
    """What the answer to a sign-in has to fit.

    Attributes:
        state: returned by the browser with the answer (RFC 6749 section 10.12).
        nonce: returned by the provider inside the signed token (OpenID Connect Core 3.1.2.1).
        verifier: shown to the provider for the code (PKCE, RFC 7636).
    """

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Begun":
        """One that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


@dataclass(slots=True)
class Waiting:
    """The sign-ins under way, each bound to one browser by a secret in its cookie.

    Attributes:
        clock: seconds that only go on.
    """

    clock: Callable[[], float] = time.monotonic
    _begun: "OrderedDict[bytes, tuple[float, Begun]]" = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, begun: Begun) -> str:
        """Keeps a sign-in; the secret for the browser's cookie."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._begun) >= _MOST:
                self._begun.popitem(last=False)
            self._begun[_hash(secret)] = (self.clock() + LASTS, begun)
        return secret

    def take(self, secret: str) -> Begun | None:
        """The sign-in that a browser began, once; None where it began none, or too long ago."""
        with self._lock:
            until, begun = self._begun.pop(_hash(secret), (0.0, None))
        return begun if self.clock() < until else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
