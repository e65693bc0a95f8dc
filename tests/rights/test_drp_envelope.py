"""Signed messages of agents: what libsodium signs is read, and nothing else is."""

import base64
import json
from collections.abc import Callable
from typing import Any

import nacl.exceptions
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from haechi.errors import UsageError
from haechi.rights.drp.directory import _SMALL, read_directory
from haechi.rights.drp.envelope import LARGEST, decoded, digest, verified
from haechi.rights.drp.refusal import RefusedError
from tests.rights.make_drp_vectors import FILE

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
SEED = bytes.fromhex(VECTORS["seed"])
KEY = base64.b64decode(VECTORS["verify_key"])
BODY: bytes = VECTORS["messages"][1]["body"].encode()
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize("vector", VECTORS["messages"], ids=lambda one: one["name"])
def test_known_answers_of_libsodium_hold_both_ways(vector: Any) -> None:
    """Fails when our library and libsodium, which the protocol names, differ in a byte of a signed message."""
    message, body = vector["message"].encode(), vector["body"].encode()
    assert verified(decoded(body), KEY) == message
    ours = Ed25519PrivateKey.from_private_bytes(SEED).sign(message) + message
    assert base64.b64encode(ours) == body
    assert VerifyKey(KEY).verify(ours) == message
    assert bytes(SigningKey(SEED).sign(message)) == ours


@given(st.binary(min_size=1, max_size=300), st.binary(min_size=32, max_size=32))
def test_whatever_libsodium_signs_is_read(message: bytes, seed: bytes) -> None:
    """Fails when a message exists that an agent's libsodium signs and we refuse."""
    key = SigningKey(seed)
    body = base64.b64encode(bytes(key.sign(message)))
    assert verified(decoded(body), bytes(key.verify_key)) == message


def _another_byte(place: int) -> Callable[[bytes], bytes]:
    return lambda signed: signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]


def _plus_order(signed: bytes) -> bytes:
    """The same signature in its other form, which RFC 8032 forbids: it would be another digest for one message."""
    scalar = int.from_bytes(signed[32:64], "little") + ORDER
    return signed[:32] + scalar.to_bytes(32, "little") + signed[64:]


@pytest.mark.parametrize(
    "change",
    [
        _another_byte(0),
        _another_byte(63),
        _another_byte(64),
        _another_byte(-1),
        _plus_order,
        lambda signed: signed[:-1],
        lambda signed: signed + b" ",
        lambda signed: signed + signed,
        lambda signed: bytes(64) + signed[64:],
    ],
)
def test_a_changed_message_is_refused(change: Callable[[bytes], bytes]) -> None:
    """Fails when any byte of a message, cut, added or changed, leaves its signature good."""
    with pytest.raises(RefusedError) as caught:
        verified(decoded(base64.b64encode(change(base64.b64decode(BODY)))), KEY)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (BODY[:-1], 400),
        (BODY + b"A", 400),
        (BODY.replace(b"=", b"") + b"\n\nZm9v!", 400),
        (base64.urlsafe_b64encode(b"\xff" * 90), 400),
        ("é".encode(), 400),
        (base64.b64encode(bytes(64)), 400),
        (b"A" * (LARGEST + 1), 413),
    ],
)
def test_what_is_no_signed_message_is_refused(body: bytes, status: int) -> None:
    """Fails when text that is not base 64 of a signed message costs more than a refusal."""
    with pytest.raises(RefusedError) as caught:
        decoded(body)
    assert caught.value.status == status


def test_one_message_has_one_digest() -> None:
    """Fails when white space around a message makes it another one: it would be carried out twice."""
    assert digest(decoded(BODY)) == digest(decoded(b"\r\n " + BODY + b"\n"))


@pytest.mark.parametrize("raw", sorted(_SMALL), ids=bytes.hex)
@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_key_that_anybody_can_sign_with_is_refused(raw: bytes, sign: int) -> None:
    """Fails when a placeholder in the directory, such as zeros, makes an agent that everybody can be."""
    key = raw[:-1] + bytes([raw[-1] | sign])
    with pytest.raises(nacl.exceptions.BadSignatureError):
        VerifyKey(key).verify(b"x", bytes(32) + bytes(32))
    with pytest.raises(UsageError, match="is no key"):
        read_directory(_directory("A", key), "agents.json")


def _directory(agent_id: str, key: bytes) -> bytes:
    return json.dumps([{"id": agent_id, "verify_key": base64.b64encode(key).decode(), "name": "n"}]).encode()


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff",
        b"{}",
        b'[{"id": "A"}]',
        b'[{"id": "A", "verify_key": ""}]',
        b'[{"id": "a b", "verify_key": "' + base64.b64encode(KEY) + b'"}]',
        _directory("A", KEY[:-1]),
        _directory("A", KEY)[:-1] + b"," + _directory("A", KEY)[1:],
    ],
)
def test_a_damaged_directory_is_refused(written: bytes) -> None:
    """Fails when a directory that names an agent twice, or gives it no key, is trusted by half."""
    with pytest.raises(UsageError, match=r"agents\.json"):
        read_directory(written, "agents.json")


def test_keys_are_read_with_and_without_the_sign_that_fills_up() -> None:
    """Fails when an agent is shut out because its directory writes base 64 as the schema's pattern has it."""
    written = _directory("A", KEY)
    assert read_directory(written, "f") == read_directory(written.replace(b"=", b""), "f") == {"A": KEY}
