"""Slips of the pen: words that differ by a letter or two."""

from typing import Final

_MOST: Final = 2


def without_one(word: str) -> set[str]:
    """The word, and the word without each one of its letters: two words one slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def one_slip(word: str, other: str) -> bool:
    """Whether one letter too many, too few or wrong, or two neighbours changed over, is all that differs."""
    head = first_difference(word, other)
    rest, others = word[head:], other[head:]
    return (
        rest[1:] == others
        or rest == others[1:]
        or rest[1:] == others[1:]
        or rest[1:2] + rest[:1] + rest[2:] == others
    )


def first_difference(word: str, other: str) -> int:
    """How many letters they begin with in common."""
    head = 0
    while head < min(len(word), len(other)) and word[head] == other[head]:
        head += 1
    return head


def two_slips(word: str, other: str) -> bool:
    """Whether at most two letters differ, are too many or too few (Levenshtein's distance)."""
    if abs(len(word) - len(other)) > _MOST:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(word, 1):
        above, row = row, [at]
        for place, one in enumerate(other, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != one)))
        if min(row) > _MOST:
            return False
    return row[-1] <= _MOST


def plural(word: str, other: str) -> bool:
    """Whether one is the other's plural, or its genitive."""
    return word == f"{other}s" or other == f"{word}s"
