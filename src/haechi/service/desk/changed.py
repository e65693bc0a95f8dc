"""A change of a party in words: what came, what went, and not only which field it was."""

import json
from typing import Any, Final

from haechi.service.desk.marked import visible
from haechi.stores.review.changes import Change

_LISTS: Final = {"names": "names", "aliases": "other names", "domains": "domains", "images": "pictures"}
_LONGEST: Final = 60
_OF_HASH: Final = 12
_SHOWN: Final = 5


def shortened(text: str, most: int = 90) -> str:
    """A text of strangers that fills no page: signs that nobody sees by their number, and the rest left out."""
    shown = visible(text)
    return shown if len(shown) <= most else f"{shown[:most]}…"


def told(change: Change) -> list[str]:
    """What a change changed, one line each; its reason stands apart."""
    lines = ["registered"] if change.version == 1 else []
    for name, (before, after) in change.detail.items():
        if name in _LISTS:
            lines += _of_list(name, before, after)
        elif name == "ended_at":
            lines.append("protection ended" if after is not None else "protected again")
        elif name == "reported_at":
            lines.append("reported as impersonated")
        elif name == "kind" and before is not None:
            lines.append(f"kind: {after} instead of {before}")
        elif name not in ("reason", "kind"):
            lines.append(f"{name.replace('_', ' ')} changed")
    return lines


def _of_list(name: str, before: Any, after: Any) -> list[str]:  # noqa: ANN401 - JSON in text, or nothing
    old, new = json.loads(before or "[]"), json.loads(after or "[]")
    called = _LISTS[name]
    lines = []
    for verb, some in (
        ("added", [one for one in new if one not in old]),
        ("taken away", [one for one in old if one not in new]),
    ):
        if some:
            most = _OF_HASH if name == "images" else _LONGEST
            shown = ", ".join(shortened(one, most) for one in some[:_SHOWN])
            more = f" and {len(some) - _SHOWN:,} more" if len(some) > _SHOWN else ""
            lines.append(f"{called} {verb}: {shown}{more}")
    return lines or ([f"{called} in another order"] if old else [])
