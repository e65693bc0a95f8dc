"""An authenticator in software (WebAuthn Level 3, section 6), which can be made to misbehave."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey, on one device.

    Attributes:
        origin: of the page that the browser shows.
        count: of uses; it goes on with each.
        flags: whether somebody was there and was verified.
        framed: whether the page is in another site's frame.
    """

    origin: str
    count: int = 0
    flags: int = PRESENT | VERIFIED
    framed: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""
    rp_id: str = ""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser says when a passkey is made."""
        self.rp_id, self.handle = options["rp"]["id"], decoded(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        named = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + named})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": encoded(client), "attestationObject": encoded(told)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser says when somebody signs in."""
        self.count += 1
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(0)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": encoded(client),
                "authenticatorData": encoded(data),
                "signature": encoded(signed),
                "userHandle": encoded(self.handle),
            }
        )

    def _data(self, more: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(
            ">BI", self.flags | more, self.count
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.framed}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = encoded(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
