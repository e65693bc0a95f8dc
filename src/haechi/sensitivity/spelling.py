"""Words of the knowledge that a misspelt word may stand for: those one slip away.

A slip is a letter too many, too few, another one, or two neighbours changed (Damerau, CACM 1964). Words that are one
slip apart share a form with a letter dropped from one or both: the forms are looked up, not the words compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

SHORTEST: Final = 7
"""Letters below which too many ordinary words are one slip apart."""


def index_of(words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Each form of each word with at most one letter dropped, to the words that have it."""
    found: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        for form in _forms(word):
            found.setdefault(form, []).append(word)
    return {form: tuple(having) for form, having in found.items()}


def near(word: str, index: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The words of the index that are one slip away, in the order of the alphabet."""
    candidates = {other for form in _forms(word) for other in index.get(form, ())}
    return sorted(other for other in candidates if other != word and _one_slip(word, other))


def _forms(word: str) -> Iterator[str]:
    yield word
    before = ""
    for place, letter in enumerate(word):
        if letter != before:
            yield word[:place] + word[place + 1 :]
        before = letter


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])  # noqa: PLR2004
