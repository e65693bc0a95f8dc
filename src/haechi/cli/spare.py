"""Outputs that would replace an input."""

from collections.abc import Mapping
from pathlib import Path

from haechi.errors import UsageError


def spare(out: Path, inputs: Mapping[str, str | Path | None]) -> None:
    """Refuse an `--out` that is one of the inputs, each under what it is.

    Raises:
        UsageError: it is.
    """
    for what, file in inputs.items():
        if file is not None and out.exists() and Path(file).exists() and out.samefile(file):
            raise UsageError(f"--out {out} is {what} itself; expected another file for the answer.")
