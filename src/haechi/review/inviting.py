"""Whether an ad leads its reader into a chat or only speaks of one: a learned sum of weights.

Warnings, news, products and jobs name the same applications with the same verbs as invitations do, so what stands
beside a name decides little by itself. All words count, those around the name and those of the last sentence once
more: the way into the chat stands there. That words are quoted counts, unless most of the ad is. Which application it
is must not count, so its name is taken out.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from haechi.review.mentions import mentions
from haechi.review.plain import plain
from haechi.review.weights import Found, Model, bucket, probability, read
from haechi.review.wording import pieces, sentences
from haechi.sensitivity.normalise import is_cjk

NAME_STANDS: Final = "\ua66e"
"""A letter that nobody writes, in the place of a name; where a text has it, it is a blank."""
_AROUND: Final = 32
_BESIDE: Final = 120
"""Letters on either side of a name in which an ad says what it wants with it."""
_EASTERN_BESIDE: Final = 60
"""The same where each letter is a syllable or a word."""
_RUNS_AROUND: Final = (2, 3)
_RUNS_LAST: Final = (2, 3, 4)
_RUNS_QUOTED: Final = (2, 3, 4)
_RUN: Final = re.compile(r"([^\w\s])\1{3,}|([\s\u2800])[\s\u2800]+")
# A sentence in quotation marks is somebody else's; a word or two are the name of a button, or of a group.
_QUOTED: Final = re.compile(
    "「[^「」]{16,}」|『[^『』]{16,}』"
    "|“[^“”]{24,}[”“]|„[^„“”]{24,}[“”]|»[^»«]{24,}«|«[^»«]{24,}»"
    r"|(?<!\w)\"[^\"\n]{16,}\"(?!\w)|(?<!\w)['\u2018][^'\u2018\u2019\n]{24,}['\u2019](?!\w)"
)


def inviting(texts: Sequence[str]) -> float:
    """0 to 1, as likely as an ad, or of its long texts what stands around a name, leads into the chat that it names.

    As likely among ads that name a chat of which half lead into it. The likeliest part counts: an invitation does not
    become a warning by the honest prose behind it.

    Args:
        texts: of one ad as they stand, the one that ends it last.
    """
    texts = [passed_over(text) for text in texts]
    parts = [[part] for text in texts for part in _parts(text)]
    return max(probability(buckets(one), shipped()) for one in (texts, *parts))


def buckets(texts: Sequence[str]) -> Found:
    """Where the weights of an ad's words stand; `texts` as for `inviting`."""
    texts = [passed_over(text) for text in texts]
    quotes = [quote.group() for text in texts for quote in _QUOTED.finditer(text)]
    if 2 * sum(map(len, quotes)) > sum(map(len, texts)):
        # Else quotation marks around a whole ad would make its invitation somebody else's.
        quotes = []
    own = [nameless(text) for text in texts]
    found = {piece.bucket for text in own for piece in pieces(text)}
    found |= {bucket(run.encode()) for text in own for run in _around_names(text)}
    found |= {bucket(run.encode()) for run in _last_sentence(own)}
    found |= {bucket(run.encode()) for quote in quotes for run in _runs('"', nameless(quote), _RUNS_QUOTED)}
    return np.array(sorted(found), np.int64)


def _parts(text: str) -> Iterator[str]:
    """What stands around each name of a long text; of names very close together, around the first."""
    beside = _EASTERN_BESIDE if any(map(is_cjk, text)) else _BESIDE
    if len(text) <= 2 * beside:
        return
    last = -beside
    for mention in sorted(mentions(text), key=lambda one: one.start):
        if mention.start - last >= beside // 2:
            last = mention.start
            yield text[max(last - beside, 0) : mention.end + beside]


def passed_over(text: str) -> str:
    """A text without what a reader passes over: blanks in a row, and a sign written again and again, are one."""
    return _RUN.sub(r"\1\2", text)


def nameless(text: str) -> str:
    """A text in plain form, every application's name one letter."""
    kept, end = [], 0
    for mention in sorted(mentions(text), key=lambda one: one.start):
        if mention.start >= end:
            kept += [text[end : mention.start].replace(NAME_STANDS, " "), NAME_STANDS]
            end = mention.end
    return plain("".join([*kept, text[end:].replace(NAME_STANDS, " ")])).text


@cache
def shipped() -> Model:
    """The weights that Haechi comes with.

    Raises:
        KnowledgeError: their file is damaged.
    """
    return read(resources.files("haechi.knowledge").joinpath("model", "inviting-1.npz"))


def _around_names(text: str) -> Iterator[str]:
    for name in re.finditer(NAME_STANDS, text):
        before = text[max(name.start() - _AROUND, 0) : name.start()]
        after = text[name.end() : name.end() + _AROUND]
        yield from _runs("<", before, _RUNS_AROUND)
        yield from _runs(">", after, _RUNS_AROUND)


def _last_sentence(texts: Sequence[str]) -> Iterator[str]:
    bare = [text.strip() for text in texts if text.strip()]
    places = list(sentences(bare[-1])) if bare else []
    if places:
        yield from _runs("$", bare[-1][slice(*places[-1])], _RUNS_LAST)


def _runs(mark: str, text: str, lengths: Sequence[int]) -> Iterator[str]:
    for length in lengths:
        for start in range(len(text) - length + 1):
            yield f"{mark}{text[start : start + length]}"
