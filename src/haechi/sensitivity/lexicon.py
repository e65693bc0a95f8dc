"""Makes one automaton of all terms and contexts, with the rule for each term's edges."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from haechi.sensitivity.facts import Concept, Context, Knowledge, Language, split_terms
from haechi.sensitivity.normalise import is_hangul, is_hiragana, is_katakana, plain_form

_FREE_HANGUL: Final = 3
_JOINED_AT_LEAST: Final = 7
_JOINED_CJK_AT_LEAST: Final = 3
_GENDERED_AT_LEAST: Final = 6
_PLAIN_LANGUAGES: Final = frozenset({"en", "de", "fr", "es", "pt"})
_VOWELS: Final = frozenset("aeiou")


class Edge(IntEnum):
    """What must follow (or stand before) a term for it to be that word."""

    FREE = 0
    SPACE = 1
    HANGUL = 2
    KATAKANA = 3
    HIRAGANA = 4


class Term(NamedTuple):
    """One term of one concept, or of a context.

    Attributes:
        meaning: what it speaks of.
        lang: its language; None for a context's.
        left: what must stand before it; `FREE` where the pattern itself begins with a space.
        right: what must follow it.
    """

    meaning: Concept | Context
    lang: Language | None
    left: Edge
    right: Edge


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The automaton and what each of its patterns means.

    Attributes:
        automaton: finds patterns in plain forms.
        terms: for each pattern, the terms written so.
    """

    automaton: AhoCorasick
    terms: tuple[tuple[Term, ...], ...]


def compile_lexicon(knowledge: Knowledge) -> Lexicon:
    """The lexicon of all that the knowledge says."""
    patterns: dict[str, list[Term]] = {}
    for concept in knowledge.concepts:
        for lang, term in concept.terms():
            for text, left, right in spellings(term, lang):
                patterns.setdefault(text, []).append(Term(concept, lang, left, right))
    for context in knowledge.contexts.values():
        for term in split_terms(context.terms):
            for text, left, right in spellings(term, "en"):
                patterns.setdefault(text, []).append(Term(context, None, left, right))
    automaton = AhoCorasick(list(patterns), matchkind=MatchKind.Standard, store_patterns=False)
    return Lexicon(automaton, tuple(map(tuple, patterns.values())))


def spellings(term: str, lang: Language) -> Iterator[tuple[str, Edge, Edge]]:
    """Each way in which a term may be written, in plain form, with its edges.

    Words of a term may be written together ("payday loans", "#paydayloans"), a long Korean compound apart.
    Spanish and Portuguese words in -o stand for those in -a too; plurals are seen to by the edges.
    """
    if lang in _PLAIN_LANGUAGES and term.isascii() and term.replace(" ", "").isalnum() and "  " not in term:
        # Most terms: nothing to fold, words that end where they end.
        for form in _forms(term.lower(), lang):
            yield f" {form}", Edge.FREE, Edge.SPACE
        return
    goes_on_left, goes_on_right = term.startswith("-"), term.endswith("-")
    core = plain_form(term.strip("-"))
    for form in _forms(core, lang):
        left = Edge.FREE if goes_on_left else _edge(form, form[0])
        right = Edge.FREE if goes_on_right else _edge(form, form[-1])
        if left is Edge.SPACE:
            yield " " + form, Edge.FREE, right
        else:
            yield form, left, right


def _forms(core: str, lang: Language) -> Iterator[str]:
    if not core:
        return
    yield core
    joined = core.replace(" ", "")
    if joined != core and len(joined) >= (_JOINED_AT_LEAST if joined.isascii() else _JOINED_CJK_AT_LEAST):
        yield joined
    if lang == "en" and core.endswith("y") and len(core) > _FREE_HANGUL and core[-2] not in _VOWELS:
        yield core[:-1] + "ies"
    if lang in ("es", "pt") and core.endswith("o") and len(core.rsplit(maxsplit=1)[-1]) >= _GENDERED_AT_LEAST:
        yield core[:-1] + "a"
    if len(core) > _FREE_HANGUL and all(map(is_hangul, core)):
        # Both parts of a compound have two syllables or more.
        for place in range(2, len(core) - 1):
            yield f"{core[:place]} {core[place:]}"


def _edge(form: str, char: str) -> Edge:
    if is_hangul(char):
        return Edge.FREE if len(form) >= _FREE_HANGUL else Edge.HANGUL
    if is_katakana(char):
        return Edge.KATAKANA
    if is_hiragana(char):
        return Edge.HIRAGANA
    return Edge.FREE if ord(char) >= 0x2E80 else Edge.SPACE  # noqa: PLR2004 - the scripts of East Asia begin there
