"""Hosts that pretend to be a protected party's: one index over all parties' domains and names."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple

from publicsuffixlist import PublicSuffixList

from haechi.review.ads import ProtectedParty
from haechi.review.look_alikes import class_of, letter_of
from haechi.review.permission_to_name import domain_form

Way = Literal["homoglyph", "own-name-inside", "subdomain", "typo", "brand-with-word", "other-ending", "path", "brand-inside"]


class HostHit(NamedTuple):
    """A host that wears a party's name.

    Attributes:
        party_id: whose.
        way: how.
        score: 0 to 1.
    """

    party_id: str
    way: Way
    score: float


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


SCORES: Final[Mapping[Way, float]] = {
    "homoglyph": 0.97,
    "own-name-inside": 0.97,
    "subdomain": 0.85,
    "typo": 0.85,
    "brand-with-word": 0.88,
    "other-ending": 0.7,
    "path": 0.7,
    "brand-inside": 0.55,
}
SHORT_SHARE: Final = 0.75
"""Of a label of four or five letters, which another firm may well have too."""
_SHORTEST: Final = 4
_SHORT: Final = 5
_LONG: Final = 7
_VERY_LONG: Final = 9
_SPLIT: Final = re.compile(r"[-_.]+")
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_FIGURE_RUN: Final = re.compile(r"\d+$")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def made(parties: Iterable[ProtectedParty]) -> HostIndex:
    """The index over `parties`."""
    own: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for party in parties:
        for domain in party.domains:
            own.setdefault(domain_form(domain), set()).add(party.party_id)
        for label in _labels(party):
            labels.setdefault(label, set()).add(party.party_id)
    classes: dict[str, set[str]] = {}
    shortened: dict[str, set[str]] = {}
    ends: dict[str, set[str]] = {}
    for label in labels:
        folded = _classes(label)
        classes.setdefault(folded, set()).add(label)
        for key in _shortened(folded):
            shortened.setdefault(key, set()).add(label)
        if len(folded) >= _VERY_LONG:
            for key in _ends(folded):
                ends.setdefault(key, set()).add(label)
    tables = (own, labels, classes, shortened, ends)
    return HostIndex(*({key: frozenset(found) for key, found in one.items()} for one in tables))


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _ends(word: str) -> tuple[str, str]:
    return f"{word[:_SHORTEST]}-", f"-{word[-_SHORTEST:]}"


def look_alikes(host: str, path: str, index: HostIndex) -> list[HostHit]:
    """The parties whose name `host` wears without being theirs, each in the way that is surest.

    Args:
        host: as in an address, IDN or not.
        path: what follows it, in which another's host may be named.
        index: from `made`.
    """
    bare_host = domain_form(host.partition(":")[0])
    if not bare_host or "." not in bare_host or bare_host.replace(".", "").isdigit():
        return []
    mine = _owners(bare_host, index)
    found: dict[str, HostHit] = {}
    for label, way, share in _worn(bare_host, path, index):
        parties = index.own.get(label) or index.labels.get(label, frozenset())
        short = SHORT_SHARE if len(label) <= _SHORT and way not in ("own-name-inside", "path") else 1.0
        for party_id in parties - mine:
            hit = HostHit(party_id, way, SCORES[way] * share * short)
            if party_id not in found or found[party_id].score < hit.score:
                found[party_id] = hit
    return sorted(found.values(), key=lambda hit: (-hit.score, hit.party_id))


def _owners(host: str, index: HostIndex) -> frozenset[str]:
    parts = host.split(".")
    return frozenset().union(*(index.own.get(".".join(parts[at:]), frozenset()) for at in range(len(parts) - 1)))


def _labels(party: ProtectedParty) -> Iterator[str]:
    for domain in party.domains:
        label = _label(domain_form(domain))
        if len(label) >= _SHORTEST:
            yield label
    for name in (*party.names, *party.aliases):
        letters = "".join(letter_of(letter) for letter in name.lower())
        if letters.isascii() and len(letters) > _SHORT:
            yield letters


def _label(domain: str) -> str:
    """What is registered of a domain, without its public suffix."""
    registered = _suffixes().privatesuffix(domain) or ""
    return registered.partition(".")[0]


def _worn(host: str, path: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """The words of parties that stand in a host, and how."""
    registered = _suffixes().privatesuffix(host) or host
    label = _shown(registered.partition(".")[0])
    below = host.removesuffix(registered).rstrip(".")
    yield from _own_names(f"{below}.{label}" if below else label, path, index)
    yield from _in_label(label, index, exact="other-ending")
    if below:
        # A brand may be cut in two by a dot: exam.ple.test.
        for worn, way, share in _word(_shown(f"{below}{label}".replace(".", "")), index, "homoglyph"):
            yield worn, way, share
    for part in below.split(".") if below else ():
        for worn, way, share in _in_label(_shown(part), index, exact="subdomain"):
            yield worn, way, share * (1.0 if way == "subdomain" else 0.95)


def _own_names(front: str, path: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """A party's whole domain before another's, with dots or hyphens, or as the first part of the path."""
    dotted = f".{front}.".replace("-", ".")
    parts = dotted.strip(".").split(".")
    windows = {".".join(parts[at : at + size]) for size in (2, 3, 4) for at in range(len(parts) - size + 1)}
    for domain in windows & index.own.keys():
        yield domain, "own-name-inside", 1.0
    for part in path.lower().split("?")[0].split("/"):
        if part in index.own:
            yield part, "path", 1.0


def _in_label(label: str, index: HostIndex, exact: Way) -> Iterator[tuple[str, Way, float]]:
    """Words of parties in one label: alone, in disguise, misspelt, or beside other words."""
    parts = [part for part in _SPLIT.split(label) if part]
    joined = "".join(parts)
    for word in dict.fromkeys((label, joined)):
        yield from _word(word, index, exact if word == label else "homoglyph")
    if len(parts) > 1:
        for at, part in enumerate(parts):
            others = [other for place, other in enumerate(parts) if place != at]
            known = all(_beside(other) for other in others)
            for worn, way, share in _word(part, index, "brand-with-word"):
                if way == "brand-with-word":
                    yield worn, "brand-with-word" if known else "brand-inside", share
                else:
                    yield worn, way, share * (0.95 if known else 0.8)
    yield from _glued(joined, index)


def _word(word: str, index: HostIndex, exact: Way) -> Iterator[tuple[str, Way, float]]:
    if word in index.labels:
        yield word, exact, 1.0
        return
    for worn in index.classes.get(_classes(word), ()):
        yield worn, "homoglyph", 1.0
    if len(word) < _SHORT:
        return
    folded = _classes(word)
    for worn in {label for key in _shortened(folded) for label in index.shortened.get(key, ())}:
        if len(worn) >= _SHORT and _slip(folded, _classes(worn)) and not _plural(word, worn):
            yield worn, "typo", 1.0 if len(worn) > _SHORT else 0.8
    if len(folded) >= _VERY_LONG - 1:
        for worn in {label for key in _ends(folded) for label in index.ends.get(key, ())}:
            if _two_slips(folded, _classes(worn)) and not _plural(word, worn):
                yield worn, "typo", 0.9
    bare_word = _FIGURE_RUN.sub("", word)
    if bare_word != word and len(bare_word) > _SHORT - 1 and bare_word in index.labels:
        yield bare_word, "brand-with-word", 0.9


def _plural(word: str, label: str) -> bool:
    return word == f"{label}s" or label == f"{word}s"


def _slip(word: str, label: str) -> bool:
    """Whether one letter too many, too few or wrong, or two neighbours changed over, is all that differs."""
    head = 0
    while head < min(len(word), len(label)) and word[head] == label[head]:
        head += 1
    rest, other = word[head:], label[head:]
    return rest[1:] == other or rest == other[1:] or rest[1:] == other[1:] or rest[1:2] + rest[:1] + rest[2:] == other


def _two_slips(word: str, label: str) -> bool:
    """Whether at most two letters differ, are too many or too few (Levenshtein's distance)."""
    if abs(len(word) - len(label)) > 2:  # noqa: PLR2004
        return False
    row = list(range(len(label) + 1))
    for at, letter in enumerate(word, 1):
        above, row = row, [at]
        for place, other in enumerate(label, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other)))
        if min(row) > 2:  # noqa: PLR2004
            return False
    return row[-1] <= 2  # noqa: PLR2004


