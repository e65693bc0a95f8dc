"""No visit may reach what is not public, however its address is spelled."""

import socket
import threading
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.review.landing.addresses import NotVisited, as_address, is_public, resolved_within
from haechi.review.landing.visit import visit
from tests.ads.landing.servers import AT, LOOPBACK, PHONE, REVIEWER, Asked, serving

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
    "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "2606:4700::5efe:7f00:1", "not an address", "", "1.2.3", "127.1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    """A landing page could otherwise read the platform's own network or its cloud's secrets."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_visited(address: str) -> None:
    """Honest pages could otherwise not be seen."""
    assert is_public(address)


@given(st.ip_addresses())
def test_the_standard_library_never_knows_a_private_address_that_we_call_public(
    address: IPv4Address | IPv6Address,
) -> None:
    """Two independent readings of IANA's registries: ours may be stricter, never laxer."""
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


def spelled(number: int) -> list[str]:
    """Ways in which browsers and resolvers read one IPv4 address."""
    a, b, c, d = number.to_bytes(4, "big")
    low = (b << 16) + (c << 8) + d
    return [
        f"{a}.{b}.{c}.{d}", f"{number}", f"0x{number:x}", f"0{number:o}", f"{a}.{low}", f"0x{a:x}.0x{low:X}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"{a}.{b}.{(c << 8) + d}", f"{a}.{b}.{c}.{d}.", f"0X{a:X}.{b}.0{c:o}.{d}",
    ]  # fmt: skip


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_is_the_address_that_the_system_reads(number: int) -> None:
    """A loopback address spelled in octal would otherwise pass as a name."""
    for host in spelled(number):
        read = as_address(host)
        assert read == str(IPv4Address(number))
        assert socket.inet_ntoa(socket.inet_aton(host.removesuffix("."))) == read


@pytest.mark.parametrize(
    "host", ["256.1.1.1", "1.2.3.4.5", "1.2.3.08", "0x100000000", "a.1", "1..2", "[::g]"]
)
def test_a_number_that_is_no_address_is_refused(host: str) -> None:
    """Each resolver reads such a host otherwise; none may be asked."""
    with pytest.raises(NotVisited) as told:
        as_address(host)
    assert told.value.failure == "refused-address"


@pytest.mark.parametrize(
    "host", ["shop.example", "1.shop.example", "0x.example", "123.example", "localhost", "1.0xg"]
)
def test_a_name_is_a_name(host: str) -> None:
    """Names with digits could otherwise not be visited."""
    assert as_address(host) is None


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        *((f"http://{host}/", "refused-address") for host in spelled(0x7F000001)),
        *((f"http://{host}/", "refused-address") for host in spelled(0xA9FEA9FE)),
        ("http://[::1]/", "refused-address"),
        ("http://[::ffff:127.0.0.1]/", "refused-address"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "refused-address"),
        ("http://[::ffff:a9fe:a9fe]/", "refused-address"),
        ("https://[fd00:ec2::254]/", "refused-address"),
        ("http://127.0.0.1\t.shop.example/", "refused-address"),
        ("http://good.example\\@127.0.0.1/", "refused-address"),
        ("http://good.example\\@evil.example/", "refused-address"),
        ("http:\\\\127.0.0.1\\", "refused-address"),
        ("http:127.0.0.1/", "refused-address"),
        ("http:///127.0.0.1/", "refused-address"),
        ("http://user@127.0.0.1/", "refused-credentials"),
        ("http://user:secret@shop.example/", "refused-credentials"),
        ("http://good.example:80@evil.example/", "refused-credentials"),
        ("http://@evil.example/", "refused-credentials"),
        ("http://shop.example:22/", "refused-port"),
        ("http://shop.example:6379/", "refused-port"),
        ("http://shop.example:0/", "refused-port"),
        ("http://shop.example:99999/", "refused-port"),
        ("ftp://shop.example/", "refused-scheme"),
        ("file:///etc/hostname", "refused-scheme"),
        ("gopher://shop.example/_x", "refused-scheme"),
        ("javascript:alert(1)", "refused-scheme"),
        ("data:text/html,x", "refused-scheme"),
        ("line://ti/p/x", "refused-scheme"),
        ("//shop.example/", "refused-url"),
        ("shop.example", "refused-url"),
        ("", "refused-url"),
        ("http://", "refused-url"),
        ("http://shop .example/", "refused-url"),
        ("http://%31%32%37.0.0.1/", "refused-url"),
    ],
)
def test_no_spelling_of_a_landing_url_reaches_the_loopback(url: str, failure: str) -> None:
    """Any of these would let an advertiser make Haechi ask its own machine."""

    def to_loopback(host: str) -> list[str]:
        return [LOOPBACK]

    told = visit(url, REVIEWER, AT, resolver=to_loopback)
    # The parser of addresses refuses leading zeros by itself.
    expected = {failure, "refused-url"} if "//0" in url else {failure}
    assert told.failure in expected
    assert (told.status, told.text) == (None, "")


