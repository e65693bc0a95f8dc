"""The key that signs deletion requests: from the environment or a file that it names, else in a database's folder.

HAECHI_DELETION_KEY     a private P-256 key as a JSON Web Key (RFC 7517); or HAECHI_DELETION_KEY_FILE, a file
"""

import json
import os
from pathlib import Path
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from haechi.errors import OutputError, UsageError
from haechi.stores.ledger.secrets import read_secret
from haechi.stores.opened import database_url

ENVIRONMENT: Final = "HAECHI_DELETION_KEY"
FILE: Final = "deletion.key"
"""In the folder of a database, where the environment names none."""


def deletion_key(database: str) -> ECKey:
    """The key that signs what advertisers are told to delete; made where a folder has none.

    Raises:
        UsageError: what is named is no such key; or a PostgreSQL database, which has no place for one, is given none.
        OutputError: it cannot be made.
    """
    written = os.environ.get(ENVIRONMENT)
    named = os.environ.get(f"{ENVIRONMENT}_FILE")
    if written or named:
        return _read(written or read_secret(Path(str(named))))
    url = database_url(database)
    if url.get_backend_name() != "sqlite":
        raise UsageError(f"deletion requests need a key; set {ENVIRONMENT} or {ENVIRONMENT}_FILE.")
    file = Path(str(url.database)).with_name(FILE)
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_deletion_key(file)
    return _read(read_secret(file))


def make_deletion_key(file: Path) -> None:
    """Makes a key in a new file that its owner alone can read.

    Raises:
        OutputError: the file is there already, or cannot be written.
    """
    key = ECKey.generate_key("P-256", private=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(json.dumps(key.as_dict(private=True)) + "\n")
    except OSError as fault:
        raise OutputError(f"{file}: expected a new file that can be written; {fault.strerror}.") from None


def _read(written: str) -> ECKey:
    """A key as it was written; no message repeats it."""
    try:
        key = ECKey.import_key(json.loads(written))
        fits = key.is_private and key.curve_name == "P-256"
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        fits = False
    if not fits:
        raise UsageError("expected a private P-256 key as a JSON Web Key, as haechi keys deletion writes it.")
    return key
