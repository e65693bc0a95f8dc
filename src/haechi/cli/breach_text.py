"""The clocks of a breach as a table, for `haechi rights breach`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from haechi.law import LawPack
from haechi.rights.breach import Clock


def show_clocks(
    clocks: Sequence[Clock], packs: Mapping[str, LawPack], *, people: int, nowhere: int, unknown: int
) -> None:
    """Shows on standard output whom to tell by when, what is overdue first, and what was counted.

    Args:
        clocks: all duties.
        packs: their laws.
        people: how many people are concerned.
        nowhere: how many of them are of unknown place.
        unknown: how many identifiers nobody has.
    """
    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("law", "tell", "status", "due", "hours left", "why", "article"):
        table.add_column(heading, overflow="fold")
    for clock in sorted(clocks, key=_urgency):
        table.add_row(
            clock.law,
            clock.to if clock.stage == "only" else f"{clock.to}, {clock.stage}",
            clock.status,
            _due(clock, packs[clock.law]),
            "" if clock.hours_left is None else f"{clock.hours_left:,.1f}",
            _why(clock),
            clock.article,
        )
    console.print(table)
    console.print(
        f"{people:,} people, {nowhere:,} of unknown place, who count under every law; "
        f"{unknown:,} identifiers of people whom the platform does not know.",
        markup=False,
    )


def _urgency(clock: Clock) -> tuple[int, datetime]:
    order = ("overdue", "now", "running", "waiting", "late", "done", "not-required")
    return order.index(clock.status), clock.due or datetime.max  # noqa: DTZ901 - naive UTC inside


def _due(clock: Clock, pack: LawPack) -> str:
    if clock.due is None:
        return "without delay" if clock.status == "now" else ""
    return clock.due.replace(tzinfo=UTC).astimezone(ZoneInfo(pack.time_zone)).strftime("%Y-%m-%d %H:%M %z")


def _why(clock: Clock) -> str:
    unanswered = [f"nobody answered: {', '.join(clock.unanswered)}"] if clock.unanswered else []
    return "; ".join([*clock.because, *unanswered])
