"""Keys that sign and check, written as Go's sumdb/note writes them.

`NAME+ID+BASE64` for all to see, `PRIVATE+KEY+NAME+ID+BASE64` to be kept; the bytes are a signature type of C2SP
signed-note and an Ed25519 key.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haechi.errors import UsageError

Type = Literal[1, 4]
LEDGER: Final[Type] = 1
"""Signature type 0x01: Ed25519 over the text."""
WITNESS: Final[Type] = 4
"""Signature type 0x04: Ed25519 over a time and the text, C2SP tlog-cosignature."""

_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+\Z")
_SECRET: Final = "PRIVATE+KEY+"  # noqa: S105 - how a secret key begins
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures.

    Attributes:
        name: whose, as a URL without scheme: no space, no plus.
        type: of its signatures: a ledger's or a witness's.
        raw: the Ed25519 public key, 32 bytes.
    """

    name: str
    type: Type
    raw: bytes

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature finds its key: C2SP signed-note, section Signatures."""
        told = self.name.encode() + b"\n" + bytes([self.type]) + self.raw
        return hashlib.sha256(told).digest()[:_ID_BYTES]

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether a signature of a message is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{written_base64(bytes([self.type]) + self.raw)}"


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """A key that signs; no text but `written` has its secret.

    Attributes:
        public: what checks its signatures.
        seed: the Ed25519 secret, 32 bytes.
    """

    public: PublicKey
    seed: bytes

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, RFC 8032."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def written(self) -> str:
        """As it is kept, secret and all."""
        public = self.public
        return f"{_SECRET}{public.name}+{public.id.hex()}+{written_base64(bytes([public.type]) + self.seed)}"


def make_key(name: str, kind: Type, seed: bytes) -> SecretKey:
    """A key from 32 secret, random bytes.

    Raises:
        UsageError: the name has a space, a plus, or nothing in it.
    """
    if not _NAME.match(name):
        raise UsageError(f"{name!r} names no key; expected a URL without scheme such as example.org/ledger.")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SecretKey(PublicKey(name, kind, public), seed)


def read_public_key(written: str) -> PublicKey:
    """A key as it was written.

    Raises:
        UsageError: it is not `NAME+ID+BASE64`, or of another type than a ledger's or a witness's.
    """
    name, told, kind, raw = _parts(written.strip(), "a public key, NAME+ID+BASE64")
    key = PublicKey(name, kind, raw)
    if key.id != told:
        raise UsageError(f"the public key of {name} does not fit its own ID; expected it as it was written.")
    return key


def read_secret_key(written: str) -> SecretKey:
    """A secret key as it was written; no message repeats it.

    Raises:
        UsageError: it is not `PRIVATE+KEY+NAME+ID+BASE64`.
    """
    expected = f"a secret key, {_SECRET}NAME+ID+BASE64, as haechi ledger key writes it"
    secret, text = written.strip().startswith(_SECRET), written.strip().removeprefix(_SECRET)
    if not secret:
        raise UsageError(f"expected {expected}.")
    name, told, kind, seed = _parts(text, expected)
    key = make_key(name, kind, seed)
    if key.public.id != told:
        raise UsageError(f"the secret key of {name} does not fit its own ID; expected it as it was written.")
    return key


def written_base64(raw: bytes) -> str:
    """Base 64 of RFC 4648, section 4."""
    return binascii.b2a_base64(raw, newline=False).decode()


def read_base64(written: str) -> bytes | None:
    """What was written, or None where no other text would be written for it."""
    try:
        raw = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if written_base64(raw) == written else None


def _parts(written: str, expected: str) -> tuple[str, bytes, Type, bytes]:
    name, _, rest = written.partition("+")
    told, _, encoded = rest.partition("+")
    raw = read_base64(encoded) or b""
    good = _NAME.match(name) and re.fullmatch(r"[0-9a-f]{8}", told) and len(raw) == 1 + _KEY_BYTES
    if good and raw[0] == LEDGER:
        return name, bytes.fromhex(told), LEDGER, raw[1:]
    if good and raw[0] == WITNESS:
        return name, bytes.fromhex(told), WITNESS, raw[1:]
    # What was given may be a secret: it is not repeated.
    raise UsageError(f"expected {expected}.")
