"""Writing an audit down: all files are made beside the report's folder and moved in only when all are whole."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from haechi.errors import OutputError

_DRAFT: Final = ".haechi-"


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to write into, whose files take their place in `out` at the end, or never.

    Raises:
        OutputError: there is no room, or `out` cannot be written; what stood there is untouched.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=_DRAFT, dir=_home(out)) as draft:
            yield Path(draft)
            _take_place(Path(draft), out)
    except OSError as error:
        if not _ours(error, out):
            raise
        raise OutputError(
            f"{out}: {error.strerror or error}; expected a folder that can be written, with room for the "
            "report. Nothing there was changed."
        ) from error


def _take_place(draft: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    files = sorted(draft.iterdir())
    for file in files:
        if (out / file.name).is_dir():
            raise OutputError(f"{out / file.name} is a folder; expected a file or nothing in its place.")
    for file in files:
        file.replace(out / file.name)


def _ours(error: OSError, out: Path) -> bool:
    """Whether it is the report that could not be written; an error that names no file is one of writing."""
    path = str(error.filename or _DRAFT)
    return _DRAFT in path or Path(path).absolute().is_relative_to(out.absolute())


def _home(out: Path) -> Path:
    """An existing folder on the disk of `out`, where the draft is made."""
    place = out.resolve()
    if place.is_dir() and (place.is_mount() or not os.access(place.parent, os.W_OK)):
        # The volume of a container: beside it lies another disk, or none that may be written.
        return place
    home = next(folder for folder in (place, *place.parents) if folder.exists())
    if not home.is_dir():
        raise OutputError(f"{home} is a file; expected a folder for the report.")
    return place.parent if home == place else home
