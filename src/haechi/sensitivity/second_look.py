"""A second look at names in which the knowledge found nothing: misspelt words, and words that it does not have.

Both are weaker than the knowledge: they are asked only where it is silent, say so in `decided_by`, and where a
context speaks against them they are arguable at most.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import msgspec

from haechi.sensitivity import sounds
from haechi.sensitivity.decide import SCORES, Found, Label, decide, is_softened, standing
from haechi.sensitivity.eastern_sounds import sound_of
from haechi.sensitivity.facts import Concept, Context, Knowledge
from haechi.sensitivity.letters import tells_by_letters
from haechi.sensitivity.lexicon import Lexicon
from haechi.sensitivity.match import Hit, find
from haechi.sensitivity.model import Model
from haechi.sensitivity.normalise import View, plain_form
from haechi.sensitivity.sound_index import sound_index
from haechi.sensitivity.spelling import SHORTEST, index_of, near
from haechi.terms.words import CATEGORIES, Category

NEAR: Final = "near:"
"""Before the concept by whose misspelt word it was decided."""
LEARNED: Final = "model:words"
"""What decided, where the learned model did."""
SOUND: Final = "sound:"
"""Before the concept whose English name was written as it sounds."""
NEAR_SCORE: Final = 0.7
"""Of what a misspelt word, or a name as it sounds, gives away directly: below what the word itself would."""
_LONG: Final = 8
_ARGUABLE: Final = 0.3
_DECIDED: Final = 0.5
_WORD: Final = re.compile(r"[^ ]+")
_KEPT: Final = 65_536
_MOST_ORDINARY: Final = 500_000


class Reading(NamedTuple):
    """What an unknown word may be.

    Attributes:
        near: words of the knowledge one slip away.
        guess: the category that its letters look like, and how likely; None for no opinion worth telling.
        sounds: it may be part of an English name written as it sounds.
    """

    near: tuple[str, ...]
    guess: tuple[Category, float] | None
    sounds: bool = False


class Asked(NamedTuple):
    """A name in which the knowledge found nothing.

    Attributes:
        name: as the platform calls it.
        lang: as for `Engine.judge`.
        forms: its plain forms.
        found: contexts, and terms that do not count there, in the name and its path.
    """

    name: str
    lang: str | None
    forms: Sequence[View]
    found: Sequence[Found]


class SecondLook:
    """Looks at words that no term covers. Remembers words, which never changes an answer."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, model: Model) -> None:
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._model = model
        self._ordinary: set[str] = set()
        self._reading = lru_cache(_KEPT)(self._read)

    def is_ordinary(self, forms: Sequence[View]) -> bool:
        """Whether no word of a name is worth a second look; quick, for most names are so."""
        for form in forms:
            words = form.text.split()
            if self._ordinary.issuperset(words):
                continue
            open_words = [word for word in words if not self._is_ordinary(word)]
            if any(not self._reading(word).sounds for word in open_words):
                return False
            if len(open_words) > 1 and sounds.heard(words, self._sounds):
                return False
        return True

    def labels(self, asked: Asked) -> tuple[Label, ...]:
        """What the unknown words of a name give away, one label a category."""
        doubtful = any(isinstance(hit.term.meaning, Context) for _, _, hit in asked.found)
        best: dict[Category, Label] = {}
        for view in asked.forms:
            for match in _WORD.finditer(view.text):
                if self._is_ordinary(match.group()):
                    continue
                reading = self._reading(match.group())
                told = list(self._misspelt(asked, view, match.span(), reading.near))
                if not told and reading.guess is not None:
                    told = [
                        _guessed(asked.name, view.origin(*match.span()), reading.guess, doubtful=doubtful)
                    ]
                for label in told:
                    if label.category not in best or label.score > best[label.category].score:
                        best[label.category] = label
            for (first, last), name in self._heard(view):
                for label in self._replacing(asked, view, (first, last), name, SOUND):
                    best.setdefault(label.category, label)
        return tuple(best[category] for category in CATEGORIES if category in best)

    def _heard(self, view: View) -> Iterator[tuple[tuple[int, int], str]]:
        """Neighbouring words that sound like a name of the knowledge: where they stand, and which."""
        words = list(_WORD.finditer(view.text))
        for _, first, last, name in sounds.heard([word.group() for word in words], self._sounds):
            yield (words[first].start(), words[last].end()), name

    def _misspelt(
        self, asked: Asked, view: View, span: tuple[int, int], meant: Sequence[str]
    ) -> Iterator[Label]:
        """What the first of the words meant says that says anything; only outright, not arguably."""
        for word in meant:
            labels = list(self._replacing(asked, view, span, word, NEAR))
            yield from labels
            if labels:
                return

    def _replacing(
        self, asked: Asked, view: View, span: tuple[int, int], word: str, rule: str
    ) -> Iterator[Label]:
        """What the name says outright with other words in the place of some."""
        read = _replaced(view, span, word)
        last = span[0] + len(word)
        hits = [hit for hit in find(self._lexicon, read) if _touches(hit, span[0], last)]
        if rule == NEAR and len(word) < _LONG and not self._model.is_english(word):
            # By itself a short name of a thing is too near to other names; beside others of its term it is not.
            hits = [hit for hit in hits if hit.start < span[0] or hit.end > last]
        entries: list[Found] = [*asked.found, *(("name", asked.name, hit) for hit in hits)]
        for label in decide(standing(entries, asked.lang), softened=is_softened(entries)):
            if label.grade > 1:
                told = rule + label.decided_by.removeprefix("concept:")
                yield msgspec.structs.replace(label, score=NEAR_SCORE, decided_by=told)

    def _is_ordinary(self, word: str) -> bool:
        if word in self._ordinary:
            return True
        if self._reading(word) != _NOTHING:
            return False
        if len(self._ordinary) >= _MOST_ORDINARY:
            self._ordinary.clear()
        self._ordinary.add(word)
        return True

    def _read(self, word: str) -> Reading:
        meant: tuple[str, ...] = ()
        if tells_by_letters(word) and not self._model.is_word(word):
            meant = tuple(near(word, self._index))
        guess = self._model.judge(word)
        if guess is not None and guess[1] < _ARGUABLE:
            guess = None
        if not word.isascii() and sound_of(word) is not None:
            return Reading((), None, sounds=True)
        return Reading(meant, guess) if meant or guess else _NOTHING

    @cached_property
    def _sounds(self) -> sounds.Index:
        return sound_index(self._knowledge)

    @cached_property
    def _index(self) -> dict[str, tuple[str, ...]]:
        return dict(index_of(_long_words(self._knowledge)))


