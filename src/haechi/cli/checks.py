"""`haechi checks`: what an audit asks."""

from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table

from haechi.audit.checks import CHECKS


def checks(*, lang: Literal["en", "ko"] = "en", format: Literal["text", "json"] = "text") -> None:  # noqa: A002
    """List the checks of an audit and the tables that each needs.

    Parameters
    ----------
    lang
        Language of the questions.
    format
        text for people, json for machines.
    """
    rows = [
        (
            check.id,
            check.asks[lang],
            [n if isinstance(n, str) else " or ".join(map(" + ".join, n)) for n in check.needs],
        )
        for check in CHECKS
    ]
    console = Console(highlight=False)
    if format == "json":
        document = [{"id": name, "asks": asks, "needs": needs} for name, asks, needs in rows]
        console.file.write(msgspec.json.format(msgspec.json.encode(document)).decode() + "\n")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("check", no_wrap=True)
    table.add_column("asks")
    table.add_column("needs", overflow="fold")
    for name, asks, needs in rows:
        table.add_row(name, asks, ", ".join(needs))
    console.print(table)
