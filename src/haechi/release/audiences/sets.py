"""Who is in an audience: the meaning of a question over Roaring bitmaps of people (Lemire et al. 2018)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pyroaring import BitMap

from haechi.errors import UsageError
from haechi.release.audiences.canonical import EVERYTHING, Function
from haechi.terms.words import Category

Protection: TypeAlias = tuple[str, Category]
"""A law's identifier and the category that it protects."""


@dataclass(frozen=True, slots=True)
class ThemePeople:
    """One theme of the catalogue.

    Attributes:
        people: those who may be addressed in it, numbered 0 to 2^32 - 1. Permission was applied before; a theme that
            exists and has nobody left has an empty set.
        protections: what being in the theme gives away; empty for an innocent one.
    """

    people: BitMap = field(repr=False)
    protections: frozenset[Protection] = frozenset()


def known_themes(function: Function, sets: Mapping[str, ThemePeople]) -> None:
    """Check that each theme is in the catalogue.

    Raises:
        UsageError: one is not. That tells nothing: the catalogue is public.
    """
    missing = function.themes - sets.keys()
    if missing:
        raise UsageError(f"Unknown theme {min(missing)!r}. Choose themes from the catalogue.")


def people_in(function: Function, sets: Mapping[str, ThemePeople]) -> BitMap:
    """The people who belong to an audience. For the platform's side only; never part of an answer.

    It is evaluated on the reduced diagram, parts first, so each node costs three set operations however often it is
    used.

    Args:
        function: not a complement (`holds_outside`), so that everybody in it is in one of its themes.
        sets: theme to people.
    """
    if function.constant is not None:
        return BitMap()
    everyone = BitMap.union(*(sets[theme].people for theme in function.themes))
    found = [BitMap(), everyone]
    for theme, outside, inside in function.nodes:
        people = sets[theme].people
        within = people if inside == EVERYTHING else people & found[inside]
        found.append(within | (found[outside] - people) if outside else within)
    return found[-1] if len(function.nodes) > 1 else BitMap(found[-1])


def protections_of(function: Function, sets: Mapping[str, ThemePeople]) -> frozenset[Protection]:
    """Everything that the themes of an audience give away."""
    return frozenset().union(*(sets[theme].protections for theme in function.themes))
