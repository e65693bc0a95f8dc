"""Addresses that others give us, and that others are given."""

from urllib.parse import urlsplit


def is_https(url: str) -> bool:
    """Whether a URL is one with https, a host and no name or password in it."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https"
            and bool(parts.hostname)
            and parts.username is None
            and not parts.fragment
            and url.isascii()
            and url.isprintable()
            and " " not in url
        )
    except ValueError:
        return False
