"""`user.keywords` and `user.kwarray`: each word is judged by what it says."""

from typing import Final

import msgspec

from haechi.release.gate.masks import UNKNOWN, Masks
from haechi.release.gate.segments import Dropped

_TEXT: Final = msgspec.json.Decoder(str)
_TEXTS: Final = msgspec.json.Decoder(list[str])
_ENCODER: Final = msgspec.json.Encoder()


def narrow_keywords(raw: msgspec.Raw, masks: Masks, refused: int, dropped: Dropped) -> msgspec.Raw | None:
    """A comma-separated list of keywords with only those that may leave; None where none may."""
    try:
        words = _TEXT.decode(raw).split(",")
    except msgspec.ValidationError:
        dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        return None
    kept = _kept(words, masks, refused, dropped)
    return msgspec.Raw(_ENCODER.encode(",".join(kept))) if kept else None


def narrow_words(raw: msgspec.Raw, masks: Masks, refused: int, dropped: Dropped) -> msgspec.Raw | None:
    """An array of keywords with only those that may leave; None where none may."""
    try:
        words = _TEXTS.decode(raw)
    except msgspec.ValidationError:
        dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        return None
    kept = _kept(words, masks, refused, dropped)
    return msgspec.Raw(_ENCODER.encode(kept)) if kept else None


def _kept(words: list[str], masks: Masks, refused: int, dropped: Dropped) -> list[str]:
    kept = []
    for word in words:
        text = word.strip()
        if text:
            found = masks.names.get(text)
            stays = (masks.name(text) if found is None else found) & refused
            if stays:
                dropped[stays] = dropped.get(stays, 0) + 1
                continue
        kept.append(word)
    return kept if any(map(str.strip, kept)) else []
