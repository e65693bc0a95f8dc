"""Names of chat applications in a text, whole or in disguise."""

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import ahocorasick_rs

from haechi.review.chat_accounts import applications
from haechi.review.masked import masked
from haechi.review.plain import INVISIBLE
from haechi.review.undisguised import Bare, bare
from haechi.sensitivity.normalise import is_cjk, is_hangul, is_kana, is_katakana

_SHORT: Final = 4


class Mention(NamedTuple):
    """The name of an application in a text.

    Attributes:
        application: which one.
        certain: whether the name means nothing else.
        inviting: whether it is a word that nobody uses but to invite.
        disguised: whether it is written so that a search does not find it.
        start: where it stands in the original.
        end: where it ends there.
    """

    application: str
    certain: bool
    inviting: bool
    disguised: bool
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Names of applications, whatever they are disguised as; the longest at each place."""
    taken: set[int] = set()
    for letters in bare(text):
        hits = _index()[0].find_matches_as_indexes(letters.text, overlapping=True)
        for which, start, end in sorted(hits, key=lambda hit: hit[1] - hit[2]):
            if any(place in taken for place in letters.starts[start:end]):
                continue
            mention = _mention(text, letters, _index()[1][which], start, end)
            if mention is not None:
                taken.update(letters.starts[start:end])
                yield mention
    for one in masked(text):
        if taken.isdisjoint(range(one.start, one.end)):
            taken.update(range(one.start, one.end))
            yield Mention(one.application, True, False, True, one.start, one.end)


class _Name(NamedTuple):
    application: str
    certain: bool
    inviting: bool
    letters: str


@cache
def _index() -> tuple[ahocorasick_rs.AhoCorasick, tuple[_Name, ...]]:
    """All names of applications, in the letters that they are found by."""
    found: dict[str, _Name] = {}
    for application, one in applications().items():
        for name in (*one.inviting, *one.names, *one.uncertain):
            letters = bare(name)[0]
            known = _Name(application, name not in one.uncertain, name in one.inviting, letters.letters)
            found.setdefault(letters.text, known)
    return ahocorasick_rs.AhoCorasick(list(found)), tuple(found.values())


def _mention(text: str, letters: Bare, name: _Name, start: int, end: int) -> Mention | None:
    """The name where it stands as a word: whole, or in pieces that nothing but a disguise explains."""
    first, last = letters.origin(start, end)
    between = [text[letters.ends[at] : letters.starts[at + 1]] for at in range(start, end - 1)]
    # What shows nothing parts nothing, and nobody types it.
    gaps = [INVISIBLE.sub("", gap) for gap in between]
    signs = any(not text[place].isalnum() and text[place] != "ー" for place in letters.starts[start:end])
    whole = letters.letters[start:end] == name.letters and not signs
    if not whole and not _may_be_meant(letters.letters[start:end], name):
        return None
    if any(gaps) and not _explained(gaps, name, whole=whole, capitals=text[first:last].isupper()):
        return None
    ends = len(text) if _before_id(text, letters, end) else last
    if not _bounded(text, first, ends, name, loose=whole and not any(gaps)):
        return None
    disguised = not whole or gaps != between or _shows_disguise(text, letters, (start, end), gaps)
    if disguised and not name.certain and name.letters.isascii() and len(name.letters) < _SHORT:
        return None
    return Mention(name.application, name.certain, name.inviting, disguised, first, last)


def _may_be_meant(here: str, name: _Name) -> bool:
    """Whether letters that only look like the name's may be a disguise: not figures alone, nor Latin for Cyrillic."""
    return not here.isdigit() and (name.letters.isascii() or is_cjk(name.letters[0]))


def _shows_disguise(text: str, letters: Bare, span: tuple[int, int], gaps: list[str]) -> bool:
    """Whether the very letters of the name are written as nobody writes them."""
    first, last = letters.origin(*span)
    if letters.letters[span[0]].isascii() and any(map(_styled, text[first:last])):
        return True
    if any(letters.ends[at] - letters.starts[at] > 1 for at in range(*span)):
        return True
    apart = len(gaps) > 1 and all(gaps)
    return apart or any(gap.strip() or len(gap) > 1 for gap in gaps)


def _styled(letter: str) -> bool:
    """Whether it is a letter of a style that nobody types: mathematical, in a circle, a small capital."""
    return letter > "\uffff" or (letter.isalnum() and "\x7f" < letter < "\uff00" and not is_cjk(letter))


def _explained(gaps: list[str], name: _Name, *, whole: bool, capitals: bool) -> bool:
    """Whether letters apart still are the name: all apart, or a long name with a break or two and no sentence end."""
    if any(len(gap) > _SHORT for gap in gaps):
        return False
    latin = name.letters.isascii()
    if all(gaps):
        return len(gaps) > 1 or not latin
    if any("。" in gap or ". " in gap for gap in gaps) or (latin and not name.certain and not capitals):
        return False
    if not name.certain and (not whole or len(name.letters) <= _SHORT):
        return whole and name.letters == "line" and not any("\n" in gap for gap in gaps)
    return len(name.letters) >= _SHORT


def _bounded(text: str, start: int, end: int, name: _Name, *, loose: bool) -> bool:
    """Whether the name begins and ends where a word may."""
    before, after = text[start - 1 : start], text[end : end + 1]
    first, last = name.letters[0], name.letters[-1]
    if first.isascii():
        if name.certain and loose and len(name.letters) > _SHORT * 2 - 2:
            return True
        return not (_latin(before) or _latin(after))
    if is_kana(first):
        joins = (
            before == "ー" or (is_kana(before) and is_katakana(before) == is_katakana(text[start]))
            if before
            else False
        )
        return not joins or (name.certain and len(name.letters) > _SHORT)
    if is_hangul(first) and not name.certain:
        return not (before and is_hangul(before))
    return bool(last)


def _before_id(text: str, letters: Bare, end: int) -> bool:
    """Whether the word `ID` is written onto the end of the name: `LINEID abc`."""
    if letters.text[end : end + 2] != bare("id")[0].text:
        return False
    joined = not INVISIBLE.sub("", text[letters.ends[end - 1] : letters.starts[end]])
    behind = INVISIBLE.sub("", text[letters.ends[end + 1] :])[:1]
    return joined and not _latin(behind)


def _latin(letter: str) -> bool:
    return bool(letter) and letter.isalnum() and not is_cjk(letter)
