"""Secrets of the ledger: from the environment or a file that it names, never from a command's arguments.

HAECHI_LEDGER_KEY       signs checkpoints; or HAECHI_LEDGER_KEY_FILE, a file
HAECHI_LEDGER_MASTER    wraps people's keys; or HAECHI_LEDGER_MASTER_FILE, a file
"""

import os
import secrets
from pathlib import Path
from typing import Final, Literal

from haechi.errors import OutputError, UsageError
from haechi.ledger.keys import LEDGER, WITNESS, SecretKey, make_key, read_secret_key
from haechi.ledger.seal import KEY, Master, read_master
from haechi.stores.opened import database_url

SIGNING: Final = "HAECHI_LEDGER_KEY"
MASTER: Final = "HAECHI_LEDGER_MASTER"
MASTER_FILE: Final = "ledger-master.key"
"""In the folder of a database, where the environment names none."""
Use = Literal["ledger", "witness", "master"]


def signing_key() -> SecretKey | None:
    """The key that signs checkpoints; None where the environment names none.

    Raises:
        UsageError: what it names is no key of a ledger.
    """
    written = _secret(SIGNING)
    return None if written is None else as_key(written, "ledger")


def master_key() -> Master | None:
    """The key that wraps people's keys; None where the environment names none.

    Raises:
        UsageError: what it names is no master key.
    """
    written = _secret(MASTER)
    return None if written is None else read_master(written)


def master_of(database: str) -> Master | None:
    """The key that wraps people's keys of a database: the environment's, else the one in its folder.

    It is made where a folder has none. A PostgreSQL database has no place for it: there the environment has to name
    one, or nothing about people is sealed.

    Raises:
        UsageError: what is named is no master key.
        OutputError: it cannot be made.
    """
    known = master_key()
    url = database_url(database)
    if known is not None or url.get_backend_name() != "sqlite":
        return known
    file = Path(str(url.database)).with_name(MASTER_FILE)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        make_secret("", "master", file)
    return read_master(read_secret(file))


def as_key(written: str, use: Use) -> SecretKey:
    """A secret key of the kind that is wanted.

    Raises:
        UsageError: it is none, or of the other kind.
    """
    key = read_secret_key(written)
    if key.public.type != (LEDGER if use == "ledger" else WITNESS):
        raise UsageError(
            f"the key of {key.public.name} is no key of a {use}; expected one of haechi ledger key."
        )
    return key


def read_secret(file: Path) -> str:
    """A secret from a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{file}: expected a file with a key.") from None


def make_secret(name: str, use: Use, file: Path) -> str:
    """Makes a key in a new file that its owner alone can read.

    Returns:
        What may be shown: the public key; for a master key nothing.

    Raises:
        OutputError: the file is there already, or cannot be written.
    """
    if use == "master":
        written, shown = Master(secrets.token_bytes(KEY)).written(), ""
    else:
        key = make_key(name, LEDGER if use == "ledger" else WITNESS, secrets.token_bytes(KEY))
        written, shown = key.written(), str(key.public)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(written + "\n")
    except OSError as fault:
        raise OutputError(f"{file}: expected a new file that can be written; {fault.strerror}.") from None
    return shown


def _secret(name: str) -> str | None:
    written = os.environ.get(name)
    if written:
        return written
    file = os.environ.get(f"{name}_FILE")
    return read_secret(Path(file)) if file else None
