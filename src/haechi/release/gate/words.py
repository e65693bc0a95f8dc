"""`user.keywords` and `user.kwarray`: each word is judged by what it says."""

from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.release.gate.masks import UNKNOWN, Dropped, Masks
from haechi.release.gate.request import NULL

_TEXT: Final = msgspec.json.Decoder(str)
_TEXTS: Final = msgspec.json.Decoder(list[str])
_ENCODER: Final = msgspec.json.Encoder()
_LONGEST: Final = 1_000
"""Bytes of a list of keywords that is remembered."""


def narrow_keywords(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw | UnsetType:
    """A comma-separated list of keywords with only those that may leave; unset where none may."""
    text = bytes(raw)
    known = masks.keywords.get((text, refused)) or masks.keywords.again((text, refused))
    if known is None:
        stays: Dropped = {}
        kept = _narrow_keywords(raw, masks, refused, stays)
        known = None if kept is UNSET else kept, stays
        if len(text) <= _LONGEST:
            masks.keywords.keep((text, refused), known)
    dropped.update(known[1])
    return UNSET if known[0] is None else known[0]


def _narrow_keywords(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw | UnsetType:
    try:
        words = _TEXT.decode(raw).split(",")
    except msgspec.ValidationError:
        return _unreadable(raw, dropped)
    kept = _kept(words, masks, refused, dropped)
    if len(kept) == len(words):
        return Raw(bytes(raw))
    return Raw(_ENCODER.encode(",".join(kept))) if any(map(str.strip, kept)) else UNSET


def narrow_words(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw | UnsetType:
    """An array of keywords with only those that may leave; unset where none may."""
    try:
        words = _TEXTS.decode(raw)
    except msgspec.ValidationError:
        return _unreadable(raw, dropped)
    kept = _kept(words, masks, refused, dropped)
    if len(kept) == len(words):
        return raw
    return Raw(_ENCODER.encode(kept)) if any(map(str.strip, kept)) else UNSET


def _kept(words: list[str], masks: Masks, refused: int, dropped: Dropped) -> list[str]:
    kept = []
    for word in words:
        text = word.strip()
        if text:
            stays = masks.name(text) & refused
            if stays:
                dropped[stays] = dropped.get(stays, 0) + 1
                continue
        kept.append(word)
    return kept


def _unreadable(raw: Raw, dropped: Dropped) -> Raw | UnsetType:
    if bytes(raw) == NULL:
        return raw
    dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
    return UNSET
