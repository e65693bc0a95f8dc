"""Connections to checked addresses only, within a budget of time and bytes.

A name is resolved once for each connection, every address that it has must be allowed, and the connection goes to
exactly that address: a name that answers differently a moment later is not asked a second time. Host, SNI and the
certificate's check stay with the name, for they belong to the layers above.
"""

import base64
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import httpcore2

from haechi.errors import UsageError
from haechi.review.landing.addresses import NotVisited, Resolver, as_address, is_public, resolved_within

PORTS: Final = frozenset({80, 443, 8080, 8443})
_PROXY_ANSWER: Final = 8192
_PROXY_PORT: Final = 8080


@dataclass(slots=True)
class Budget:
    """What is left of a visit's time and bytes.

    Attributes:
        until: the end, on the monotonic clock.
        received: bytes that may still be received.
    """

    until: float
    received: int

    def seconds(self) -> float:
        """Seconds that are left; raises `NotVisited` when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise NotVisited("time-limit")
        return left

    def take(self, size: int) -> None:
        """Count bytes received; raises `NotVisited` when there are too many."""
        self.received -= size
        if self.received < 0:
            raise NotVisited("too-large")


@dataclass(frozen=True, slots=True)
class Door:
    """Where connections may go.

    Attributes:
        resolver: of names.
        trusted: address and port of local test servers. Set in code by tests; never read from a configuration.
        proxy: of the profile, `http://[user:password@]host[:port]`, or None.
    """

    resolver: Resolver
    trusted: frozenset[tuple[str, int]] = frozenset()
    proxy: str | None = None

    def allows_port(self, port: int) -> bool:
        """Whether a visit may ask for this port."""
        return port in PORTS or any(port == open_port for _, open_port in self.trusted)

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """The addresses to connect to.

        Raises:
            NotVisited: the host has none, or one that is not allowed: an honest name has no private address beside
                its public one.
        """
        spelled = as_address(host)
        found = [spelled] if spelled else list(resolved_within(self.resolver, host, seconds))
        for address in found:
            if (address, port) not in self.trusted and not (port in PORTS and is_public(address)):
                raise NotVisited("refused-address")
        return found


class Metered(httpcore2.NetworkStream):
    """A connection that ends when the budget does, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the budget's time counts
        """Bytes, counted."""
        received = self._stream.read(max_bytes, self._budget.seconds())
        self._budget.take(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        """Send, in time."""
        self._stream.write(buffer, self._budget.seconds())

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted and verified for the name."""
        timeout = self._budget.seconds()
        return Metered(self._stream.start_tls(ssl_context, server_hostname, timeout), self._budget)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the interface's
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


@dataclass(slots=True)
class Backend(httpcore2.NetworkBackend):
    """Opens connections through the door.

    Attributes:
        door: where they may go.
        budget: of the visit.
    """

    door: Door
    budget: Budget
    _sockets: httpcore2.NetworkBackend = field(default_factory=httpcore2.SyncBackend)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget's time counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers.

        Raises:
            NotVisited: the host is refused, or nothing answers.
        """
        for address in self.door.addresses(host, port, self.budget.seconds()):
            try:
                if self.door.proxy is not None:
                    return self._through_proxy(self.door.proxy, address, port)
                seconds = self.budget.seconds()
                stream = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                return Metered(stream, self.budget)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        raise NotVisited("no-connection")

    def _through_proxy(self, proxy: str, address: str, port: int) -> httpcore2.NetworkStream:
        """A tunnel to the checked address: the proxy is given no name that it could resolve otherwise."""
        where = urlsplit(proxy)
        if where.scheme != "http" or not where.hostname:
            raise UsageError("A profile's proxy is written http://host:port; other kinds are not supported.")
        seconds = self.budget.seconds()
        try:
            bare = self._sockets.connect_tcp(where.hostname, where.port or _PROXY_PORT, seconds)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
            raise NotVisited("proxy") from None
        stream = Metered(bare, self.budget)
        target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if where.username is not None:
            secret = f"{unquote(where.username)}:{unquote(where.password or '')}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(secret).decode()}")
        stream.write("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            one = stream.read(1)
            answer += one
            if not one or len(answer) > _PROXY_ANSWER:
                break
        if answer.split(b" ")[1:2] != [b"200"]:
            stream.close()
            raise NotVisited("proxy")
        return stream
