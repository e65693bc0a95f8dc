"""`haechi`: the commands, and what a command's end means.

Exit status, as linters do: 0 nothing to report, 1 findings, 2 the call or the data is wrong, 130 interrupted.
"""

import atexit
import contextlib
import gc
import io
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import cyclopts
from rich.console import Console

from haechi.errors import HaechiError

# Commands are named, not imported: `haechi explain` must not wait for the audit's engines to load.
app = cyclopts.App(
    name="haechi",
    help="Finds advertising themes that give people away, and what was done with them without permission.",
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
COMMANDS = (
    "audit",
    "checks",
    "classify",
    "doctor",
    "evaluate",
    "explain",
    "gate",
    "laws",
    "load",
    "review",
    "serve",
)
for command in COMMANDS:
    app.command(f"haechi.cli.{command}:{command}", name=command)
GROUPS = ("ads", "example", "keys", "ledger", "permissions", "policy", "rights", "themes", "users")
for group in GROUPS:
    app.command(f"haechi.cli.{group}:app", name=group)

FAILED = 2
INTERRUPTED = 130
_COLLECT_AFTER = 100_000
"""Objects made and not yet dropped."""
_HEELS = 2.0
"""Seconds."""
TRACEBACK = "HAECHI_TRACEBACK"
"""Environment variable that makes a defect show its whole trace."""


def main() -> None:
    """Run one command and end the process with its status."""
    # Rows are no garbage in circles: looking for it at every 700 of them costs an audit half a second.
    gc.set_threshold(_COLLECT_AFTER)
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    interruption = _interrupt_on_end()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show Korean shows its code; it does not end the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        # The list of commands tells what each does, which only a loaded one knows.
        for name in (*COMMANDS, *GROUPS):
            app[name]
    try:
        status = app(exit_on_error=False, print_error=False)
    except (HaechiError, cyclopts.CycloptsError) as error:
        _failed(errors, str(error))
    except OSError as error:
        _failed(errors, f"{error.strerror or error}: {error.filename or 'the output'}")
    except KeyboardInterrupt:
        _interrupted(errors)
    except Exception as error:  # noqa: BLE001  the last door: status 1 would say "findings"
        # An engine tells Ctrl-C during a query in its own ways.
        if interruption.came:
            _interrupted(errors)
        _failed(errors, _of_database(error) or _unforeseen(error))
    _leave(status if isinstance(status, int) else 0)


def _leave(status: int) -> NoReturn:
    """End the process at once: taken apart piece by piece, what an audit held takes half a second to give back."""
    atexit._run_exitfuncs()  # noqa: SLF001  what asked to be called at the end still is
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


@dataclass(slots=True)
class _Interruption:
    """Whether somebody wanted the command to end."""

    came: bool = False
    at: float = 0.0

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        # A second one on its heels must not disturb the tidying up; a later one means that the first was lost.
        now = time.monotonic()
        if self.came and now - self.at < _HEELS:
            return
        self.came, self.at = True, now
        raise KeyboardInterrupt


def _interrupt_on_end() -> _Interruption:
    """A supervisor's end and a closed terminal tidy up like Ctrl-C, unless whoever started us ignores them."""
    interruption = _Interruption()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, interruption)
    return interruption


def _of_database(error: Exception) -> str | None:
    """What to say where the database cannot be written or does not answer: its own words, not the statement's."""
    # Told by its name: most commands never load what raises it.
    if type(error).__name__ != "OperationalError" or not hasattr(error, "orig"):
        return None
    said = str(error.orig).strip().splitlines()
    return f"the database cannot be used: {said[0] if said else 'no reason given'}."


def _unforeseen(error: Exception) -> str:
    """What to say of a defect of ours: where it is, and not what it says, which could name a person."""
    if os.environ.get(TRACEBACK):
        return "".join(traceback.format_exception(error))
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}. No earlier report was "
        f"changed. This is a defect of Haechi: please report it. Set {TRACEBACK}=1 to see more, which may show data."
    )


def _failed(errors: Console, message: str) -> NoReturn:
    with contextlib.suppress(OSError):
        errors.print(f"haechi: {message}")
    sys.exit(FAILED)


def _interrupted(errors: Console) -> NoReturn:
    with contextlib.suppress(OSError):
        errors.print("haechi: interrupted; nothing was written.")
    sys.exit(INTERRUPTED)
