"""`haechi`: the commands, and what a command's end means.

Exit status, as linters do: 0 nothing to report, 1 findings, 2 the call or the data is wrong, 130 interrupted.
"""

import signal
import sys
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
COMMANDS = ("audit", "checks", "classify", "explain", "laws")
for command in COMMANDS:
    app.command(f"haechi.cli.{command}:{command}", name=command)
app.command("haechi.cli.example:app", name="example")

FAILED = 2
INTERRUPTED = 130


def main() -> None:
    """Run one command and end the process with its status."""
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    _interrupt_on_end()
    if sys.argv[1:] in ([], ["--help"], ["-h"]):
        # The list of commands tells what each does, which only a loaded one knows.
        for name in (*COMMANDS, "example"):
            app[name]
    try:
        status = app(exit_on_error=False, print_error=False)
    except (HaechiError, cyclopts.CycloptsError) as error:
        errors.print(f"haechi: {error}")
        sys.exit(FAILED)
    except OSError as error:
        errors.print(f"haechi: {error.strerror or error}: {error.filename or 'the output'}")
        sys.exit(FAILED)
    except KeyboardInterrupt:
        _interrupted(errors)
    except RuntimeError as error:
        # DuckDB tells Ctrl-C during a query in its own way.
        if str(error) != "Query interrupted":
            raise
        _interrupted(errors)
    sys.exit(status if isinstance(status, int) else 0)


def _interrupt_on_end() -> None:
    """A supervisor's end and a closed terminal tidy up like Ctrl-C, unless whoever started us ignores them."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _interrupted(errors: Console) -> NoReturn:
    errors.print("haechi: interrupted; nothing was written.")
    sys.exit(INTERRUPTED)
