"""Agents are told how requests stand: over TLS, at public addresses alone, and nobody waits for a slow one."""

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from haechi.service import callbacks
from haechi.service.callbacks import is_public, post, tell_waiting
from haechi.stores import open_store, schema
from haechi.stores.agent_rows import CALLBACK
from haechi.stores.callbacks import KEPT
from haechi.stores.clock import micros, utc_now


class Listening:
    """An agent's own server on this machine, with a certificate for localhost."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = dt.datetime.now(dt.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = folder / "agent.pem"
        pem.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.trusts = ssl.create_default_context(cafile=str(pem))
        self.got: list[tuple[str, bytes]] = []
        self.status = 200
        self.drips = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((self.path, body))
                while outer.drips:
                    self.wfile.write(b"H")
                    time.sleep(0.05)
                self.send_response(outer.status)
                self.send_header("Location", "https://localhost/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def send(self, url: str, body: str) -> bool:
        return post(url, body, may_reach=lambda _: True, context=self.trusts)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Listening]:
    made = Listening(tmp_path)
    yield made
    made.drips = False
    made.server.shutdown()


def test_a_status_is_told_and_only_200_counts(agent: Listening) -> None:
    """Fails when an agent is not told, or a message counts as told that the agent did not take (section 2.03.1)."""
    url = f"https://localhost:{agent.port}/update?of=us"
    assert agent.send(url, '{"status":"fulfilled"}')
    assert agent.got == [("/update?of=us", b'{"status":"fulfilled"}')]
    for status in (201, 302, 404, 500):
        agent.status = status
        assert not agent.send(url, "{}")
    assert [path for path, _ in agent.got] == ["/update?of=us"] * 5, "no redirect is followed"


def test_nothing_inside_is_reached(agent: Listening) -> None:
    """Fails when an agent's address can make this machine knock at itself or its neighbours."""
    assert not post(f"https://localhost:{agent.port}/", "{}", context=agent.trusts)
    assert not post(f"https://127.0.0.1:{agent.port}/", "{}", context=agent.trusts)
    assert not agent.send(f"http://localhost:{agent.port}/", "{}")
    assert agent.got == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:8.8.8.8",
        "0.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    """Fails when a private, local or translated address counts as public."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is_none_of_those(address: str) -> None:
    """Fails when no agent could be told at all."""
    assert is_public(address)


def test_one_inner_address_among_public_ones_is_enough_to_refuse(
    agent: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a name that leads to two places is taken for the better one; only the resolver is made up."""
    real = socket.getaddrinfo

    def two(host: str, port: int, **more: Any) -> list[Any]:
        inner = real("127.0.0.1", port, **more)
        return [(*inner[0][:4], ("8.8.8.8", port)), *inner]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    seen = []

    def may_reach(address: str) -> bool:
        seen.append(ipaddress.ip_address(address))
        return is_public(address)

    assert not post("https://agent.example.com/", "{}", may_reach=may_reach, context=agent.trusts)
    assert len(seen) == 2


def test_who_answers_drop_by_drop_is_cut_off(agent: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when one agent can hold up what all others are told."""
    monkeypatch.setattr(callbacks, "_WHOLE_SECONDS", 0.5)
    agent.drips = True
    begun = time.monotonic()
    assert not agent.send(f"https://localhost:{agent.port}/", "{}")
    assert time.monotonic() - begun < 4


def test_a_certificate_of_somebody_else_is_no_agent(agent: Listening) -> None:
    """Fails when how a person's request stands is told to whoever answers in the agent's place."""
    url = f"https://localhost:{agent.port}/"
    assert not post(url, "{}", may_reach=lambda _: True)
    assert not agent.send(f"https://127.0.0.1:{agent.port}/", "{}")
    assert agent.got == []


def test_messages_are_told_in_their_order_and_failing_hosts_wait(tmp_path: Path) -> None:
    """Fails when a host that is down takes the round from others, or is tried for ever."""
    engine = open_store(str(tmp_path / "d"))
    now = utc_now()
    sent = [
        ("https://down.example.com/1", now),
        ("https://up.example.com/1", now),
        ("https://down.example.com/2", now),
        ("https://up.example.com/2", now),
        ("https://up.example.com/old", now - KEPT),
    ]
    with engine.begin() as connection:
        for url, at in sent:
            connection.execute(
                schema.outbox.insert().values(
                    kind=CALLBACK, recipient=url, body=json.dumps(url), created_at=micros(at)
                )
            )
    tried: list[str] = []

    def send(url: str, body: str) -> bool:
        tried.append(url)
        assert json.loads(body) == url
        return "up" in url

    assert tell_waiting(engine, send) == 2
    assert tried == [url for url, _ in sent[:2] + sent[3:4]]
    assert tell_waiting(engine, send) == 0
    o = schema.outbox
    with engine.connect() as connection:
        told = connection.execute(select(o.c.recipient).where(o.c.acknowledged_at.is_not(None))).scalars()
        assert list(told) == ["https://up.example.com/1", "https://up.example.com/2"]
    engine.dispose()
