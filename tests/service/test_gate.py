"""The gate over HTTP, served by the real server."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haechi.permission import Held, Standing
from haechi.release.gate import Header, write_snapshot
from haechi.service.gate import GateApp, GateSettings
from tests.release.gate.requests import request, text
from tests.service.served import HAECHI, free_port, wait_for


@contextmanager
def served(*options: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    process = subprocess.Popen(
        [HAECHI, "gate", "--listen", f"127.0.0.1:{port}", "--workers", "1", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield port, process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served("--home", "KR") as (port, _):
        yield port


def ask(
    port: int,
    body: bytes,
    *,
    method: str = "POST",
    path: str = "/openrtb",
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def test_a_request_comes_back_narrowed_and_says_why_in_a_header(port: int) -> None:
    """The reason must never travel to the bidders inside the request."""
    status, headers, body = ask(port, text(request()))
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert "user.keywords=1:religion" in headers["haechi-stayed"]
    assert b"religion" not in body
    assert json.loads(body)["user"]["keywords"] == "golf,tea"


def test_a_header_of_the_browser_counts(port: int) -> None:
    """Sec-GPC comes beside the request."""
    made = request()
    made["device"]["geo"] = {"country": "USA", "region": "CA"}
    assert json.loads(ask(port, text(made))[2])["user"]["ext"]["eids"]
    assert "eids" not in json.loads(ask(port, text(made), headers={"Sec-GPC": "1"})[2])["user"]["ext"]


@pytest.mark.parametrize(
    ("body", "options", "status"),
    [
        (b"{", {}, 400),
        (b"\xff", {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"imp":' + b"[" * 400_000 + b"]" * 400_000 + b"}", {}, 400),
        (b'{"user":{"ext":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_002, {}, 400),
        (b'{"user":{"data":[{"segment":[{"ext":' + b"[" * 900 + b"]" * 900 + b"}]}]}}", {}, 400),
        (b'{"regs":{"ext":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_002, {}, 400),
        (b'{"imp":[{"id":"\xc3\x28"}]}', {}, 400),
        (b'{"user":{"keywords":"\xed\xa0\x80"}}', {}, 400),
        ("{}".encode("utf-16"), {}, 400),
        (b'\xef\xbb\xbf{"id":"1"}', {}, 400),
        (b"{}", {"path": "/elsewhere"}, 404),
        (b"{}", {"method": "PUT"}, 405),
    ],
)
def test_what_cannot_be_taken_is_a_problem_document(
    port: int, body: bytes, options: dict[str, Any], status: int
) -> None:
    """RFC 9457; and the worker goes on serving."""
    got, headers, answer = ask(port, body, **options)
    assert (got, headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(answer)["status"] == status
    assert ask(port, b"{}")[0] == 200


def test_a_body_that_is_said_to_be_too_large_is_not_waited_for(port: int) -> None:
    """Refused by its length alone, before a byte of it was read."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as one:
        one.sendall(b"POST /openrtb HTTP/1.1\r\nhost: x\r\ncontent-length: 1000001\r\n\r\n")
        assert b"413" in one.recv(200)


