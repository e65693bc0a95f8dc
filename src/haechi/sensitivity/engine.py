"""The engine: a name, and the path above it, to the categories that they give away."""

import unicodedata
from collections.abc import Iterable, Sequence
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
_SOON: Final = 16


class Judgement(msgspec.Struct, frozen=True):
    """What a theme gives away.

    Attributes:
        labels: one a category, arguable ones included; empty: nothing that the engine knows of.
        undecided: why the engine cannot tell, or None. With labels, they hold and there may be more.
    """

    labels: tuple[Label, ...]
    undecided: str | None = None

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
        plainly = name.isascii() and name.isprintable() and any(map(str.isalpha, name[:_SOON]))
        return self._judged(name, self._hits(name[:LONGEST]), path, lang, plainly=plainly)

    def judge_all(
        self, names: Sequence[str], paths: Sequence[str | None], langs: Sequence[str | None]
    ) -> list[Judgement]:
        """What each theme gives away: what `judge` says of each, sooner where there are many."""
        # Numbers by the thousand pay for the tenth of a second that their library takes to load.
        from haechi.sensitivity.many import find_in_all  # noqa: PLC0415

        found, readable = find_in_all(self._lexicon, [name[:LONGEST] for name in names])
        return [
            self._judged(
                name, self._hits(name[:LONGEST]) if hits is None else hits, path, lang, plainly=plainly
            )
            for name, hits, path, lang, plainly in zip(names, found, paths, langs, readable, strict=True)
        ]

    def _judged(
        self, name: str, hits: tuple[Hit, ...], path: str | None, lang: str | None, *, plainly: bool
    ) -> Judgement:
        """The judgement from the hits; `plainly`: the name is certain to be words in letters that are covered."""
        in_path = self._hits_in_path(path[:LONGEST]) if path else ()
        labels: tuple[Label, ...] = ()
        if _tells(hits) or _tells(in_path):
            found: list[Found] = [("name", name, hit) for hit in hits]
            found += [("path", path or "", hit) for hit in in_path]
            labels = decide(standing(found, lang), softened=is_softened(found))
        undecided = None if plainly else _unreadable(name) or (None if labels else _unknown_script(name))
        undecided = undecided or _too_long(name, path)
        return Judgement(labels, undecided) if labels or undecided else _NOTHING

    def _hits(self, text: str) -> tuple[Hit, ...]:
        forms = views(text)
        if len(forms) == 1:
            return tuple(find(self._lexicon, forms[0]))
        return tuple(hit for form in forms for hit in find(self._lexicon, form))


def _tells(hits: tuple[Hit, ...]) -> bool:
    """Whether any of them is more than a context."""
    return bool(hits) and any(isinstance(hit.term.meaning, Concept) for hit in hits)


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
