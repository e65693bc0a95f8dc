"""What protected parties' hosts are made of: their domains, and the words by which they are known in domains."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from publicsuffixlist import PublicSuffixList

from haechi.review.ads import ProtectedParty
from haechi.review.look_alikes import class_of, letter_of
from haechi.review.permission_to_name import domain_form
from haechi.review.slips import without_one

SHORTEST: Final = 3
VERY_LONG: Final = 9
_SHORT_NAME: Final = 5
_END: Final = 4
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class HostIndex(NamedTuple):
    """What the parties' hosts are made of.

    Attributes:
        own: domains that are a party's own, each to its parties.
        labels: the words by which a party is known in a domain, each to its parties; common ones apart.
        classes: these words as all that look like them.
        shortened: their classes with one letter left out, each to the words.
        ends: first and last letters of the classes of long words, each to the words.
    """

    own: Mapping[str, frozenset[str]]
    labels: Mapping[str, frozenset[str]]
    classes: Mapping[str, frozenset[str]]
    shortened: Mapping[str, frozenset[str]]
    ends: Mapping[str, frozenset[str]]


@cache
def suffixes() -> PublicSuffixList:
    """The list of public suffixes, as the package brings it."""
    return PublicSuffixList()


def made(parties: Iterable[ProtectedParty]) -> HostIndex:
    """The index over `parties`."""
    own: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for party in parties:
        # One that was kept before domains were looked at may be empty, and an empty one stands in every host.
        for domain in filter(_holds, party.domains):
            own.setdefault(domain_form(domain), set()).add(party.party_id)
        for label in _labels(party):
            labels.setdefault(label, set()).add(party.party_id)
    classes: dict[str, set[str]] = {}
    shortened: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    for label in labels:
        folded = classes_of(label)
        classes.setdefault(folded, set()).add(label)
        for key in without_one(folded):
            shortened.setdefault(key, set()).add(label)
        if len(folded) >= VERY_LONG:
            for key in end_keys(folded):
                ends.setdefault(key, set()).add(label)
    tables = (own, labels, classes, shortened, ends)
    return HostIndex(*({key: frozenset(found) for key, found in one.items()} for one in tables))


def end_keys(word: str) -> tuple[str, str]:
    """What a long word begins and what it ends with: of two that differ by two letters one is mostly the same."""
    return f"{word[:_END]}-", f"-{word[-_END:]}"


def _labels(party: ProtectedParty) -> Iterator[str]:
    for domain in filter(_holds, party.domains):
        label = _label(domain_form(domain))
        if len(label) >= SHORTEST:
            yield label
            yield label.replace("-", "")
            ending = domain.rpartition(".")[2]
            if len(ending) > _END and domain.endswith(f"{label}.{ending}"):
                yield label + ending
    for name in (*party.names, *party.aliases):
        letters = "".join(letter_of(letter) for letter in name.lower())
        if letters.isascii() and len(letters) > _SHORT_NAME:
            yield letters


def _holds(domain: str) -> bool:
    """Whether something of it is registered: a bare public suffix is nobody's own."""
    form = domain_form(domain)
    return bool(form) and suffixes().privatesuffix(form) is not None


def _label(domain: str) -> str:
    """What is registered of a domain, without its public suffix."""
    registered = suffixes().privatesuffix(domain) or ""
    return registered.partition(".")[0]


@cache
def _letter_class(letter: str) -> str:
    return class_of(letter, letter) or letter


def classes_of(label: str) -> str:
    """The label as all that look like it: accents off, other alphabets and figures as Latin, pairs as one letter."""
    folded = label
    for pair, one in _PAIRS:
        folded = folded.replace(pair, one)
    return "".join(map(_letter_class, folded))
