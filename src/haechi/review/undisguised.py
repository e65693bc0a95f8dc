"""Texts read through their disguise: letters apart moved together, look-alikes read as what they stand for.

`bare` is for words that one knows: it folds hard, and whoever finds a word in it looks at how it stood in the
original. `undisguised` is for reading on: it changes only what is in disguise, and ordinary text not at all.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from haechi.review.look_alikes import class_of, kanji, latin_of, letter_of, simplified
from haechi.review.plain import Plain, plain


class Bare(NamedTuple):
    """The letters and figures of a text, nothing between them.

    Attributes:
        text: each as the one that stands for all that look like it.
        letters: each as it is, in plain form: lower case, no Latin accent, katakana as hiragana.
        starts: for each, where its original begins.
        ends: for each, where its original ends.
    """

    text: str
    letters: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text behind `text[start:end]`, which must not be empty."""
        return self.starts[start], self.ends[end - 1]


_SIGN: Final = str.maketrans("@$!|€£¡", "asiieli")
_SIGN_AS_LETTER: Final = re.compile(
    r"(?<=[a-z0-9])[@$!|€£¡]{1,2}(?=[a-z0-9])|(?<![\w$])[$€](?=[a-z]{3})|(?<=[a-z]{3})[€£](?![a-z0-9])"
)
_LONG: Final = re.compile(
    "(?<=[\u30a1-\u30fa]{2})[-\u2010-\u2015\u2212\u2500\u2501\u4e00~\u301c](?=[\u30a1-\u30fa])"
)
_FLAGS: Final = re.compile("[\U0001f1e6-\U0001f1ff]+")
_CJK: Final = "\u3041-\u3096\u30a1-\u30fc\u3131-\u318e\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_PART: Final = "[^\\W\\d_\\u3041-\\ud7a3]"
# Three letters or more, the same thing between each and the next.
_SPREAD: Final = re.compile(
    rf"(?<![^\W_]){_PART}(?P<gap>(?:[^\w\n]|_){{1,3}}){_PART}(?:(?P=gap)[^\W\u3041-\ud7a3])+(?![a-z0-9])"
    rf"|(?<![{_CJK}])[{_CJK}](?P<space>(?:[^\w\n]|_){{1,3}})[{_CJK}](?:(?P=space)[{_CJK}])+(?![{_CJK}])"
    rf"|(?m:^)[^\W\d_](?:\n[^\W_](?=\n|$)){{2,}}"
)
_WORD: Final = re.compile(r"[^\W_]+(?:[@$!|][^\W_]+)*")
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_FOREIGN: Final = re.compile("[\u0250-\u02af\u0370-\u058f\u13a0-\u13ff\u1d00-\u1dbf\ua4d0-\ua4ff]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_LATIN: Final = re.compile("[a-z]")
_FIGURES: Final = str.maketrans("0134578@$!|", "oieastbasil")
_FIGURE_WITHIN: Final = re.compile(r"[a-z][0134578@$!|]+[a-z]")
_TOKEN: Final = re.compile(r"[!-~]+")
_ADDRESS: Final = re.compile(r"://|[a-z0-9]\.[a-z]{2,}/|@\w|www\.")
_TYPED_VOWEL: Final = re.compile(r"[ㄱ-ㅎ][rlI1](?![a-z0-9])")
_TYPED: Final = {"r": "ㅏ", "l": "ㅣ", "1": "ㅣ", "I": "ㅣ"}
_FEWEST_LETTERS: Final = 3


@lru_cache(maxsize=256)
def bare(text: str) -> tuple[Bare, ...]:
    """The letters of `text` and nothing else; twice where signs may stand for letters: `T€LEGR@M`."""
    form = _typed_vowels(plain(text))
    first = _bare(text, form)
    signed = _SIGN_AS_LETTER.sub(lambda sign: sign.group().translate(_SIGN), form.text)
    if signed == form.text:
        return (first,)
    return first, _bare(text, form._replace(text=signed))


def _bare(original: str, form: Plain) -> Bare:
    text = _LONG.sub("\u30fc", form.text)
    classes = list(map(_CLASSES.__getitem__, text))
    for place in (foreign.start() for foreign in _FOREIGN.finditer(text)):
        # The case of these tells what they look like, and the plain form has none.
        classes[place] = class_of(text[place], original[form.starts[place]])
    for flag in _FLAGS.finditer(text):
        if flag.end() - flag.start() == 2:  # noqa: PLR2004
            classes[flag.start()] = classes[flag.start() + 1] = ""
    kept = [place for place, one in enumerate(classes) if one]
    return Bare(
        "".join(classes),
        "".join([_LETTERS[text[place]] or classes[place] for place in kept]),
        [form.starts[place] for place in kept],
        [form.ends[place] for place in kept],
    )


class _Classes(dict[str, str]):
    def __missing__(self, letter: str) -> str:
        found = self[letter] = class_of(letter, letter)
        return found


class _Letters(dict[str, str]):
    def __missing__(self, letter: str) -> str:
        found = self[letter] = letter_of(letter)
        return found


_CLASSES: Final = _Classes()
_LETTERS: Final = _Letters()


@lru_cache(maxsize=256)
def undisguised(text: str) -> Plain:
    """The plain form of `text` with every disguise taken off; for ordinary text just the plain form."""
    form = _typed_vowels(plain(text))
    if not text.isascii():
        form = _simplified(_alphabets(form, text))
    return _figures(_together(form))


def _typed_vowels(form: Plain) -> Plain:
    """Korean syllables whose vowel is a Latin letter of its shape."""
    if not _TYPED_VOWEL.search(form.text):
        return form
    text = _TYPED_VOWEL.sub(lambda two: two.group()[0] + _TYPED[two.group()[1]], form.text)
    again = plain(text)
    ends = [form.ends[end - 1] for end in again.ends]
    return Plain(again.text, [form.starts[start] for start in again.starts], ends)


def _alphabets(form: Plain, original: str) -> Plain:
    """Latin letters for those of another alphabet in words that have both."""
    if not _FOREIGN.search(form.text):
        return form
    letters = list(form.text)
    for word in _WORD.finditer(form.text):
        shown = word.group()
        # Shorter ones are units: μm. None of those is Cyrillic.
        if (
            sum(map(str.isalpha, shown)) < _FEWEST_LETTERS - (_CYRILLIC.search(shown) is not None)
            or not _FOREIGN.search(shown)
            or not _LATIN.search(shown)
        ):
            continue
        for place in range(*word.span()):
            if _FOREIGN.match(letters[place]):
                here = original[form.starts[place]]
                letters[place] = latin_of(here) or latin_of(letters[place]) or letters[place]
    return form._replace(text="".join(letters))


def _simplified(form: Plain) -> Plain:
    """Japanese forms of Chinese characters in a text with kana."""
    if simplified().isdisjoint(form.text) or not _KANA.search(form.text):
        return form
    forms = kanji()
    return form._replace(
        text="".join(forms.get(letter, letter) if letter in simplified() else letter for letter in form.text)
    )


def _together(form: Plain) -> Plain:
    """Letters that stand apart, three or more, moved together."""
    if not _SPREAD.search(form.text):
        return form
    kept = [True] * len(form.text)
    for run in _SPREAD.finditer(form.text):
        for place in range(*run.span()):
            kept[place] = form.text[place].isalnum() or form.text[place] == "\u30fc"
    places = [place for place, stays in enumerate(kept) if stays]
    return Plain(
        "".join(form.text[place] for place in places),
        [form.starts[place] for place in places],
        [form.ends[place] for place in places],
    )


def _figures(form: Plain) -> Plain:
    """Letters for figures and signs inside words: `gu4rant33d`."""
    if not _FIGURE_WITHIN.search(form.text):
        return form
    tokens = (token for token in _TOKEN.finditer(form.text) if _ADDRESS.search(token.group()))
    skipped = frozenset(place for token in tokens for place in range(*token.span()))
    return form._replace(
        text=_WORD.sub(
            lambda word: word.group() if word.start() in skipped else _word(word.group()), form.text
        )
    )


def _word(word: str) -> str:
    letters = sum(map(str.isalpha, word))
    if letters < _FEWEST_LETTERS or letters * 2 <= len(word) or not _FIGURE_WITHIN.search(word):
        return word
    # Figures at the end of a word count something: covid19.
    body = word.rstrip("0123456789!|")
    return body.translate(_FIGURES) + word[len(body) :]