def test_a_body_of_unknown_length_is_bounded(port: int) -> None:
    """Chunked sending must not fill the memory."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as one:
        one.sendall(b"POST /openrtb HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        with suppress(OSError):
            for _ in range(16):
                one.sendall(piece)
            assert b"413" in one.recv(200)
    assert ask(port, b"{}")[0] == 200


def test_a_client_that_does_not_send_is_given_up(port: int) -> None:
    """Slow clients must not hold places that others need."""
    with closing(socket.create_connection(("127.0.0.1", port), 15)) as one:
        one.sendall(b"POST /openrtb HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        assert b"408" in one.recv(200)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"content-length: 1000", b"1"),
        (b"transfer-encoding: chunked", b"1\r\n1\r\n"),
    ],
)
def test_a_body_that_drips_is_given_up_and_others_are_served(port: int, head: bytes, piece: bytes) -> None:
    """A byte now and then must not hold a place for ever; nor may hundreds of such clients keep others waiting."""
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 15)) for _ in range(200)]
        for one in slow:
            one.sendall(b"POST /openrtb HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n\r\n" + piece)
        begun = time.monotonic()
        answered: list[bytes] = []
        while slow and time.monotonic() < begun + 12:
            asked = time.monotonic()
            assert ask(port, text(request()))[0] == 200
            assert time.monotonic() < asked + 1
            ready, _, _ = select.select(slow, [], [], 0.3)
            answered += [one.recv(200) for one in ready]
            slow = [one for one in slow if one not in ready]
            for one in slow:
                with suppress(OSError):
                    one.sendall(piece)
        assert not slow
        assert all(b" 408 " in one for one in answered)
    assert ask(port, text(request()))[0] == 200


def test_metrics_count_and_name_nobody(port: int) -> None:
    """Refusals by reason are watched; identifiers of people are not in them."""
    ask(port, text(request()))
    told = ask(port, b"", method="GET", path="/metrics")[2].decode()
    assert 'because="religion"' in told
    assert "exchange-id" not in told
    assert ask(port, b"", method="GET", path="/health/ready")[:1] == (200,)


def test_it_ends_when_told() -> None:
    """A supervisor's SIGTERM ends it in time and with status 0."""
    with served() as (port, process):
        assert ask(port, b"{}")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_wrong_settings_are_said_before_anything_listens() -> None:
    """Not by each worker, over and over."""
    run = subprocess.run(
        [HAECHI, "gate", "--listen", "127.0.0.1:1", "--snapshot", "/nowhere/x", "--law", "xx"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200"},
    )
    assert run.returncode == 2
    assert "unknown law 'xx'" in run.stderr


def _snapshot(file: Path, made_at: datetime, *, permitted: bool) -> None:
    held = Held(
        purpose="disclosure", category="religion", basis="explicit_consent", proven=True, separate=True,
        by_guardian=False,
    )  # fmt: skip
    standing = Standing(country="KR", age=40, held=frozenset({held} if permitted else ()))
    header = Header(
        made_at=made_at, judged_by="t", laws=(), standings=(msgspec.Raw(msgspec.json.encode(standing)),)
    )
    write_snapshot(file, header, [], [("exchange-id", 0)])


def _keywords(app: GateApp) -> str:
    gate = app._gate if app.state != "stale" else app._when_stale()
    assert gate is not None
    return str(json.loads(gate(text(request())).body)["user"]["keywords"])


def test_a_newer_snapshot_takes_effect_and_an_old_one_closes(tmp_path: Path) -> None:
    """A withdrawal reaches the gate with the next snapshot; if none comes, nobody counts as having permitted."""
    file = tmp_path / "gate.snapshot"
    now = datetime.now(UTC).replace(tzinfo=None)
    clock = [now]
    _snapshot(file, now, permitted=True)
    app = GateApp(GateSettings(snapshot=str(file)), lambda: clock[0])
    assert (_keywords(app), app.state) == ("golf,church,tea", "fresh")
    _snapshot(file, now, permitted=False)
    app.refresh()
    assert _keywords(app) == "golf,tea"
    _snapshot(file, now, permitted=True)
    app.refresh()
    assert _keywords(app) == "golf,church,tea"
    clock[0] = now + timedelta(seconds=601)
    app.refresh()
    assert (_keywords(app), app.state) == ("golf,tea", "stale")
    clock[0] = now - timedelta(seconds=601)
    app.refresh()
    assert (_keywords(app), app.state) == ("golf,tea", "stale")
    file.unlink()
    app.refresh()
    assert app.state == "stale"


def test_without_a_first_snapshot_the_gate_is_closed_not_open(tmp_path: Path) -> None:
    """A gate that starts before the platform must not let through what it knows nothing of."""
    app = GateApp(GateSettings(snapshot=str(tmp_path / "missing")))
    assert (_keywords(app), app.state) == ("golf,tea", "stale")
    refusing = GateApp(GateSettings(snapshot=str(tmp_path / "missing"), when_stale="refuse"))
    assert refusing._when_stale() is None