def test_full_width_digits_reach_nothing() -> None:
    """Browsers read them as 127.0.0.1."""
    told = visit("http://１２７.０.０.１/", REVIEWER, AT, resolver=lambda _: [LOOPBACK])
    assert told.failure in {"refused-address", "refused-url"}


def test_a_name_that_has_one_private_address_is_refused() -> None:
    """Connecting falls back from one address to the next."""
    told = visit("http://shop.example/", REVIEWER, AT, resolver=lambda _: ["93.184.216.34", LOOPBACK])
    assert told.failure == "refused-address"


def test_a_name_is_resolved_once_and_never_to_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, loopback when it is connected to."""
    answers: list[Sequence[str]] = [["93.184.216.34"], [LOOPBACK], [LOOPBACK]]
    connected: list[object] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    told = visit("http://rebind.example/", REVIEWER, AT, resolver=lambda _: answers.pop(0))
    assert told.failure == "no-connection"
    assert connected == [("93.184.216.34", 80)]
    assert len(answers) == 2


def test_a_redirect_that_rebinds_is_refused() -> None:
    """The second request for the same name is checked as the first was."""
    with (
        serving(lambda asked: asked.to("/next")) as site,
        serving(lambda asked: asked.page("secret")) as inner,
    ):
        answers = [[LOOPBACK], ["127.0.0.2"]]
        told = visit(
            site.url(),
            REVIEWER,
            AT,
            resolver=lambda _: answers.pop(0),
            trusted={(LOOPBACK, site.port), (LOOPBACK, inner.port)},
        )
    assert (told.failure, told.final_url) == ("refused-address", site.url("/next"))
    assert len(site.seen) == 1


@pytest.mark.parametrize(
    ("target", "failure"),
    [
        ("http://127.0.0.1/", "refused-address"),
        ("http://0x7f.1/", "refused-address"),
        ("http://[::1]/", "refused-address"),
        ("http://169.254.169.254/latest/meta-data/", "refused-address"),
        ("http://localhost/", "refused-address"),
        ("//127.0.0.1/", "refused-address"),
        ("\\\\127.0.0.1/", "refused-address"),
        ("file:///etc/passwd", "refused-scheme"),
        ("gopher://127.0.0.1:6379/_INFO", "refused-scheme"),
        ("http://user@shop.example/", "refused-credentials"),
        ("http://shop.example:25/", "refused-port"),
        ("http://[", "refused-url"),
    ],
)
@pytest.mark.parametrize("way", ["status", "header", "meta", "script"])
def test_every_redirect_is_checked_again(target: str, failure: str, way: str) -> None:
    """A harmless first address is no promise about the second."""

    def answer(asked: Asked) -> None:
        if asked.path != "/":
            asked.page("reached")
        elif way == "status":
            asked.to(target)
        elif way == "header":
            asked.page("x", Refresh=f"0; url={target}")
        elif way == "meta":
            asked.page(f'<meta http-equiv="refresh" content="0; url={target}">')
        else:
            asked.page(f"<script>location.href = '{target}'</script>".replace("\\", "\\\\"))

    with serving(answer) as site:
        told = site.visit()
        assert told.failure == failure
        assert len(site.seen) == 1


def test_a_slow_resolver_ends_in_time() -> None:
    """The system's resolver waits as long as an attacker's name server likes."""
    ended = threading.Event()

    def slow(host: str) -> list[str]:
        ended.wait(5)
        return [LOOPBACK]

    started = time.monotonic()
    with pytest.raises(NotVisited) as told:
        resolved_within(slow, "shop.example", 0.1)
    ended.set()
    assert told.value.failure == "time-limit"
    assert time.monotonic() - started < 2


def test_a_name_without_addresses_is_said_to_have_none() -> None:
    """Otherwise nobody knows why the page was not seen."""

    def none(host: str) -> list[str]:
        raise socket.gaierror

    assert visit("http://shop.example/", PHONE, AT, resolver=none).failure == "name-not-found"
