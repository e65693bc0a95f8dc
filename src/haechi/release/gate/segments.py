"""`data[].segment`: the segments that may leave.

A segment is looked up by its own text, since most are met again and again; only one that is met for the first time is
read. What leaves is the segment as it was read, written anew, so that a field given twice leaves as the one that was
judged.
"""

from typing import Final, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.release.gate.masks import EVERY, UNKNOWN, Judged, Masks, Narrow
from haechi.release.gate.request import Data, Raws

_LOOSE: Final = msgspec.json.Decoder(list[Raws])
_SEGMENTS: Final = msgspec.json.Decoder(list[Raw] | None)
_FIELDS: Final = msgspec.json.Decoder(Raws)
_ANY: Final = msgspec.json.Decoder()
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = Raw(b"[]")
_FIRST: Final = b"[{"
_BETWEEN: Final = b"},{"
_LAST: Final = b"}]"
_LONGEST: Final = 4_000
"""Bytes of a text that is remembered; the few longer ones are read each time."""

Dropped = dict[int, int]
"""How many things stayed, by the bits for which they did."""


def narrow_data(data: list[Data] | Raw, masks: Masks, refused: int, dropped: Dropped) -> list[Data] | Raw:
    """A `data` array with only the segments that may leave: the same providers, fewer segments.

    Args:
        data: as it was opened, or its text where it has another shape than the specification's.
        masks: what segments give away.
        refused: the bits that make one stay.
        dropped: is added to.

    Returns:
        what may leave; where it cannot be read, an empty array.
    """
    if isinstance(data, Raw):
        return _narrow_loosely(data, masks, refused, dropped)
    for provider in data:
        if provider.segment is not UNSET:
            taxonomy, provider.ext = _taxonomy(provider.ext, provider.name or provider.id or "", masks)
            provider.segment = _narrow_segments(provider.segment, taxonomy, masks, refused, dropped)
    return data


def _narrow_segments(raw: Raw, taxonomy: str, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    """An array of segments with those that may leave."""
    text = bytes(raw)
    key = text, taxonomy, refused
    known = masks.arrays.get(key) or masks.arrays.again(key)
    if known is None:
        try:
            found = _found(text, taxonomy, masks)
        except msgspec.ValidationError:
            known = None, {UNKNOWN: 1}
        else:
            known = _allowed(found, refused)
        if len(text) <= _LONGEST:
            masks.arrays.keep(key, known)
    for bits, count in known[1].items():
        dropped[bits] = dropped.get(bits, 0) + count
    return _NOTHING if known[0] is None else known[0]


def _found(text: bytes, taxonomy: str, masks: Masks) -> list[Judged]:
    """What the segments of an array give away, in their order.

    Where every piece between `},{` is the inside of a segment that was judged before, the array is made of just these
    segments, and nothing needs to be read: the inside of an object is closed in itself, so that no piece of a text or
    of an object within a segment is ever one.
    """
    met = masks.met(taxonomy)
    if text.startswith(_FIRST) and text.endswith(_LAST):
        found = list(map(met.get, text[2:-2].split(_BETWEEN)))
        if all(found):
            return cast("list[Judged]", found)
    return [
        met.get(bytes(one)[1:-1]) or _judged(one, taxonomy, masks) for one in _SEGMENTS.decode(text) or []
    ]


def _allowed(found: list[Judged], refused: int) -> Narrow:
    """What leaves of the segments of an array, and how many stay."""
    kept = [inside for mask, inside in found if not mask & refused]
    stays: Dropped = {}
    if len(kept) != len(found):
        for mask, _ in found:
            if mask & refused:
                stays[mask & refused] = stays.get(mask & refused, 0) + 1
    return Raw(_FIRST + _BETWEEN.join(kept) + _LAST) if kept else None, stays


def _judged(raw: Raw, taxonomy: str, masks: Masks) -> Judged:
    """What a segment gives away, and the inside of the segment as it was read."""
    text = bytes(raw)[1:-1]
    try:
        fields = _FIELDS.decode(raw)
    except msgspec.ValidationError:
        # No object: never leaves, so that its text is not needed.
        return EVERY | UNKNOWN, b""
    judged = _mask(fields, taxonomy, masks) or EVERY | UNKNOWN, _ENCODER.encode(fields)[1:-1]
    if len(text) <= _LONGEST and text:
        masks.met(taxonomy).keep(text, judged)
    return judged


def _mask(fields: Raws, taxonomy: str, masks: Masks) -> int:
    """What a segment gives away: by its identifier, and by whatever its texts say beside it."""
    mask = 0
    for field, raw in fields.items():
        if field == "id":
            mask |= masks.segment(taxonomy, _word(raw))
            continue
        for text in _texts(_ANY.decode(raw)):
            says = masks.name(text)
            # A value that holds no word ("0.73") does not make a known segment unknown.
            mask |= says if field == "name" or any(map(str.isalpha, text)) else says & ~UNKNOWN
    # Known neither by its identifier nor by a name: what it is about cannot be told.
    return mask if mask & ~EVERY or "name" in fields or _is_known(fields, taxonomy, masks) else 0


def _is_known(fields: Raws, taxonomy: str, masks: Masks) -> bool:
    return "id" in fields and bool(masks.segment(taxonomy, _word(fields["id"])))


def _texts(value: object) -> list[str]:
    """All texts in a JSON value, but for numbers in quotes."""
    if isinstance(value, str):
        return [] if value.isdecimal() or not value else [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return []


def _taxonomy(ext: Raw | UnsetType, provider: str, masks: Masks) -> tuple[str, Raw | UnsetType]:
    """The taxonomy of a provider's segments: its `segtax`, else the provider; and the `ext` as it was read."""
    if ext is UNSET:
        return provider, UNSET
    text = bytes(ext)
    known = masks.taxonomies.get(text)
    if known is None:
        try:
            fields = _FIELDS.decode(ext)
        except msgspec.ValidationError:
            # No object: nothing in it can be a `segtax`.
            return provider, ext
        segtax = fields.get("segtax")
        known = None if segtax is None else _word(segtax), Raw(_ENCODER.encode(fields))
        masks.taxonomies.keep(text, known)
    return known[0] or provider, known[1]


def _narrow_loosely(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    """A `data` array with fields of no specification, or whose fields are of other kinds than it says."""
    try:
        every = _LOOSE.decode(raw)
    except msgspec.ValidationError:
        dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        return _NOTHING
    for data in every:
        if "segment" not in data:
            continue
        provider = _word(data["name"]) if "name" in data else _word(data["id"]) if "id" in data else ""
        taxonomy, ext = _taxonomy(data.get("ext", UNSET), provider, masks)
        if ext is not UNSET:
            data["ext"] = ext
        data["segment"] = _narrow_segments(data["segment"], taxonomy, masks, refused, dropped)
    return Raw(_ENCODER.encode(every))


def _word(raw: Raw) -> str:
    value = _ANY.decode(raw)
    return value if isinstance(value, str) else bytes(raw).decode()
