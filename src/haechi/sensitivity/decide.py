"""Decides from the terms found which categories a theme gives away, and by which of them."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from haechi.sensitivity.match import Hit, is_whole
from haechi.terms.words import CATEGORIES, Category

Field = Literal["name", "path"]
SCORES: Final[dict[int, float]] = {2: 0.9, 1: 0.3}
"""Grade to score until a model weighs the evidence; 0.5 and more is decided."""


class Label(msgspec.Struct, frozen=True):
    """One category that a theme gives away.

    Attributes:
        category: which.
        score: 0 to 1; 0.5 and more is decided.
        grade: 2 directly about it, 1 arguable.
        decided_by: the rule, such as `concept:christian-church`.
        evidence: the words that decided, exactly as they stand in the name or path.
        start: where the evidence begins there.
        end: where it ends there.
        field: where the evidence stands.
    """

    category: Category
    score: float
    grade: int
    decided_by: str
    evidence: str
    start: int
    end: int
    field: Field


Found = tuple[Field, str, Hit]
"""A hit, with the field and the original text in which it stands."""

_ORDER: Final = {category: place for place, category in enumerate(CATEGORIES)}


def standing(found: Sequence[Found], lang: str | None) -> list[Found]:
    """The hits that count: their contexts allow them, and no longer hit says better what their words mean."""
    contexts = {hit.term.context for _, _, hit in found if hit.term.context is not None}
    allowed = [entry for entry in found if _allowed(entry[2], contexts, lang)]
    return [entry for entry in allowed if not any(_covers(other, entry) for other in allowed)]


def decide(counted: Iterable[Found]) -> tuple[Label, ...]:
    """The labels, one a category, in the order of the categories; the strongest and longest evidence decides."""
    best: dict[Category, tuple[tuple[int, int, int], Found]] = {}
    for entry in counted:
        field, _, hit = entry
        concept = hit.term.concept
        if concept is None:
            continue
        for category, grade in concept.categories.items():
            rank = (grade, field == "name", hit.end - hit.start)
            if category not in best or rank > best[category][0]:
                best[category] = (rank, entry)
    chosen = sorted(best.items(), key=lambda item: _ORDER[item[0]])
    return tuple(_label(category, rank[0], entry) for category, (rank, entry) in chosen)


def _label(category: Category, grade: int, entry: Found) -> Label:
    field, original, hit = entry
    start, end = hit.view.origin(hit.start, hit.end)
    concept = hit.term.concept
    identifier = "" if concept is None else concept.id
    return Label(
        category, SCORES[grade], grade, f"concept:{identifier}", original[start:end], start, end, field
    )


def _allowed(hit: Hit, contexts: set[str | None], lang: str | None) -> bool:
    concept = hit.term.concept
    if concept is None:
        return False
    if concept.whole and not is_whole(hit):
        return False
    if concept.unless and not contexts.isdisjoint(concept.unless):
        return False
    if concept.needs and contexts.isdisjoint(concept.needs):
        return False
    return not concept.langs_only or (lang is not None and lang.split("-")[0].lower() == hit.term.lang)


def _covers(other: Found, entry: Found) -> bool:
    """Whether `other` is the longer words that contain these, or a look-alike in their very place."""
    if other is entry or other[0] != entry[0]:
        return False
    longer, hit = other[2], entry[2]
    start, end = longer.view.origin(longer.start, longer.end)
    own_start, own_end = hit.view.origin(hit.start, hit.end)
    if not (start <= own_start and own_end <= end):
        return False
    if (start, end) != (own_start, own_end):
        return True
    return (
        longer.term.concept is not None
        and not longer.term.concept.categories
        and hit.term.concept is not None
        and bool(hit.term.concept.categories)
    )