_NOTHING: Final = Reading((), None)


def _long_words(knowledge: Knowledge) -> Iterator[str]:
    for concept in knowledge.concepts:
        if not concept.categories:
            continue
        for _, term in concept.terms():
            for word in plain_form(term.strip("-")).split():
                if len(word) >= SHORTEST and word.isascii() and word.isalpha():
                    yield word


def _touches(hit: Hit, start: int, end: int) -> bool:
    return isinstance(hit.term.meaning, Concept) and hit.start < end and start < hit.end


def _replaced(view: View, span: tuple[int, int], word: str) -> View:
    """The plain form with another word in the place of one; its letters all stand for the whole of that one."""
    start, end = span
    places = range(len(view.text))
    starts = [view.origin(place, place + 1)[0] for place in places]
    ends = [view.origin(place, place + 1)[1] for place in places]
    whole = view.origin(start, end)
    return View(
        view.text[:start] + word + view.text[end:],
        [*starts[:start], *([whole[0]] * len(word)), *starts[end:]],
        [*ends[:start], *([whole[1]] * len(word)), *ends[end:]],
    )


def _guessed(name: str, span: tuple[int, int], guess: tuple[Category, float], *, doubtful: bool) -> Label:
    category, likely = guess
    start, end = span
    score = min(likely, SCORES[1]) if doubtful else likely
    return Label(
        category=category,
        score=score,
        grade=2 if score >= _DECIDED else 1,
        decided_by=LEARNED,
        evidence=name[start:end],
        start=start,
        end=end,
        field="name",
    )
