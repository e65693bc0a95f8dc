"""Answers that together would isolate a few people.

Answers add up: of two audiences, one inside the other, the difference is the size of a third. Of three it may be the
rest of a whole without two separate parts (a - b - c), or the people whom two audiences have in common where the
third is their union (a + b - c). Every size that can be worked out from two or three answers in this way has to reach
the minimum like one that was asked for.

It is judged on the noisy counts that were drawn already, with a margin for the noise of all of them. So the
judgement uses no data, costs nobody anything and cannot be made an oracle: it is post-processing. A test on the true
sets would tell more than it hides. Pairs of which neither is inside the other give no size that was not asked for,
and need no test; whoever knows from elsewhere that they nearly coincide is held by the noise and the budget. So are
combinations of four and more answers, which are not looked for: their noise grows, and the bound covers them all.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from haechi.release.audiences.canonical import NOTHING, Diagrams, Function
from haechi.release.audiences.state import Answered

Derived = tuple[tuple[Answered, ...], tuple[Answered, ...]]
"""Answers to add and answers to take away; what remains is the size of some audience."""

_Words = NDArray[np.uint64]
_WORDS: Final = 8


def isolates(new: Answered, earlier: Sequence[Answered], margin: float) -> bool:
    """Whether `new`, once shown, would let a size under the minimum be worked out.

    Args:
        new: the question about to be answered.
        earlier: what was shown before, each meaning once.
        margin: standard deviations by which a size must exceed the minimum.
    """
    return any(_too_few(derived, margin) for derived in derivable(new, earlier))


def _too_few(derived: Derived, margin: float) -> bool:
    plus, minus = derived
    used = plus + minus
    size = sum(answer.noisy for answer in plus) - sum(answer.noisy for answer in minus)
    deviation = math.hypot(*(answer.sigma for answer in used))
    return size < max(answer.minimum for answer in used) + margin * deviation


def derivable(new: Answered, earlier: Sequence[Answered]) -> Iterator[Derived]:
    """The sizes that `new` lets one work out together with one or two earlier answers."""
    answers = [new, *(answer for answer in earlier if answer.key != new.key)]
    if len(answers) == 1:
        return
    diagrams = Diagrams()
    at = [diagrams.load(answer.function) for answer in answers]
    samples = np.stack([_sample(answer.function) for answer in answers])
    for plus, minus in _likely(samples):
        if _is_a_size(diagrams, [at[n] for n in plus], [at[n] for n in minus]):
            yield tuple(answers[n] for n in plus), tuple(answers[n] for n in minus)


def _is_a_size(diagrams: Diagrams, plus: Sequence[int], minus: Sequence[int]) -> bool:
    """Whether a sum of two or three counts is 0 or 1 for each possible person, and not 0 for all."""
    if len(plus) == 1:
        joined = diagrams.either(minus[0], minus[-1])
        apart = len(minus) == 1 or diagrams.both(*minus) == NOTHING
        return apart and joined != plus[0] and diagrams.without(joined, plus[0]) == NOTHING
    joined, shared = diagrams.either(*plus), diagrams.both(*plus)
    inside = diagrams.without(minus[0], joined) == NOTHING and diagrams.without(shared, minus[0]) == NOTHING
    return inside and not (shared == NOTHING and joined == minus[0])


def _likely(samples: _Words) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The sums of two or three answers, the first among them, that may be sizes: places to add and to take away.

    Judged on a sample of possible persons, the same for every answer; what fails there is no size, and that is nearly
    everything, so that few have to be compared as diagrams.
    """
    new, old = samples[0], samples[1:]
    # By place of an earlier answer, or of two of them: is it inside the other, does it share nobody with it?
    wider, narrower = _none(new & ~old), _none(old & ~new)
    for place in np.flatnonzero(wider):
        yield (int(place) + 1,), (0,)
    for place in np.flatnonzero(narrower):
        yield (0,), (int(place) + 1,)
    first, second = old[:, None], old[None, :]
    inside, apart = _none(first & ~second), _none(first & second)
    for one, two in _pairs(np.triu(narrower[:, None] & narrower[None, :] & apart, 1)):
        yield (0,), (one, two)
    for one, two in _pairs(inside & wider[None, :] & _none(old & new)[:, None]):
        yield (two,), (0, one)
    for one, two in _pairs(np.triu(_none(new & ~(first | second)) & _none(first & second & ~new), 1)):
        yield (one, two), (0,)
    for one, two in _pairs(_none(second & ~(first | new)) & _none(first & new & ~second)):
        yield (0, one), (two,)


def _none(words: _Words) -> NDArray[np.bool_]:
    return np.asarray(~words.any(axis=-1))


def _pairs(found: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The places, counted among all answers, of two different earlier ones for which it holds."""
    for one, two in np.argwhere(found):
        if one != two:
            yield int(one) + 1, int(two) + 1


@lru_cache(maxsize=65_536)
def _theme_sample(theme: str) -> _Words:
    """Which of 512 possible persons are in a theme.

    A quarter of them are in half of all themes, a quarter in few, the rest in most: a question that joins many themes
    with and, or with or, would else hold for none or for all of the sample.
    """
    digest = hashlib.shake_128(theme.encode()).digest(_WORDS * 8 * 5)
    drawn = np.frombuffer(digest, dtype=np.uint64).reshape(5, _WORDS)
    words: _Words = drawn[0].copy()
    words[2:4] = np.bitwise_and.reduce(drawn[:4, 2:4])
    words[4:6] = np.bitwise_or.reduce(drawn[:3, 4:6])
    words[6:8] = np.bitwise_or.reduce(drawn[:, 6:8])
    return words


@lru_cache(maxsize=4_096)
def _sample(function: Function) -> _Words:
    """Which of the possible persons belong to an audience."""
    found: list[_Words] = [np.zeros(_WORDS, dtype=np.uint64), np.full(_WORDS, ~np.uint64(0), dtype=np.uint64)]
    for theme, outside, inside in function.nodes:
        words = _theme_sample(theme)
        found.append((words & found[inside]) | (found[outside] & ~words))
    return found[-1]
