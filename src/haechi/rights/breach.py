"""Whom to tell of a breach by when, under every law that is concerned. Pure: facts and an instant in, clocks out.

A clock runs where the pack says so (`breach` in the law pack). What nobody answered counts as the stricter answer, so
that a clock runs until somebody says why it does not; each clock says what it rests on.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from haechi.law import (
    BreachCase,
    BreachClock,
    BreachItem,
    BreachReceiver,
    BreachStage,
    LawPack,
    breach_due_at,
    in_force,
)
from haechi.rights.incident import Incident
from haechi.terms.words import Category

Status = Literal["overdue", "running", "now", "waiting", "late", "done", "not-required"]
"""overdue: the deadline is over and nobody was told. now: without delay, no number of hours. waiting: it will be
counted from telling people. late: told after the deadline."""


class Concerned(msgspec.Struct, frozen=True):
    """Whom the breach concerns under one law.

    Attributes:
        people: how many; people of unknown place count under every law.
        inferred: what themes that leaked give away about them.
    """

    people: int
    inferred: frozenset[Category] = frozenset()


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One duty to tell, and how it stands.

    Attributes:
        law: the pack.
        to: people or authority.
        stage: which of several reports.
        status: see `Status`.
        article: what orders it.
        people: how many people the breach concerns under the law.
        since: from when it is counted, naive UTC, or None while that is open.
        due: first instant at which it is late, or None where the law sets no number or `since` is open.
        hours_left: until then; negative once it is over. None where there is no deadline or it was told.
        told_at: when it was told, or None.
        because: what starts it, or why it does not run.
        unanswered: the cases that run it only because nobody answered them.
        contents: what the notice must say.
        contents_article: where the law lists it.
    """

    law: str
    to: BreachReceiver
    stage: BreachStage
    status: Status
    article: str
    people: int
    since: datetime | None = None
    due: datetime | None = None
    hours_left: float | None = None
    told_at: datetime | None = None
    because: tuple[str, ...] = ()
    unanswered: tuple[BreachCase, ...] = ()
    contents: tuple[BreachItem, ...] = ()
    contents_article: str = ""


def clocks(
    incident: Incident, concerned: Mapping[str, Concerned], packs: Mapping[str, LawPack], *, now: datetime
) -> list[Clock]:
    """All duties to tell, under every law whose people are concerned; the facts are those in force when it was known.

    Args:
        incident: what happened.
        concerned: by law, whom.
        packs: the laws.
        now: naive UTC.
    """
    return [
        _clock(fact, incident, pack, concerned[law], now)
        for law, pack in packs.items()
        if law in concerned and concerned[law].people
        for fact in in_force(pack.breach, incident.known_at)
    ]


def _clock(
    fact: BreachClock, incident: Incident, pack: LawPack, concerned: Concerned, now: datetime
) -> Clock:
    answers = _answers(incident, pack, concerned)
    told_at = _told(incident, pack.id, fact.to, fact.stage)
    clock = Clock(
        law=pack.id,
        to=fact.to,
        stage=fact.stage,
        status="not-required",
        article=fact.article,
        people=concerned.people,
        told_at=told_at,
        contents=fact.contents,
        contents_article=fact.contents_article or fact.article,
    )
    against = tuple(_against(fact, incident, concerned, answers))
    if against:
        return msgspec.structs.replace(clock, because=against)
    because = tuple(_because(fact, concerned, answers))
    unanswered = () if because else tuple(case for case in fact.cases if case not in answers)
    since = (
        incident.known_at if fact.counted_from == "knowing" else _told(incident, pack.id, "people", "only")
    )
    due = None if since is None else breach_due_at(fact, since, time_zone=pack.time_zone)
    return msgspec.structs.replace(
        clock,
        status=_status(since, due, told_at, now),
        since=since,
        due=due,
        hours_left=None if due is None or told_at is not None else round((due - now) / timedelta(hours=1), 1),
        because=because or (() if unanswered else ("every breach",)),
        unanswered=unanswered,
    )


def _answers(incident: Incident, pack: LawPack, concerned: Concerned) -> dict[BreachCase, bool]:
    """What is known of the cases; whether the data are sensitive is for the law to say."""
    held = set(incident.categories) | (concerned.inferred if pack.inferred_protected else set())
    protected = {fact.category for fact in in_force(pack.categories, incident.known_at)}
    return {**incident.cases, "sensitive-data": bool(held & protected)}


def _against(
    fact: BreachClock, incident: Incident, concerned: Concerned, answers: Mapping[BreachCase, bool]
) -> Iterator[str]:
    """Why a clock does not run."""
    if incident.event not in fact.events:
        yield f"it is for {' or '.join(fact.events)}"
    if concerned.people < fact.people_required:
        yield f"fewer than {fact.people_required:,} people"
    yield from (case for case in fact.unless if answers.get(case, False))
    enough = fact.people_at_least is not None and concerned.people >= fact.people_at_least
    conditional = bool(fact.cases) or fact.people_at_least is not None
    if conditional and not enough and not any(answers.get(case, True) for case in fact.cases):
        fewer = [] if fact.people_at_least is None else [f"fewer than {fact.people_at_least:,} people"]
        yield ", ".join([*(f"no {case}" for case in fact.cases), *fewer])


def _because(fact: BreachClock, concerned: Concerned, answers: Mapping[BreachCase, bool]) -> Iterator[str]:
    yield from (case for case in fact.cases if answers.get(case, False))
    if fact.people_at_least is not None and concerned.people >= fact.people_at_least:
        yield f"{fact.people_at_least:,} people or more"


def _told(incident: Incident, law: str, to: str, stage: str) -> datetime | None:
    return min(
        (one.at for one in incident.told if (one.law, one.to, one.stage) == (law, to, stage)), default=None
    )


def _status(since: datetime | None, due: datetime | None, told_at: datetime | None, now: datetime) -> Status:
    if told_at is not None:
        return "late" if due is not None and told_at >= due else "done"
    if since is None:
        return "waiting"
    if due is None:
        return "now"
    return "overdue" if now >= due else "running"
