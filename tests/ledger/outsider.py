"""A verifier of exported ledgers written from docs/reference/ledger.md alone: nothing of the package is in it."""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.ledger import brute


def checkpoint(text: bytes, key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint; raises where the key did not sign it."""
    body, _, below = text.decode().rpartition("\n\n")
    name, told, encoded = key.split("+", 2)
    raw = base64.b64decode(encoded)
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    assert key_id.hex() == told
    for line in below.splitlines():
        _, signer, signature = line.split(" ")
        blob = base64.b64decode(signature)
        if signer == name and blob[:4] == key_id:
            Ed25519PublicKey.from_public_bytes(raw[1:]).verify(blob[4:], (body + "\n").encode())
            origin, size, root = body.split("\n")[:3]
            assert origin == name
            return int(size), base64.b64decode(root)
    raise AssertionError("not signed")


def entries(folder: Path, size: int) -> list[bytes]:
    """All entries, from the bundles."""
    found: list[bytes] = []
    for number in range((size + 255) // 256):
        assert number < 1_000, "small folders only"
        width = min(256, size - number * 256)
        file = folder / f"tile/entries/{number:03}{'' if width == 256 else f'.p/{width}'}"
        rest = file.read_bytes()
        while rest:
            length = int.from_bytes(rest[:2], "big")
            found.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
    return found


def verify(folder: Path, key: str) -> list[bytes]:
    """The entries of an export that holds."""
    size, root = checkpoint((folder / "checkpoint").read_bytes(), key)
    found = entries(folder, size)
    assert len(found) == size
    assert brute.root([brute.leaf(entry) for entry in found]) == root
    return found


def proves(proof: str, key: str) -> bytes:
    """The entry that a file of the form c2sp.org/tlog-proof@v1 proves; raises where it proves nothing.

    The walk is RFC 9162, section 2.1.3.2.
    """
    head, _, note = proof.partition("\n\n")
    first, extra, index, *path = head.splitlines()
    assert first == "c2sp.org/tlog-proof@v1"
    entry = base64.b64decode(extra.removeprefix("extra "))
    size, root = checkpoint(note.encode(), key)
    place, last = int(index.removeprefix("index ")), size - 1
    assert place <= last
    found = brute.leaf(entry)
    for written in path:
        step = base64.b64decode(written)
        assert last > 0
        if place % 2 or place == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while place and not place % 2:
                place, last = place >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        place, last = place >> 1, last >> 1
    assert last == 0
    assert found == root
    return entry
