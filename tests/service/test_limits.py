"""Slow clients, floods and guesses against the real server: whoever does it waits, everybody else is served."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from haechi.service.limits import AT_ONCE, caller_address
from haechi.service.pace import Pace
from haechi.stores import open_store
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.stores.users import make_user
from tests.service.door import PASSWORD
from tests.service.served import call, platform_served

FORM = "f" * 43


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    engine = open_store(str(tmp_path))
    for name in ("ann", "bob"):
        make_user(engine, name=name, role="reviewer", password=PASSWORD, now=utc_now())
    engine.dispose()
    return tmp_path


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with platform_served(folder) as port:
        yield port


def sign_in(
    port: int, name: str, password: str, source: str = "127.0.0.1", known: str = ""
) -> tuple[int, dict[str, str]]:
    """The status of a sign-in from an address, and the answer's headers."""
    body = urlencode({"name": name, "password": password, "form": FORM}).encode()
    cookie = f"haechi_form={FORM}" + (f"; haechi_known={known}" if known else "")
    status, headers, _ = call(
        port, "/console/sign-in", body, source=source, Cookie=cookie,
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    return status, headers


def test_a_body_that_drips_is_given_up(folder: Path) -> None:
    """A byte a second would hold a place for as long as the client likes."""
    key = make_key(open_store(str(folder)), name="k", scopes=["ingest"], now=utc_now())
    with (
        platform_served(folder) as port,
        closing(socket.create_connection(("127.0.0.1", port), 30)) as slow,
    ):
        slow.sendall(
            b"POST /v1/behaviours HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n"
            b"idempotency-key: 1\r\ncontent-type: application/json\r\nauthorization: Bearer %s\r\n\r\n["
            % key.encode()
        )
        begun = time.monotonic()
        slow.settimeout(1)
        answer = b""
        while not answer and time.monotonic() - begun < 20:
            try:
                answer = slow.recv(2_000)
            except TimeoutError:
                slow.sendall(b" ")
        assert answer.startswith(b"HTTP/1.1 408")
        assert 9 < time.monotonic() - begun < 14
        assert b"did not arrive in time" in answer
        told = call(port, "/metrics")[2].decode()
        assert 'haechi_limited_total{limit="slow bodies"} 1.0' in told


def test_a_large_body_over_a_slow_line_is_taken(folder: Path) -> None:
    """Who sends 100 kB a second is no attacker: patience grows with what has come."""
    key = make_key(open_store(str(folder)), name="k", scopes=["ingest"], now=utc_now())
    body = b"[" + b" " * 1_300_000 + b"]"
    with (
        platform_served(folder) as port,
        closing(socket.create_connection(("127.0.0.1", port), 30)) as slow,
    ):
        slow.sendall(
            b"POST /v1/behaviours HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\nidempotency-key: 1\r\n"
            b"content-type: application/json\r\nauthorization: Bearer %s\r\n\r\n" % (len(body), key.encode())
        )
        begun = time.monotonic()
        for at in range(0, len(body), 100_000):
            slow.sendall(body[at : at + 100_000])
            time.sleep(0.9)
        assert b"202" in slow.recv(500)
        assert time.monotonic() - begun > 10


def test_connections_that_say_nothing_shut_nobody_out_and_end(port: int) -> None:
    """More idle connections than the server's usual places: others are served, and the idle ones do not stay."""
    with ExitStack() as stack:
        idle = [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 5)))
            for _ in range(1_200)
        ]
        assert call(port, "/health/live")[0] == 200
        idle[0].settimeout(25)
        assert idle[0].recv(100) in (b"", b"HTTP/1.1 408 Request Timeout\r\n")


def test_calls_at_once_from_one_address_are_bounded(port: int) -> None:
    """One address holds its own places at most; another address is served at once."""
    begin = b"POST /v1/themes HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n"
    # Without a key nobody waits for the body: the sign-in form does.
    begin = begin.replace(b"/v1/themes", b"/console/sign-in")
    begin += b"content-type: application/x-www-form-urlencoded\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            one = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 5)))
            one.sendall(begin)
        time.sleep(1)
        status, headers, _ = call(port, "/openapi/openapi.json")
        assert (status, headers["retry-after"]) == (429, "1")
        assert call(port, "/openapi/openapi.json", source="127.0.0.2")[0] == 200
        assert call(port, "/health/ready")[0] == 200, "probes are never sent away"


