"""Signed notes: C2SP signed-note; and the cosignatures of witnesses: C2SP tlog-cosignature, Ed25519."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from haechi.errors import LedgerError
from haechi.ledger.keys import PublicKey, SecretKey, read_base64, written_base64

_MARK: Final = "— "
_MOST_SIGNATURES: Final = 100
"""As many as Go's sumdb/note reads; the specification asks for at least 16."""
_LINE: Final = re.compile(r"— ([^\s+]+) (\S+)")
_ID: Final = 4
_TIME: Final = 8


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of signature: whose name, which key, and what was signed with it."""

    name: str
    id: bytes
    raw: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {written_base64(self.id + self.raw)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures, none of them checked yet.

    Attributes:
        text: what is signed, with its last newline.
        signatures: in the order they stand.
    """

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


def read_note(written: bytes) -> Note:
    """A note, read and not checked.

    Raises:
        LedgerError: it does not follow C2SP signed-note, section Format.
    """
    try:
        text = written.decode()
    except UnicodeDecodeError:
        raise LedgerError("a signed note is not UTF-8.") from None
    if any(char < " " and char != "\n" for char in text):
        raise LedgerError("a signed note holds a control character.")
    # The text may hold empty lines: the last one parts it from the signatures.
    body, parted, below = text.rpartition("\n\n")
    lines = below.split("\n")
    if not parted or lines[-1] or not 1 < len(lines) <= _MOST_SIGNATURES + 1:
        raise LedgerError("a signed note does not end with an empty line and signatures.")
    return Note(body + "\n", tuple(map(_read_signature, lines[:-1])))


def signed(text: str, key: SecretKey) -> Note:
    """A note with a ledger's signature."""
    return Note(text, (Signature(key.public.name, key.public.id, key.sign(text.encode())),))


def is_signed(note: Note, key: PublicKey) -> bool:
    """Whether a ledger's key signed a note.

    Raises:
        LedgerError: a signature says that it is the key's and is not: the whole note is rejected.
    """
    found = list(_of(note, key))
    if any(not key.signed(note.text.encode(), one.raw) for one in found):
        raise LedgerError(f"the signature of {key.name} is not under this text: one of them was changed.")
    return bool(found)


def cosigned(note: Note, key: SecretKey, at: int) -> Note:
    """A note with a witness's signature more: at this time, the witness knew of no larger tree.

    Args:
        note: a checkpoint.
        key: the witness's.
        at: POSIX seconds.
    """
    raw = at.to_bytes(_TIME) + key.sign(_cosigned_text(note, at))
    return Note(note.text, (*note.signatures, Signature(key.public.name, key.public.id, raw)))


def cosigned_at(note: Note, key: PublicKey) -> int | None:
    """When a witness last cosigned a note: POSIX seconds; None where the witness did not.

    Raises:
        LedgerError: a signature says that it is the witness's and is not: the whole note is rejected.
    """
    latest = None
    for one in _of(note, key):
        at = int.from_bytes(one.raw[:_TIME])
        if not key.signed(_cosigned_text(note, at), one.raw[_TIME:]):
            raise LedgerError(
                f"the cosignature of {key.name} is not under this text: one of them was changed."
            )
        latest = max(at, latest or 0)
    return latest


def _of(note: Note, key: PublicKey) -> Iterator[Signature]:
    """The signatures that say that they are a key's; those of other keys say nothing."""
    return (one for one in note.signatures if (one.name, one.id) == (key.name, key.id))


def _cosigned_text(note: Note, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{note.text}".encode()


def _read_signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    raw = read_base64(found[2]) if found else None
    if found is None or raw is None or len(raw) <= _ID:
        raise LedgerError("a line of signature is not an em dash, a name and base 64.")
    return Signature(found[1], raw[:_ID], raw[_ID:])
