"""Addresses that scripts name, and redirects that they make. Scripts are read, never run."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

_ESCAPES: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([/\\'\"]))")
_ADDRESS: Final = re.compile(
    r"(?<![\w.])(?:https?:)?//[^\s\"'`<>\\(){}|^]{3,2000}"
    r"|(?<![\w.-])(?:line|kakaotalk|kakaoopen|kakaoplus|tg|whatsapp|viber|weixin|zalo|discord|sgnl|intent|tel|sms|mailto)"
    r":[^\s\"'`<>\\(){}]{2,2000}"
    r"|(?<![\w.@/-])(?:[a-z0-9-]{1,63}\.)+[a-z]{2,12}/[^\s\"'`<>\\(){}]{1,500}",
    re.IGNORECASE,
)
_MARKED: Final = re.compile(r"//|[a-z]+:", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r"(?P<skip>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<move>(?<![\w$.])(?:(?:window|document|self|top|parent|globalThis)\s*\.\s*){0,2}"
    r"location\s*(?:\.\s*href\s*=(?!=)|=(?!=)|\.\s*(?:replace|assign)\s*\()\s*)"
    r"|(?P<text>\"(?:\\.|[^\"\\\n])*+(?:\"|\n|\\?\Z)|'(?:\\.|[^'\\\n])*+(?:'|\n|\\?\Z)|`(?:\\.|[^`\\])*+(?:`|\\?\Z))"
    r"|(?P<sign>[{}();?]|&&|\|\||\b(?:if|else|function|while|for|switch|case|catch)\b|=>)",
    re.DOTALL,
)
"""Comments and texts that nobody closes go to the end: else every one of them would be looked for to the end."""
_CONDITIONS: Final = frozenset(
    {"if", "else", "?", "&&", "||", "while", "for", "switch", "case", "catch", "=>"}
)
_LONGEST: Final = 1_000_000
_JOINED: Final = re.compile(r"([\"'])\s*\+\s*([\"'])")


class Moves(NamedTuple):
    """Redirects written in a script.

    Attributes:
        always: made whenever the script runs.
        maybe: made in a function or under a condition.
    """

    always: tuple[str, ...]
    maybe: tuple[str, ...]


def unescaped(text: str) -> str:
    r"""The text with the escapes of JavaScript strings resolved, `\/` and `\u002f` among them."""

    def letter(found: re.Match[str]) -> str:
        digits = found.group(1) or found.group(2) or found.group(3)
        if digits is None:
            return found.group(4)
        point = int(digits, 16)
        return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else "\ufffd"  # noqa: PLR2004

    return _ESCAPES.sub(letter, text)


def addresses(script: str) -> list[str]:
    """Addresses named in a script or an attribute, each once. Texts joined by `+` are one; a bare host gets `//`."""
    text = unescaped(_whole(script))
    found = (named.group().rstrip(".,;") for named in _ADDRESS.finditer(text))
    return list(dict.fromkeys(one if _MARKED.match(one) else f"//{one}" for one in found))


def moves(script: str) -> Moves:
    """Redirects to an address that the script writes as one text."""
    always: list[str] = []
    maybe: list[str] = []
    place = _Place()
    target: list[str] | None = None
    for found in _TOKEN.finditer(_whole(script)):
        kind, written = found.lastgroup, found.group()
        if kind == "text" and target is not None:
            address = unescaped(written[1:-1]).strip()
            if address and "${" not in address:
                target.append(address)
        if kind != "skip":
            target = None
        if kind == "move":
            target = maybe if place.depth or place.condition else always
            place.depth += written.rstrip().endswith("(")
        elif kind == "sign":
            place.take(written)
    return Moves(tuple(always), tuple(maybe))


@dataclass(slots=True)
class _Place:
    """Where in a script: inside of how many brackets, and whether under a condition."""

    depth: int = 0
    condition: bool = False

    def take(self, sign: str) -> None:
        if sign in _CONDITIONS:
            self.condition = True
        elif sign in {"{", "("}:
            self.depth += 1
        elif sign in {"}", ")"}:
            self.depth = max(0, self.depth - 1)
        if sign in {"}", ";"} and self.depth == 0:
            self.condition = False


def _whole(script: str) -> str:
    return _JOINED.sub(
        lambda found: "" if found.group(1) == found.group(2) else found.group(), script[:_LONGEST]
    )
