"""Which addresses a visit may connect to: those of the public internet, and no others.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates); RFC 5214 section 6.1
(ISATAP); WHATWG URL Standard, "IPv4 parser" (how browsers read numbers as addresses); Microsoft's documentation of
168.63.129.16 (the platform address of Azure, in a public range).
"""

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal

from haechi.errors import HaechiError

Failure = Literal[
    "refused-url",
    "refused-scheme",
    "refused-port",
    "refused-credentials",
    "refused-address",
    "name-not-found",
    "no-connection",
    "certificate",
    "proxy",
    "protocol",
    "time-limit",
    "too-large",
    "headers-too-large",
    "content-type",
    "encoding",
    "redirect-loop",
    "too-many-redirects",
]
"""Why a visit ended without a page. `refused-…`: what the address asks for is never done. `proxy`: the operator's
proxy did not connect. `encoding`: the body is compressed in a way that was not offered, or damaged."""

Resolver = Callable[[str], Sequence[str]]
"""Addresses of a name, as text. It raises `OSError` where there are none."""

_NOT_PUBLIC_4: Final = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
"""All that IANA has given out as global unicast. Mapped, NAT64, local and multicast addresses lie outside."""
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Protocol assignments with Teredo, documentation, 6to4."""
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
_LONGEST_NUMBER: Final = 4


class NotVisited(HaechiError):  # noqa: N818 - what happened, as in the tree of errors
    """A visit ended without a page.

    Attributes:
        failure: why.
    """

    def __init__(self, failure: Failure) -> None:
        self.failure: Failure = failure
        super().__init__(failure)


def is_public(address: str) -> bool:
    """Whether an address is reachable from anywhere in the internet. What is no address is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _NOT_PUBLIC_4)
    if found.scope_id is not None or found not in _PUBLIC_6:
        return False
    embeds = (int(found) >> 32) & 0xFFFFFFFF in _ISATAP
    return not embeds and not any(found in network for network in _NOT_PUBLIC_6)


def as_address(host: str) -> str | None:
    """The address that a host spells in numbers, as browsers read it; None where it is a name.

    `127.1`, `0x7f000001`, `017700000001` and `2130706433` all spell 127.0.0.1.

    Raises:
        NotVisited: it ends in a number and spells no address.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare:
        try:
            return str(IPv6Address(bare))
        except ValueError:
            raise NotVisited("refused-address") from None
    parts = bare.removesuffix(".").split(".")
    if _number(parts[-1]) is None and not parts[-1].isdecimal():
        return None
    numbers = [_number(part) for part in parts]
    if len(numbers) > _LONGEST_NUMBER or None in numbers:
        raise NotVisited("refused-address")
    *leading, last = [number for number in numbers if number is not None]
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):  # noqa: PLR2004
        raise NotVisited("refused-address")
    return str(IPv4Address(sum(n << (24 - 8 * place) for place, n in enumerate(leading)) + last))


def _number(part: str) -> int | None:
    digits, base = part, 10
    if part[:2] in {"0x", "0X"}:
        digits, base = part[2:] or "0", 16
    elif part.startswith("0") and len(part) > 1:
        digits, base = part[1:], 8
    if not digits.isascii() or not digits.isalnum():
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None


def resolve(host: str) -> Sequence[str]:
    """Addresses of a name, by the system's resolver."""
    told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in told))


def resolved_within(resolver: Resolver, host: str, seconds: float) -> Sequence[str]:
    """What `resolver` answers, if it does so in time: the system's own waits as long as a name server likes.

    Raises:
        NotVisited: there are no addresses, or not in time.
    """
    answer: list[Sequence[str]] = []

    def ask() -> None:
        try:
            answer.append(resolver(host))
        except (OSError, UnicodeError):
            answer.append(())

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(seconds, 0))
    if not answer:
        raise NotVisited("time-limit")
    if not answer[0]:
        raise NotVisited("name-not-found")
    return answer[0]
