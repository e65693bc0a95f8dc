"""Writing an audit down: all files are made beside the report's folder and moved in only when all are whole."""

import contextlib
import errno
import os
import signal
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from haechi.errors import OutputError, UsageError

WRITTEN: Final = ("report.html", "findings.json", "themes.parquet", "exposures.parquet", "proxies.parquet")
"""The files of a report."""
_DRAFT: Final = ".haechi-"
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


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
    with _undisturbed():
        for file in files:
            file.replace(out / file.name)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever interrupts waits the instant until all files are moved: half an old report is worse than either."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spare_inputs(out: Path, dataset: str, inputs: Iterable[str]) -> None:
    """Refuse a folder for the report in which a file of the report would replace a file of the dataset.

    Args:
        out: the folder of the report.
        dataset: the dataset as the caller named it.
        inputs: files that tables are read from.

    Raises:
        UsageError: it is the dataset's own folder, or one of its tables stands where the report would.
    """
    home = Path(dataset)
    home = home.parent if home.is_file() else home
    if home.exists() and home.resolve() == out.resolve():
        raise UsageError(
            f"--out {out} is the dataset's own folder, whose themes.parquet the report's would replace; "
            "expected another folder, such as report."
        )
    taken = {Path(file).resolve() for file in inputs}
    for name in WRITTEN:
        if (out / name).resolve() in taken:
            raise UsageError(f"{out / name} is a table of the dataset; expected another folder for --out.")


def _ours(error: OSError, out: Path) -> bool:
    """Whether it is the report that could not be written.

    Writing that fails for want of room names no file; neither does a network that fails, which is no fault of `out`.
    """
    if error.filename is None:
        return error.errno in _NO_ROOM
    path = str(error.filename)
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
