"""Answers that only the person can open: sealed for a key of theirs, in the age format.

Format: age-encryption.org/v1 with X25519 recipients (C2SP). Whoever gets the file on its way, or out of a mailbox
years later, reads nothing. Opened with `age --decrypt` or any other implementation.
"""

import pyrage

from haechi.errors import UsageError


def seal_for(public_key: str, answer: bytes) -> bytes:
    """An answer that only the owner of a key can open.

    Args:
        public_key: an age X25519 recipient, `age1…`.
        answer: what is told.

    Returns:
        an age file.

    Raises:
        UsageError: it is no such key.
    """
    sealed: bytes = pyrage.encrypt(answer, [_recipient(public_key)])
    return sealed


def check_public_key(public_key: str) -> str:
    """The key, as it is kept.

    Raises:
        UsageError: it is no X25519 recipient of age.
    """
    return str(_recipient(public_key))


def _recipient(public_key: str) -> pyrage.x25519.Recipient:
    text = public_key.strip()
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        # A secret key that was put in by mistake is not repeated.
        raise UsageError("expected a public key of age, such as age1…, made by age-keygen.") from None
