"""`data[].segment`: the segments that may leave.

Segments come in two shapes. Nearly all have only the fields of the specification, read as structs. Any other (an
unknown field, a number for an identifier) is read field by field, slower, with the same outcome. Both are written
anew rather than cut out of the original text, so that a field given twice leaves as the one that was judged.
"""

from typing import Any, Final

import msgspec

from haechi.release.gate.masks import EVERY, UNKNOWN, Masks

UNSET = msgspec.UNSET
_Raws = dict[str, msgspec.Raw]


class _Segment(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    id: str | msgspec.UnsetType = UNSET
    name: str | msgspec.UnsetType = UNSET
    value: str | msgspec.UnsetType = UNSET


class _Ext(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    segtax: int | msgspec.UnsetType = UNSET


class _Data(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str | msgspec.UnsetType = UNSET
    name: str | msgspec.UnsetType = UNSET
    segment: list[_Segment] | msgspec.UnsetType = UNSET
    ext: _Ext | msgspec.UnsetType = UNSET


_USUAL: Final = msgspec.json.Decoder(list[_Data])
_LOOSE: Final = msgspec.json.Decoder(list[_Raws])
_SEGMENTS: Final = msgspec.json.Decoder(list[_Raws] | None)
_FIELDS: Final = msgspec.json.Decoder(_Raws | None)
_ANY: Final = msgspec.json.Decoder()
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = msgspec.Raw(b"[]")

Dropped = dict[int, int]
"""How many segments stayed, by the bits for which they did."""


def narrow_data(raw: msgspec.Raw, masks: Masks, refused: int, dropped: Dropped) -> msgspec.Raw:
    """A `data` array with only the segments that may leave.

    Args:
        raw: its JSON text.
        masks: what segments give away.
        refused: the bits that make one stay.
        dropped: is added to.

    Returns:
        the JSON text of what may leave: the same providers, fewer segments. What cannot be read leaves as an
        empty array.
    """
    try:
        usual = _USUAL.decode(raw)
    except msgspec.ValidationError:
        return _narrow_loosely(raw, masks, refused, dropped)
    for data in usual:
        if data.segment is not UNSET:
            tax = data.ext.segtax if data.ext is not UNSET else UNSET
            taxonomy = data.name or data.id or "" if tax is UNSET else str(tax)
            data.segment = _kept(data.segment, taxonomy, masks, refused, dropped)
    return msgspec.Raw(_ENCODER.encode(usual))


def _kept(
    segments: list[_Segment], taxonomy: str, masks: Masks, refused: int, dropped: Dropped
) -> list[_Segment]:
    known = masks.of_taxonomy(taxonomy).get
    names = masks.names.get
    kept = []
    for segment in segments:
        identifier, name, value = segment.id, segment.name, segment.value
        mask = 0
        if identifier is not UNSET:
            found = known(identifier)
            mask = masks.segment(taxonomy, identifier) if found is None else found
        if name is not UNSET:
            found = names(name)
            mask |= masks.name(name) if found is None else found
        if value is not UNSET and not value.isdecimal():
            mask |= _told_by(value, names(value), masks)
        stays = (mask or UNKNOWN | EVERY) & refused
        if stays:
            dropped[stays] = dropped.get(stays, 0) + 1
        else:
            kept.append(segment)
    return kept


def _told_by(value: str, found: int | None, masks: Masks) -> int:
    """What a value tells beyond its segment: a word may name what the segment's own name hides."""
    mask = masks.name(value) if found is None else found
    # A value that says nothing readable ("0.73", "Y") does not make a known segment unknown.
    return mask & ~UNKNOWN if not any(char.isalpha() for char in value) else mask


def _narrow_loosely(raw: msgspec.Raw, masks: Masks, refused: int, dropped: Dropped) -> msgspec.Raw:
    try:
        every = _LOOSE.decode(raw)
    except msgspec.ValidationError:
        dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        return _NOTHING
    for data in every:
        if "segment" not in data:
            continue
        taxonomy = _taxonomy(data)
        try:
            segments = _SEGMENTS.decode(data["segment"])
        except msgspec.ValidationError:
            segments = []
            dropped[UNKNOWN] = dropped.get(UNKNOWN, 0) + 1
        kept = []
        for segment in segments or []:
            mask = _loose_mask(segment, taxonomy, masks) or UNKNOWN | EVERY
            if mask & refused:
                dropped[mask & refused] = dropped.get(mask & refused, 0) + 1
            else:
                kept.append(segment)
        data["segment"] = msgspec.Raw(_ENCODER.encode(kept))
    return msgspec.Raw(_ENCODER.encode(every))


def _loose_mask(segment: _Raws, taxonomy: str, masks: Masks) -> int:
    """The mask of a segment with fields beyond the specification; text in any of them tells too."""
    mask = 0
    for field, raw in segment.items():
        if field == "id":
            identifier = _word(raw)
            found = masks.of_taxonomy(taxonomy).get(identifier)
            mask |= masks.segment(taxonomy, identifier) if found is None else found
            continue
        for text in _texts(_ANY.decode(raw)):
            found = masks.names.get(text)
            mask |= _told_by(text, found, masks)
    return mask


def _texts(value: object) -> list[str]:
    """All texts in a JSON value, but for numbers in quotes."""
    if isinstance(value, str):
        return [] if value.isdecimal() or not value else [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    return []


def _taxonomy(data: _Raws) -> str:
    try:
        ext: Any = _FIELDS.decode(data["ext"]) if "ext" in data else None
    except msgspec.ValidationError:
        ext = None
    if ext and "segtax" in ext:
        return _word(ext["segtax"])
    return _word(data["name"]) if "name" in data else _word(data["id"]) if "id" in data else ""


def _word(raw: msgspec.Raw) -> str:
    value = _ANY.decode(raw)
    return value if isinstance(value, str) else bytes(raw).decode()
