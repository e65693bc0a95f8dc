"""Tells agents how requests stand, at the addresses that they gave, where the operator lets Haechi use the network.

An address comes from outside: it must lead to a public host, and to the one that was looked at. Otherwise an agent
could have this machine knock at doors inside the operator's own network.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from haechi.rights.addresses import is_https
from haechi.stores.callbacks import callback_told, waiting_callbacks
from haechi.stores.clock import utc_now

_STEP_SECONDS: Final = 5.0
_WHOLE_SECONDS: Final = 15.0
_HTTPS: Final = 443
_OK: Final = 200
_TUNNELS: Final = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")))
"""Addresses that stand for others, which would have to be looked at instead."""
Post = Callable[[str, str], bool]


class CallbackSender:
    """Tells agents, in a thread of its own, so that a slow agent holds nobody else up.

    Args:
        engine: the database.
        seconds: how often it looks.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tell_on, name="haechi-callbacks", daemon=True)

    def begin(self) -> None:
        """Begins to tell."""
        self._thread.start()

    def end(self) -> None:
        """Ends it; what was not told is told by the next process."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(_WHOLE_SECONDS + _STEP_SECONDS)

    def _tell_on(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                tell_waiting(self._engine, post, until=self._ended)
            except SQLAlchemyError as fault:
                structlog.get_logger("haechi").error("callbacks", fault=type(fault).__name__)


def tell_waiting(engine: Engine, send: Post, *, until: threading.Event | None = None) -> int:
    """Tells what waits; an address that does not take a message gets no further one in this round.

    Args:
        engine: the database.
        send: posts a body to a URL; whether it was taken.
        until: stops the round when it is set.

    Returns:
        how many were taken.
    """
    told = 0
    failing: set[str] = set()
    for one in waiting_callbacks(engine, now=utc_now()):
        host = urlsplit(one.url).netloc
        if until is not None and until.is_set():
            break
        if host in failing:
            continue
        if send(one.url, one.body):
            callback_told(engine, one.message, now=utc_now())
            told += 1
        else:
            failing.add(host)
    return told


def is_public(address: str) -> bool:
    """Whether an address is one of the public network, and stands for itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None or any(ip in network for network in _TUNNELS):
            return False
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast


def post(
    url: str,
    body: str,
    *,
    may_reach: Callable[[str], bool] = is_public,
    context: ssl.SSLContext | None = None,
) -> bool:
    """Posts JSON over https to a public host.

    No redirect is followed, and nothing of the answer is read but its status.

    Args:
        url: where to.
        body: JSON.
        may_reach: whether an address may be connected to.
        context: who is trusted; the system's authorities without it.

    Returns:
        whether the answer was 200; False where nothing was sent too.
    """
    if not is_https(url):
        return False
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or _HTTPS
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        # One address that may not be reached among others is no accident.
        if not addresses or not all(map(may_reach, addresses)):
            return False
        trusted = context or ssl.create_default_context()
        with (
            socket.create_connection((addresses[0], port), timeout=_STEP_SECONDS) as plain,
            _cut_off(plain),
            trusted.wrap_socket(plain, server_hostname=host) as secure,
        ):
            connection = http.client.HTTPConnection(host, port, timeout=_STEP_SECONDS)
            connection.sock = secure
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", target, body.encode(), headers)
            return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException, UnicodeError, ValueError):
        return False


@contextlib.contextmanager
def _cut_off(plain: socket.socket) -> Iterator[None]:
    """Ends a conversation that takes too long as a whole, however often a byte comes."""
    # The descriptor passes to the socket that encrypts; a second one of the same connection can still end it.
    with plain.dup() as handle:
        timer = threading.Timer(_WHOLE_SECONDS, handle.shutdown, [socket.SHUT_RDWR])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
