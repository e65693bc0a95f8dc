"""A signed message as it comes: base 64 of an Ed25519 signature and the JSON that it signs (DRP 1.0, section 3.07.1).

libsodium calls this form combined mode. The first two steps of section 3.07 are here, in its order.
"""

import base64
import binascii
import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from haechi.rights.drp.refusal import RefusedError

LARGEST: Final = 65_536
"""Bytes of a message in base 64; what the protocol asks for takes less than a thousand."""
_SIGNATURE: Final = 64


def decoded(body: bytes) -> bytes:
    """The signature and what it signs, from base 64; white space around it is passed over.

    Raises:
        RefusedError: it is too large, is not base 64, or is too short for a signature.
    """
    if len(body) > LARGEST:
        raise RefusedError(413, f"expected a signed message of at most {LARGEST:,} bytes.")
    try:
        signed = base64.b64decode(body.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(400, "expected a signed message in base 64.") from None
    if len(signed) <= _SIGNATURE:
        raise RefusedError(400, "expected a signature of 64 bytes, and the JSON that it signs after it.")
    return signed


def verified(signed: bytes, key: bytes) -> bytes:
    """What was signed.

    Args:
        signed: of `decoded`.
        key: the agent's Ed25519 public key, 32 bytes.

    Raises:
        RefusedError: this key did not sign it.
    """
    signature, message = signed[:_SIGNATURE], signed[_SIGNATURE:]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        raise RefusedError(
            403, "the signature is not by the key that the directory has of the agent."
        ) from None
    return message


def digest(signed: bytes) -> bytes:
    """By which the same message is known again.

    The signature is part of it, so that nobody who lacks the agent's secret can guess what a digest stands for.
    """
    return hashlib.sha256(signed).digest()
