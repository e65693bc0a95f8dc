"""The engine: a name, and the path above it, to the categories that they give away."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

import msgspec

from haechi.sensitivity import facts, model, second_look
from haechi.sensitivity.decide import Found, Label, decide, is_softened, standing
from haechi.sensitivity.disguises import as_disguised, undisguised
from haechi.sensitivity.facts import Concept, Knowledge, split_terms
from haechi.sensitivity.lexicon import compile_lexicon
from haechi.sensitivity.match import Hit, find
from haechi.sensitivity.model import Model
from haechi.sensitivity.normalise import View, views

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
        version: which knowledge and model it judges by.
    """

    def __init__(self, knowledge: Knowledge, model: Model | None = None) -> None:
        self._knowledge = knowledge
        self._model = model
        self._concepts = {concept.id: concept for concept in knowledge.concepts}
        self._lexicon = compile_lexicon(knowledge)
        self._hits_in_path = lru_cache(_PATHS_KEPT)(self._hits_of_path)
        self._second = None if model is None else second_look.SecondLook(knowledge, self._lexicon, model)
        self.version = knowledge.version if model is None else _both(knowledge.version, model.version)

    def __reduce__(self) -> tuple[type["Engine"], tuple[Knowledge, Model | None]]:
        """Pickled as what it was made of: the automaton is quicker made than sent."""
        return (Engine, (self._knowledge, self._model))

    def concept(self, decided_by: str) -> Concept | None:
        """The concept behind a label's `decided_by`; None where the learned model decided."""
        return self._concepts.get(decided_by.partition(":")[2])

    def contexts(self) -> list[str]:
        """One word of each context that tells between meanings, as it would stand in a path."""
        return [split_terms(context.terms)[0].strip("-") for context in self._knowledge.contexts.values()]

    def judge(self, name: str, path: str | None = None, lang: str | None = None) -> Judgement:
        """What the theme called `name` gives away.

        Args:
            name: as the platform calls it; may hold tiers joined with ` > `.
            path: the tiers above it.
            lang: BCP 47 language of the name; settles words that mean different things in two languages.
        """
        plainly = name.isascii() and name.isprintable() and any(map(str.isalpha, name[:_SOON]))
        forms = views(name[:LONGEST])
        return self._judged(_Asked(name, path, lang), _Read(forms, self._hits(forms), plainly))

    def judge_all(
        self, names: Sequence[str], paths: Sequence[str | None], langs: Sequence[str | None]
    ) -> list[Judgement]:
        """What each theme gives away: what `judge` says of each, sooner where there are many."""
        # Numbers by the thousand pay for the tenth of a second that their library takes to load.
        from haechi.sensitivity.many import find_in_all  # noqa: PLC0415

        found, readable = find_in_all(self._lexicon, [name[:LONGEST] for name in names])
        judgements = []
        for name, path, lang, seen, plainly in zip(names, paths, langs, found, readable, strict=True):
            forms = views(name[:LONGEST]) if seen is None else (View(seen[0]),)
            hits = self._hits(forms) if seen is None else seen[1]
            judgements.append(self._judged(_Asked(name, path, lang), _Read(forms, hits, plainly)))
        return judgements

    def _judged(self, asked: "_Asked", read: "_Read") -> Judgement:
        in_path = self._hits_in_path(asked.path[:LONGEST]) if asked.path else ()
        labels: tuple[Label, ...] = ()
        if _tells(read.hits) or _tells(in_path):
            found = _found(asked, read.hits, in_path)
            labels = decide(standing(found, asked.lang), softened=is_softened(found))
        if not labels:
            labels = self._in_disguise(asked, in_path)
        if not labels and self._second is not None and not self._second.is_ordinary(read.forms):
            unsettled = second_look.Asked(
                asked.name, asked.lang, read.forms, _found(asked, read.hits, in_path)
            )
            labels = self._second.labels(unsettled)
        undecided = None
        if not read.plainly:
            undecided = _unreadable(asked.name) or (None if labels else _unknown_script(asked.name))
        undecided = undecided or _too_long(asked.name, asked.path)
        return Judgement(labels, undecided) if labels or undecided else _NOTHING

    def _in_disguise(self, asked: "_Asked", in_path: tuple[Hit, ...]) -> tuple[Label, ...]:
        """What the name says outright when its disguise is taken off, if it has one."""
        forms = undisguised(asked.name[:LONGEST])
        if not forms:
            return ()
        found = _found(asked, self._hits(tuple(forms)), in_path)
        labels = decide(standing(found, asked.lang), softened=is_softened(found))
        return tuple(as_disguised(label) for label in labels if label.grade > 1)

    def _hits_of_path(self, path: str) -> tuple[Hit, ...]:
        return self._hits(views(path))

    def _hits(self, forms: tuple[View, ...]) -> tuple[Hit, ...]:
        return tuple(hit for form in forms for hit in find(self._lexicon, form))


class _Asked(NamedTuple):
    name: str
    path: str | None
    lang: str | None


class _Read(NamedTuple):
    """A name's plain forms, what stands in them, and whether it is sure to be words in letters that are covered."""

    forms: tuple[View, ...]
    hits: tuple[Hit, ...]
    plainly: bool


def _both(knowledge: str, model: str) -> str:
    return hashlib.sha256(f"{knowledge} {model}".encode()).hexdigest()[:12]


def _found(asked: _Asked, hits: tuple[Hit, ...], in_path: tuple[Hit, ...]) -> list[Found]:
    found: list[Found] = [("name", asked.name, hit) for hit in hits]
    found += [("path", asked.path or "", hit) for hit in in_path]
    return found


def _tells(hits: tuple[Hit, ...]) -> bool:
    """Whether any of them is more than a context."""
    return bool(hits) and any(isinstance(hit.term.meaning, Concept) for hit in hits)


@cache
def load() -> Engine:
    """The engine with the knowledge and the model that come with the package; made once a process.

    Raises:
        KnowledgeError: a knowledge file or the model is damaged.
    """
    return Engine(facts.shipped(), model.shipped())


def classify(
    names: Iterable[str],
    *,
    paths: Iterable[str | None] | None = None,
    langs: Iterable[str | None] | None = None,
) -> list[Judgement]:
    """A judgement for each name, in their order.

    Args:
        names: as the platform calls its themes.
        paths: the tiers above each, or None for none; as many as names.
        langs: the BCP 47 language of each, or None where unknown; as many as names.

    Raises:
        ValueError: there are not as many paths or languages as names.
    """
    asked = list(names)
    nothing: list[str | None] = [None] * len(asked)
    return load().judge_all(
        asked, nothing if paths is None else list(paths), nothing if langs is None else list(langs)
    )


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
