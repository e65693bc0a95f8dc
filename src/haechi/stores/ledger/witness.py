"""A witness: remembers the last checkpoint it saw of a ledger, and cosigns only what that one is the beginning of.

What it remembers is one file: the last checkpoint it cosigned. It is on the disk before the cosignature is given
away, so that a witness that is killed never signs two trees that gainsay each other.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from haechi.errors import LedgerError, OutputError
from haechi.ledger.checkpoint import open_checkpoint
from haechi.ledger.keys import PublicKey, SecretKey
from haechi.ledger.note import Note, cosigned, cosigned_at
from haechi.ledger.proof import check_consistency
from haechi.ledger.tree import consistency_path
from haechi.stores.ledger.folder import Folder, read_head


def cosign(folder: Path, ledger: PublicKey, key: SecretKey, state: Path, at: int) -> tuple[Note, int]:
    """Looks at an exported ledger and cosigns its checkpoint.

    Args:
        folder: the export.
        ledger: the ledger's public key.
        key: the witness's.
        state: what the witness remembers; made at the first time, when what is found is believed.
        at: POSIX seconds.

    Returns:
        The checkpoint with the cosignature, and how many entries the witness had seen before.

    Raises:
        LedgerError: the ledger was rolled back, forked or rewritten, or its checkpoint is not signed. Nothing is
            signed, and what the witness remembers stays.
        OutputError: the state could not be written.
    """
    with _alone(state):
        found, note = read_head(folder, ledger)
        before = open_checkpoint(state.read_bytes(), ledger)[0] if state.exists() else None
        if before is not None and before.size <= found.size:
            path = consistency_path(before.size, found.size, Folder(folder, found.size).node())
            check_consistency(before.size, found.size, before.root, found.root, path)
        elif before is not None:
            raise LedgerError(
                f"the ledger has {found.size:,} entries; {before.size:,} were seen before: it was rolled back."
            )
        answer = cosigned(_without(note, key.public), key, at)
        _remember(state, str(answer))
    return answer, 0 if before is None else before.size


def witnesses_of(note: Note, keys: list[PublicKey]) -> list[str]:
    """Names of the witnesses who cosigned a checkpoint.

    Raises:
        LedgerError: a cosignature does not hold.
    """
    return [key.name for key in keys if cosigned_at(note, key) is not None]


def _without(note: Note, key: PublicKey) -> Note:
    """The note without an earlier cosignature of the same witness."""
    return Note(note.text, tuple(one for one in note.signatures if (one.name, one.id) != (key.name, key.id)))


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """No second witness with the same memory beside this one."""
    lock = state.with_name(f"{state.name}.lock")
    try:
        file = lock.open("w")
    except OSError as fault:
        raise OutputError(f"{lock}: expected a file that can be written; {fault.strerror}.") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remember(state: Path, note: str) -> None:
    beside = state.with_name(f"{state.name}.part")
    try:
        with beside.open("w") as out:
            out.write(note)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(state)
        folder = os.open(state.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as fault:
        raise OutputError(f"{state}: could not be written; {fault.strerror}. Nothing was signed.") from None
