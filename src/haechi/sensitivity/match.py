"""Finds the terms that really stand in a plain form: the automaton's hits whose edges hold."""

from typing import Final, NamedTuple

from haechi.sensitivity.lexicon import Edge, Lexicon, Term
from haechi.sensitivity.normalise import View, is_hangul, is_hiragana, is_katakana

# What Korean and Japanese put behind a noun without making another word of it.
_KOREAN_PARTICLES: Final = frozenset(
    "은 는 이 가 을 를 의 에 도 와 과 로 만 들 나 및 님 으로 에서 에게 까지 부터 이나 들의 들은 들이 에도 과의 와의 이란 란 입니다 이다".split()
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
    """All terms and contexts in the plain form, in the order of their ends."""
    raw = lexicon.automaton.find_matches_as_indexes(view.text, overlapping=True)
    if not raw:
        return []
    hits = []
    text = view.text
    for pattern, start, end in raw:
        for term in lexicon.terms[pattern]:
            if term.left is not Edge.FREE and not _stands_apart(text, start - 1, term.left):
                continue
            if term.right is not Edge.FREE and not _ends(text, end, term.right):
                continue
            # A pattern's own leading space is no part of the term.
            hits.append(Hit(term, start + 1 if text[start] == " " else start, end, view))
    return hits


def is_whole(hit: Hit) -> bool:
    """Whether the term is a whole tier, or clause, of its text."""
    text = hit.view.text
    before, after = text[max(0, hit.start - 2) : hit.start], text[hit.end : hit.end + 2]
    plural = text[hit.end : hit.end + 3]
    return before in (" ", "  ") and (after in (" ", "  ") or plural in ("s ", "s  "))


def _ends(text: str, end: int, edge: Edge) -> bool:
    if edge is Edge.SPACE:
        after = text[end]
        return after == " " or (after in "se" and (text.startswith("s ", end) or text.startswith("es ", end)))
    if edge is Edge.HANGUL:
        return _rest(text, end) in _KOREAN_PARTICLES if is_hangul(text[end]) else True
    if edge is Edge.HIRAGANA:
        return not is_hiragana(text[end]) or text[end] in _JAPANESE_PARTICLES
    return not is_katakana(text[end])


def _stands_apart(text: str, before: int, edge: Edge) -> bool:
    char = text[before]
    if edge is Edge.HANGUL:
        return not is_hangul(char)
    if edge is Edge.HIRAGANA:
        return not is_hiragana(char) or char in _JAPANESE_PARTICLES
    return not is_katakana(char)


def _rest(text: str, start: int) -> str:
    end = start
    while is_hangul(text[end]):
        end += 1
    return text[start:end]
