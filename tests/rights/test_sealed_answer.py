"""Answers sealed for a person's key: opened by the specification alone, by nobody else, and not when changed."""

import base64
import hashlib
import hmac

import pyrage
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from haechi.errors import UsageError
from haechi.rights.sealed_answer import check_public_key, seal_for

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CHUNK = 65_536


def unwritten(bech32: str) -> bytes:
    """The bytes of a Bech32 text (BIP 173), without its checksum."""
    values = [ALPHABET.index(sign) for sign in bech32.lower().rsplit("1", 1)[1][:-6]]
    number = 0
    for value in values:
        number = number << 5 | value
    return (number >> (5 * len(values) % 8)).to_bytes(len(values) * 5 // 8, "big")


def derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def opened(sealed: bytes, identity: str) -> bytes:
    """An age file opened by the specification (C2SP, age-encryption.org/v1) alone: the test's own hand."""
    private = X25519PrivateKey.from_private_bytes(unwritten(identity))
    header, rest = sealed.split(b"\n--- ", 1)
    mac, rest = rest.split(b"\n", 1)
    lines = header.split(b"\n")
    assert lines[0] == b"age-encryption.org/v1"
    for at, line in enumerate(lines):
        if line.startswith(b"-> X25519 "):
            share, body = decoded(line.split()[2]), decoded(lines[at + 1])
            own = private.public_key().public_bytes_raw()
            shared = private.exchange(X25519PublicKey.from_public_bytes(share))
            wrapping = derived(shared, share + own, b"age-encryption.org/v1/X25519")
            key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
    expected = hmac.digest(derived(key, b"", b"header"), header + b"\n---", hashlib.sha256)
    assert decoded(mac) == expected
    payload = ChaCha20Poly1305(derived(key, rest[:16], b"payload"))
    chunks = [rest[at : at + CHUNK + 16] for at in range(16, len(rest), CHUNK + 16)]
    return b"".join(
        payload.decrypt(number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk, None)
        for number, chunk in enumerate(chunks)
    )


def decoded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 1_000_000])
def test_an_answer_is_opened_by_the_specification_and_by_the_library(size: int) -> None:
    """Whoever gets an answer needs no software of ours."""
    identity, answer = pyrage.x25519.Identity.generate(), bytes(number % 251 for number in range(size))
    sealed = seal_for(str(identity.to_public()), answer)
    assert opened(sealed, str(identity)) == answer
    assert pyrage.decrypt(sealed, [identity]) == answer
    assert answer[:16] not in sealed or size < 16


def test_nobody_else_opens_it_and_a_changed_byte_is_found() -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = seal_for(str(identity.to_public()), b"all that is held")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [other])
    for at in (0, 30, len(sealed) // 2, len(sealed) - 1):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(bytes(changed), [identity])


@pytest.mark.parametrize(
    "key", ["", "age1", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1", "age1" + "q" * 58, "x" * 10_000]
)
def test_what_is_no_public_key_is_refused_and_not_repeated(key: str) -> None:
    """A secret key that was pasted by mistake must not stand in a log."""
    with pytest.raises(UsageError) as refused:
        check_public_key(key)
    assert len(key) < 5 or key not in str(refused.value)
