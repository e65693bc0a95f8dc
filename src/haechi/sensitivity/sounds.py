"""Names written as they sound: an English name in katakana or hangul, and the term it is.

Names are looked up under the classes of consonants of their first two words, which survive the way through either
script, and then held against what is written sound by sound.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import Final, NamedTuple, TypeAlias

from haechi.sensitivity.eastern_sounds import sound_of
from haechi.sensitivity.english_sounds import CONSONANTS, readings_of
from haechi.sensitivity.normalise import plain_form, views
from haechi.sensitivity.sound_distance import Word, distance

_FEWEST_WORDS: Final = 2
"""One word sounds like too many others."""
_MOST_WORDS: Final = 6
_MOST_READINGS: Final = 32
_LIGHTEST: Final = 2.5
"""Weight below which too many names sound alike."""
_FAR: Final = 0.0225
_FARTHEST: Final = 0.2
"""How far a name may be from what is written, for each unit of its weight: the more consonants meet, the less need
the rest. Measured: docs/sensitivity.md."""
_AND: Final = "and"
_LITTLE_WORDS: Final = {
    "앤": _AND, "앤드": _AND, "アンド": _AND, "더": "the", "디": "the", "ザ": "the", "ジ": "the",
    "오브": "of", "オブ": "of", "포": "for", "フォー": "for", "위드": "with", "ウィズ": "with",
    "인": "in", "イン": "in", "투": "to", "トゥ": "to", "온": "on", "オン": "on", "프롬": "from", "フロム": "from",
    "어": "a", "ア": "a",
}  # fmt: skip
_ENGLISH_LITTLE_WORDS: Final = frozenset(_LITTLE_WORDS.values())
_CLASSES: Final = dict(zip("pbtdszxckgmnr", "PPTTSSSSKKNNR", strict=True))
_BREATHS: Final = frozenset("hw")
_PLAIN: Final = re.compile(r"(?!the |.*\b(?:st|de|di|du|la|le) )[a-z ]+")
"""Spoken as it is written, and in no other way."""
_LETTERS: Final = re.compile("[a-z]+")
_SAINT: Final = re.compile(r"\bst\b\.?", re.IGNORECASE)
_GLUED: Final = re.compile(r"\b(de|di|du|la|le) ")
_KEPT: Final = 65_536


class Name(NamedTuple):
    """One way in which a name of several words may sound.

    Attributes:
        name: its plain form.
        words: without "and".
        weight: of its words together.
    """

    name: str
    words: tuple[Word, ...]
    weight: float


class Heard(NamedTuple):
    """A name that neighbouring words sound like.

    Attributes:
        far: how far, for each unit of the name's weight.
        first: place of the first of the words.
        last: place of the last.
        name: the name, in plain form.
    """

    far: float
    first: int
    last: int
    name: str


Index: TypeAlias = Mapping[str, Sequence[str]]
"""Names as the knowledge writes them, under the keys of their first two words, a blank between."""


def index_of(terms: Iterable[str]) -> Index:
    """English names of two to six words, under the classes of consonants of the first two.

    Args:
        terms: as the knowledge writes them; camel case parts words. Those of one word or seven, and those with
            figures or letters of another language, are left out.
    """
    found: dict[str, list[str]] = {}
    for term in dict.fromkeys(terms):
        for key in dict.fromkeys(_key(*name.words[:2]) for name in names_that_sound(term)):
            found.setdefault(key, []).append(term)
    return found


def heard(words: Sequence[str], index: Index) -> list[Heard]:
    """The English names that neighbouring words in plain form may be, the nearest first."""
    last = len(words) - 1
    # "And" says nothing: many write & for it, which the plain form does not keep.
    places = [place for place, word in enumerate(words) if not (0 < place < last and _is_and(word))]
    written = [_eastern(words[place]) for place in places]
    nearest: dict[tuple[int, int, str], float] = {}
    for first in range(len(places) - 1):
        one, two = written[first : first + 2]
        if one is None or two is None:
            continue
        for name in chain.from_iterable(map(names_that_sound, index.get(_key(one, two), ()))):
            far = _far(name, written[first : first + len(name.words)])
            if far is not None:
                which = (places[first], places[first + len(name.words) - 1], name.name)
                nearest[which] = min(far, nearest.get(which, far))
    return sorted(Heard(far, *which) for which, far in nearest.items())


def _key(one: Word, two: Word) -> str:
    return f"{one.key} {two.key}"


@lru_cache(_KEPT)
def names_that_sound(term: str) -> tuple[Name, ...]:
    """The ways in which a name may sound; none for one of one word or seven, or with other letters than English."""
    found = []
    for form in dict.fromkeys(_spoken(term)):
        words = [word for word in form.split() if word != _AND]
        if not (_FEWEST_WORDS <= len(words) <= _MOST_WORDS and all(map(_LETTERS.fullmatch, words))):
            continue
        for reading in islice(product(*map(_english, words)), _MOST_READINGS):
            weight = sum([word.weight for word in reading])
            if weight >= _LIGHTEST:
                found.append(Name(plain_form(term), reading, weight))
    return tuple(found)


def _far(name: Name, written: Sequence[Word | None]) -> float | None:
    """How far they are from the name, for each unit of its weight; None where they are not it."""
    if len(written) < len(name.words):
        return None
    far, most = 0.0, name.weight * min(_FARTHEST, _FAR * (name.weight - 1))
    for english, eastern in zip(name.words, written, strict=True):
        if eastern is None or english.key != eastern.key:
            return None
        far += distance(english, eastern)
        if far > most:
            return None
    return far / name.weight


def _spoken(term: str) -> Iterator[str]:
    """The plain forms in which a name is spoken."""
    if _PLAIN.fullmatch(term):
        yield term
        return
    told = _SAINT.sub("saint", term.replace("'", "").replace("&", f" {_AND} "))
    for view in views(told):
        form = view.text.strip()
        yield form
        yield form.removeprefix("the ")
        yield _GLUED.sub(r"\1", form)
    yield plain_form(told.replace("-", ""))


@cache
def _english(word: str) -> tuple[Word, ...]:
    if word in _ENGLISH_LITTLE_WORDS:
        return (_little(word),)
    return tuple(map(_apart, dict.fromkeys(readings_of(word))))


@lru_cache(_KEPT)
def _eastern(word: str) -> Word | None:
    """A word of katakana or hangul; None for any other."""
    if word in _LITTLE_WORDS and not _is_and(word):
        return _little(_LITTLE_WORDS[word])
    sound = sound_of(word)
    return None if sound is None else _apart(sound)


def _is_and(word: str) -> bool:
    return _LITTLE_WORDS.get(word) == _AND


def _little(word: str) -> Word:
    return Word(word, (), ((),), 0)


def _apart(sounds: Sequence[str]) -> Word:
    consonants: list[str] = []
    gaps: list[list[str]] = [[]]
    for sound in sounds:
        if sound not in CONSONANTS:
            gaps[-1].append(sound)
        elif gaps[-1] or not consonants or consonants[-1] != sound:
            consonants.append(sound)
            gaps.append([])
    return Word(
        key="".join(_CLASSES[consonant] for consonant in consonants),
        consonants=tuple(consonants),
        gaps=tuple(map(tuple, gaps)),
        weight=len(consonants) + sum(sound in _BREATHS for sound in sounds) / 2,
    )
