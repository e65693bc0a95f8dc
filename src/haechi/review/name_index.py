"""Protected parties found by name in a text: one index over all of them, however the name is written.

The index is made once for a world and kept with it. A hit is judged where it stands: as the name itself, or as
something that only looks like it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import ahocorasick_rs

from haechi.review.ads import ProtectedParty
from haechi.review.case import World
from haechi.review.inserts import without_inserts
from haechi.review.look_alikes import class_of, kanji, letter_of, shapes, simplified
from haechi.review.name_writings import Writing, writings
from haechi.review.plain import INVISIBLE
from haechi.review.slips import first_difference, one_slip, plural, without_one
from haechi.review.undisguised import Bare, bare
from haechi.sensitivity.normalise import is_cjk, is_han, is_hangul, is_hiragana, is_katakana

Likeness = Literal[
    "named", "swapped", "invisible", "letters", "variant", "simplified", "split", "shape", "spelling"
]


class Hit(NamedTuple):
    """A protected party's name, or what looks like it, in a text.

    Attributes:
        party_id: whose.
        likeness: `named` and `swapped` (family and given name changed over): the name itself. All others look like
            it: `invisible` characters inside, `letters` of another alphabet or figures, another form of a Chinese
            character (`variant`, `simplified`), letters `split`, a character of similar `shape`, one slip of
            `spelling`.
        weak: whether a word that short or common means the party only with something else beside it.
        start: where it stands in the original.
        end: where it ends there.
    """

    party_id: str
    likeness: Likeness
    weak: bool
    start: int
    end: int


class NameIndex(NamedTuple):
    """All names of all parties, ready to be looked for."""

    automaton: ahocorasick_rs.AhoCorasick
    patterns: Sequence[Sequence[Writing]]
    slips: Mapping[str, Sequence[Writing]]
    by_word: Mapping[str, Sequence[tuple[int, Writing]]]
    asked: dict[str, list[Hit]]
    """The latest texts asked about: two signals ask about each."""


_KEY: Final = "name_index"
_LONG_WORD: Final = 7
_LONG_NAME: Final = 8
_NO_CHANCE: Final = 10
"""So many letters in a row are no chance, whatever blanks part them."""
_MOST_GAP: Final = 4
_FEW: Final = 3
_LONGEST_ADDRESS: Final = 2_000
_MOST_ASKED: Final = 64
_TOKEN: Final = re.compile(r"[a-z\u00c0-\u024f]+(?:['\u2019][a-z]+)?")
_BETWEEN_NAMES: Final = re.compile(r"[\s·・･=\uff1d\-\u2010.,'\u2019\u3000\u2800_/|*~+•:☆★♡♥]*\Z")
_TOKEN_ANY: Final = re.compile(r"[!-~]+")
_ADDRESS: Final = re.compile(
    r"\w@\w|https?://|www\.|[\w-]\.(?:com|net|org|jp|kr|io|co|de|me|us)\b", re.IGNORECASE
)


def name_index(world: World) -> NameIndex:
    """The index over the parties of `world`, made when first asked for."""
    found = world.indices.get(_KEY)
    if not isinstance(found, NameIndex):
        found = world.indices[_KEY] = _made(world.parties.values())
    return found


def hits(world: World, text: str) -> list[Hit]:
    """Every protected party named in `text`, and everything that looks like one; the first place of each likeness."""
    if not world.parties:
        return []
    index = name_index(world)
    if text not in index.asked:
        if len(index.asked) >= _MOST_ASKED:
            index.asked.clear()
        index.asked[text] = _found(index, text) + _found_without_inserts(index, text)
    return index.asked[text]


def _found_without_inserts(index: NameIndex, text: str) -> list[Hit]:
    """Names that show only when what is put between their parts is left out, as people leave it out."""
    plainer = without_inserts(text)
    if plainer is None:
        return []
    found = ((hit, plainer.origin(hit.start, hit.end)) for hit in _found(index, plainer.text))
    return [hit._replace(start=start, end=end) for hit, (start, end) in found]


def _found(index: NameIndex, text: str) -> list[Hit]:
    found: dict[tuple[str, Likeness, bool], Hit] = {}
    taken: dict[str, list[tuple[int, int]]] = {}
    addresses = [
        token.span()
        for token in (_TOKEN_ANY.finditer(text) if "." in text else ())
        if token.end() - token.start() <= _LONGEST_ADDRESS and _ADDRESS.search(token.group())
    ]
    for letters in bare(text):
        raw = index.automaton.find_matches_as_indexes(letters.text, overlapping=True)
        for which, start, end in sorted(raw, key=lambda hit: hit[1] - hit[2]):
            for writing in index.patterns[which]:
                hit = _judged(text, letters, writing, start, end)
                if hit is None or _covered(hit, taken) or (writing.single and _inside(hit, addresses)):
                    continue
                taken.setdefault(hit.party_id, []).append((hit.start, hit.end))
                found.setdefault((hit.party_id, hit.likeness, hit.weak), hit)
    for hit in _slips(text, index):
        if not _covered(hit, taken) and not _inside(hit, addresses):
            found.setdefault((hit.party_id, hit.likeness, hit.weak), hit)
    return list(found.values())


def _covered(hit: Hit, taken: dict[str, list[tuple[int, int]]]) -> bool:
    return _inside(hit, taken.get(hit.party_id, ()))


def _inside(hit: Hit, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in spans)


def _made(parties: Iterable[ProtectedParty]) -> NameIndex:
    patterns: dict[str, list[Writing]] = {}
    slips: dict[str, list[Writing]] = {}
    by_word: dict[str, list[tuple[int, Writing]]] = {}
    for party in parties:
        for writing in writings(party):
            patterns.setdefault(writing.classes, []).append(writing)
            for twisted in _reshaped(writing):
                patterns.setdefault(twisted.classes, []).append(twisted)
            if not (writing.letters.isascii() and writing.letters.isalpha()):
                continue
            if writing.single and len(writing.letters) >= _LONG_WORD:
                for key in without_one(writing.letters):
                    slips.setdefault(key, []).append(writing)
            elif len(writing.words) > 1 and len(writing.letters) >= _LONG_NAME:
                for place, word in enumerate(writing.words):
                    by_word.setdefault(word, []).append((place, writing))
    return NameIndex(ahocorasick_rs.AhoCorasick(list(patterns)), tuple(patterns.values()), slips, by_word, {})


def _reshaped(writing: Writing) -> Iterator[Writing]:
    """The name with one Chinese character changed for another of similar shape."""
    if writing.weak or sum(map(is_han, writing.letters)) < _FEW:
        return
    for place, letter in enumerate(writing.letters):
        forms = {letter, kanji().get(letter, letter)}
        for other in {one for form in forms for one in shapes().get(form, "")}:
            changed = class_of(other, other)
            if changed and changed != writing.classes[place]:
                classes = writing.classes[:place] + changed + writing.classes[place + 1 :]
                yield writing._replace(classes=classes, reshaped=True)


def _judged(text: str, letters: Bare, writing: Writing, start: int, end: int) -> Hit | None:
    """What the letters at a place are: the name, something that looks like it, or part of other words."""
    first, last = letters.origin(start, end)
    if not _bounded(text, first, last, writing):
        return None
    here = letters.letters[start:end]
    gaps = [text[letters.ends[at] : letters.starts[at + 1]] for at in range(start, end - 1)]
    likeness = _likeness(text[first:last], here, gaps, writing)
    if likeness is None:
        return None
    weak = writing.weak
    if likeness == "named":
        # Without its capital a brand may be a word: apple.
        weak = weak or (writing.single and writing.cased and text[first : first + 1].islower())
        if writing.swapped:
            likeness = "swapped"
    elif weak and likeness not in ("invisible", "letters", "split"):
        return None
    return Hit(writing.party_id, likeness, weak, first, last)


def _likeness(shown: str, here: str, gaps: list[str], writing: Writing) -> Likeness | None:
    if writing.reshaped:
        return "shape" if not any(gap.strip() for gap in gaps) else None
    split = _split(gaps, writing)
    if split is None:
        return None
    if here != writing.letters or any(
        not one.isalnum() and one not in "ー-" for one in shown if one in "@$!|€£"
    ):
        if here.isdigit() or sum(map(str.isdigit, here)) * 2 > len(here):
            return None
        return _difference(here, writing.letters)
    if split:
        return "split"
    return "invisible" if _has_hidden(shown, len(here)) else "named"


def _difference(here: str, name: str) -> Likeness | None:
    """In what the letters differ from the name's."""
    pairs = [(one, other) for one, other in zip(here, name, strict=True) if one != other]
    if all(is_han(one) and is_han(other) for one, other in pairs):
        return "simplified" if any(one in simplified() for one, _ in pairs) else "variant"
    if (
        all(one.isascii() and other.isascii() and {one, other} == {"i", "l"} for one, other in pairs)
        and len(name) < _LONG_NAME
    ):
        return None
    return "letters"


