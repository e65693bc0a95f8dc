"""What stays of an ad's text when everything is taken out that a campaign changes from copy to copy.

A fraud template is sent out with one celebrity after another. Without names, numbers, addresses and signs its copies
are the same again. What is taken out leaves no mark: a name that one copy spells so that nobody knows it must cost
little.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import ahocorasick_rs

from haechi.review.ads import ProtectedParty
from haechi.review.case import Case, World

INDEX: Final = "masking"
LONGEST: Final = 20_000
"""Characters of a text that are compared."""

_EAST: Final = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_KANJI: Final = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_IS_EAST: Final = re.compile(f"[{_EAST}]")
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w{2,}"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,12}\b(?:/\S*)?",
    re.IGNORECASE | re.ASCII,
)
_JAPANESE_HONOURED: Final = re.compile(
    f"[{_KANJI}]{{2,6}}(?=(?:さん|氏|先生|社長|会長|教授|博士|アナ|キャスター))"
)
_LATIN: Final = str.maketrans(
    "аеорсухіѕјԁһкмтвнАВЕКМНОРСТХІЅЈαορτυικνΑΒΕΗΙΚΜΝΟΡΤΧ",
    "aeopcyxisjdhkmtbhABEKMHOPCTXISJaoptuiknABEHIKMNOPTX",
)
"""Cyrillic and Greek letters in the place of Latin ones; for what is really written in them nothing is lost."""
_LEET: Final = re.compile(r"(?<=[A-Za-z])[013457@$]{1,2}(?=[A-Za-z])")
_LEET_LETTERS: Final = str.maketrans("013457@$", "oleastas")
_TAG: Final = re.compile(r"#\w+")
_IN_KATAKANA: Final = re.compile(
    "(?<![\u30a0-\u30ff])[\u30a0-\u30fa\u30fc]{2,8}(?:[・=][\u30a0-\u30fa\u30fc]{2,8}){1,2}"
)
_NUMBER: Final = re.compile(
    r"\d[\d.,:/-]*(?:\s?(?:年|月|日|時|分|名様|名|人|冊|万|億|千|円|ドル"
    r"|년|월|일|시|분|명|권|만|억|천|원|달러)){0,3}"
)
_KOREAN_HONOURED: Final = re.compile(
    "(?<![\uac00-\ud7a3])[\uac00-\ud7a3]{2,4}"
    "(?= ?(?:씨|님|대표|교수|회장|박사|작가|선생님|소장)(?![\uac00-\ud7a3]{3}))"
)
_TITLED: Final = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|Professor|President|CEO|Herr|Frau)\b\.?(?: [A-Z][\w'-]+){1,3}"
)
_CAPITALS: Final = re.compile(
    r"\b[A-Z][a-z'-]+(?: [A-Z]\.)?(?: (?:van|von|de|da|al))?(?: [A-Z][a-z'-]+){1,2}\b"
)
_WORD: Final = re.compile(r"[A-Za-z][a-z'-]+")
_MOST_CAPITAL: Final = 0.4
_SHORTEST: Final = 2
_SHORTEST_WESTERN: Final = 3


class Masked(NamedTuple):
    """A text without what copies change.

    Attributes:
        text: its letters in plain form; no names, numbers, addresses, signs and spaces.
        parties: protected parties whose names stood in it, in alphabetical order.
    """

    text: str
    parties: tuple[str, ...]


class Names:
    """The names of protected parties, all found in one pass over a text."""

    def __init__(self, parties: Mapping[str, ProtectedParty]) -> None:
        eastern: dict[str, set[str]] = {}
        western: dict[str, set[str]] = {}
        for party_id, party in parties.items():
            for name in (*party.names, *party.aliases):
                worn = _letters(_resolved(name))
                if _IS_EAST.search(worn):
                    _keep(eastern, worn, party_id, _SHORTEST)
                    _keep(eastern, worn.replace(" ", ""), party_id, _SHORTEST)
                else:
                    _keep(western, worn, party_id, _SHORTEST_WESTERN)
        self._eastern = _Finder(eastern)
        self._western = _Finder(western)

    def standing_in(self, spaced: str) -> tuple[str, ...]:
        """Parties named in a text of lower case letters with single spaces."""
        west = self._western.taken_out(spaced, whole_words=True)[1]
        east = self._eastern.taken_out(spaced.replace(" ", ""), whole_words=False)[1]
        return tuple(sorted(west | east))

    def without(self, spaced: str) -> str:
        """Such a text without the names; its spaces stay."""
        west = self._western.taken_out(spaced, whole_words=True)[0]
        return self._eastern.taken_out(west, whole_words=False)[0]

    def without_compact(self, compact: str) -> str:
        """A text without spaces, without the East Asian names."""
        return self._eastern.taken_out(compact, whole_words=False)[0]


class _Finder:
    """Finds names of one way of writing: the longest that stand at a place, none within another."""

    def __init__(self, owners: dict[str, set[str]]) -> None:
        self._names = sorted(owners)
        self._owners = [frozenset(owners[name]) for name in self._names]
        self._automaton = (
            ahocorasick_rs.AhoCorasick(self._names, matchkind=ahocorasick_rs.MatchKind.Standard)
            if self._names
            else None
        )

    def taken_out(self, text: str, *, whole_words: bool) -> tuple[str, frozenset[str]]:
        if self._automaton is None:
            return text, frozenset()
        found: set[str] = set()
        spans: list[tuple[int, int]] = []
        for which, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if whole_words and not _stands_alone(text, start, end):
                continue
            found |= self._owners[which]
            spans.append((start, end))
        for start, end in reversed(_joined(spans)):
            text = f"{text[:start]} {text[end:]}" if whole_words else text[:start] + text[end:]
        return text, frozenset(found)


def mask(text: str, names: Names) -> Masked:
    """`text` without names, of protected parties or not, numbers, addresses, emoji and signs.

    Of a text longer than `LONGEST` its beginning counts.
    """
    bare = _without_tags(_ADDRESS.sub(" ", _resolved(text[:LONGEST])))
    bare = _LEET.sub(lambda met: met.group().translate(_LEET_LETTERS), bare)
    parties = names.standing_in(_letters(bare))
    for pattern in (_NUMBER, _TITLED, _IN_KATAKANA):
        bare = pattern.sub(" ", bare)
    spaced = names.without(_letters(_without_capitals(bare)))
    for pattern in (_JAPANESE_HONOURED, _KOREAN_HONOURED):
        spaced = pattern.sub(" ", spaced)
    return Masked(names.without_compact(spaced.replace(" ", "")), parties)


def names_of(world: World) -> Names:
    """The names of the world's parties, compiled once for it."""
    made = world.indices.get(INDEX)
    if not isinstance(made, Names):
        made = world.indices[INDEX] = Names(world.parties)
    return made


