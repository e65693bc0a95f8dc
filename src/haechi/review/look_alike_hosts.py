"""Hosts that pretend to be a protected party's: one index over all parties' domains and names."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple

from haechi.review.host_index import SHORTEST, VERY_LONG, HostIndex, classes_of, end_keys, suffixes
from haechi.review.permission_to_name import domain_form
from haechi.review.slips import one_slip, plural, two_slips, without_one

Way = Literal[
    "homoglyph",
    "own-name-inside",
    "subdomain",
    "typo",
    "brand-with-word",
    "other-ending",
    "path",
    "brand-inside",
]


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
_SHORT: Final = 5
_LONG: Final = 7
_LONGEST_HOST: Final = 253
"""RFC 1035; no longer one leads anywhere."""
_LONGEST_LABEL: Final = 63
_SPLIT: Final = re.compile(r"[-_.]+")
_FIGURE_RUN: Final = re.compile(r"\d+$")


def look_alikes(host: str, path: str, index: HostIndex) -> list[HostHit]:
    """The parties whose name `host` wears without being theirs, each in the way that is surest.

    Args:
        host: as in an address, IDN or not.
        path: what follows it, in which another's host may be named.
        index: from `made`.
    """
    bare_host = domain_form(host.partition(":")[0])
    if len(bare_host) > _LONGEST_HOST or "." not in bare_host or bare_host.replace(".", "").isdigit():
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
    return frozenset().union(
        *(index.own.get(".".join(parts[at:]), frozenset()) for at in range(len(parts) - 1))
    )


def _worn(host: str, path: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """The words of parties that stand in a host, and how."""
    registered = suffixes().privatesuffix(host) or host
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
        for at in range(len(parts) - 2):
            for window in ("-".join(parts[at : at + 2]), "-".join(parts[at + 1 : at + 3])):
                if window in index.labels:
                    yield window, "brand-with-word", 0.9
            for worn, way, share in _glued(part, index):
                yield worn, way, share * (0.95 if known else 0.85)
    yield from _glued(joined, index)


def _word(word: str, index: HostIndex, exact: Way) -> Iterator[tuple[str, Way, float]]:
    """The words of parties that a whole part of a label is, or is made to look like."""
    if word in index.labels:
        # Three letters are many firms' name.
        if len(word) > SHORTEST or exact != "other-ending":
            yield word, exact, 1.0
        return
    if len(word) <= SHORTEST:
        return
    for worn in index.classes.get(classes_of(word), ()):
        yield worn, "homoglyph", 1.0
    yield from _misspelt(word, index)
    stem = _FIGURE_RUN.sub("", word)
    if stem != word and len(stem) > _SHORT - 1 and stem in index.labels:
        yield stem, "brand-with-word", 0.9


def _misspelt(word: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    if len(word) < _SHORT:
        return
    folded = classes_of(word)
    for worn in {label for key in without_one(folded) for label in index.shortened.get(key, ())}:
        if len(worn) >= _SHORT and one_slip(folded, classes_of(worn)) and not plural(word, worn):
            # Another first letter mostly makes another name.
            first = 1.0 if folded[0] == classes_of(worn)[0] or len(worn) >= VERY_LONG + 2 else 0.7
            yield worn, "typo", first * (1.0 if len(worn) > _SHORT else 0.8)
    if len(folded) < VERY_LONG - 1:
        return
    for worn in {label for key in end_keys(folded) for label in index.ends.get(key, ())}:
        if two_slips(folded, classes_of(worn)) and not plural(word, worn):
            yield worn, "typo", 0.9


def _glued(joined: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """A party's word written together with others: `examplelogin`, `secureexample2`."""
    if len(joined) > _LONGEST_LABEL:
        return
    for size in range(SHORTEST, len(joined)):
        for at in (0, len(joined) - size):
            piece = joined[at : at + size]
            beside = _made_of_words(joined[size:] if at == 0 else joined[:at])
            if piece in index.labels:
                if beside:
                    yield piece, "brand-with-word", 0.97
                elif size >= _LONG - 1:
                    yield piece, "brand-inside", 1.0 if size >= _LONG else 0.8
            elif beside and size > _SHORT:
                yield from _twisted(piece, index)
    yield from _within(joined, index)


def _within(joined: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """A party's long word with others on both sides."""
    for size in range(_LONG, len(joined) - 1):
        for at in range(1, len(joined) - size):
            if joined[at : at + size] in index.labels:
                yield joined[at : at + size], "brand-inside", 1.0


def _twisted(piece: str, index: HostIndex) -> Iterator[tuple[str, Way, float]]:
    """The words of parties that a piece beside known words looks like."""
    folded = classes_of(piece)
    for label in index.classes.get(folded, ()):
        yield label, "homoglyph", 0.95
    if len(piece) > _LONG:
        for label in index.shortened.get(folded, ()):
            if one_slip(folded, classes_of(label)):
                yield label, "typo", 0.85


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
    return any(
        bare_text[:at] in _words() and bare_text[at:] in _words() for at in range(2, len(bare_text) - 1)
    )


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
