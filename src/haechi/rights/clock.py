"""By when a request must be answered: every law of the person has its say, and the earliest counts."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from haechi.law import LawPack, RequestRule, due_at, packs_for, request_rule
from haechi.terms.words import RequestKind

Urgency = Literal["late", "due-soon", "without-delay", "in-time", "waiting", "answered"]
_REGION: Final = re.compile("[A-Z]{2}-[A-Z0-9]{1,3}")
WARNED: Final = timedelta(days=3)
"""Before the end of a deadline: a request that is nearer is told of. Ours, no law's: a working day is left after a
weekend."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """What one law says about the time to answer.

    Attributes:
        law: the law pack's identifier.
        article: what to cite.
        due_at: first instant at which an answer is late, naive UTC; None: without delay, no number of days is named.
        put_off_until: the same where the answer was put off as far as the law admits; None where it sets no end.
        may_be_put_off: whether it can be put off at all.
    """

    law: str
    article: str
    due_at: datetime | None
    put_off_until: datetime | None
    may_be_put_off: bool


def laws_of(packs: Mapping[str, LawPack], country: str | None, region: str | None) -> tuple[str, ...]:
    """The laws by which a person's request is judged: every one that could be theirs where the place is not known.

    Args:
        packs: by identifier.
        country: ISO 3166-1 alpha-2, or None.
        region: ISO 3166-2, with or without its country; None or another writing: any of the country's.
    """
    if country is None:
        return tuple(packs)
    code = f"{country}-{(region or '').upper().removeprefix(f'{country}-')}"
    if not _REGION.fullmatch(code):
        places = {place for pack in packs.values() for place in pack.jurisdictions if place[:2] == country}
        found = {
            law for place in places for law in packs_for(packs, country, place if "-" in place else None)
        }
        return tuple(law for law in packs if law in found)
    return packs_for(packs, country, code)


def deadlines(
    kind: RequestKind, laws: Iterable[str], packs: Mapping[str, LawPack], received_at: datetime
) -> tuple[Deadline, ...]:
    """What each law says that gives this right; none where no law does.

    Args:
        kind: of the request.
        laws: of the person.
        packs: by identifier.
        received_at: naive UTC.
    """
    found = []
    for law in laws:
        rule = None if law not in packs else request_rule(packs[law], kind, received_at)
        if rule is not None:
            found.append(_deadline(law, rule, packs[law].time_zone, received_at))
    return tuple(found)


def due(found: Iterable[Deadline], *, put_off: bool = False) -> datetime | None:
    """The earliest instant at which an answer is late; None where no law names a number of days.

    Args:
        found: of `deadlines`.
        put_off: the person was told in time that it takes longer; a law that admits no putting off stays as it is.
    """
    ends = [one.put_off_until if put_off and one.may_be_put_off else one.due_at for one in found]
    return min((end for end in ends if end is not None), default=None)


def urgency(
    *,
    due_at: datetime | None,
    waits_until: datetime | None,
    answered_at: datetime | None,
    now: datetime,
) -> Urgency:
    """How pressing a request is. What is late is late, whatever it waits for."""
    if answered_at is not None:
        return "answered"
    if due_at is not None and due_at <= now:
        return "late"
    if due_at is not None and due_at - now <= WARNED:
        return "due-soon"
    if waits_until is not None and now < waits_until:
        return "waiting"
    return "without-delay" if due_at is None else "in-time"


def _deadline(law: str, rule: RequestRule, time_zone: str, received_at: datetime) -> Deadline:
    return Deadline(
        law=law,
        article=rule.article,
        due_at=due_at(rule, received_at, extended=False, time_zone=time_zone),
        put_off_until=due_at(rule, received_at, extended=True, time_zone=time_zone),
        may_be_put_off=rule.extension is not None,
    )
