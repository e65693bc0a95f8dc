"""At which address people reach their page: passkeys belong to it, letters link to it, forms must come from it."""

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from haechi.errors import UsageError

SITE: Final = "people_page"
"""Where the application's state keeps the `Site`."""
_HOST: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)


class Site(msgspec.Struct, frozen=True):
    """The people's page.

    Attributes:
        origin: scheme, host and port, such as https://ads.example.
        rp_id: what passkeys are bound to: the host (WebAuthn Level 3, section 5.1.2).
    """

    origin: str
    rp_id: str


def site_at(origin: str) -> Site:
    """The site at an origin.

    Raises:
        UsageError: it is no origin at which browsers let passkeys work.
    """
    try:
        parts = urlsplit(origin.removesuffix("/"))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    plain = f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")
    if not safe or not _HOST.fullmatch(host) or plain != origin.removesuffix("/"):
        raise UsageError(
            f"--people-page {origin[:100]}: expected an origin such as https://ads.example, with a name and not an "
            "address; http only for localhost."
        )
    return Site(plain, host)
