"""An inclusion proof as a file that proves by itself: C2SP tlog-proof, version 1.

The entry travels as the file's extra data. It is not trusted: its hash is what the proof is checked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from haechi.errors import LedgerError
from haechi.ledger.checkpoint import Checkpoint, open_checkpoint
from haechi.ledger.hashes import leaf_hash
from haechi.ledger.keys import PublicKey, read_base64, written_base64
from haechi.ledger.note import Note
from haechi.ledger.proof import check_inclusion

_FIRST: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof showed.

    Attributes:
        entry: its bytes.
        number: its place in the ledger, from 0 on.
        checkpoint: the tree it is in.
        note: the signed checkpoint, with cosignatures that are not checked yet.
    """

    entry: bytes
    number: int
    checkpoint: Checkpoint
    note: Note


def write_proof(entry: bytes, number: int, path: Sequence[bytes], checkpoint: str) -> str:
    """The file.

    Args:
        entry: its bytes.
        number: its place in the ledger.
        path: the hashes from the leaf's neighbour up.
        checkpoint: the signed checkpoint of the tree they lead to.
    """
    hashes = "".join(f"{written_base64(step)}\n" for step in path)
    return f"{_FIRST}\nextra {written_base64(entry)}\nindex {number}\n{hashes}\n{checkpoint}"


def check_proof(written: bytes, key: PublicKey) -> Proven:
    """Checks a proof with nothing but the file and the ledger's public key.

    Raises:
        LedgerError: the file is no proof, or does not prove what it says.
    """
    head, parted, checkpoint = written.partition(b"\n\n")
    lines = head.decode(errors="replace").split("\n")
    if not parted or len(lines) < 3 or lines[0] != _FIRST:  # noqa: PLR2004 - first line, extra, index
        raise LedgerError(f"the file is no proof: expected {_FIRST}, extra, index, hashes and a checkpoint.")
    entry = read_base64(lines[1].removeprefix("extra ")) if lines[1].startswith("extra ") else None
    if entry is None:
        raise LedgerError("the proof does not carry its entry as extra data in base 64.")
    number = lines[2].removeprefix("index ")
    if (
        not (lines[2].startswith("index ") and number.isascii() and number.isdecimal())
        or str(int(number)) != number
    ):
        raise LedgerError("the proof does not say which entry it is of.")
    path = [read_base64(line) or b"" for line in lines[3:]]
    found, note = open_checkpoint(checkpoint, key)
    check_inclusion(leaf_hash(entry), int(number), found.size, path, found.root)
    return Proven(entry, int(number), found, note)