def _has_hidden(shown: str, size: int) -> bool:
    """Whether characters that show nothing stand inside; accents and voicing marks do show."""
    return len(shown) > size and INVISIBLE.search(shown) is not None


def _split(gaps: list[str], writing: Writing) -> bool | None:
    """Whether letters stand apart that a name keeps together; None where they are not the name at all."""
    shown = [INVISIBLE.sub("", gap) for gap in gaps]
    parted = [at for at, gap in enumerate(shown) if gap]
    outside = [at for at in parted if at + 1 not in writing.joints]
    if (
        any(_BETWEEN_NAMES.match(gaps[at]) is None for at in parted if at + 1 in writing.joints)
        and not outside
    ):
        return None
    if not outside:
        return False
    if any(len(gaps[at]) > _MOST_GAP or "。" in gaps[at] for at in outside):
        return None
    everywhere = len(outside) == len(gaps) - len(writing.joints) and len(gaps) > 1
    no_chance = len(writing.letters) >= _NO_CHANCE and len(writing.words) > 1 and "\n" not in "".join(gaps)
    if everywhere or no_chance:
        return True
    cjk = not writing.letters.isascii()
    # A Chinese, Japanese or Korean name may be parted anywhere by one blank or dot.
    if (
        cjk
        and len(parted) == 1
        and len(writing.letters) > _FEW - 1
        and gaps[parted[0]] in (" ", "\u3000", "・", "·")
    ):
        return False
    return True if cjk and len(writing.letters) > _FEW and "\n" not in "".join(gaps) else None


