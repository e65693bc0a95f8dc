"""`haechi ledger`: what was done, proven to others."""

import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Final, ParamSpec

from cyclopts import App, Parameter
from rich.console import Console

from haechi.cli.progress import progress
from haechi.errors import LedgerError, OutputError, UsageError
from haechi.ledger.check import MOST_FLAWS, Checked
from haechi.ledger.checkpoint import Checkpoint, open_checkpoint, read_checkpoint
from haechi.ledger.keys import WITNESS, PublicKey, read_public_key
from haechi.ledger.note import Note
from haechi.ledger.tlog_proof import check_proof, write_proof
from haechi.stores import open_store
from haechi.stores.ledger.folder import check_folder
from haechi.stores.ledger.folder import export as export_to
from haechi.stores.ledger.heads import latest_head, sign_head
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.ledger.read import body_of, proof_of
from haechi.stores.ledger.secrets import (
    SIGNING,
    Use,
    as_key,
    make_secret,
    master_key,
    read_secret,
    signing_key,
)
from haechi.stores.ledger.witness import cosign, witnesses_of
from haechi.stores.opened import connect
from haechi.stores.rows import reading, writing

app = App(name="ledger", help="Prove what was done: verify, prove, export and witness the ledger.")
_HOLDS, _FAILS = 0, 1
_Options = ParamSpec("_Options")
_KEY_HELP: Final = "The ledger's public key, as haechi ledger key printed it, or a file with it."


def _told(command: Callable[_Options, int]) -> Callable[_Options, int]:
    """What does not hold is a finding, not a wrong call."""

    @wraps(command)
    def run(*arguments: _Options.args, **options: _Options.kwargs) -> int:
        try:
            return command(*arguments, **options)
        except LedgerError as fault:
            _say(f"DOES NOT HOLD: {fault}")
            return _FAILS

    return run


@app.command
def key(name: str, *, out: Path, use: Use = "ledger") -> None:
    """Make a key in a new file, and print its public part.

    Parameters
    ----------
    name
        Whose: a URL without scheme, such as example.org/ledger. It is the ledger's name in its checkpoints.
    out
        A new file for the secret, readable by its owner alone; name it in HAECHI_LEDGER_KEY_FILE or
        HAECHI_LEDGER_MASTER_FILE.
    use
        ledger signs checkpoints, witness cosigns them, master wraps people's keys.
    """
    shown = make_secret(name, use, out)
    if shown:
        print(shown)  # noqa: T201


@app.command
@_told
def verify(
    *,
    key: Annotated[str, Parameter(help=_KEY_HELP)],
    database: str = "haechi-data",
    folder: Path | None = None,
    proof: Path | None = None,
    older: Path | None = None,
    witness: list[str] | None = None,
) -> int:
    """Check a ledger byte by byte, an exported one, or a proof. Ends with 1 where something does not hold.

    Parameters
    ----------
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    folder
        An exported ledger in place of a database; nothing else is needed than this and the key.
    proof
        A file of haechi ledger prove in place of a database; nothing else is needed than this and the key.
    older
        A checkpoint from an earlier day, best one that a witness cosigned and keeps: the ledger must begin with it.
        Without one, a ledger that was rewritten or put back as a whole cannot be told from an honest one.
    witness
        Public keys of witnesses; each must have cosigned the older checkpoint or, with --proof, the proof's.
    """
    ledger = _public(key)
    witnesses = [_public(one) for one in witness or ()]
    if proof is not None:
        return _verify_proof(proof, ledger, witnesses)
    before = None if older is None else _older(older, ledger, witnesses)
    if witnesses and before is None:
        raise UsageError("--witness speaks of a checkpoint; expected --older or --proof with it.")
    with progress("entries") as step:
        if folder is not None:
            checked = check_folder(folder, ledger, sizes=_sizes(before), step=step)
        else:
            with one_state(connect(database)) as connection:
                checked = check_database(
                    connection, ledger, sizes=_sizes(before), master=master_key(), step=step
                )
    return _report(checked, before)


@app.command
@_told
def prove(number: int, *, out: Path, database: str = "haechi-data", checkpoint: Path | None = None) -> int:
    """Write a proof that an entry is in the ledger: a file that can be checked without the ledger.

    The checkpoint is signed with the key of HAECHI_LEDGER_KEY or HAECHI_LEDGER_KEY_FILE; without one, the last
    checkpoint that was signed is used.

    Parameters
    ----------
    number
        Of the entry, from 0 on.
    out
        The file, in the format of C2SP tlog-proof; the entry is in it as it stands in the ledger.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    checkpoint
        A checkpoint that witnesses cosigned, to prove with in place of a new one.
    """
    engine = open_store(database)
    note = _head(database, checkpoint)
    size = read_checkpoint(note).size
    with reading(engine) as connection:
        written = write_proof(
            body_of(connection, number), number, proof_of(connection, number, size), str(note)
        )
    try:
        out.write_text(written)
    except OSError as fault:
        raise OutputError(f"{out}: expected a file that can be written; {fault.strerror}.") from None
    return _HOLDS


