"""A text without what is put between the parts of a name and read over: markup, nicknames, initials, titles."""

import html
import re
from typing import Final
from urllib.parse import unquote

from haechi.review.plain import Plain

_INSERT: Final = re.compile(
    r"(?P<tag></?[A-Za-z][^<>]{0,40}>)"
    r"|(?P<entity>&(?:[A-Za-z]{2,8}|\#\d{1,6}|\#[xX][0-9A-Fa-f]{1,5});)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<aside>[(\uff08\[\"\u201c「『【][^()\uff08\uff09\[\]\"\u201c\u201d「」『』【】\n]{1,16}[)\uff09\]\"\u201d」』】])"
    r"|(?P<initial>(?<=\s)[A-Z]\.(?=\s))"
    r"|(?P<title>(?<=\w)-(?:san|sama|sensei|ssi|nim)\b)"
    r"|(?P<sign>[\u2190-\u2bff\u3004\u3020\U0001f000-\U0001faff]+)"
)


def without_inserts(text: str) -> Plain | None:
    """The text without them, and where each of its characters stood; None where there is nothing to leave out.

    Entities and percent signs are read as the characters that they stand for.
    """
    inserts = list(_INSERT.finditer(text))
    if not inserts:
        return None
    kept: list[tuple[str, int, int]] = []
    last = 0
    for insert in inserts:
        kept += ((text[place], place, place + 1) for place in range(last, insert.start()))
        kept += ((letter, insert.start(), insert.end()) for letter in _meant(insert))
        last = insert.end()
    kept += ((text[place], place, place + 1) for place in range(last, len(text)))
    return Plain("".join(one for one, _, _ in kept), [at for _, at, _ in kept], [end for _, _, end in kept])


def _meant(insert: re.Match[str]) -> str:
    if insert.lastgroup == "entity":
        meant = html.unescape(insert.group())
        return meant if len(meant) == 1 else ""
    if insert.lastgroup == "percent":
        return unquote(insert.group())
    return " " if insert.lastgroup == "sign" else ""
