"""One bid request, narrowed.

Only these fields are ever changed: `user.data[].segment`, `user.keywords`, `user.kwarray`, `user.eids`,
`user.ext.eids`, `site.content.data[].segment`, `app.content.data[].segment`, `device.geo` and `user.geo`. All else
passes as the very text that came, fields that no specification knows included.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from haechi.release.gate.allowance import Allowance, Why
from haechi.release.gate.masks import BITS, BLOCKED, EVERY, UNKNOWN, Masks
from haechi.release.gate.place import narrow_place
from haechi.release.gate.received import Received, received
from haechi.release.gate.segments import Dropped, narrow_data
from haechi.release.gate.words import narrow_keywords, narrow_words

_Raws = dict[str, msgspec.Raw]
_FIELDS: Final = msgspec.json.Decoder(_Raws)
_ENCODER: Final = msgspec.json.Encoder()
_TEXT: Final = msgspec.json.Decoder(str)
_NULL: Final = b"null"
_EMPTY: Final[_Raws] = {}
_PRECISE: Final = BITS["precise-location"]

Decide = Callable[[Received, str | None], Allowance]
"""What may leave, from what a request says and from the person's identifier at the exchange."""


class BadRequest(ValueError):  # noqa: N818 - named as HTTP does
    """The text is no bid request; the message says where and why, and holds nothing of it."""


class Narrowed(msgspec.Struct):
    """A request that may leave, and why parts of it did not.

    Attributes:
        body: its JSON text.
        dropped: for each field how many things stayed, by the bits for which they did.
        allowance: what was decided.
        faults: fields about law and consent that could not be read.
    """

    body: bytes
    dropped: dict[str, Dropped]
    allowance: Allowance
    faults: tuple[str, ...] = ()

    def reasons(self) -> list[tuple[str, int, tuple[Why, ...]]]:
        """Field, how many things stayed, and why; nothing of the person is among it."""
        return [
            (field, count, self._why(bits))
            for field, counts in self.dropped.items()
            for bits, count in counts.items()
        ]

    def _why(self, bits: int) -> tuple[Why, ...]:
        return tuple(why for bit, reasons in self.allowance.why.items() if bits & bit for why in reasons)


class Gate:
    """Narrows requests. One object a thread; its caches are its own.

    Args:
        masks: what segments and keywords give away.
        decide: what may leave about whom.
    """

    def __init__(self, masks: Masks, decide: Decide) -> None:
        self._masks = masks
        self._decide = decide

    def __call__(self, body: bytes, *, gpc: bool = False) -> Narrowed:
        """The request with only what may leave.

        Args:
            body: the JSON text of an OpenRTB 2.5 or 2.6 bid request.
            gpc: it came with the header `Sec-GPC: 1`.

        Raises:
            BadRequest: it is none.
        """
        try:
            return self._narrow(body, gpc=gpc)
        except msgspec.DecodeError as fault:
            raise BadRequest(f"expected an OpenRTB bid request: {fault}") from None
        except RecursionError:
            raise BadRequest("expected an OpenRTB bid request: nested too deeply") from None
        except UnicodeDecodeError:
            raise BadRequest("expected an OpenRTB bid request: text that is not UTF-8") from None

    def _narrow(self, body: bytes, *, gpc: bool) -> Narrowed:
        top = _FIELDS.decode(body)
        user = _opened(top, "user")
        user_ext = _opened(user, "ext")
        device = _opened(top, "device")
        said = received(top, user, user_ext, device, gpc=gpc)
        allowed = self._decide(said, _identifier(user))
        narrowed = Narrowed(b"", {}, allowed, said.faults)
        if user:
            self._narrow_user(user, user_ext, narrowed)
            top["user"] = msgspec.Raw(_ENCODER.encode(user))
        if "geo" in device:
            self._narrow_geo(device, "device.geo", narrowed)
            top["device"] = msgspec.Raw(_ENCODER.encode(device))
        for where in ("site", "app"):
            if where in top:
                self._narrow_content(top, where, narrowed)
        narrowed.body = _ENCODER.encode(top)
        return narrowed

    def _narrow_user(self, user: _Raws, ext: _Raws, narrowed: Narrowed) -> None:
        masks, refused = self._masks, narrowed.allowance.refused
        if "data" in user and _present(user["data"]):
            dropped: Dropped = {}
            user["data"] = narrow_data(user["data"], masks, refused, dropped)
            _note(narrowed, "user.data", dropped)
        for field, narrow in (("keywords", narrow_keywords), ("kwarray", narrow_words)):
            if field in user and _present(user[field]):
                dropped = {}
                kept = narrow(user.pop(field), masks, refused, dropped)
                if kept is not None:
                    user[field] = kept
                _note(narrowed, f"user.{field}", dropped)
        if not narrowed.allowance.identifiers:
            for fields, where in ((user, "user.eids"), (ext, "user.ext.eids")):
                if fields.pop("eids", None) is not None:
                    _note(narrowed, where, {EVERY: 1})
        if "ext" in user and _present(user["ext"]):
            user["ext"] = msgspec.Raw(_ENCODER.encode(ext))
        if "geo" in user:
            self._narrow_geo(user, "user.geo", narrowed)

    def _narrow_geo(self, fields: _Raws, where: str, narrowed: Narrowed) -> None:
        geo = _opened(fields, "geo")
        if not geo:
            return
        if narrow_place(geo, narrowed.allowance.place):
            bit = _PRECISE if narrowed.allowance.refused & _PRECISE else EVERY
            _note(narrowed, where, {bit: 1})
        fields["geo"] = msgspec.Raw(_ENCODER.encode(geo))

    def _narrow_content(self, top: _Raws, where: str, narrowed: Narrowed) -> None:
        holder = _opened(top, where)
        content = _opened(holder, "content")
        if "data" in content and _present(content["data"]):
            dropped: Dropped = {}
            content["data"] = narrow_data(content["data"], self._masks, narrowed.allowance.refused, dropped)
            _note(narrowed, f"{where}.content.data", dropped)
        if "content" in holder and _present(holder["content"]):
            holder["content"] = msgspec.Raw(_ENCODER.encode(content))
            top[where] = msgspec.Raw(_ENCODER.encode(holder))


def _opened(fields: _Raws, name: str) -> _Raws:
    """The fields of an object inside; empty where it is absent or null."""
    raw = fields.get(name)
    if raw is None or not _present(raw):
        return {}
    try:
        return _FIELDS.decode(raw)
    except msgspec.ValidationError:
        raise BadRequest(f"expected an OpenRTB bid request: {name} is no object") from None


def _present(raw: msgspec.Raw) -> bool:
    return bytes(raw) != _NULL


def _identifier(user: _Raws) -> str | None:
    raw = user.get("id")
    if raw is None:
        return None
    try:
        return _TEXT.decode(raw)
    except msgspec.ValidationError:
        return None


def _note(narrowed: Narrowed, field: str, dropped: Dropped) -> None:
    if dropped:
        narrowed.dropped[field] = dropped


__all__ = ["BLOCKED", "UNKNOWN", "BadRequest", "Decide", "Gate", "Narrowed"]
