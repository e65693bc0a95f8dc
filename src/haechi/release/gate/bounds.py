"""How much of one request is judged: what comes after stays, unjudged."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw

from haechi.release.gate.request import Raws

MOST_JUDGED: Final = 65_536
"""Bytes of segments and keywords that are judged for one request.

Judging what was never met takes some 1.5 microseconds a byte at worst, so that no request holds the gate for much
longer than 100 ms. An ordinary request has some 2,000 bytes of them; 65,536 hold a thousand segments with names.
"""
_TEXT: Final = msgspec.json.Decoder(str)
_LIST: Final = msgspec.json.Decoder(list[Raw])
_DATA: Final = msgspec.json.Decoder(list[Raws])
_ENCODER: Final = msgspec.json.Encoder()
_NOTHING: Final = b"[]"
_PROVIDER: Final = 64
"""Bytes of segments that take as long to judge as it takes to begin with another provider."""


def cut(request: Any) -> dict[str, int]:  # noqa: ANN401 - a `Request`
    """Takes from an opened request the segments and keywords that are more than is judged; changes it in place.

    A provider of whose segments none is left loses the field. What cannot be read is left, since it does not leave
    the gate.

    Returns:
        for each field how many went.
    """
    bound = _Bound()
    if request.user:
        bound.keywords(request.user)
        bound.data(request.user, "user.data")
    for holder, where in ((request.site, "site"), (request.app, "app"), (request.dooh, "dooh")):
        if holder and holder.content:
            bound.data(holder.content, f"{where}.content.data")
    return bound.went


class _Bound:
    """What may still be judged of a request, and what went."""

    def __init__(self) -> None:
        self._left = MOST_JUDGED
        self.went: dict[str, int] = {}

    def keywords(self, user: Any) -> None:  # noqa: ANN401 - a `User`
        """`user.keywords` and `user.kwarray`."""
        if self._is_beyond(user.keywords):
            try:
                words = _TEXT.decode(user.keywords).split(",")
            except msgspec.ValidationError:
                return
            kept = words[: self._room(map(len, words), "user.keywords")]
            user.keywords = Raw(_ENCODER.encode(",".join(kept))) if kept else UNSET
        if self._is_beyond(user.kwarray):
            user.kwarray = self._cut_list(user.kwarray, "user.kwarray")

    def data(self, holder: Any, where: str) -> None:  # noqa: ANN401 - a `User` or a `Content`
        """The segments of all providers."""
        if holder.data is UNSET:
            return
        try:
            providers = _DATA.decode(holder.data)
        except msgspec.ValidationError:
            return
        for fields in providers:
            if "segment" not in fields:
                continue
            # For the first of a provider's segments a taxonomy must be found.
            self._left -= min(self._left, _PROVIDER + len(bytes(fields.get("ext", _NOTHING))))
            if self._is_beyond(fields["segment"]):
                kept = self._cut_list(fields.pop("segment"), where)
                if bytes(kept) != _NOTHING:
                    fields["segment"] = kept
        holder.data = Raw(_ENCODER.encode(providers))

    def _is_beyond(self, raw: Any) -> bool:  # noqa: ANN401 - `Raw` or unset
        """Whether a text is more than may still be judged; where it is not, it is counted."""
        if raw is UNSET:
            return False
        size = len(bytes(raw))
        if size > self._left:
            return True
        self._left -= size
        return False

    def _cut_list(self, raw: Raw, where: str) -> Raw:
        try:
            items = _LIST.decode(raw)
        except msgspec.ValidationError:
            return raw
        return Raw(_ENCODER.encode(items[: self._room((len(bytes(item)) for item in items), where)]))

    def _room(self, sizes: Iterable[int], where: str) -> int:
        """How many things of these sizes may still be judged, each with the comma after it; the others go."""
        room = beyond = 0
        for size in sizes:
            if beyond or size >= self._left:
                beyond += 1
            else:
                self._left -= size + 1
                room += 1
        if beyond:
            self._left = 0
            self.went[where] = self.went.get(where, 0) + beyond
        return room
