"""`data[].segment`: the segments that may leave.

A segment is looked up by its own text, since most are met again and again; only one that is met for the first time is
read. What leaves is the segment as it was read, written anew, so that a field given twice leaves as the one that was
judged.
"""

from typing import Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.release.gate.masks import EVERY, RESPELT, UNKNOWN, Dropped, Judged, Masks
from haechi.release.gate.request import NULL, Raws
from haechi.release.gate.spelling import DATA, DATA_EXT, SEGMENT, take_twins

_LOOSE: Final = msgspec.json.Decoder(list[Raws])
_SEGMENTS: Final = msgspec.json.Decoder(list[Raw] | None)
_FIELDS: Final = msgspec.json.Decoder(Raws)
_ANY: Final = msgspec.json.Decoder()
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = Raw(b"[]")
_UNREADABLE: Final[Judged] = (EVERY | UNKNOWN, b"")
_FIRST: Final = b"[{"
_BETWEEN: Final = b"},{"
_LAST: Final = b"}]"
_LONGEST: Final = 4_000
_LONGEST_DATA: Final = 2 * _LONGEST
"""Bytes of a text that is remembered; the few longer ones are read each time."""


class _Data(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What one data provider says (OpenRTB 2.6, 3.2.21); its segments stay text, by which they are looked up."""

    id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    cids: Raw | UnsetType = UNSET
    segment: Raw | UnsetType = UNSET
    ext: Raw | UnsetType = UNSET


_DATA: Final = msgspec.json.Decoder(list[_Data])


def narrow_data(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    """A `data` array with only the segments that may leave: the same providers, fewer segments.

    Args:
        raw: its text.
        masks: what segments give away.
        refused: the bits that make one stay.
        dropped: is added to.

    Returns:
        what may leave; where it cannot be read, an empty array.
    """
    text = bytes(raw)
    key = text, refused
    known = masks.data.get(key) or masks.data.again(key)
    if known is None:
        stays: Dropped = {}
        known = _narrow(raw, masks, refused, stays), stays
        if len(text) <= _LONGEST_DATA and masks.lately(key):
            masks.data.keep(key, known)
    dropped.update(known[1])
    return known[0]


def _narrow(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    try:
        every = _DATA.decode(raw)
    except msgspec.ValidationError:
        return _narrow_loosely(raw, masks, refused, dropped)
    for data in every:
        if data.segment is not UNSET:
            taxonomy, data.ext = _taxonomy(data.ext, data.name or data.id or "", masks, dropped)
            data.segment = _narrow_segments(data.segment, taxonomy, masks, refused, dropped)
    return Raw(_ENCODER.encode(every))


def _narrow_segments(raw: Raw, taxonomy: str, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    """An array of segments with those that may leave.

    Where every piece between `},{` is the inside of a segment that was judged before, the array is made of just these
    segments, and nothing needs to be read: the inside of an object is closed in itself, so that no piece of a text or
    of an object within a segment is ever one.
    """
    text = bytes(raw)
    pieces = text[2:-2].split(_BETWEEN)
    found = list(map(masks.met(taxonomy).get, pieces))
    judged = None
    for mask in set(found):
        if mask is None:
            judged = _read(raw, taxonomy, masks)
            break
        if mask & refused:
            judged = [(mask or EVERY | UNKNOWN, piece) for mask, piece in zip(found, pieces, strict=True)]
    if text[:2] != _FIRST or text[-2:] != _LAST:
        judged = _read(raw, taxonomy, masks)
    if judged is None:
        return raw
    for mask, _ in judged:
        if mask & refused:
            dropped[mask & refused] = dropped.get(mask & refused, 0) + 1
    kept = [inside for mask, inside in judged if not mask & refused]
    return Raw(_FIRST + _BETWEEN.join(kept) + _LAST) if kept else _NOTHING


def _read(raw: Raw, taxonomy: str, masks: Masks) -> list[Judged]:
    """The segments of an array, each read by itself; one that never leaves where they cannot be read."""
    try:
        return [_judged(one, taxonomy, masks) for one in _SEGMENTS.decode(raw) or []]
    except msgspec.ValidationError:
        return [_UNREADABLE]


def _judged(raw: Raw, taxonomy: str, masks: Masks) -> Judged:
    """What a segment gives away, and the inside of the segment as it was read."""
    text = bytes(raw)[1:-1]
    mask = masks.met(taxonomy).get(text)
    if mask is not None:
        return mask, text
    try:
        fields = _FIELDS.decode(raw)
    except msgspec.ValidationError:
        # No object: never leaves, so that its text is not needed.
        return _UNREADABLE
    # A segment with a twin of one of its fields says two things: it stays.
    twins = RESPELT if take_twins(fields, SEGMENT).taken else 0
    mask = twins | (_mask(fields, taxonomy, masks) or EVERY | UNKNOWN)
    inside = _ENCODER.encode(fields)[1:-1]
    if 0 < len(inside) <= _LONGEST:
        # As it leaves, and no otherwise: what is met again may leave as the very text that came.
        masks.met(taxonomy).keep(inside, mask)
    return mask, inside


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


def _taxonomy(
    ext: Raw | UnsetType, provider: str, masks: Masks, dropped: Dropped
) -> tuple[str, Raw | UnsetType]:
    """The taxonomy of a provider's segments: its `segtax`, else the provider; and the `ext` as it was read."""
    if ext is UNSET:
        return provider, UNSET
    text = bytes(ext)
    known = masks.taxonomies.get(text) or masks.taxonomies.again(text)
    if known is None:
        try:
            fields = _FIELDS.decode(ext)
        except msgspec.ValidationError:
            # No object: nothing in it can be a `segtax`.
            return provider, ext
        twins = len(take_twins(fields, DATA_EXT).taken)
        segtax = fields.get("segtax")
        known = None if segtax is None else _word(segtax), Raw(_ENCODER.encode(fields)), twins
        if len(text) <= _LONGEST:
            masks.taxonomies.keep(text, known)
    if known[2]:
        dropped[RESPELT] = dropped.get(RESPELT, 0) + known[2]
    return known[0] or provider, known[1]


def _narrow_loosely(raw: Raw, masks: Masks, refused: int, dropped: Dropped) -> Raw:
    """A `data` array with fields of no specification, or whose fields are of other kinds than it says."""
    try:
        every = _LOOSE.decode(raw)
    except msgspec.ValidationError:
        if bytes(raw) == NULL:
            return raw
        dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        return _NOTHING
    for data in every:
        twins = len(take_twins(data, DATA).taken)
        if twins:
            dropped[RESPELT] = dropped.get(RESPELT, 0) + twins
        if "segment" not in data:
            continue
        provider = _word(data["name"]) if "name" in data else _word(data["id"]) if "id" in data else ""
        taxonomy, ext = _taxonomy(data.get("ext", UNSET), provider, masks, dropped)
        if ext is not UNSET:
            data["ext"] = ext
        data["segment"] = _narrow_segments(data["segment"], taxonomy, masks, refused, dropped)
    return Raw(_ENCODER.encode(every))


def _word(raw: Raw) -> str:
    value = _ANY.decode(raw)
    return value if isinstance(value, str) else bytes(raw).decode()
