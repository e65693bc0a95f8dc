"""The tree's size and root as a ledger signs them: C2SP tlog-checkpoint."""

from dataclasses import dataclass
from typing import Final

from haechi.errors import LedgerError
from haechi.ledger.hashes import SIZE
from haechi.ledger.keys import PublicKey, SecretKey, read_base64, written_base64
from haechi.ledger.note import Note, is_signed, read_note, signed

_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a ledger holds at a moment.

    Attributes:
        origin: the ledger's name, which is its key's too.
        size: entries.
        root: of the tree.
    """

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{written_base64(self.root)}\n"


def sign_checkpoint(size: int, root: bytes, key: SecretKey) -> Note:
    """A checkpoint, signed with the ledger's key, whose name is the origin."""
    return signed(str(Checkpoint(key.public.name, size, root)), key)


def open_checkpoint(written: bytes, key: PublicKey) -> tuple[Checkpoint, Note]:
    """A checkpoint that the ledger's key signed; further signatures are not looked at.

    Raises:
        LedgerError: it is none, is another ledger's, or the signature does not hold.
    """
    note = read_note(written)
    if not is_signed(note, key):
        raise LedgerError(f"the checkpoint is not signed with the key {key}.")
    found = read_checkpoint(note)
    if found.origin != key.name:
        raise LedgerError(f"the checkpoint is of {found.origin!r}; expected the ledger {key.name!r}.")
    return found, note


def read_checkpoint(note: Note) -> Checkpoint:
    """What a note's text says; extension lines are ignored, as tlog-checkpoint asks.

    Raises:
        LedgerError: it is no checkpoint.
    """
    lines = note.text.split("\n")[:-1]
    if len(lines) < _LINES or not all(lines):
        raise LedgerError("the note is no checkpoint: expected origin, size and root, a line each.")
    origin, size, root = lines[:_LINES]
    digits = size.isascii() and size.isdecimal() and (size == "0" or size[0] != "0")
    raw = read_base64(root)
    if not digits or raw is None or len(raw) != SIZE:
        raise LedgerError("the note is no checkpoint: expected a number and a root of 32 bytes in base 64.")
    return Checkpoint(origin, int(size), raw)
