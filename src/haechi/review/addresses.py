"""Addresses as a browser takes them, whatever way they are written."""

import re
from typing import Final

_LEFT_OUT: Final = re.compile(r"[\t\n\r]")
_BLANK: Final = "".join(map(chr, range(33)))
"""The space and every control before it."""
_WEB: Final = re.compile(r"(https?):/*", re.IGNORECASE)
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+(?=[/:?#]|$)")


def as_browsers_read(address: str) -> str:
    r"""An address with the slashes and the scheme that a browser gives it (WHATWG URL, special schemes).

    `https:host`, `https:\\host` and `//host` lead to `https://host`; so does `host.example` alone, typed into a bar.
    What is no address of the web stays as it is.
    """
    text = _LEFT_OUT.sub("", address).strip(_BLANK)
    web = _WEB.match(text)
    if web is not None or text[:1] in ("/", "\\"):
        way, mark, behind = text.partition("?")
        text = way.replace("\\", "/") + mark + behind
        web = _WEB.match(text)
    if web is not None:
        return f"{web.group(1).lower()}://{text[web.end() :]}"
    if text.startswith("//"):
        return f"https://{text.lstrip('/')}"
    return f"https://{text}" if _HOST.match(text) else text
