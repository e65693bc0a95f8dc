"""Which provider signs people in, by environment variables alone: others can see a command line."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from haechi.errors import UsageError
from haechi.stores.users import Identity, IdentityKind

ISSUER: Final = "HAECHI_OIDC_ISSUER"
_CLIENT: Final = "HAECHI_OIDC_CLIENT_ID"
_SECRET: Final = "HAECHI_OIDC_CLIENT_SECRET"  # noqa: S105 - the variable's name
_REDIRECT: Final = "HAECHI_OIDC_REDIRECT_URI"
CALLBACK: Final = "/console/oidc/callback"


class OidcSettings(msgspec.Struct, frozen=True):
    """How the platform is known to the provider.

    Attributes:
        issuer: the provider's identifier, a URL; exactly as its tokens name it.
        client_id: what the provider calls this platform.
        client_secret: what it proves itself by.
        redirect_uri: where the provider sends browsers back to, exactly as registered there.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def __repr__(self) -> str:
        return f"OidcSettings({self.issuer!r})"  # never the secret


def settings_of(environment: Mapping[str, str]) -> OidcSettings | None:
    """The settings, or None where no provider is named.

    Args:
        environment: the process's variables.

    Raises:
        UsageError: a part is missing, or a URL could be listened to on the way.
    """
    if not environment.get(ISSUER):
        return None
    redirect = _url(environment, _REDIRECT)
    if urlsplit(redirect).path != CALLBACK:
        raise UsageError(f"{_REDIRECT}: expected the console's own address, ending in {CALLBACK}.")
    return OidcSettings(
        _url(environment, ISSUER), _value(environment, _CLIENT), _secret(environment), redirect
    )


def identity_of(environment: Mapping[str, str], kind: IdentityKind, value: str) -> Identity:
    """Somebody whom the named provider knows.

    Raises:
        UsageError: no provider is named, or nobody is.
    """
    if not value.strip():
        raise UsageError(f"an empty {kind}; expected what the provider knows the person by.")
    return Identity(_url(environment, ISSUER), kind, value.strip())


def is_safe(url: str) -> bool:
    """Whether nobody can listen or answer in the place of the other side: https, or a loopback address."""
    try:
        parts = urlsplit(url)
        if (
            not parts.hostname
            or parts.username is not None
            or parts.fragment
            or not url.isprintable()
            or " " in url
        ):
            return False
        return parts.scheme == "https" or (
            parts.scheme == "http" and ipaddress.ip_address(parts.hostname).is_loopback
        )
    except ValueError:
        return False


def _url(environment: Mapping[str, str], name: str) -> str:
    url = _value(environment, name)
    if not is_safe(url):
        raise UsageError(
            f"{name}: expected a URL with https (http only to a loopback address, as 127.0.0.1)."
        )
    return url


def _value(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise UsageError(f"{name} is not set; expected it where people sign in by OpenID Connect.")
    return value


def _secret(environment: Mapping[str, str]) -> str:
    file = environment.get(f"{_SECRET}_FILE")
    if file is None:
        return _value(environment, _SECRET)
    if environment.get(_SECRET):
        raise UsageError(f"{_SECRET} and {_SECRET}_FILE are both set; expected one of them.")
    try:
        return _value({f"{_SECRET}_FILE": Path(file).read_text(encoding="utf-8")}, f"{_SECRET}_FILE")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{_SECRET}_FILE: expected a readable text file.") from None
