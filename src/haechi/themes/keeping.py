"""One person's evidence for one theme along time: the definition of the records contract, for one pair.

`memberships` computes the same for whole tables. Here it is folded event by event, so that a platform can keep
memberships current as behaviours come. Evidence counts in whole thousandths, instants in microseconds.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from haechi.terms.words import BehaviourKind
from haechi.themes.evidence import TAKES_BACK, WEIGHT_SCALE, EvidenceRule

_DAY: Final = 86_400_000_000


class Event(NamedTuple):
    """What one behaviour says about one theme.

    Attributes:
        at: instant.
        item: what it was done on.
        gain: evidence that it gives.
        takes_back: it takes back what earlier behaviours on the item gave.
    """

    at: int
    item: int
    gain: int
    takes_back: bool


class Stretch(NamedTuple):
    """A membership.

    Attributes:
        since: first instant.
        until: first instant no longer, or None while it is open.
        score: evidence at the last change before it closed.
    """

    since: int
    until: int | None
    score: int


class Kept(NamedTuple):
    """What is kept of a pair between behaviours.

    Attributes:
        evidence: after the last change.
        at: the instant of the last behaviour that could change it.
        since: since when the person is in the theme, or None.
    """

    evidence: int
    at: int
    since: int | None


def gain(kind: BehaviourKind, weight_in_billionths: int, rule: EvidenceRule) -> int:
    """What a behaviour gives: kind weight times theme weight, rounded half up to whole thousandths."""
    return (rule.kind_thousandths.get(kind, 0) * weight_in_billionths + WEIGHT_SCALE // 2) // WEIGHT_SCALE


def takes_back(kind: BehaviourKind) -> bool:
    """Whether a behaviour takes evidence back rather than giving it."""
    return kind in TAKES_BACK


def fold(events: Iterable[Event], rule: EvidenceRule) -> tuple[list[Stretch], Kept]:
    """Memberships from all that a person did on the items of a theme.

    Args:
        events: in the order of their instants.
        rule: kind weights, threshold and lapse.

    Returns:
        the memberships, and what is to be kept for `advance`.
    """
    lapse = None if rule.lapse_days is None else rule.lapse_days * _DAY
    given: dict[int, int] = {}
    total, last = 0, 0
    last_gain: int | None = None
    since: int | None = None
    score = 0
    stretches: list[Stretch] = []
    for at, gained, lost in _instants(events, given):
        last = at
        if not gained and not lost:
            continue
        total += gained - lost
        lapses_at = None if lapse is None or last_gain is None else last_gain + lapse
        if since is not None and lapses_at is not None and lapses_at < at:
            stretches.append(Stretch(since, lapses_at, score))
            since = None
        if gained:
            last_gain = at
        enough = total >= rule.threshold_thousandths
        fresh = lapse is None or (last_gain is not None and at < last_gain + lapse)
        if enough and fresh:
            since = at if since is None else since
            score = total
        elif since is not None:
            stretches.append(Stretch(since, at, score))
            since = None
    if since is not None:
        until = None if lapse is None or last_gain is None else last_gain + lapse
        stretches.append(Stretch(since, until, score))
    return stretches, Kept(total, last, since)


def _instants(events: Iterable[Event], given: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Each instant at which something gives or takes back: instant, what is gained, what is taken back."""
    for at, together in groupby(events, key=attrgetter("at")):
        now = list(together)
        # Only what strictly earlier behaviours gave is taken back: what comes at the same instant still counts.
        lost = sum(given.pop(item, 0) for item in {event.item for event in now if event.takes_back})
        gained = 0
        for event in now:
            if event.gain:
                gained += event.gain
                given[event.item] = given.get(event.item, 0) + event.gain
        if gained or any(event.takes_back for event in now):
            yield at, gained, lost


def advance(kept: Kept | None, gains: Iterable[tuple[int, int]], rule: EvidenceRule) -> Kept:
    """What is kept after further behaviours that only give, all later than the last change.

    Equal to `fold` over everything; only without lapse, and where nothing is taken back.

    Args:
        kept: so far; None for nothing.
        gains: instant and evidence, in the order of their instants.
        rule: kind weights and threshold.
    """
    evidence, at, since = kept or Kept(0, 0, None)
    for instant, amount in gains:
        if amount:
            evidence += amount
            # Behaviours at one instant count together, so that the order among them does not matter.
            if since is None and evidence >= rule.threshold_thousandths:
                since = instant
            at = instant
    return Kept(evidence, at, since)