def test_guesses_at_a_password_wait_and_shut_nobody_else_out(port: int) -> None:
    """After ten failures an address waits; the owner, from another address, signs in as if nothing were."""
    statuses = [sign_in(port, "ann", f"wrong {n}", "127.0.0.2")[0] for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    status, headers = sign_in(port, "ann", PASSWORD, "127.0.0.2")
    assert status == 429, "also the right password waits: else waiting would tell which one is right"
    assert 0 < int(headers["retry-after"]) <= 60
    assert sign_in(port, "ann", PASSWORD)[0] == 303
    told = call(port, "/metrics")[2].decode()
    assert 'haechi_sign_ins_total{outcome="refused",way="password"} 10.0' in told
    assert 'haechi_sign_ins_total{outcome="limited",way="password"} 3.0' in told
    assert 'haechi_sign_ins_total{outcome="signed in",way="password"} 1.0' in told


def test_guesses_from_many_addresses_wait_but_a_known_browser_comes_in(port: int) -> None:
    """An account under attack from everywhere is closed to strangers, not to its owner's browser."""
    _, headers = sign_in(port, "ann", PASSWORD)
    known = next(
        part.split("haechi_known=")[1].split(";")[0]
        for part in [headers["set-cookie"]]
        if "haechi_known=" in part
    )
    statuses = Counter(sign_in(port, "ann", f"wrong {n}", f"127.0.0.{2 + n % 20}")[0] for n in range(60))
    assert statuses[401] <= 24
    assert statuses[429] >= 36
    assert sign_in(port, "ann", PASSWORD, "127.0.0.99")[0] == 429
    assert sign_in(port, "ann", PASSWORD, "127.0.0.99", known)[0] == 303
    assert sign_in(port, "bob", PASSWORD, "127.0.0.99", known)[0] == 303, "a mark is worth nothing for others"
    assert [sign_in(port, "ann", "wrong", "127.0.0.99", known)[0] for _ in range(12)].count(401) == 10


def test_a_flood_of_sign_ins_leaves_the_service_alive(port: int) -> None:
    """Comparing a password costs a processor: of hundreds at once a few wait, the rest are sent away at once."""
    with ThreadPoolExecutor(100) as pool:
        flood = [
            pool.submit(sign_in, port, f"nobody {n}", "x" * 20, f"127.0.{1 + n % 100}.{1 + n // 100}")
            for n in range(300)
        ]
        begun = time.monotonic()
        assert call(port, "/health/ready")[0] == 200
        assert time.monotonic() - begun < 3
        statuses = Counter(one.result()[0] for one in flood)
    assert set(statuses) == {401, 429}
    assert statuses[429] > 0


def test_wrong_keys_wait_and_known_keys_do_not(folder: Path) -> None:
    """Guessing at keys costs the database; a program behind the same address works on."""
    key = make_key(open_store(str(folder)), name="k", scopes=["read"], now=utc_now())
    with platform_served(folder) as port:

        def status(one: str, source: str = "127.0.0.1") -> int:
            return call(port, "/v1/themes/x", source=source, Authorization=f"Bearer {one}")[0]

        assert status(key) == 404
        statuses = [status(f"hk_{n:012}_guess") for n in range(25)]
        assert statuses == [401] * 20 + [429] * 5
        got, headers, _ = call(port, "/v1/themes/x", Authorization="Bearer hk_0_0")
        assert (got, int(headers["retry-after"]) >= 1) == (429, True)
        assert status(key) == 404
        assert status("hk_0_0", "127.0.0.2") == 401


def test_behind_a_named_proxy_each_caller_has_its_own_limits(folder: Path) -> None:
    """Else one guesser behind the proxy would shut everybody out; and nobody else may say who calls."""
    body = urlencode({"name": "ann", "password": "wrong", "form": FORM}).encode()

    def guess(port: int, caller: str) -> int:
        return call(
            port, "/console/sign-in", body, Cookie=f"__Host-haechi_form={FORM}; haechi_form={FORM}",
            Content_Type="application/x-www-form-urlencoded", X_Forwarded_For=caller, X_Forwarded_Proto="https",
        )[0]  # fmt: skip

    with platform_served(folder, "--proxy", "127.0.0.1") as port:
        assert [guess(port, "198.51.100.1") for _ in range(11)][-1] == 429
        assert guess(port, "198.51.100.2") == 401
    with platform_served(folder) as port:
        assert [guess(port, f"198.51.100.{n}") for n in range(11)][-1] == 429


def test_a_bucket_fills_up_again_and_forgets_nobody_too_early() -> None:
    """The wait that is told is the wait that is true."""
    now = [0.0]
    pace = Pace(2, 10, lambda: now[0])
    assert [pace.take("a"), pace.take("a"), pace.take("a")] == [0, 0, 10]
    assert pace.take("b") == 0
    now[0] = 4
    assert pace.take("a") == pytest.approx(6)
    now[0] = 10
    assert [pace.wait("a"), pace.take("a")] == [0, 0]
    pace.give_back("a")
    assert pace.take("a") == 0


@pytest.mark.parametrize(
    ("host", "caller"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix", "unix"),
    ],
)
def test_a_network_of_ipv6_is_one_caller(host: str, caller: str) -> None:
    """Whoever has one such address has 2^64 of them."""
    assert caller_address(host) == caller
