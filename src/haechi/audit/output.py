"""Writing an audit down: all files are made beside the report's folder and moved in only when all are whole."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from haechi.errors import OutputError


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to write into, whose files take their place in `out` at the end, or never.

    Raises:
        OutputError: there is no room, or `out` cannot be written; what stood there is untouched.
    """
    made = tempfile.TemporaryDirectory(prefix=".haechi-", dir=_parent(out))
    with made as name:
        draft = Path(name)
        try:
            yield draft
            out.mkdir(parents=True, exist_ok=True)
            for file in sorted(draft.iterdir()):
                file.replace(out / file.name)
        except OSError as error:
            raise OutputError(
                f"{out}: {error.strerror or error}; expected a folder that can be written, with room for the "
                "report. Nothing there was changed."
            ) from error


def _parent(out: Path) -> Path:
    parent = out.absolute().parent
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out} is a file; expected a folder for the report.")
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{parent}: {error.strerror or error}; expected a folder that can be written."
        ) from error
    return parent
