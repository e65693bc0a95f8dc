"""The yearly notice to a person of what was used and who received what (PIPA Art. 20-2, Decree Art. 15-3).

What is told: purposes and items collected; third parties with purpose and items provided (Decree Art. 15-3(3)). What
it says stands in `words/annual.LANG.toml`.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from haechi.rights.controller import Controller, published
from haechi.rights.received import Received
from haechi.terms.words import BehaviourKind, Language

Known = Literal["country", "region", "birth_date"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The notice's sentences in one language, as the file has them."""

    subject: str
    greeting: str
    collected_heading: str
    collected_line: str
    received_heading: str
    received_line: str
    received_none: str
    closing: str
    theme_items: str
    received_items: str
    received_items_outside: str
    purpose: dict[str, str]
    item: dict[str, str]


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """What was collected about a person and used in a year.

    Attributes:
        person_id: the platform owner's identifier.
        known: what is known of the person beside behaviours.
        behaviours: kinds of behaviour that were collected.
        themes: names of the themes the person was in.
        permitted: permissions are on record.
        received: what advertisers received.
    """

    person_id: str
    known: tuple[Known, ...] = ()
    behaviours: tuple[BehaviourKind, ...] = ()
    themes: tuple[str, ...] = ()
    permitted: bool = False
    received: tuple[Received, ...] = ()


class Collected(msgspec.Struct, frozen=True):
    """One purpose and the items collected for it."""

    purpose: str
    items: tuple[str, ...]


class Provided(msgspec.Struct, frozen=True):
    """One third party, one purpose, and the items provided.

    Attributes:
        advertiser_id: who received it.
        advertiser: its name.
        purpose: what for.
        items: names of themes.
        within: that the person is in these themes was told; False: that the person is not.
    """

    advertiser_id: str
    advertiser: str
    purpose: str
    items: tuple[str, ...]
    within: bool = True


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What a mailer needs: whom, in which language, the text, and the same as fields.

    Attributes:
        person_id: to whom.
        year: about which.
        lang: of the text.
        subject: of the message.
        text: of the message.
        collected: purposes and items.
        provided: third parties, purposes and items.
    """

    person_id: str
    year: int
    lang: Language
    subject: str
    text: str
    collected: tuple[Collected, ...]
    provided: tuple[Provided, ...]


@cache
def words(lang: Language) -> Words:
    """The sentences in a language."""
    text = (
        resources.files("haechi.rights").joinpath("words", f"annual.{lang}.toml").read_text(encoding="utf-8")
    )
    return msgspec.convert(tomllib.loads(text), Words)


def notice_of(used: Used, controller: Controller, *, year: int, article: str, lang: Language) -> Notice:
    """The notice to one person.

    Args:
        used: what was done with the person's data in the year.
        controller: who tells it.
        year: which.
        article: by which the notice is owed.
        lang: ko, en, ja or de.
    """
    said = words(lang)
    collected = tuple(_collected(used, said))
    provided = tuple(_provided(used.received, said))
    lines = [
        said.greeting.format(controller=controller.name, article=article),
        "",
        said.collected_heading.format(year=year),
        *(said.collected_line.format(purpose=one.purpose, items=", ".join(one.items)) for one in collected),
        "",
        said.received_heading.format(year=year),
        *(
            said.received_line.format(
                advertiser=one.advertiser,
                purpose=one.purpose,
                items=(said.received_items if one.within else said.received_items_outside).format(
                    themes=_listed(one.items)
                ),
            )
            for one in provided
        ),
        *(() if provided else (said.received_none,)),
        "",
        said.closing.format(
            rights=published(controller).rights,
            withdrawal=published(controller).withdrawal,
            contact=controller.contact,
        ),
    ]
    return Notice(
        person_id=used.person_id,
        year=year,
        lang=lang,
        subject=said.subject.format(year=year),
        text="\n".join(lines) + "\n",
        collected=collected,
        provided=provided,
    )


def _collected(used: Used, said: Words) -> Iterable[Collected]:
    items = [said.item[kind] for kind in used.behaviours]
    if used.themes:
        items.append(said.theme_items.format(themes=_listed(used.themes)))
    if items:
        yield Collected(said.purpose["profiling"], tuple(items))
    if used.known:
        yield Collected(said.purpose["law"], tuple(said.item[one] for one in used.known))
    if used.permitted:
        yield Collected(said.purpose["proof"], (said.item["permissions"],))


def _provided(received: Iterable[Received], said: Words) -> Iterable[Provided]:
    themes: dict[tuple[str, str, str, bool], list[str]] = {}
    for one in received:
        key = (one.advertiser, one.advertiser_id, one.purpose, not one.within)
        themes.setdefault(key, []).append(one.theme)
    for (advertiser, advertiser_id, purpose, outside), names in sorted(themes.items()):
        shown = said.purpose[purpose]
        yield Provided(advertiser_id, advertiser, shown, tuple(sorted(set(names))), not outside)


def _listed(names: Iterable[str]) -> str:
    # Names of themes may hold commas: marks keep them apart.
    return ", ".join(f"“{name}”" for name in names)