def _glued(joined: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """A party's word written together with others: `examplelogin`, `secureexample2`."""
    classes = _classes(joined)
    for size in range(_SHORTEST + 1, len(joined)):
        for at in (0, len(joined) - size):
            piece = joined[at : at + size]
            rest = joined[size:] if at == 0 else joined[:at]
            worn = piece if piece in index.labels else None
            if worn is not None and _made_of_words(rest):
                yield worn, "brand-with-word", 0.97
            elif worn is not None and size >= _LONG:
                yield worn, "brand-inside", 1.0
            elif worn is None and size > _SHORT and len(classes) == len(joined) and _made_of_words(rest):
                for label in index.classes.get(_classes(piece), ()):
                    yield label, "homoglyph", 0.95
                if size > _LONG:
                    folded = _classes(piece)
                    for label in index.shortened.get(folded, ()):
                        if _slip(folded, _classes(label)):
                            yield label, "typo", 0.85
    for size in range(_LONG, len(joined) - 1):
        for at in range(1, len(joined) - size):
            if joined[at : at + size] in index.labels:
                yield joined[at : at + size], "brand-inside", 1.0


@cache
def _words() -> frozenset[str]:
    text = resources.files("haechi.knowledge").joinpath("ads", "domain-words.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["beside"])


def _beside(word: str) -> bool:
    return word.isdigit() or word in _words() or _made_of_words(word)


def _made_of_words(text: str) -> bool:
    """Whether it is one or two words that stand beside a brand, with figures or without."""
    bare_text = text.strip("0123456789")
    if not bare_text or bare_text in _words():
        return True
    return any(bare_text[:at] in _words() and bare_text[at:] in _words() for at in range(2, len(bare_text) - 1))


def _shown(label: str) -> str:
    """A label as people see it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna").lower()
    except UnicodeError:
        try:
            return label[4:].encode("ascii").decode("punycode").lower()
        except UnicodeError:
            return label


@cache
def _letter_class(letter: str) -> str:
    return class_of(letter, letter) or letter


def _classes(label: str) -> str:
    """The label as all that look like it: accents off, other alphabets and figures as Latin, pairs as one letter."""
    folded = label
    for pair, one in _PAIRS:
        folded = folded.replace(pair, one)
    return "".join(map(_letter_class, folded))