@app.command
@_told
def export(folder: Path, *, database: str = "haechi-data", checkpoint: Path | None = None) -> int:
    """Write the ledger as files that anyone can check and serve (C2SP tlog-tiles); later calls add what is new.

    Parameters
    ----------
    folder
        Empty, new, or an earlier export.
    database
        A folder or a postgresql:// URL (or the environment variable HAECHI_DATABASE).
    checkpoint
        A checkpoint that witnesses cosigned, to be written in place of a new one.
    """
    signer = signing_key()
    if signer is None:
        raise UsageError(
            f"expected the ledger's key in {SIGNING} or {SIGNING}_FILE; haechi ledger key makes one."
        )
    engine = open_store(database)
    note = _head(database, checkpoint)
    with reading(engine) as connection, progress("entries") as step:
        written = export_to(connection, folder, note, signer.public, step)
    _say(f"{written:,} entries written, {read_checkpoint(note).size:,} in {folder}")
    return _HOLDS


@app.command
@_told
def witness(
    folder: Path, *, key: Annotated[str, Parameter(help=_KEY_HELP)], secret: Path, state: Path
) -> int:
    """Cosign an exported ledger's checkpoint if it goes on from the last one seen, and print it.

    A ledger that was rolled back, forked or rewritten is refused, and the command ends with 1.

    Parameters
    ----------
    folder
        The export, or a copy of it.
    secret
        The file with the witness's secret key (haechi ledger key NAME --use witness).
    state
        The file in which the last checkpoint seen is kept. Its first is believed; keep it where the ledger's operator
        cannot write.
    """
    mine = as_key(read_secret(secret), "witness")
    note, before = cosign(folder, _public(key), mine, state, int(time.time()))
    sys.stdout.write(str(note))
    _say(f"{read_checkpoint(note).size:,} entries, {before:,} of them seen before")
    return _HOLDS


def _verify_proof(file: Path, ledger: PublicKey, witnesses: list[PublicKey]) -> int:
    proven = check_proof(_read(file), ledger)
    _must_be_cosigned(proven.note, witnesses)
    _say(f"holds: entry {proven.number:,} of {proven.checkpoint.size:,} in {proven.checkpoint.origin}")
    sys.stdout.write(proven.entry.decode(errors="backslashreplace") + "\n")
    return _HOLDS


def _older(file: Path, ledger: PublicKey, witnesses: list[PublicKey]) -> Checkpoint:
    found, note = open_checkpoint(_read(file), ledger)
    _must_be_cosigned(note, witnesses)
    return found


def _must_be_cosigned(note: Note, witnesses: list[PublicKey]) -> None:
    for one in witnesses:
        if one.type != WITNESS:
            raise UsageError(f"{one} is no witness's key.")
        if not witnesses_of(note, [one]):
            raise LedgerError(f"the checkpoint is not cosigned by {one.name}.")


def _sizes(before: Checkpoint | None) -> set[int]:
    return set() if before is None else {before.size}


def _report(checked: Checked, before: Checkpoint | None) -> int:
    if before is not None and before.size > checked.size:
        checked.flaw(
            f"the older checkpoint has {before.size:,} entries, the ledger {checked.size:,}: it was rolled back"
        )
    elif before is not None and checked.roots[before.size] != before.root:
        checked.flaw(
            f"the first {before.size:,} entries are not those of the older checkpoint: it was forked or rewritten"
        )
    for said in checked.flaws:
        _say(said)
    if checked.count > MOST_FLAWS:
        _say(f"… and {checked.count - MOST_FLAWS:,} more")
    if checked.count:
        _say(f"DOES NOT HOLD: {checked.count:,} flaws in {checked.size:,} entries")
        return _FAILS
    against = (
        "no older checkpoint was given" if before is None else f"begins with the {before.size:,} seen before"
    )
    _say(f"holds: {checked.size:,} entries; {against}")
    return _HOLDS


def _head(database: str, checkpoint: Path | None) -> Note:
    """The checkpoint to go by: one that was given, a new one, or the last that was signed."""
    signer = signing_key()
    if checkpoint is not None:
        if signer is None:
            raise UsageError(
                f"expected the ledger's key in {SIGNING} or {SIGNING}_FILE, to check {checkpoint} with."
            )
        return open_checkpoint(_read(checkpoint), signer.public)[1]
    engine = open_store(database)
    if signer is not None:
        with writing(engine) as connection:
            return sign_head(connection, signer)
    with reading(engine) as connection:
        note = latest_head(connection)
    if note is None:
        raise UsageError(
            f"no checkpoint was signed yet; expected the ledger's key in {SIGNING} or {SIGNING}_FILE."
        )
    return note


def _public(written: str) -> PublicKey:
    return read_public_key(_read(Path(written)).decode() if "+" not in written else written)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise UsageError(f"{file}: expected a file that can be read; {fault.strerror}.") from None


def _say(text: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)
