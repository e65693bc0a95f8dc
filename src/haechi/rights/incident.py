"""A suspected leak as the operator describes it, in a TOML file: what, since when, known when, whom it concerns."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from haechi.errors import UsageError
from haechi.law import BreachCase, BreachEvent, BreachItem, BreachReceiver, BreachStage
from haechi.rights.toml_file import read_toml
from haechi.terms.words import Category, Language
from haechi.terms.zones import naive


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice that was given already.

    Attributes:
        law: under which law.
        to: people or authority.
        stage: which of several reports.
        at: when.
    """

    law: str
    to: BreachReceiver
    stage: BreachStage = "only"
    at: datetime


class Incident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, or may have; instants are naive UTC once it is read.

    Attributes:
        known_at: when it became known; the clocks run from here.
        since: when it began, or None where that is unknown.
        until: when it ended, or None.
        event: leak, or possible-leak where nobody knows yet.
        items: which data, in words that people understand.
        categories: the sensitive categories that these data hold as such, not only as themes.
        themes: identifiers of advertising themes that leaked.
        advertisers: identifiers of advertisers at whom what they had received leaked.
        everyone: all people and all themes of the platform are concerned.
        records: how many records, or None.
        cases: answers to what only people can say; what is not answered counts as the stricter answer.
        said: by language and item, what the notices are to say.
        told: notices that were given.
    """

    known_at: datetime
    since: datetime | None = None
    until: datetime | None = None
    event: BreachEvent = "leak"
    items: tuple[str, ...]
    categories: tuple[Category, ...] = ()
    themes: tuple[str, ...] = ()
    advertisers: tuple[str, ...] = ()
    everyone: bool = False
    records: Annotated[int, msgspec.Meta(ge=0)] | None = None
    cases: Mapping[BreachCase, bool] = {}
    said: Mapping[Language, Mapping[BreachItem, str]] = {}
    told: tuple[Told, ...] = ()


def read_incident(file: Path, *, now: datetime) -> Incident:
    """The incident from a file.

    Raises:
        UsageError: it cannot be read, lacks something, or contradicts itself or the clock.
    """
    found = read_toml(file, Incident, about="what happened", page="docs/how-to/breach.md")
    try:
        incident = msgspec.structs.replace(
            found,
            known_at=naive(found.known_at),
            since=None if found.since is None else naive(found.since),
            until=None if found.until is None else naive(found.until),
            told=tuple(msgspec.structs.replace(one, at=naive(one.at)) for one in found.told),
        )
    except OverflowError:
        raise UsageError(f"{file}: found an instant outside the years 1 to 9999; expected none.") from None
    for place, wrong, expected in _faults(incident, now):
        raise UsageError(f"{file}, {place}: found {wrong}; expected {expected}.")
    return incident


def _faults(incident: Incident, now: datetime) -> list[tuple[str, object, str]]:
    found: list[tuple[str, object, str]] = []
    if incident.known_at > now:
        found.append(("known_at", incident.known_at, "an instant that has been"))
    if incident.since is not None and incident.since > incident.known_at:
        found.append(("since", incident.since, "an instant before known_at"))
    if incident.until is not None and incident.since is not None and incident.until < incident.since:
        found.append(("until", incident.until, "an instant after since"))
    if not incident.items:
        found.append(("items", "nothing", "which data, in words"))
    if "sensitive-data" in incident.cases:
        found.append(("cases", "sensitive-data", "categories instead: it is worked out under each law"))
    found += [
        ("told", one.at, "an instant between known_at and now")
        for one in incident.told
        if not incident.known_at <= one.at <= now
    ]
    return found
