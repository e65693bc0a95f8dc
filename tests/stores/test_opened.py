"""Opening a store that this process has open already."""

import subprocess
import sys
from pathlib import Path

from haechi.stores import open_store

# The bytes that SQLite locks for reading (sqlite.org/fileformat2.html and os_unix.c: PENDING_BYTE + 2, 510 bytes).
LOCKED = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
    except OSError:
        sys.exit(7)
"""


def is_locked(file: Path) -> bool:
    return subprocess.run([sys.executable, "-c", LOCKED, file], check=False).returncode == 7


def test_a_second_opening_drops_no_lock_of_the_first(tmp_path: Path) -> None:
    """If it fails, another process may change the file under a reader, and SQLite warns that this corrupts it."""
    first = open_store(str(tmp_path))
    file = tmp_path / "haechi.sqlite"
    with first.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").all()
        connection.rollback()
        assert is_locked(file)
        open_store(str(tmp_path)).dispose()
        assert is_locked(file)
    first.dispose()
    assert not is_locked(file)
