"""Who is who among reviewers: whether two written names are two people.

A name in a sheet is a claim, not a proof. What can be told is told strictly: whatever a spreadsheet, a keyboard or a
second thought changes in the writing of one name (case, spaces, order, width, accents, punctuation, a title, a given
name more or less) makes no second person of it.
"""

import unicodedata
from collections.abc import Iterable
from itertools import combinations
from typing import Final

_LOOKS_LIKE_LATIN: Final = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def is_name(text: str) -> bool:
    """Whether anything is left of it that tells one person from another."""
    return bool(_words(text))


def mixes_alphabets(text: str) -> bool:
    """Whether Latin letters stand beside look-alikes from another alphabet, which no one name does."""
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha()}
    return "LATIN" in scripts and not scripts.isdisjoint(_LOOKS_LIKE_LATIN)


def same_person(one: str, other: str) -> bool:
    """Whether the two names may be one person's.

    >>> same_person("Kim Minji", "MINJI  kim")
    True
    >>> same_person("Kim Minji", "Lee Jun")
    False
    """
    first, second = _words(one), _words(other)
    return set(first) <= set(second) or set(second) <= set(first) or "".join(first) == "".join(second)


def are_several(names: Iterable[str]) -> bool:
    """Whether at least two different people are among them."""
    return any(not same_person(one, other) for one, other in combinations(names, 2))


def each_once(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their order, each person once."""
    kept: list[str] = []
    for name in names:
        if not any(same_person(name, other) for other in kept):
            kept.append(name)
    return tuple(kept)


def _words(name: str) -> list[str]:
    """The name's words without what keyboards differ in."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    # Invisible characters and accents part nothing; everything else that is no letter or digit does.
    kept = (char for char in plain if unicodedata.category(char) not in {"Cf", "Mn", "Me"})
    return "".join(char if char.isalnum() else " " for char in kept).split()
