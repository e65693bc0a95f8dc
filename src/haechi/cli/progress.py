"""How far a command is: on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from haechi.sensitivity.write_answers import Report


def _untold(_rows: int) -> None:
    """Nobody watches."""


@contextmanager
def progress(what: str = "names") -> Iterator[Report]:
    """Told of rows, shows them on a terminal's standard error; nothing elsewhere.

    Args:
        what: the rows are.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _untold
        return
    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda rows: progress.advance(task, rows)
