"""The engine: a name, and the path above it, to the categories that they give away."""

import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

import msgspec

from haechi.sensitivity.decide import Found, Label, decide, is_softened, standing
from haechi.sensitivity.facts import Concept, Knowledge, shipped
from haechi.sensitivity.lexicon import compile_lexicon
from haechi.sensitivity.match import Hit, find
from haechi.sensitivity.normalise import views

LONGEST: Final = 4_096
"""Characters of a name or path that are judged; what stands beyond is not looked at, and the judgement says so."""

_READABLE_SCRIPTS: Final = ("LATIN", "CJK", "HANGUL", "HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH")
_BINARY_SHARE: Final = 0.1
_PATHS_KEPT: Final = 4_096


class Judgement(msgspec.Struct, frozen=True):
    """What a theme gives away.

    Attributes:
        labels: one a category, arguable ones included; empty: nothing that the engine knows of.
        undecided: why the engine cannot tell, or None. With labels, they hold and there may be more.
        decision: the decision of people that this is, such as `decision:2026-11-25`, or None: the engine's own.
    """

    labels: tuple[Label, ...]
    undecided: str | None = None
    decision: str | None = None

    @property
    def decided(self) -> tuple[Label, ...]:
        """The labels that hold (score 0.5 and more)."""
        return tuple(label for label in self.labels if label.score >= 0.5)  # noqa: PLR2004 - see Label.score


_NOTHING: Final = Judgement(())


class Engine:
    """Judges names. Pure: the same name, path and language always give the same judgement.

    Attributes:
        version: which knowledge it judges by.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._concepts = {concept.id: concept for concept in knowledge.concepts}
        self._lexicon = compile_lexicon(knowledge)
        self._hits_in_path = lru_cache(_PATHS_KEPT)(self._hits)
        self.version = knowledge.version

    def __reduce__(self) -> tuple[type["Engine"], tuple[Knowledge]]:
        """Pickled as its knowledge: the automaton is quicker made than sent."""
        return (Engine, (self._knowledge,))

    def concept(self, decided_by: str) -> Concept:
        """The concept behind a label's `decided_by`."""
        return self._concepts[decided_by.removeprefix("concept:")]

    def judge(self, name: str, path: str | None = None, lang: str | None = None) -> Judgement:
        """What the theme called `name` gives away.

        Args:
            name: as the platform calls it; may hold tiers joined with ` > `.
            path: the tiers above it.
            lang: BCP 47 language of the name; settles words that mean different things in two languages.
        """
        hits = self._hits(name[:LONGEST])
        if not hits and not path:
            return self._without_hits(name)
        found: list[Found] = [("name", name, hit) for hit in hits]
        if path:
            found += [("path", path, hit) for hit in self._hits_in_path(path[:LONGEST])]
        labels = decide(standing(found, lang), softened=is_softened(found)) if found else ()
        undecided = _unreadable(name) or (None if labels else _unknown_script(name)) or _too_long(name, path)
        return Judgement(labels, undecided) if labels or undecided else _NOTHING

    def _hits(self, text: str) -> tuple[Hit, ...]:
        forms = views(text)
        if len(forms) == 1:
            return tuple(find(self._lexicon, forms[0]))
        return tuple(hit for form in forms for hit in find(self._lexicon, form))

    def _without_hits(self, name: str) -> Judgement:
        if name.isascii() and len(name) <= LONGEST and name.isprintable() and any(map(str.isalpha, name)):
            return _NOTHING
        undecided = _unreadable(name) or _unknown_script(name) or _too_long(name, None)
        return Judgement((), undecided) if undecided else _NOTHING


@cache
def load() -> Engine:
    """The engine with the knowledge that comes with the package; made once a process.

    Raises:
        KnowledgeError: a knowledge file is damaged.
    """
    return Engine(shipped())


def classify(names: Iterable[str]) -> list[Judgement]:
    """A judgement for each name, in their order."""
    engine = load()
    return [engine.judge(name) for name in names]


def _too_long(name: str, path: str | None) -> str | None:
    if len(name) > LONGEST:
        return (
            f"cannot tell: the name has {len(name):,} characters, of which the first {LONGEST:,} were judged"
        )
    if path is not None and len(path) > LONGEST:
        return (
            f"cannot tell: the path has {len(path):,} characters, of which the first {LONGEST:,} were judged"
        )
    return None


def _unreadable(name: str) -> str | None:
    """Why the name is no text, or None."""
    if not name.strip():
        return "cannot tell: the name is empty"
    head = name[:LONGEST]
    if head.isascii() and head.isprintable():
        odd = 0
    else:
        odd = sum(
            1
            for char in head
            if char == "\ufffd" or (unicodedata.category(char) in _NO_TEXT and char not in "\t\r\n")
        )
    if odd > _BINARY_SHARE * len(head):
        return "cannot tell: the name is not readable text"
    if not any(map(str.isalpha, head)):
        return "cannot tell: the name has no letters"
    return None


_NO_TEXT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def _unknown_script(name: str) -> str | None:
    """Why the name's writing is not one that the knowledge covers, or None."""
    if name.isascii():
        return None
    letters = [char for char in name[:LONGEST] if char.isalpha()]
    foreign = [char for char in letters if not char.isascii() and not _covered(char)]
    if len(foreign) * 2 <= len(letters):
        return None
    script = unicodedata.name(foreign[0], "AN UNKNOWN").split()[0].capitalize()
    return f"cannot tell: the name is written in {script} letters, which the knowledge does not cover"


def _covered(char: str) -> bool:
    return unicodedata.name(char, "").startswith(_READABLE_SCRIPTS)
