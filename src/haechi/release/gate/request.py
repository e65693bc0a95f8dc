"""A bid request, opened only where the gate looks, and closed again.

Everything the gate does not look at stays the JSON text it was. Nearly all requests have only the fields of OpenRTB
2.6 and are read in one go (`Opened.unknown` is empty). Any other is opened object by object, and what no
specification knows is laid aside and put back when the request is closed. A field that is given twice counts once,
as the last one, and leaves once.

The fields are those of OpenRTB 2.6 sections 3.2.1, 3.2.13, 3.2.14, 3.2.16, 3.2.18, 3.2.20, 3.2.21 and of the segment
taxonomy extension (https://github.com/InteractiveAdvertisingBureau/openrtb2.x).
"""

from typing import Any, Final, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

Raws = dict[str, Raw]
NULL: Final = b"null"
_R = Raw | UnsetType


class Data(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What one data provider says; its segments stay text, by which they are looked up."""

    id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    cids: Raw | UnsetType = UNSET
    segment: Raw | UnsetType = UNSET
    ext: Raw | UnsetType = UNSET


def _object(name: str, text: str, **typed: Any) -> type[msgspec.Struct]:  # noqa: ANN401 - types
    """A struct with typed fields and fields that stay text."""
    fields = [(field, annotation | UnsetType, UNSET) for field, annotation in typed.items()]
    fields += [(field, _R, UNSET) for field in text.split()]
    return msgspec.defstruct(
        name, fields, forbid_unknown_fields=True, omit_defaults=True, gc=False, module=__name__
    )


User: Final = _object(
    "User",
    "id buyeruid yob gender keywords kwarray customdata consent eids",
    data=list[Data],
    geo=Raws,
    ext=Raws,
)
Device: Final = _object(
    "Device",
    "dnt lmt ua sua ip ipv6 devicetype make model os osv hwv h w ppi pxratio js geofetch flashver language langb "
    "carrier mccmnc connectiontype ifa didsha1 didmd5 dpidsha1 dpidmd5 macsha1 macmd5 ext",
    geo=Raws,
)
Content: Final = _object(
    "Content",
    "id episode title series season artist genre gtax genres album isrc producer url cattax cat prodq videoquality "
    "context contentrating userrating qagmediarating keywords kwarray livestream sourcerelationship len language "
    "langb embeddable network channel ext",
    data=list[Data],
)
Site: Final = _object(
    "Site",
    "id name domain cattax cat sectioncat pagecat page ref search mobile privacypolicy publisher keywords kwarray "
    "inventorypartnerdomain ext",
    content=Content,
)
App: Final = _object(
    "App",
    "id name bundle domain storeurl cattax cat sectioncat pagecat ver privacypolicy paid publisher keywords kwarray "
    "inventorypartnerdomain ext",
    content=Content,
)
Request: Final = _object(
    "Request",
    "id imp dooh test at tmax wseat bseat allimps cur wlang wlangb acat bcat cattax badv bapp source regs ext",
    user=User,
    device=Device,
    site=Site,
    app=App,
)
_INSIDE: Final[dict[type[msgspec.Struct], dict[str, type[msgspec.Struct]]]] = {
    Request: {"user": User, "device": Device, "site": Site, "app": App},
    Site: {"content": Content},
    App: {"content": Content},
}
_FIELDS_WITHIN: Final = ("geo", "ext")
_STRICT: Final = msgspec.json.Decoder(Request)
_FIELDS: Final = msgspec.json.Decoder(Raws)
_DATA: Final = msgspec.json.Decoder(list[Data])
_ENCODER: Final = msgspec.json.Encoder()


class BadRequest(ValueError):  # noqa: N818 - named as HTTP does
    """The text is no bid request; the message says where and why, and holds nothing of it."""


class Opened:
    """A request under the gate's hands.

    Attributes:
        request: a `Request`; each field is unset, or as the struct says, or, where that is not what came, its text.
        unknown: for objects that have fields of no specification, those fields, by the object's identity.
    """

    __slots__ = ("request", "unknown")

    def __init__(self, body: bytes) -> None:
        self.unknown: dict[int, Raws] = {}
        if not body.isascii():
            # Text that is passed on unread is not looked at otherwise.
            body.decode()
        try:
            self.request: Any = _STRICT.decode(body)
        except msgspec.ValidationError:
            self.request = self._loosely(Raw(body), Request, "the request")

    def closed(self) -> bytes:
        """Its JSON text."""
        if not self.unknown:
            return _ENCODER.encode(self.request)
        return _ENCODER.encode(self._fields(self.request))

    def _loosely(self, raw: Raw, kind: type[msgspec.Struct], name: str) -> Any:  # noqa: ANN401 - any of the structs
        try:
            fields = _FIELDS.decode(raw)
        except msgspec.ValidationError:
            raise BadRequest(f"expected an OpenRTB bid request: {name} is no object") from None
        opened: Any = kind()
        unknown: Raws = {}
        inside = _INSIDE.get(kind, {})
        for field, text in fields.items():
            if field not in kind.__struct_fields__ or bytes(text) == NULL:
                unknown[field] = text
            elif field in inside:
                setattr(opened, field, self._loosely(text, inside[field], field))
            elif field in _FIELDS_WITHIN and kind in (User, Device):
                setattr(opened, field, _object_fields(text, field, kind))
            elif field == "data":
                opened.data = _data(text)
            else:
                setattr(opened, field, text)
        if unknown:
            self.unknown[id(opened)] = unknown
        return opened

    def _fields(self, opened: msgspec.Struct) -> dict[str, object]:
        """A struct's fields with those of no specification among them."""
        fields: dict[str, object] = {}
        for field in opened.__struct_fields__:
            value = getattr(opened, field)
            if value is not UNSET:
                within = isinstance(value, msgspec.Struct)
                fields[field] = self._fields(cast("msgspec.Struct", value)) if within else value
        return {**fields, **self.unknown.get(id(opened), {})}


def _object_fields(text: Raw, field: str, kind: type[msgspec.Struct]) -> Raws | Raw:
    if field == "ext" and kind is Device:
        return text
    try:
        return _FIELDS.decode(text)
    except msgspec.ValidationError:
        raise BadRequest(f"expected an OpenRTB bid request: {field} is no object") from None


def _data(text: Raw) -> list[Data] | Raw:
    try:
        return _DATA.decode(text)
    except msgspec.ValidationError:
        return text
