"""Drafts of the notices of a breach, in four languages: what the law wants said, filled in as far as it is known.

The sentences stand in `words/breach.LANG.toml`. What only people can say and did not say yet is a blank in brackets,
so that no draft leaves unread.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import msgspec

from haechi.law import BreachItem, LawPack
from haechi.rights.breach import Clock
from haechi.rights.controller import Controller
from haechi.rights.incident import Incident
from haechi.terms.names import category_names
from haechi.terms.words import Category, Language


class Words(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """The drafts' sentences in one language, as the file has them."""

    to_people: str
    to_authority: str
    possible: str
    first: str
    final: str
    from_: str
    by: str
    known: str
    late: str
    blank: str
    not_limited: str
    heading: dict[BreachItem, str]
    fact: dict[str, str]
    standing: dict[str, dict[BreachItem, str]]
    worded: dict[str, dict[str, str]]
    law: dict[str, str]


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft is made of.

    Attributes:
        clock: the duty.
        incident: what happened.
        controller: who tells it.
        pack: the clock's law.
        categories: what the leaked themes and data give away.
        lang: ko, en, ja or de.
    """

    clock: Clock
    incident: Incident
    controller: Controller
    pack: LawPack
    categories: frozenset[Category] = frozenset()
    lang: Language


class Draft(msgspec.Struct, frozen=True):
    """A draft.

    Attributes:
        text: of the notice.
        blanks: the items that people still have to write.
    """

    text: str
    blanks: tuple[BreachItem, ...]


@cache
def words(lang: Language) -> Words:
    """The sentences in a language."""
    text = (
        resources.files("haechi.rights").joinpath("words", f"breach.{lang}.toml").read_text(encoding="utf-8")
    )
    return msgspec.convert(tomllib.loads(text), Words)


def draft(telling: Telling) -> Draft:
    """The draft of one notice."""
    said, clock = words(telling.lang), telling.clock
    worded = said.worded.get(clock.law, {})
    lines = [*_head(telling, said)]
    blanks: list[BreachItem] = []
    for item in clock.contents:
        if item == "reasons-for-delay" and clock.status != "overdue":
            continue
        heading = worded.get(item, said.heading[item])
        known, written = _known(item, telling, said), telling.incident.said.get(telling.lang, {}).get(item)
        parts = [part for part in (known, written) if part]
        if not written and (not known or item == "when-and-how"):
            blanks.append(item)
            parts.append(said.blank.format(what=heading))
        lines += ["", heading, " ".join(parts)]
    return Draft("\n".join(lines) + "\n", tuple(blanks))


def _head(telling: Telling, said: Words) -> Iterator[str]:
    clock, incident, controller, pack = telling.clock, telling.incident, telling.controller, telling.pack
    title = "to_people" if clock.to == "people" else "to_authority"
    yield said.worded.get(clock.law, {}).get(title, getattr(said, title))
    yield ""
    yield said.from_.format(controller=controller.name, address=controller.address)
    yield said.by.format(
        law=said.law.get(pack.id) or pack.name.get(telling.lang, pack.name["en"]),
        article=clock.contents_article,
    )
    if clock.to == "authority":
        yield said.known.format(known_at=_shown(incident.known_at, pack))
        if clock.due is not None:
            yield said.late.format(due=_shown(clock.due, pack))
    if clock.stage != "only":
        yield said.first if clock.stage == "first" else said.final
    if incident.event == "possible-leak":
        yield said.possible


def _known(item: BreachItem, telling: Telling, said: Words) -> str | None:
    """What the incident, the controller or the law itself says about an item."""
    incident, controller = telling.incident, telling.controller
    if item == "when-and-how":
        return _when(incident, said, telling.pack)
    if item == "items":
        return _items(telling, said)
    if item == "people":
        return said.fact["people"].format(people=f"{telling.clock.people:,}")
    if item == "records" and incident.records is not None:
        return said.fact["records"].format(records=f"{incident.records:,}")
    if item == "contact":
        return said.fact["contact"].format(controller=controller.name, contact=controller.contact)
    return said.standing.get(telling.clock.law, {}).get(item)


def _items(telling: Telling, said: Words) -> str:
    """The data in the incident's words, unless the draft's language has its own, and what themes give away."""
    named = category_names(telling.lang)
    items = [] if "items" in telling.incident.said.get(telling.lang, {}) else list(telling.incident.items)
    if telling.categories:
        listed = ", ".join(name for category, name in named.items() if category in telling.categories)
        items.append(said.fact["themes"].format(categories=listed))
    if telling.incident.event == "possible-leak":
        items.append(said.not_limited)
    return "; ".join(items)


def _when(incident: Incident, said: Words, pack: LawPack) -> str:
    if incident.since is None:
        return said.fact["unknown"]
    since = _shown(incident.since, pack)
    if incident.until is None:
        return said.fact["since"].format(since=since)
    return said.fact["between"].format(since=since, until=_shown(incident.until, pack))


def _shown(at: datetime, pack: LawPack) -> str:
    """The instant on the law's clocks, to the minute, with its distance from UTC."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(pack.time_zone)).strftime("%Y-%m-%d %H:%M (UTC%z)")
