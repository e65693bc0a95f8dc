"""The operator's files in TOML, read against the form they should have."""

from pathlib import Path
from typing import TypeVar

import msgspec

from haechi.errors import UsageError

_Form = TypeVar("_Form")


def read_toml(file: Path, form: type[_Form], *, about: str, page: str) -> _Form:
    """What the file says.

    Args:
        file: of the operator.
        form: what it should hold.
        about: what the file says, after "expected a file that says".
        page: of the docs, that tells more.

    Raises:
        UsageError: it cannot be read, or lacks something; the message names it.
    """
    try:
        return msgspec.toml.decode(file.read_bytes(), type=form)
    except OSError as fault:
        raise UsageError(f"{file}: expected a file that says {about}; {fault.strerror}.") from None
    except RecursionError:
        raise UsageError(f"{file}: expected fewer tables and lists inside each other; see {page}.") from None
    except (msgspec.MsgspecError, ValueError) as fault:
        raise UsageError(f"{file}: {fault}; see {page}.") from None
