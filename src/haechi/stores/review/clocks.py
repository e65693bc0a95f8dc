"""How long things may take, read from a file that lawyers correct (`knowledge/ads/review_clocks.yaml`)."""

import calendar
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
import yaml

from haechi.errors import KnowledgeError
from haechi.stores.review.words import NoticeSource

_FILE: Final = "review_clocks.yaml"
_MONTHS: Final = 12
For = Literal["notice", "hold", "appeal", "suspension"]


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"what": "for"}):
    """How long one kind of thing may take.

    Attributes:
        id: of the clock.
        what: a notice, a hold, an appeal or a suspension.
        hours: from when it came.
        source: who says so, and in what.
        url: where.
        binding: whether it is law.
        checked: when somebody last read the source.
        country: where alone it holds, ISO 3166-1 alpha-2, or None.
        sources_of_notice: for notices of whom alone; empty: of all.
    """

    id: str
    what: For
    hours: int
    source: str
    url: str
    binding: bool
    checked: date
    country: str | None = None
    sources_of_notice: tuple[NoticeSource, ...] = ()


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long after a decision it may be appealed."""

    months: int
    source: str
    url: str
    checked: date


class Clocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of the file."""

    format: Literal["review-clocks-1"]
    clocks: tuple[Clock, ...]
    appeal_window: Window


@cache
def clocks() -> Clocks:
    """The clocks that came with this version."""
    text = resources.files("haechi.knowledge").joinpath("ads", _FILE).read_text(encoding="utf-8")
    return read_clocks(text, file=_FILE)


def read_clocks(text: str, *, file: str) -> Clocks:
    """The clocks in a text.

    Raises:
        KnowledgeError: it does not follow its form, or a kind of thing has no clock that always holds.
    """
    try:
        found = msgspec.convert(yaml.safe_load(text), type=Clocks)
    except (yaml.YAMLError, msgspec.ValidationError) as fault:
        raise KnowledgeError(f"{file}: {fault}; expected review-clocks-1.") from None
    general = {one.what for one in found.clocks if one.country is None and not one.sources_of_notice}
    for what in ("notice", "hold", "appeal", "suspension"):
        if what not in general:
            raise KnowledgeError(f"{file}: clocks; expected one for {what} that holds everywhere.")
    return found


def due(
    what: For, at: datetime, *, country: str | None = None, source: NoticeSource | None = None
) -> tuple[datetime, Clock]:
    """First instant at which something is late, and the clock by which it is: that of the country before the general.

    Args:
        what: of which kind it is.
        at: when it came.
        country: where, ISO 3166-1 alpha-2, or None.
        source: of a notice: who sent it.
    """
    holding = [
        one
        for one in clocks().clocks
        if one.what == what
        and one.country in (None, country)
        and (not one.sources_of_notice or source in one.sources_of_notice)
    ]
    own = [one for one in holding if one.country is not None] or holding
    # Of two that are as short, the one that is law.
    first = min(own, key=lambda one: (one.hours, not one.binding))
    return at + timedelta(hours=first.hours), first


def appeal_until(decided_at: datetime) -> datetime:
    """First instant at which an appeal against a decision comes too late."""
    months = decided_at.month - 1 + clocks().appeal_window.months
    year, month = decided_at.year + months // _MONTHS, months % _MONTHS + 1
    # The last day of a shorter month is included.
    day = min(decided_at.day, calendar.monthrange(year, month)[1])
    return decided_at.replace(year=year, month=month, day=day) + timedelta(days=1)
