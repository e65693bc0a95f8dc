"""Guessing at keys and passwords: after some failures whoever guesses has to wait, and nobody else.

A failure counts against the address that it came from, and against the account. Who was right before is known by
something that only they have (a browser by its mark, a program by its key) and counts apart, so that no flood of
wrong guesses from elsewhere keeps them out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

from haechi.service.pace import Pace
from haechi.terms.identifiers import LONGEST

_MARK_BYTES: Final = 16
_WAITING: Final = 8
"""Passwords that may wait to be compared; each comparison takes a processor for some 50 ms."""
_AT_ONCE: Final = 2
_KNOWN_KEYS: Final = 10_000


class BusyError(Exception):
    """Too many passwords wait to be compared."""


class Tried(NamedTuple):
    """One guess at a password.

    Attributes:
        wait: seconds until there may be another; 0: this one may be made.
        paces: where it counts, each with whom.
        known: the browser signed this account in before.
    """

    wait: float
    paces: tuple[tuple[Pace, str], ...]
    known: bool


class PasswordGuesses:
    """Guesses at passwords.

    Args:
        secret: makes the marks of browsers; the same after a restart.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._by_address = Pace(burst=10, seconds=60)
        # Of all addresses together: more than one of them alone may, so that no single one shuts an account.
        self._by_account = Pace(burst=20, seconds=20)
        self._by_mark = Pace(burst=10, seconds=60)
        self._comparing = {known: _Queue() for known in (True, False)}

    def mark(self, name: str) -> str:
        """What tells later that this browser signed an account in; worth nothing for any other."""
        return self._signed(name, secrets.token_hex(_MARK_BYTES))

    def try_(self, address: str, name: str, mark: str) -> Tried:
        """Counts a guess before it is made, so that none is made beside the count."""
        known = hmac.compare_digest(self._signed(name, mark.partition(".")[0]).encode(), mark.encode())
        paces = (
            ((self._by_mark, mark),)
            if known
            else ((self._by_address, address), (self._by_account, name[:LONGEST]))
        )
        for place, (pace, who) in enumerate(paces):
            if wait := pace.take(who):
                for earlier, whose in paces[:place]:
                    earlier.give_back(whose)
                return Tried(wait, paces, known)
        return Tried(0, paces, known)

    def right(self, tried: Tried) -> None:
        """The guess was right, or was not made: it does not count."""
        for pace, who in tried.paces:
            pace.give_back(who)

    @asynccontextmanager
    async def comparing(self, tried: Tried) -> AsyncIterator[None]:
        """A place among those whose passwords are compared; known browsers have places of their own.

        Raises:
            BusyError: too many wait.
        """
        async with self._comparing[tried.known].place():
            yield

    def _signed(self, name: str, random: str) -> str:
        signature = hmac.digest(self._secret, f"{random} {name}".encode(), "sha256").hex()
        return f"{random}.{signature}"


class _Queue:
    """A few at once, some waiting, the rest sent away."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._here = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        if self._here >= _AT_ONCE + _WAITING:
            raise BusyError
        self._here += 1
        try:
            async with self._places:
                yield
        finally:
            self._here -= 1


class KeyGuesses:
    """Guesses at keys: 256 random bits are not found, but looking each of them up costs the database.

    Args:
        burst: wrong keys that may come from an address before it has to wait.
    """

    def __init__(self, burst: int = 20) -> None:
        self._by_address = Pace(burst=burst, seconds=5)
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def wait(self, address: str, key: str) -> float:
        """Seconds to wait before the key is looked up; 0 for one that was right before."""
        return 0.0 if _hash(key) in self._known else self._by_address.wait(address)

    def right(self, key: str) -> None:
        """The key was right, and is known from now on."""
        self._known[_hash(key)] = None
        if len(self._known) > _KNOWN_KEYS:
            self._known.popitem(last=False)

    def wrong(self, address: str, key: str) -> None:
        """The key is not known, or not any more; it counts against the address."""
        self._known.pop(_hash(key), None)
        self._by_address.take(address)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
