"""Finds the terms that really stand in a plain form: the automaton's hits whose edges hold."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from haechi.sensitivity.lexicon import Edge, Lexicon, Term
from haechi.sensitivity.normalise import View, is_hangul, is_hiragana, is_katakana

# What Korean and Japanese put behind a noun without making another word of it.
_KOREAN_ENDINGS: Final = re.compile(
    r"은|는|이|가|을|를|의|에|도|와|과|로|만|들|나|및|님|으로|에서|에게|까지|부터|이나|들의|들은|들이|에도|과의|와의|이란|란"
    r"|입니다|이다|한|하는|했던|된|인|자|자들|인들|중|적|적인|성"
)
_JAPANESE_PARTICLES: Final = frozenset("のはがをにとでもやへ")


class Hit(NamedTuple):
    """A term found.

    Attributes:
        term: which.
        start: where its first letter stands in the plain form.
        end: where it ends there.
        view: the plain form.
    """

    term: Term
    start: int
    end: int
    view: View


def find(lexicon: Lexicon, view: View) -> list[Hit]:
    """All terms of concepts and contexts in the plain form, in the order of their ends."""
    return holding(lexicon, lexicon.automaton.find_matches_as_indexes(view.text, overlapping=True), view)


def holding(lexicon: Lexicon, matches: Iterable[tuple[int, int, int]], view: View) -> list[Hit]:
    """The terms behind the automaton's matches (pattern, start, end) in a plain form, as far as their edges hold."""
    hits: list[Hit] = []
    text = view.text
    for pattern, start, end in matches:
        for term in lexicon.terms[pattern]:
            if term.right is not Edge.FREE and not _ends(text, end, term.right):
                continue
            if term.left is not Edge.FREE and not _begins(text[start - 1], term.left):
                continue
            # A pattern's own leading space is no part of the term.
            hits.append(Hit(term, start + 1 if text[start] == " " else start, end, view))
    return hits


def is_whole(hit: Hit) -> bool:
    """Whether the term is a whole name, tier or bracket of its text."""
    text = hit.view.text
    end = hit.end + 1 if text.startswith("s ", hit.end) else hit.end
    return (
        text[max(0, hit.start - 2) : hit.start].isspace()
        and text[end : end + 2] in (" ", "  ")
        and (hit.start == 1 or text[hit.start - 2] == " ")
    )


def _ends(text: str, end: int, edge: Edge) -> bool:
    after = text[end]
    if edge is Edge.SPACE:
        return after == " " or (after in "se" and (text.startswith("s ", end) or text.startswith("es ", end)))
    if edge is Edge.HANGUL:
        return not is_hangul(after) or _KOREAN_ENDINGS.fullmatch(_run(text, end)) is not None
    if edge is Edge.HIRAGANA:
        return not is_hiragana(after) or after in _JAPANESE_PARTICLES
    return not is_katakana(after)


def _begins(before: str, edge: Edge) -> bool:
    if edge is Edge.HANGUL:
        return not is_hangul(before)
    if edge is Edge.HIRAGANA:
        return not is_hiragana(before) or before in _JAPANESE_PARTICLES
    return not is_katakana(before)


def _run(text: str, start: int) -> str:
    """The Korean syllables from here on."""
    end = start
    while is_hangul(text[end]):
        end += 1
    return text[start:end]
