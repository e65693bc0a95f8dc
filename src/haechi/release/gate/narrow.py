"""One bid request, narrowed.

Only these fields are ever changed: `user.data[].segment`, `user.keywords`, `user.kwarray`, `user.customdata`,
`user.eids`, `user.ext.eids`, `content.data[].segment` of `site`, `app` and `dooh`, `device.geo`, `user.geo`, and
whatever passes for one of these in another spelling. All else passes as the very text that came, fields that no
specification knows included.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import UNSET

from haechi.release.gate.allowance import Allowance, Why
from haechi.release.gate.bounds import MOST_JUDGED, cut
from haechi.release.gate.masks import BEYOND, BITS, EVERY, RESPELT, Dropped, Masks, Remembered
from haechi.release.gate.place import narrow_place
from haechi.release.gate.received import Received, consent, received, said
from haechi.release.gate.request import BadRequest, Opened
from haechi.release.gate.segments import narrow_data
from haechi.release.gate.words import narrow_keywords, narrow_words

_TEXT: Final = msgspec.json.Decoder(str)
_KEPT: Final = 10_000
_LONGEST: Final = 10_000
"""Bytes of `regs` and the like that are remembered; the few longer ones are read each time."""
_PRECISE: Final = BITS["precise-location"]

Decide = Callable[[Received, str | None, str | None], Allowance]
"""What may leave, from what a request says, its consent string and the person's identifier at the exchange.

Asked for each request, so that it must remember what it decided by itself.
"""


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
        self._received: Remembered[object, Received] = Remembered(_KEPT)

    def __call__(self, body: bytes, *, gpc: bool = False) -> Narrowed:
        """The request with only what may leave.

        Args:
            body: the JSON text of an OpenRTB 2.5 or 2.6 bid request.
            gpc: it came with the header `Sec-GPC: 1`.

        Raises:
            BadRequest: it is none.
        """
        try:
            opened = Opened(body)
            # No other request can hold more than is judged.
            beyond = cut(opened.request) if len(body) > MOST_JUDGED else {}
            return self._narrow(opened, beyond, gpc=gpc)
        except msgspec.DecodeError as fault:
            raise BadRequest(f"expected an OpenRTB bid request: {fault}") from None
        except RecursionError:
            raise BadRequest("expected an OpenRTB bid request: nested too deeply") from None
        except UnicodeDecodeError:
            raise BadRequest("expected an OpenRTB bid request: text that is not UTF-8") from None

    def _narrow(self, opened: Opened, beyond: dict[str, int], *, gpc: bool) -> Narrowed:
        request = opened.request
        allowance, faults = self._decided(opened, gpc=gpc)
        narrowed = Narrowed(b"", {}, allowance, faults)
        if request.user:
            _narrow_user(request.user, self._masks, narrowed)
        if request.device:
            _narrow_geo(request.device, "device.geo", narrowed)
        for holder, where in (
            (request.site, "site.content.data"),
            (request.app, "app.content.data"),
            (request.dooh, "dooh.content.data"),
        ):
            if holder and holder.content and holder.content.data is not UNSET:
                _narrow_data(holder.content, self._masks, where, narrowed)
        if opened.twins:
            _add(narrowed, RESPELT, opened.twins)
        if beyond:
            _add(narrowed, BEYOND, beyond)
        narrowed.body = opened.closed()
        return narrowed

    def _decided(self, opened: Opened, *, gpc: bool) -> tuple[Allowance, tuple[str, ...]]:
        request = opened.request
        texts = said(request)
        key = texts, opened.faults, gpc
        says = self._received.get(key) or self._received.again(key)
        if says is None:
            says = received(request, opened.faults, gpc=gpc)
            if sum(map(len, filter(None, texts))) <= _LONGEST:
                self._received.keep(key, says)
        tcf = person_id = None
        if request.user:
            tcf, is_readable = consent(request.user)
            if not is_readable:
                says = msgspec.structs.replace(says, faults=(*says.faults, "user.consent"))
            person_id = _identifier(request.user)
        return self._decide(says, tcf, person_id), says.faults


def _narrow_user(user: Any, masks: Masks, narrowed: Narrowed) -> None:  # noqa: ANN401 - a `User`
    refused = narrowed.allowance.refused
    if user.data is not UNSET:
        _narrow_data(user, masks, "user.data", narrowed)
    if user.keywords is not UNSET:
        dropped: Dropped = {}
        user.keywords = narrow_keywords(user.keywords, masks, refused, dropped)
        _note(narrowed, "user.keywords", dropped)
    if user.kwarray is not UNSET:
        dropped = {}
        user.kwarray = narrow_words(user.kwarray, masks, refused, dropped)
        _note(narrowed, "user.kwarray", dropped)
    if not narrowed.allowance.identifiers:
        for field in ("eids", "customdata"):
            if getattr(user, field) is not UNSET:
                setattr(user, field, UNSET)
                _note(narrowed, f"user.{field}", {EVERY: 1})
        if user.ext and user.ext.pop("eids", None) is not None:
            _note(narrowed, "user.ext.eids", {EVERY: 1})
    if user.geo:
        _narrow_geo(user, "user.geo", narrowed)


def _narrow_data(holder: Any, masks: Masks, where: str, narrowed: Narrowed) -> None:  # noqa: ANN401 - a struct
    dropped: Dropped = {}
    holder.data = narrow_data(holder.data, masks, narrowed.allowance.refused, dropped)
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


def _add(narrowed: Narrowed, bit: int, counts: dict[str, int]) -> None:
    for field, count in counts.items():
        stays = narrowed.dropped.setdefault(field, {})
        stays[bit] = stays.get(bit, 0) + count
