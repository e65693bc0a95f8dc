"""One bid request, narrowed.

Only these fields are ever changed: `user.data[].segment`, `user.keywords`, `user.kwarray`, `user.eids`,
`user.ext.eids`, `site.content.data[].segment`, `app.content.data[].segment`, `device.geo` and `user.geo`. All else
passes as the very text that came, fields that no specification knows included.
"""

from collections.abc import Callable
from time import time
from typing import Any, Final

import msgspec
from msgspec import UNSET

from haechi.release.gate.allowance import Allowance, Why
from haechi.release.gate.masks import BITS, EVERY, Masks, Remembered
from haechi.release.gate.place import narrow_place
from haechi.release.gate.received import Received, received, said
from haechi.release.gate.request import BadRequest, Opened
from haechi.release.gate.segments import Dropped, narrow_data
from haechi.release.gate.words import narrow_keywords, narrow_words

_TEXT: Final = msgspec.json.Decoder(str)
_HOUR: Final = 3_600
_KEPT: Final = 100_000
_PRECISE: Final = BITS["precise-location"]

Decide = Callable[[Received, str | None], Allowance]
"""What may leave, from what a request says and from the person's identifier at the exchange."""


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
        self._hour = -1
        self._known: Remembered[object, tuple[Allowance, tuple[str, ...]]] = Remembered(_KEPT)

    def __call__(self, body: bytes, *, gpc: bool = False) -> Narrowed:
        """The request with only what may leave.

        Args:
            body: the JSON text of an OpenRTB 2.5 or 2.6 bid request.
            gpc: it came with the header `Sec-GPC: 1`.

        Raises:
            BadRequest: it is none.
        """
        try:
            return self._narrow(Opened(body), gpc=gpc)
        except msgspec.DecodeError as fault:
            raise BadRequest(f"expected an OpenRTB bid request: {fault}") from None
        except RecursionError:
            raise BadRequest("expected an OpenRTB bid request: nested too deeply") from None
        except UnicodeDecodeError:
            raise BadRequest("expected an OpenRTB bid request: text that is not UTF-8") from None

    def _narrow(self, opened: Opened, *, gpc: bool) -> Narrowed:
        request = opened.request
        allowance, faults = self._decided(request, gpc=gpc)
        narrowed = Narrowed(b"", {}, allowance, faults)
        if request.user:
            self._narrow_user(request.user, narrowed)
        if request.device:
            _narrow_geo(request.device, "device.geo", narrowed)
        for holder, where in ((request.site, "site.content.data"), (request.app, "app.content.data")):
            if holder and holder.content:
                self._narrow_data(holder.content, where, narrowed)
        narrowed.body = opened.closed()
        return narrowed

    def _decided(self, request: Any, *, gpc: bool) -> tuple[Allowance, tuple[str, ...]]:  # noqa: ANN401
        hour = int(time() // _HOUR)
        if hour != self._hour:
            # Laws come into force and people come of age at midnights, which fall on full hours in most zones.
            self._hour = hour
            self._known.forget()
        key = (said(request), _identifier(request.user), gpc)
        known = self._known.get(key) or self._known.again(key)
        if known is None:
            says = received(request, gpc=gpc)
            known = self._known.keep(key, (self._decide(says, key[1]), says.faults))
        return known

    def _narrow_user(self, user: Any, narrowed: Narrowed) -> None:  # noqa: ANN401 - a `User`
        self._narrow_data(user, "user.data", narrowed)
        masks, refused = self._masks, narrowed.allowance.refused
        if user.keywords is not UNSET:
            dropped: Dropped = {}
            user.keywords = narrow_keywords(user.keywords, masks, refused, dropped)
            _note(narrowed, "user.keywords", dropped)
        if user.kwarray is not UNSET:
            dropped = {}
            user.kwarray = narrow_words(user.kwarray, masks, refused, dropped)
            _note(narrowed, "user.kwarray", dropped)
        if not narrowed.allowance.identifiers:
            if user.eids is not UNSET:
                user.eids = UNSET
                _note(narrowed, "user.eids", {EVERY: 1})
            if user.ext and user.ext.pop("eids", None) is not None:
                _note(narrowed, "user.ext.eids", {EVERY: 1})
        _narrow_geo(user, "user.geo", narrowed)

    def _narrow_data(self, holder: Any, where: str, narrowed: Narrowed) -> None:  # noqa: ANN401 - a struct
        if holder.data is not UNSET:
            dropped: Dropped = {}
            holder.data = narrow_data(holder.data, self._masks, narrowed.allowance.refused, dropped)
            _note(narrowed, where, dropped)


def _narrow_geo(holder: Any, where: str, narrowed: Narrowed) -> None:  # noqa: ANN401 - a struct
    if holder.geo and narrow_place(holder.geo, narrowed.allowance.place):
        bit = _PRECISE if narrowed.allowance.refused & _PRECISE else EVERY
        _note(narrowed, where, {bit: 1})


def _identifier(user: Any) -> str | None:  # noqa: ANN401 - a `User`
    if not user or user.id is UNSET:
        return None
    try:
        return _TEXT.decode(user.id)
    except msgspec.ValidationError:
        return None


def _note(narrowed: Narrowed, field: str, dropped: Dropped) -> None:
    if dropped:
        narrowed.dropped[field] = dropped
