"""What an entry says of a person, sealed with a key of that person's own, which a master key wraps.

Destroying the person's key destroys what is sealed, everywhere, and leaves the tree whole: the leaf hash covers the
ciphertext. An entry holds nothing else of the person: no identifier, no reference, no hash of either. Which entries
are about whom is known to a table beside the ledger, which goes with the key.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from haechi.errors import LedgerError, UsageError
from haechi.ledger.keys import read_base64, written_base64

KEY: Final = 32
"""Bytes of a key: AES-256."""
_NONCE: Final = 12
_BLOCK: Final = 64
"""Personal fields are filled up to a multiple of so many bytes, so that their length does not tell a category."""
_COMMITMENT: Final = bytes(32)
"""Zeros before the fields: a ciphertext of AES-GCM alone could be made to open under two keys as two texts."""


@dataclass(frozen=True, slots=True)
class Master:
    """The key that wraps people's keys; it is kept apart from the database.

    Attributes:
        key: 32 secret bytes.
    """

    key: bytes = field(repr=False)

    def wrap(self, key: bytes, person: int) -> bytes:
        """A person's key, to be kept in the database; bound to the person's number."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self.key).encrypt(nonce, key, _owner(person))

    def unwrap(self, wrapped: bytes, person: int) -> bytes:
        """A person's key.

        Raises:
            LedgerError: it was wrapped by another master key or for another person, or was changed.
        """
        try:
            return AESGCM(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _owner(person))
        except (InvalidTag, ValueError):
            raise LedgerError("a person's key does not open with this master key, or was changed.") from None

    def written(self) -> str:
        """As it is kept."""
        return written_base64(self.key)


def read_master(written: str) -> Master:
    """A master key as it was written; no message repeats it.

    Raises:
        UsageError: it is not 32 bytes in base 64.
    """
    key = read_base64(written.strip())
    if key is None or len(key) != KEY:
        raise UsageError("expected a master key: 32 random bytes in base 64, as haechi ledger key writes it.")
    return Master(key)


def new_key() -> bytes:
    """A key for a person."""
    return secrets.token_bytes(KEY)


def seal(key: bytes, personal: bytes, rest: bytes) -> bytes:
    """Seals personal fields with AES-256-GCM.

    Args:
        key: the person's.
        personal: the fields as canonical JSON.
        rest: the entry without its sealed part; the seal holds for this entry alone.

    Returns:
        A nonce of 12 random bytes, the ciphertext, a tag of 16.
    """
    nonce = secrets.token_bytes(_NONCE)
    filled = personal + b" " * (-len(personal) % _BLOCK)
    return nonce + AESGCM(key).encrypt(nonce, _COMMITMENT + filled, rest)


def unseal(key: bytes, sealed: bytes, rest: bytes) -> dict[str, Any]:
    """The personal fields.

    Raises:
        LedgerError: another key sealed them, for another entry, or they were changed.
    """
    try:
        opened = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], rest)
    except (InvalidTag, ValueError):
        opened = b""
    if opened[: len(_COMMITMENT)] != _COMMITMENT:
        raise LedgerError("the sealed part of an entry does not open with this person's key.")
    fields: dict[str, Any] = msgspec.json.decode(opened[len(_COMMITMENT) :])
    return fields


def _owner(person: int) -> bytes:
    return b"haechi ledger key of person %d" % person
