"""Texts in the form in which words are found, with the way back to where they stand."""

import unicodedata
from typing import NamedTuple


class Plain(NamedTuple):
    """One plain form of a text.

    Attributes:
        text: compatibility forms resolved, invisible characters gone, lower case.
        starts: for each character of `text`, where its original begins.
        ends: for each character of `text`, where its original ends.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Plain:
    """The plain form of `text`."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, letter in enumerate(text):
        if unicodedata.category(letter) == "Cf":
            continue
        for one in unicodedata.normalize("NFKC", letter).lower():
            letters.append(one)
            starts.append(place)
            ends.append(place + 1)
    return Plain("".join(letters), starts, ends)
