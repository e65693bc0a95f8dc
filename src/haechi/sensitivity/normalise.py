"""Turns a name as it came into the plain form that terms are written in, and keeps the way back.

In the plain form every letter is lower-case and without Latin accents, every mark of punctuation is a space, and
two or more spaces in a row part one tier (or clause) from the next. One space stands before and after the whole.
"""

import re
import unicodedata
from html import unescape
from typing import Final, NamedTuple


class View(NamedTuple):
    """One plain form of a text.

    Attributes:
        text: the plain form, with a space at either end.
        starts: for each character of `text`, where its original begins; None when the two run in step.
        ends: for each character of `text`, where its original ends; None when the two run in step.
    """

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind `text[start:end]`."""
        if self.starts is None or self.ends is None:
            return start - 1, end - 1
        return self.starts[start], self.ends[end - 1]


IN_STEP: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    0x30FB: " "
}
# Letters that stay as they are, one for one: no accents, no second form, nothing that attaches.
STEADY_RANGES: Final = (" ~", "\uac00\ud7a3", "\u4e00\u9fff", "\u3041\u3096", "\u30a1\u30fc")
FIRST_EASTERN: Final = "\u3041"
_STEADY: Final = re.compile(f"[{''.join(f'{first}-{last}' for first, last in STEADY_RANGES)}]+")
# What keeps the two forms from running in step: runs of blanks, entities, tiers that no blanks set off, ...
_UNEVEN: Final = re.compile(r"  |&#?\w{2,8};|[>|](?! )|(?<! )[>|]")
# ... and a Latin word against one in an East Asian script.
_MIXED: Final = re.compile(r"[A-Za-z][\u3041-\ud7a3]|[\u3041-\ud7a3][A-Za-z]")
_ENTITY: Final = re.compile(r"&#?\w{2,8};")
# A capital I after a small letter, as scanned texts and those who avoid filters write an l: SeIf-defense.
_MISREAD: Final = re.compile(r"(?<=[a-z])I(?![A-Z])")
_CAMEL: Final = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_CAMEL_BREAK: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PIECES: Final = re.compile(r"&#?\w{2,8};|\s+|.", re.DOTALL)
_TIERS: Final = frozenset(">|\u203a\u00bb\u2192")
_HALF_WIDTH_VOICING: Final = "\uff9e\uff9f"


def views(text: str) -> tuple[View, ...]:
    """The plain forms of `text`: one, or more where capitals inside words part words or stand for another letter."""
    if not _runs_in_step(text):
        plain = _rebuilt(text, camel=False)
        forms = (plain, _rebuilt(text, camel=True)) if _has_camel(text) else (plain,)
        misread = _MISREAD.sub("l", text)
        return forms if misread == text else (*forms, _rebuilt(misread, camel=False))
    plain = View(f" {text.translate(IN_STEP)} ")
    if not _CAMEL.search(text):
        return (plain,)
    misread = _MISREAD.sub("l", text)
    forms = plain, _parted(text)
    return forms if misread == text else (*forms, View(f" {misread.translate(IN_STEP)} "))


def _runs_in_step(text: str) -> bool:
    """Whether each character becomes exactly one: then nothing needs to remember where it came from."""
    if text.isascii():
        return text.isprintable() and not _UNEVEN.search(text)
    return _STEADY.fullmatch(text) is not None and not _UNEVEN.search(text) and not _MIXED.search(text)


def _parted(text: str) -> View:
    """The plain form of a text that runs in step, with a space before each capital that begins a word."""
    plain = text.translate(IN_STEP)
    out, starts, ends = [" "], [0], [0]
    last = 0
    for match in _CAMEL_BREAK.finditer(text):
        here = match.start()
        out += (plain[last:here], " ")
        starts += range(last, here + 1)
        ends += (*range(last + 1, here + 1), here)
        last = here
    out += (plain[last:], " ")
    starts += range(last, len(text) + 1)
    ends += (*range(last + 1, len(text) + 1), len(text))
    return View("".join(out), starts, ends)


def plain_form(text: str) -> str:
    """The plain form of a term, without the spaces at its ends; capitals inside words part nothing."""
    return (text.translate(IN_STEP) if _runs_in_step(text) else _rebuilt(text, camel=False).text).strip()


def is_cjk(char: str) -> bool:
    """Whether the character belongs to a script that is written without spaces around foreign words."""
    return char >= "\u1100" and (is_han(char) or is_hangul(char) or is_kana(char))


def is_han(char: str) -> bool:
    """Whether it is a Chinese character."""
    return (
        "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003ffff"
    )


def is_hangul(char: str) -> bool:
    """Whether it is a Korean syllable or letter."""
    return "\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" or "\u3131" <= char <= "\u318e"


def is_katakana(char: str) -> bool:
    """Whether it is katakana, its long mark included."""
    return "\u30a1" <= char <= "\u30fa" or char == "\u30fc"


def is_hiragana(char: str) -> bool:
    """Whether it is hiragana."""
    return "\u3041" <= char <= "\u3096"


def is_kana(char: str) -> bool:
    """Whether it is hiragana or katakana."""
    return is_hiragana(char) or is_katakana(char)


def has_entity(text: str) -> bool:
    """Whether it may hold a character written as in HTML."""
    return _ENTITY.search(text) is not None


def _has_camel(text: str) -> bool:
    return _CAMEL.search(unicodedata.normalize("NFKC", text)) is not None


def _rebuilt(text: str, *, camel: bool) -> View:
    """The plain form, piece by piece, with the way back."""
    breaks = _camel_breaks(text) if camel else frozenset()
    out: list[str] = [" "]
    starts: list[int] = [0]
    ends: list[int] = [0]
    for start, end in _pieces(text):
        folded = _folded(text[start:end])
        if start in breaks or (folded and _script_changes(out[-1], folded[0])):
            folded = " " + folded
        for char in folded:
            out.append(char)
            starts.append(start)
            ends.append(end)
    out.append(" ")
    starts.append(len(text))
    ends.append(len(text))
    return View("".join(out), starts, ends)


def _camel_breaks(text: str) -> frozenset[int]:
    """Where a capital begins a new word inside what is written as one."""
    kinds = [_capital(char) for char in text]
    found = set()
    for place in range(1, len(text)):
        before, here = kinds[place - 1], kinds[place]
        after = kinds[place + 1] if place + 1 < len(text) else ""
        if here == "U" and (before == "l" or (before == "U" and after == "l")):
            found.add(place)
    return frozenset(found)


def _capital(char: str) -> str:
    if char.isupper():
        return "U"
    return "l" if char.islower() or char.isdigit() else ""


def _pieces(text: str) -> list[tuple[int, int]]:
    """Spans that must be folded together: an entity, a run of blanks, a letter with all that attaches to it."""
    spans: list[tuple[int, int]] = []
    for match in _PIECES.finditer(text):
        char = match.group()
        if spans and len(char) == 1 and _attaches(char):
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append(match.span())
    return spans


def _attaches(char: str) -> bool:
    if char.isascii():
        return False
    return (
        unicodedata.combining(char) != 0
        or "\u1160" <= char <= "\u11ff"  # vowels and finals of Korean syllables written in parts
        or char in _HALF_WIDTH_VOICING
    )


def _folded(piece: str) -> str:
    """What a piece becomes: letters folded, punctuation and blanks to spaces, invisible characters to nothing."""
    if len(piece) == 1 and piece.isascii():
        if piece in _TIERS:
            return "  "
        return IN_STEP[ord(piece)] if piece.isprintable() or piece.isspace() else ""
    if piece.isspace():
        return " "
    if piece.startswith("&") and piece.endswith(";"):
        piece = unescape(piece)
        if piece.isspace():
            return " "
    return "".join(_folded_char(char) for char in _without_accents(piece))


def _without_accents(piece: str) -> str:
    """Compatibility form without case; Latin letters lose their accents, others keep what makes them letters."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", piece).casefold())
    if apart and (apart[0].isascii() or "LATIN" in unicodedata.name(apart[0], "")):
        return "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", apart)


def _folded_char(char: str) -> str:
    if char in _TIERS:
        return "  "
    kind = unicodedata.category(char)
    if kind in ("Cf", "Cc", "Cs", "Co", "Cn") or "\ufe00" <= char <= "\ufe0f":
        return ""
    return char if char.isalnum() or kind.startswith("M") or char == "\u30fc" else " "


def _script_changes(before: str, after: str) -> bool:
    """Whether a word in letters such as Latin meets one in Chinese, Japanese or Korean writing."""
    return before.isalpha() and after.isalpha() and is_cjk(before) != is_cjk(after)