def _bounded(text: str, start: int, end: int, writing: Writing) -> bool:
    """Whether a name begins and ends here: at word boundaries of its script; particles may follow in the East."""
    before, after = text[start - 1 : start], text[end : end + 1]
    first, last = writing.letters[0], writing.letters[-1]
    long = len(writing.letters) > _LONG_NAME - 2
    if first.isascii() and _word(before):
        return False
    if (
        last.isascii()
        and _word(after)
        and not (
            after in "sS" and len(writing.letters) > _LONG_NAME - 3 and not _word(text[end + 1 : end + 2])
        )
    ):
        return False
    shown = text[start:end]
    if not long and is_katakana(shown[0]) and before and is_katakana(before):
        return False
    if not long and is_katakana(shown[-1]) and after and is_katakana(after):
        return False
    if writing.weak:
        same = is_hiragana if is_hiragana(shown[0]) else is_han if is_han(shown[0]) else is_hangul
        return not (before and is_cjk(before) and same(before) and same(shown[0]))
    return True


def _word(letter: str) -> bool:
    return bool(letter) and letter.isalnum() and not is_cjk(letter)


def _slips(text: str, index: NameIndex) -> Iterator[Hit]:
    """Long Latin names with one letter too many, too few, wrong, or two changed over."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return
    tokens = list(_TOKEN.finditer(lowered))
    words = [letters_of(token.group()) for token in tokens]
    for at, word in enumerate(words):
        found = [(at, writing) for writing in _misspelt(word, index)] if len(word) >= _LONG_WORD - 1 else []
        for place, writing in index.by_word.get(word, ()):
            first = at - place
            window = words[first : first + len(writing.words)] if first >= 0 else []
            if len(window) == len(writing.words) and _one_off("".join(window), writing.letters):
                found.append((first, writing))
        for first, writing in found:
            last = tokens[first + len(writing.words) - 1]
            if last.end() - tokens[first].start() <= len(writing.letters) + 2 * len(writing.words):
                yield Hit(writing.party_id, "spelling", writing.weak, tokens[first].start(), last.end())


def letters_of(word: str) -> str:
    """A Latin word without accents and possessive."""
    bare_word = word.partition("'")[0].partition("\u2019")[0]
    return bare_word if bare_word.isascii() else "".join(map(letter_of, bare_word))


def _misspelt(word: str, index: NameIndex) -> Iterator[Writing]:
    """Names of one word that the word is one slip away from; a plural is none."""
    seen: set[str] = set()
    for key in without_one(word):
        for writing in index.slips.get(key, ()):
            if writing.letters not in seen and _one_off(word, writing.letters):
                seen.add(writing.letters)
                yield writing


def _one_off(word: str, name: str) -> bool:
    """Whether a word is one slip away; the first letter of a name is seldom mistaken."""
    if word == name or plural(word, name) or not first_difference(word, name):
        return False
    return one_slip(word, name)
