"""Builds the learned model from the knowledge files and lists of everyday words: `make model`.

    python -m haechi.sensitivity.learn TRAINING OUT

An averaged perceptron over several classes (Freund and Schapire, Machine Learning 1999; Collins, EMNLP 2002) in
whole numbers, visited in an order that a hash gives: the same input gives the same bytes on every machine. How
sure it is comes from words that it had not seen, by isotonic regression (Zadrozny and Elkan, KDD 2002).
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from haechi.sensitivity import facts, model, sound_index
from haechi.sensitivity.engine import Engine
from haechi.sensitivity.letters import BUCKETS, buckets, tells_by_letters
from haechi.sensitivity.normalise import plain_form
from haechi.terms.words import CATEGORIES, Category

ROUNDS: Final = 6
"""Times that each word is looked at."""
FOLDS: Final = 5
"""Parts, each of which is judged by a model that learned from the others, to learn how sure it may be."""
UNKNOWN_AND_SENSITIVE: Final = 10
"""Of a thousand words that neither knowledge nor everyday language has, how many give something away: assumed
low, so that the model speaks only when it is sure. No measurement stands behind it."""
COMMON: Final = 25_000
"""English words, of the most frequent, that are learned as giving nothing away, save those that the knowledge has."""
_SCALE: Final = 4
_HEAVIEST: Final = 127
_STEP: Final = 5
"""Thousandths in which probabilities are told."""

Weights = npt.NDArray[np.int64]


class Word(NamedTuple):
    """One word to learn from.

    Attributes:
        text: in plain form.
        meaning: 0 for nothing, else 1 + the place of its category.
        pieces: its buckets.
    """

    text: str
    meaning: int
    pieces: npt.NDArray[np.int64]


def build(knowledge: facts.Knowledge, training: Path) -> bytes:
    """The model's file.

    Args:
        knowledge: whose words of a category are learned.
        training: folder with `everyday-*.txt`, `personal-names.txt`, `place-names.txt` and `english-words.txt` (the
            most frequent first): a name or word a line.
    """
    telling = dict(_telling(knowledge))
    spoken = _spoken(knowledge)
    english = _lines(training / "english-words.txt")
    everyday = {word for file in sorted(training.glob("everyday-*.txt")) for word in _lines(file)}
    names = {word for kind in ("personal", "place") for word in _lines(training / f"{kind}-names.txt")}
    ordinary = everyday | names | set(english[:COMMON])
    engine = Engine(knowledge)
    silent = sorted(word for word in (ordinary | spoken) - telling.keys() if not engine.judge(word).labels)
    words = [*_words(telling.items()), *_words((word, 0) for word in silent)]
    weights = learned(words)
    # A word of a term was weighed by whoever wrote the term: it is never guessed at.
    unremarkable, known = _numbered([*silent, *spoken]), _numbered(english)
    body = weights.astype(np.int8).tobytes() + unremarkable + known
    header = model.Header(
        categories=CATEGORIES,
        calibration=_calibration(words),
        unremarkable=len(unremarkable) // 4,
        words=len(known) // 4,
        body="",
    )
    return model.written(header, body)


def learned(words: Sequence[Word]) -> Weights:
    """The weights, buckets by meanings, -127 to 127, that tell the words' meanings from their pieces."""
    meanings = len(CATEGORIES) + 1
    now = np.zeros((BUCKETS, meanings), dtype=np.int64)
    summed = np.zeros_like(now)
    seen = 1
    for turn in range(ROUNDS):
        for word in sorted(words, key=lambda word: _shuffled(turn, word.text)):
            sums = now[word.pieces].sum(axis=0)
            # To be right is not enough: it must be right by a margin that grows with the word.
            sums[word.meaning] -= len(word.pieces) // 2
            told = int(sums.argmax())
            if told != word.meaning:
                now[word.pieces, word.meaning] += 1
                now[word.pieces, told] -= 1
                summed[word.pieces, word.meaning] += seen
                summed[word.pieces, told] -= seen
            seen += 1
    averaged = now * seen - summed
    heavy: Weights = np.clip((2 * averaged * _SCALE + seen) // (2 * seen), -_HEAVIEST, _HEAVIEST)
    return heavy


def _calibration(words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """How sure to be at which margin, from words judged by models that had not seen them."""
    seen: list[tuple[int, bool, bool]] = []
    for fold in range(FOLDS):
        weights = learned([word for word in words if _fold(word.text) != fold])
        for word in words:
            if _fold(word.text) == fold:
                sums = weights[word.pieces].sum(axis=0).tolist()
                margin, category = model.margin_of(sums, len(word.pieces))
                seen.append((margin, word.meaning == category + 1, word.meaning != 0))
    return isotonic(seen)


def isotonic(seen: Sequence[tuple[int, bool, bool]]) -> tuple[tuple[int, int], ...]:
    """Margins to probabilities that never fall as the margin grows: pool adjacent violators, in whole numbers.

    Args:
        seen: margin, whether the category told was right, whether the word gives anything away at all. The two
            kinds of words are weighed as `UNKNOWN_AND_SENSITIVE` says, whatever their numbers here.

    Returns:
        steps of (margin from which on, thousandths), both rising.
    """
    telling = sum(tells for _, _, tells in seen)
    silent = len(seen) - telling
    if not telling or not silent:
        return ()
    # Weights that bring the shares of the two kinds to those assumed, over a common denominator.
    heavy = {True: UNKNOWN_AND_SENSITIVE * silent, False: (1000 - UNKNOWN_AND_SENSITIVE) * telling}
    pooled: list[list[int]] = []  # first margin, weight of those told rightly, weight of all
    for margin, right, tells in sorted(seen):
        weight = heavy[tells]
        pooled.append([margin, weight if right else 0, weight])
        while len(pooled) > 1 and (
            pooled[-2][0] == pooled[-1][0] or pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]
        ):
            _, right_too, weight_too = pooled.pop()
            pooled[-1][1] += right_too
            pooled[-1][2] += weight_too
    steps: list[tuple[int, int]] = []
    for margin, right_weight, weight in pooled:
        # As if one more ordinary word had looked like these: nothing is ever certain.
        thousandths = right_weight * 1000 // (weight + heavy[False]) // _STEP * _STEP
        if thousandths > (steps[-1][1] if steps else 0):
            steps.append((margin, thousandths))
    return tuple(steps)


def _telling(knowledge: facts.Knowledge) -> Iterator[tuple[str, int]]:
    """Words that by themselves give a category away directly, and which."""
    for concept in knowledge.concepts:
        direct: list[Category] = [category for category, grade in concept.categories.items() if grade == 2]  # noqa: PLR2004
        if not direct or concept.needs or concept.langs_only:
            continue
        meaning = 1 + CATEGORIES.index(direct[0])
        for _, term in concept.terms():
            word = plain_form(term.strip("-"))
            if " " not in word:
                yield word, meaning


def _spoken(knowledge: facts.Knowledge) -> set[str]:
    """Every word of every term: of concepts, look-alikes and contexts."""
    terms = [term for concept in knowledge.concepts for _, term in concept.terms()]
    terms += [term for context in knowledge.contexts.values() for term in facts.split_terms(context.terms)]
    return {word for term in terms for word in plain_form(term.strip("-")).split()}


def _words(meant: Iterable[tuple[str, int]]) -> Iterator[Word]:
    for text, meaning in sorted(meant):
        if tells_by_letters(text):
            yield Word(text, meaning, np.array(buckets(text), dtype=np.int64))


def _numbered(words: Iterable[str]) -> bytes:
    return model.as_bytes([word for word in words if tells_by_letters(word)])


def _lines(file: Path) -> list[str]:
    """The words in a list, in plain form, in order, each once."""
    text = file.read_text(encoding="utf-8")
    return list(dict.fromkeys(word for line in text.splitlines() for word in plain_form(line).split()))


def _shuffled(turn: int, text: str) -> bytes:
    return hashlib.blake2b(f"{turn}:{text}".encode(), digest_size=8).digest()


def _fold(text: str) -> int:
    return _shuffled(-1, text)[0] % FOLDS


def main(training: str, out: str) -> None:
    """Build the model and the index of sounds beside it, and put both in their place."""
    target = Path(out)
    target.parent.mkdir(parents=True, exist_ok=True)
    knowledge = facts.shipped()
    for file, content in (
        (target, build(knowledge, Path(training))),
        (target.with_name(sound_index.FILE), sound_index.as_bytes(knowledge)),
    ):
        draft = file.with_suffix(".new")
        draft.write_bytes(content)
        draft.replace(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
