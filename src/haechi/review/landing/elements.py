"""HTML's elements, as far as reading a page needs them.

The parser is used for its tokens only. HTML's rules for nesting let a page of one megabyte take minutes (every block
looks through all elements that are open) or fill the memory (every paragraph repeats all letter styles that are
open). So each tag is written as an empty element before parsing, and nesting is followed by `page`, in time that
grows with the page alone.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Final

OPEN: Final = f"data-{secrets.token_hex(8)}"
"""Attribute of the empty element that stands for a start tag: the tag's name. No page can know it and forge one."""
CLOSE: Final = f"data-{secrets.token_hex(8)}"
"""The same for an end tag."""
KEPT: Final = frozenset({"script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes"})
"""Their contents are no tags: the parser has to know them."""
_VOID: Final = (
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"""
)
VOID: Final = frozenset(_VOID.split())
"""They have no contents."""
_INLINE: Final = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label map mark meter nobr output
    picture q rb rp rt ruby s samp small source span strike strong sub sup svg tspan time tt u var wbr"""
INLINE: Final = frozenset(_INLINE.split())
"""Letters before and after them are one word."""
ENDED_BY: Final = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "option": frozenset({"option", "optgroup"}),
    "td": frozenset({"td", "th", "tr", "tbody", "table"}),
    "th": frozenset({"td", "th", "tr", "tbody", "table"}),
    "tr": frozenset({"tr", "tbody"}),
}
"""Elements that another's start ends, where no end tag is written."""
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\t\n\f\r />]*)")
_FLAT: Final = re.compile(f"<wbr ({OPEN}|{CLOSE})=([a-z0-9:_-]+) ")
_NAME: Final = re.compile("[a-z0-9:_-]+")
_HIDING: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden"
    r"|(?:opacity|font-size)\s*:\s*0(?:\.0*)?(?:px|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)


def flat(html: str) -> str:
    """The page with every tag written as an empty element, but those whose contents are no tags."""
    return _TAG.sub(_empty, html.replace("\0", "").replace("<![CDATA[", ""))


def _empty(found: re.Match[str]) -> str:
    name = found.group(2).lower()
    if name == "noscript":
        # Where scripts run, its contents are no tags; those of `noembed` never are.
        return f"<{found.group(1)}noembed"
    if name in KEPT:
        return found.group()
    if not _NAME.fullmatch(name):
        name = "unknown"
    return f"<wbr {CLOSE if found.group(1) else OPEN}={name} "


def restored(text: str) -> str:
    """A text or an attribute's value as the page wrote it, the tags in it in lower case."""
    return _FLAT.sub(lambda found: f"<{'/' if found.group(1) == CLOSE else ''}{found.group(2)}", text)


def ends_paragraph(name: str) -> bool:
    """Whether the start of such a block ends a paragraph that is open."""
    return name not in KEPT and (name == "hr" or name not in VOID)


def hides(name: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether nobody sees the element. What has a name or a class may be shown by a script or a style sheet."""
    if name == "template":
        return "shadowrootmode" not in attributes
    if attributes.get("id") or attributes.get("class"):
        return False
    return "hidden" in attributes or bool(_HIDING.search(attributes.get("style") or ""))