def masks(case: Case) -> tuple[Masked, ...]:
    """The ad's masked texts: what is written (headline and text), and what stands in its picture."""
    names = names_of(case.world)
    texts = [f"{case.ad.headline}\n{case.ad.text}"]
    if case.picture is not None:
        texts.append("\n".join(line.text for line in case.picture.lines))
    return tuple(found for found in (mask(text, names) for text in texts) if found.text)


def shingles(masked: str) -> frozenset[str]:
    """The pieces of a masked text by which it is compared: three letters from an East Asian one on, else five."""
    widths = (3 if _IS_EAST.match(one) else 5 for one in masked)
    return frozenset(
        masked[start : start + width] for start, width in enumerate(widths) if start + width <= len(masked)
    )


def _resolved(text: str) -> str:
    """Compatibility forms and look-alikes of Latin letters resolved, invisible characters gone, case kept."""
    whole = unicodedata.normalize("NFKC", text)
    if whole.isascii():
        return whole
    return "".join(one for one in whole.translate(_LATIN) if unicodedata.category(one) != "Cf")


def _letters(text: str) -> str:
    """Letters and their marks alone in lower case, words parted by one space."""
    return " ".join("".join(one if _is_letter(one) else " " for one in text.lower()).split())


def _is_letter(one: str) -> bool:
    return one.isalpha() or unicodedata.category(one)[0] == "M" or one == "ー"


def _without_tags(text: str) -> str:
    """Without hashtags, which strangers share, unless they are most of what is said."""
    bare = _TAG.sub(" ", text)
    return bare if 2 * sum(map(str.isalpha, bare)) > sum(map(str.isalpha, text)) else text


def _without_capitals(text: str) -> str:
    """Without two or three capitalised words in a row, unless most words are capitalised, as in many headlines."""
    words = _WORD.findall(text)
    if sum(word[0].isupper() for word in words) > _MOST_CAPITAL * len(words):
        return text
    return _CAPITALS.sub(" ", text)


def _keep(owners: dict[str, set[str]], name: str, party_id: str, shortest: int) -> None:
    if len(name) >= shortest:
        owners.setdefault(name, set()).add(party_id)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return _parts(before) and _parts(after)


def _parts(one: str) -> bool:
    """Whether a Latin word ends at this character."""
    return one == " " or _IS_EAST.match(one) is not None


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap, as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
