"""Limits before anything is looked at: calls a minute and at once from one address, and how slowly a body may come.

They are counted in this process: `haechi serve` has one worker. Behind a proxy the addresses are the proxy's own,
unless it is named (`haechi serve --proxy`).
"""

import asyncio
import ipaddress
import math
import time
from collections import Counter
from functools import lru_cache
from typing import Final

import structlog
from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

from haechi.service.measures import LIMITED
from haechi.service.pace import Pace
from haechi.service.problems import PROBLEM, problem_body

PATIENCE_SECONDS: Final = 10.0
SLOWEST: Final = 50_000
"""Bytes a second that a body must bring on the average, beyond the patience."""
LARGEST_CALL: Final = 32_000_000
"""Bytes of a body."""
AT_ONCE: Final = 128
"""Calls under way from one address."""
_FREE: Final = ("/health/", "/metrics")
"""Probes are never sent away."""
_V6_PREFIX: Final = 64
"""Whoever has an address of IPv6 has a network of them (RFC 6177)."""
_LOGGED: Final = Pace(burst=10, seconds=60)
"""A flood is told, but does not flood the log."""


@lru_cache(10_000)
def caller_address(host: str) -> str:
    """What stands for one caller among the limits: an IPv4 address, or a network of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _V6_PREFIX), strict=False))
    return str(address)


def address_of(scope: Scope) -> str:
    """Who calls, as far as the network says."""
    client = scope.get("client")
    return caller_address(client[0]) if client else ""


def told(limit: str) -> None:
    """Counts that a limit was met, and says so in the log as long as it is not said all the time."""
    LIMITED.labels(limit).inc()
    if not _LOGGED.take(limit):
        structlog.get_logger("haechi").warning("limited", limit=limit)


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come again, in whole seconds."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def limited(app: ASGIApp, *, per_minute: int, patience: float = PATIENCE_SECONDS) -> ASGIApp:
    """The application behind its limits.

    Args:
        app: what answers the others.
        per_minute: calls a minute from one address.
        patience: seconds for a body to come, and one more for each `SLOWEST` bytes of it.
    """
    calls = Pace(per_minute, 60 / per_minute)
    under_way: Counter[str] = Counter()

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(_FREE):
            await app(scope, receive, send)
            return
        address = address_of(scope)
        if wait := calls.take(address):
            await _send_away(send, "calls", wait)
        elif under_way[address] >= AT_ONCE:
            await _send_away(send, "calls at once", 1)
        else:
            under_way[address] += 1
            try:
                await app(scope, _in_time(receive, patience), send)
            finally:
                under_way[address] -= 1
                if not under_way[address]:
                    del under_way[address]

    return handle


async def _send_away(send: Send, limit: str, wait: float) -> None:
    told(limit)
    detail = f"too many {limit} from your address; send again after Retry-After"
    headers = [(b"content-type", PROBLEM.encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in retry_after(wait).items()]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    body = problem_body(429, "Too many calls", detail)
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _in_time(receive: Receive, patience: float) -> Receive:
    """Gives a body that comes too slowly up."""
    begun = time.monotonic()
    arrived = 0
    whole = False

    async def receive_in_time() -> HTTPReceiveMessage:
        nonlocal arrived, whole
        if whole:
            # What comes now is only that the caller went away.
            return await receive()  # type: ignore[return-value]
        left = begun + patience + arrived / SLOWEST - time.monotonic()
        try:
            async with asyncio.timeout(max(left, 0.0)):
                message = await receive()
        except TimeoutError:
            told("slow bodies")
            raise ClientException(
                "the body did not arrive in time", status_code=408, headers={"Connection": "close"}
            ) from None
        if message["type"] == "http.request":
            arrived += len(message["body"])
            whole = not message.get("more_body", False)
        return message  # type: ignore[return-value]

    return receive_in_time
