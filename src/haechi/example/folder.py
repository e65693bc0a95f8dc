"""A folder that appears whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from haechi.errors import OutputError, UsageError

MARKER: Final = ".haechi-example"
"""A file that says: this folder was made here and may be replaced."""


@contextlib.contextmanager
def replaced_whole(target: Path) -> Iterator[Path]:
    """A new folder beside `target` that takes its place when the block ends well, and vanishes when it does not.

    Args:
        target: where the folder shall stand: nothing yet, an empty folder, or an earlier example.

    Yields:
        the new folder, to be filled.

    Raises:
        UsageError: `target` is a file, or holds something that no example made.
        OutputError: the folder cannot be made, filled or moved.
    """
    _refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        raise OutputError(
            f"{target.parent}: cannot be written to ({error.strerror}). Choose another --out."
        ) from error
    try:
        yield fresh
        (fresh / MARKER).touch()
        fresh.chmod(0o777 & ~_umask())
        _swap(fresh, target)
    except OSError as error:
        raise OutputError(
            f"{target}: could not be written ({error}). What stood there before is untouched."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    if target.is_dir():
        if any(target.iterdir()) and not (target / MARKER).exists():
            raise UsageError(
                f"{target}: is not empty and holds no earlier example; expected a new or empty folder."
            )
    elif target.exists() or target.is_symlink():
        raise UsageError(f"{target}: is a file; expected a new or empty folder.")


def _swap(fresh: Path, target: Path) -> None:
    """Puts `fresh` in the place of `target`; an earlier one steps aside first and returns if that fails."""
    if not target.exists():
        fresh.rename(target)
        return
    aside = fresh.with_suffix(".old")
    target.rename(aside)
    try:
        fresh.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _umask() -> int:
    """The process's file mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
