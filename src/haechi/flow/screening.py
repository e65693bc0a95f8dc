"""A theme through the sensitivity engine, under the laws where it will be used."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from haechi.law import LawPack, in_force
from haechi.sensitivity import Judge, Judgement, Label
from haechi.terms.words import CATEGORIES, Category
from haechi.themes.life import Screening

_DIRECT: Final = 2
_MOST_EVIDENCE: Final = 12


def screen(
    judge: Judge,
    packs: Mapping[str, LawPack],
    at: datetime,
    *,
    name: str,
    path: str | None = None,
    lang: str | None = None,
    items: Iterable[str] = (),
) -> Screening:
    """What a theme gives away: by its name and path, and by the names of the items that speak for it.

    Args:
        judge: the engine, with decisions of people or without.
        packs: the laws.
        at: naive UTC instant at which the laws are looked up.
        name: as advertisers see it.
        path: the tiers above.
        lang: BCP 47 language, or None.
        items: names of items; a theme with an innocent name is as telling as the pages behind it.
    """
    said = judge.judge(name, path, lang)
    names = list(items)
    of_items = judge.judge_all(names, [None] * len(names), [None] * len(names)) if names else []
    direct = {label.category for label in said.decided if label.grade == _DIRECT}
    arguable = {label.category for label in said.labels} - direct
    evidence = [_told(name, label) for label in said.labels]
    for item, judgement in zip(names, of_items, strict=True):
        for label in judgement.decided:
            if label.category not in direct:
                arguable.add(label.category)
            # Also of what is known already: who clears a theme has to see every page that speaks for it.
            evidence.append(_told(item, label))
    return Screening(
        direct=_ordered(direct),
        arguable=_ordered(arguable),
        undecided=_undecided(said),
        laws=tuple(
            law
            for law, pack in packs.items()
            if {fact.category for fact in in_force(pack.categories, at)} & (direct | arguable)
        ),
        judged_by=judge.version,
        evidence=tuple(evidence[:_MOST_EVIDENCE]),
    )


def _undecided(said: Judgement) -> str | None:
    return said.undecided


def _ordered(categories: set[Category]) -> tuple[Category, ...]:
    return tuple(category for category in CATEGORIES if category in categories)


def _told(name: str, label: Label) -> str:
    return f"{name[:120]}: {label.category}, grade {label.grade}, by {label.decided_by}"
