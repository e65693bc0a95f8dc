"""What kinds of things a form asks for."""

import re
from collections.abc import Mapping
from typing import Final

_KINDS: Final = (
    ("tel", re.compile(r"tel\b|phone|mobile|cell|電話|携帯|전화|휴대|연락처", re.IGNORECASE)),
    ("email", re.compile(r"e?-?mail|メール|이메일", re.IGNORECASE)),
    ("card", re.compile(r"cc-|card|カード|카드", re.IGNORECASE)),
    ("id-number", re.compile(r"passport|ssn|national-?id|マイナンバー|주민", re.IGNORECASE)),
    ("name", re.compile(r"name|氏名|名前|이름|성함", re.IGNORECASE)),
)
_NOTHING_ASKED: Final = frozenset(
    {"hidden", "submit", "button", "reset", "image", "checkbox", "radio", "range", "color"}
)
_SAID_OTHERWISE: Final = frozenset({"text", "number", "search", "textarea"})
_TELLING: Final = ("autocomplete", "name", "id", "placeholder", "aria-label")


def asked(name: str, attributes: Mapping[str, str | None]) -> str | None:
    """The kind of a field: its type, or what its names say where the type says little. None where it asks nothing."""
    kind = (attributes.get("type") or "text").lower() if name == "input" else name
    if kind in _NOTHING_ASKED:
        return None
    if kind in _SAID_OTHERWISE:
        said = " ".join(attributes.get(key) or "" for key in _TELLING)
        kind = next((known for known, words in _KINDS if words.search(said)), kind)
    return kind if re.fullmatch("[a-z-]{1,20}", kind) else "text"
