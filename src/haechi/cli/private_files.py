"""Files that hold people's identifiers: for their owner alone, whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from haechi.errors import OutputError


@contextmanager
def private_file(target: Path) -> Iterator[TextIO]:
    """A text file with mode 0600 that takes its place when it is complete; until then what stood there stands.

    Raises:
        OutputError: it cannot be written.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        aside.replace(target)
    except OSError as fault:
        raise OutputError(f"{target}: expected a file that can be written; {fault.strerror}.") from None
    finally:
        aside.unlink(missing_ok=True)
