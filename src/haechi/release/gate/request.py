"""A bid request, opened only where the gate looks, and closed again.

Everything the gate does not look at stays the JSON text it was. Nearly all requests have only the fields of OpenRTB
2.6 and are read in one go (`Opened.unknown` is empty). Any other is opened object by object, and what no
specification knows is laid aside and put back when the request is closed, but for fields in another spelling, which
are sought there alone (see `spelling`). A field that is given twice counts once, as the last one, and leaves once.

The fields are those of OpenRTB 2.6 sections 3.2.1, 3.2.13, 3.2.14, 3.2.16, 3.2.18, 3.2.20 and of its object DOOH (https://github.com/InteractiveAdvertisingBureau/openrtb2.x).
"""

from typing import Any, Final, cast

import msgspec
from msgspec import UNSET, Raw, UnsetType

from haechi.release.gate import spelling
from haechi.release.gate.spelling import Guarded, are_plain, take_twins

Raws = dict[str, Raw]
NULL: Final = b"null"
_NO_FIELDS: Final[Raws] = {}
_R = Raw | UnsetType


def _object(name: str, text: str, **typed: Any) -> type[msgspec.Struct]:  # noqa: ANN401 - types
    """A struct with typed fields and fields that stay text."""
    fields = [(field, annotation | UnsetType, UNSET) for field, annotation in typed.items()]
    fields += [(field, _R, UNSET) for field in text.split()]
    return msgspec.defstruct(
        name, fields, forbid_unknown_fields=True, omit_defaults=True, gc=False, module=__name__
    )


User: Final = _object(
    "User",
    "id buyeruid yob gender keywords kwarray customdata consent eids data",
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
    "langb embeddable network channel data ext",
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
Dooh: Final = _object(
    "Dooh",
    "id name venuetype venuetypetax publisher domain keywords kwarray ext",
    content=Content,
)
Request: Final = _object(
    "Request",
    "id imp test at tmax wseat bseat allimps cur wlang wlangb acat bcat cattax badv bapp source regs ext",
    user=User,
    device=Device,
    site=Site,
    app=App,
    dooh=Dooh,
)
_INSIDE: Final[dict[type[msgspec.Struct], dict[str, type[msgspec.Struct]]]] = {
    Request: {"user": User, "device": Device, "site": Site, "app": App, "dooh": Dooh},
    Site: {"content": Content},
    App: {"content": Content},
    Dooh: {"content": Content},
}
_GUARDED: Final[dict[type[msgspec.Struct], Guarded]] = {
    Request: spelling.REQUEST,
    User: spelling.USER,
    Device: spelling.DEVICE,
    Site: spelling.HOLDER,
    App: spelling.HOLDER,
    Dooh: spelling.HOLDER,
    Content: spelling.CONTENT,
}
_FIELDS_WITHIN: Final = ("geo", "ext")
_STRICT: Final = msgspec.json.Decoder(Request)
_FIELDS: Final = msgspec.json.Decoder(Raws)
_ENCODER: Final = msgspec.json.Encoder()


class BadRequest(ValueError):  # noqa: N818 - named as HTTP does
    """The text is no bid request; the message says where and why, and holds nothing of it."""


class Opened:
    """A request under the gate's hands.

    Attributes:
        request: a `Request`; each field is unset, or as the struct says, or, where that is not what came, its text.
        unknown: for objects that have fields of no specification, those fields, by the object's identity.
        twins: how many fields in another spelling were taken away, by the field that they could pass for.
        faults: fields that decide what may leave and came in another spelling.
    """

    __slots__ = ("faults", "request", "twins", "unknown")

    def __init__(self, body: bytes) -> None:
        self.unknown: dict[int, Raws] = {}
        self.twins: dict[str, int] = {}
        self.faults: tuple[str, ...] = ()
        if not body.isascii():
            # Text that is passed on unread is not looked at otherwise.
            body.decode()
        try:
            self.request: Any = _STRICT.decode(body)
        except msgspec.ValidationError:
            self.request = self._loosely(Raw(body), Request, "")
        self._sort_within(self.request.user, self.request.device)

    def closed(self) -> bytes:
        """Its JSON text."""
        if not self.unknown:
            return _ENCODER.encode(self.request)
        return _ENCODER.encode(self._fields(self.request))

    def _sort_within(self, user: Any, device: Any) -> None:  # noqa: ANN401 - a `User` and a `Device`
        """Sorts the objects whose fields are read as they come, of which nearly all have no twin."""
        ext = (user and user.ext) or _NO_FIELDS
        home = (user and user.geo) or _NO_FIELDS
        here = (device and device.geo) or _NO_FIELDS
        if are_plain(*ext, *home, *here):
            return
        self._sort(ext, spelling.USER_EXT, "user.ext.")
        self._sort(home, spelling.GEO, "user.geo.")
        self._sort(here, spelling.GEO, "device.geo.")

    def _sort(self, fields: Raws, guarded: Guarded, within: str) -> None:
        """Takes twins away, and notes those that make a fault."""
        twins = take_twins(fields, guarded)
        for name in twins.taken:
            self.twins[within + name] = self.twins.get(within + name, 0) + 1
        self.faults += tuple(within + name for name in twins.deciding)

    def _loosely(self, raw: Raw, kind: type[msgspec.Struct], within: str) -> Any:  # noqa: ANN401 - any of the structs
        try:
            fields = _FIELDS.decode(raw)
        except msgspec.ValidationError:
            name = within.rstrip(".") or "the request"
            raise BadRequest(f"expected an OpenRTB bid request: {name} is no object") from None
        self._sort(fields, _GUARDED[kind], within)
        opened: Any = kind()
        unknown: Raws = {}
        inside = _INSIDE.get(kind, {})
        for field, text in fields.items():
            if field not in kind.__struct_fields__ or bytes(text) == NULL:
                unknown[field] = text
            elif field in inside:
                setattr(opened, field, self._loosely(text, inside[field], f"{within}{field}."))
            elif field in _FIELDS_WITHIN and kind in (User, Device):
                setattr(opened, field, _object_fields(text, field, kind))
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
