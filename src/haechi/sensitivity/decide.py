"""Decides from the terms found which categories a theme gives away, and by which of them."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from haechi.sensitivity.facts import Concept, Context
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
    contexts = _contexts(found)
    allowed = [entry for entry in found if _allowed(entry[2], contexts, lang)]
    if len(allowed) == 1:
        return allowed
    return [entry for entry in allowed if not any(_covers(other, entry) for other in allowed)]


def decide(counted: Iterable[Found], *, softened: bool) -> tuple[Label, ...]:
    """The labels, one a category, in the order of the categories; the strongest and longest evidence decides.

    Args:
        counted: the hits that count.
        softened: the name is a title of a work or the like, and tells only arguably of those filed under it.
    """
    best: dict[Category, tuple[tuple[int, bool, int, int], Found]] = {}
    for entry in counted:
        field, _, hit = entry
        concept = hit.term.meaning
        if not isinstance(concept, Concept):
            continue
        for category, grade in concept.categories.items():
            told = 1 if softened and not concept.firm else grade
            rank = (told, field == "name", _depth(hit), hit.end - hit.start)
            if category not in best or rank > best[category][0]:
                best[category] = (rank, entry)
    chosen = sorted(best.items(), key=lambda item: _ORDER[item[0]])
    return tuple(_label(category, rank[0], entry) for category, (rank, entry) in chosen)


def _depth(hit: Hit) -> int:
    """In which tier it stands: the deeper, the more exactly it says what the theme is about."""
    return hit.view.text.count("  ", 0, hit.start)


def is_softened(found: Sequence[Found]) -> bool:
    """Whether a context says that the name is a title of a work or the like."""
    return any(
        isinstance(hit.term.meaning, Context) and hit.term.meaning.softens and is_whole(hit)
        for _, _, hit in found
    )


def _label(category: Category, grade: int, entry: Found) -> Label:
    field, original, hit = entry
    start, end = hit.view.origin(hit.start, hit.end)
    rule = f"concept:{hit.term.meaning.id}"
    return Label(category, SCORES[grade], grade, rule, original[start:end], start, end, field)


def _contexts(found: Sequence[Found]) -> set[str]:
    return {
        hit.term.meaning.id
        for _, _, hit in found
        if isinstance(hit.term.meaning, Context) and (not hit.term.meaning.whole or is_whole(hit))
    }


def _allowed(hit: Hit, contexts: set[str], lang: str | None) -> bool:
    concept = hit.term.meaning
    if not isinstance(concept, Concept):
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
    start, end = other[2].view.origin(other[2].start, other[2].end)
    own_start, own_end = entry[2].view.origin(entry[2].start, entry[2].end)
    if not (start <= own_start and own_end <= end):
        return False
    if (start, end) != (own_start, own_end):
        return True
    return not _speaks(other) and _speaks(entry)


def _speaks(entry: Found) -> bool:
    """Whether it is of a concept that bears a category; a look-alike bears none."""
    meaning = entry[2].term.meaning
    return isinstance(meaning, Concept) and bool(meaning.categories)
