"""Look-alike letters: letters that are not what they seem, as only somebody needs who writes past a filter.

Emoji, flags, accents, loan words, units and one alphabet beside another are ordinary; what is found here stands
inside a word.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from haechi.review.ads import Signal, Span
from haechi.review.case import Case
from haechi.review.look_alikes import latin_of, simplified

NAME: Final = "look-alike-letters"
VERSION: Final = "1"

_HIDDEN: Final = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0\U000e0020-\U000e007f"
)
_JOINERS: Final = "\u200c\u200d\ufe00-\ufe0f"
_WORDY: Final = "A-Za-z0-9\u00c0-\u024f\u0370-\u052f\u3041-\u30ff\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3"
# Joiners belong to Arabic, Indic and Mongolian writing and to emoji, never between these letters.
_INVISIBLE: Final = re.compile(rf"[{_WORDY}][{_HIDDEN}{_JOINERS}]+[{_WORDY}]")
_SOFT_HYPHENS: Final = re.compile("\\w(?:\u00ad\\w){2,}|[\u3041-\ud7a3]\u00ad+[\u3041-\ud7a3]")
_TURNED: Final = re.compile("[\u202d\u202e]+[^\u202c\\s]")
_STYLED: Final = re.compile(
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189](?:\\s?"
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]){2,}"
    "|[\u1d00-\u1d2b\u0262\u026a\u0274\u0280\u028f\u029c\u029f\ua730\ua731]{3,}"
    "|[\U0001f1e6-\U0001f1ff](?:[ \u200b\u2060][\U0001f1e6-\U0001f1ff]){2,}"
)
_STRUCK: Final = re.compile("(?:\\w[\u0334-\u0338\u0336\u20d2\u20d3\u20e5]){2,}|\\w[\u0300-\u036f]{3,}")
_MIXED: Final = re.compile("[A-Za-z\u0370-\u052f\u13a0-\u13f5\u0561-\u0587]{2,}")
_LATIN: Final = re.compile("[A-Za-z]")
_OTHER: Final = re.compile("[\u0370-\u03ff\u0400-\u052f\u13a0-\u13f5\u0561-\u0587]")
_JAMO: Final = re.compile(
    "[\uac00-\ud7a3][ㄱ-ㅎ][ㅏ-ㅣ]|[ㄱ-ㅎ][ㅏㅐㅑㅓㅔㅕㅗㅛㅜㅣ][ㄱ-ㅎ]?[\uac00-\ud7a3]"
    "|(?:[ㄱ-ㅎ][ㅏ-ㅣ]){2,}|[ㄱ-ㅎ][rl](?=[\uac00-\ud7a3])"
)
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN_RUN: Final = re.compile("[\u3400-\u9fff]+")
_LEET: Final = re.compile(
    r"(?<![\w@/.#:-])(?=[A-Za-z0-9@$!€]*[A-Za-z]{2})[A-Za-z]+(?:[013457@$€]+[A-Za-z]+){2,}(?![\w@/.])"
)
_MOST_EVIDENCE: Final = 5
_ONE_SIMPLIFIED: Final = 0.6
_GREEK_IN_SCIENCE: Final = re.compile(
    "^[\u03b1-\u03c9\u0391-\u03a9\u00b5\u03bc][A-Za-z]?[A-Za-z]?$|^[A-Za-z]{1,3}[\u03b1-\u03c9\u03a9]$"
)


def find(case: Case) -> list[Signal]:
    """Kinds of letters that are not what they seem, the surest first.

    `value`: invisible, mixed-script, simplified (Chinese forms in Japanese text), mathematical (letters of styles
    that nobody types), bidi, overlay, jamo, leet.
    """
    found: dict[str, list[tuple[float, Span]]] = {}
    for text in case.texts:
        if text.field in ("landing_url", "image_code"):
            continue
        for kind, look in _KINDS.items():
            for score, start, end in look(text.raw):
                found.setdefault(kind, []).append((score, Span(text.field, start, end, text.raw[start:end])))
    return sorted(
        (
            Signal(
                name=NAME,
                version=VERSION,
                score=max(score for score, _ in seen),
                value=kind,
                params={"kind": kind},
                evidence=tuple(span for _, span in seen[:_MOST_EVIDENCE]),
            )
            for kind, seen in found.items()
        ),
        key=lambda signal: (-signal.score, signal.value),
    )


Places = Iterator[tuple[float, int, int]]


def _invisible(text: str) -> Places:
    for match in _INVISIBLE.finditer(text):
        yield 0.9, *match.span()
    for match in _SOFT_HYPHENS.finditer(text):
        yield 0.8, *match.span()


def _mixed(text: str) -> Places:
    """Words in which letters of another alphabet stand in the place of Latin ones."""
    if text.isascii():
        return
    for word in _MIXED.finditer(text):
        shown = word.group()
        if not (_LATIN.search(shown) and _OTHER.search(shown)) or _GREEK_IN_SCIENCE.match(shown):
            continue
        others = _OTHER.findall(shown)
        if all(latin_of(letter) for letter in others):
            yield (0.95 if len(shown) > len(others) + 1 or len(others) > 1 else 0.7), *word.span()


def _simplified(text: str) -> Places:
    """Chinese forms in a text in Japanese; names of Chinese people and places have some too."""
    if not _KANA.search(text):
        return
    runs = [run for run in _HAN_RUN.finditer(text) if not simplified().isdisjoint(run.group())]
    letters = sum(letter in simplified() for run in runs for letter in run.group())
    kana = len(_KANA.findall(text))
    if kana * 4 < letters:
        return  # Chinese text with a Japanese word in it
    for run in runs:
        yield (_ONE_SIMPLIFIED if letters == 1 else 0.85), *run.span()


def _plainly(pattern: re.Pattern[str], score: float) -> Callable[[str], Places]:
    def look(text: str) -> Places:
        return ((score, *match.span()) for match in pattern.finditer(text))

    return look


def _jamo(text: str) -> Places:
    """Korean syllables in parts; a laugh or a sob is none."""
    for match in _JAMO.finditer(text):
        if not re.search(r"[ㅋㅎ][ㅗㅜㅠㅡ]|([ㄱ-ㅎ])\1", match.group()):
            yield 0.8, *match.span()


_KINDS: Final[dict[str, Callable[[str], Places]]] = {
    "invisible": _invisible,
    "mixed-script": _mixed,
    "simplified": _simplified,
    "mathematical": _plainly(_STYLED, 0.7),
    "bidi": _plainly(_TURNED, 0.9),
    "overlay": _plainly(_STRUCK, 0.8),
    "jamo": _jamo,
    "leet": _plainly(_LEET, 0.7),
}
