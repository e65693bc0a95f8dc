"""Addresses that open a chat: which application, whose account."""

import base64
import binascii
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import unescape
from importlib import resources
from typing import Final, NamedTuple
from urllib.parse import unquote


class ChatLink(NamedTuple):
    """An address that opens a chat.

    Attributes:
        application: which one.
        account: whose, in lower case without the sign before a handle; empty where the address does not tell.
        start: where it stands in the text asked about.
        end: where it ends there.
        wrapped: whether it stood inside another address.
    """

    application: str
    account: str
    start: int
    end: int
    wrapped: bool = False


class _Application(NamedTuple):
    names: tuple[str, ...]
    inviting: tuple[str, ...]
    uncertain: tuple[str, ...]
    schemes: re.Pattern[str]
    hosts: Mapping[str, re.Pattern[str]]


_DOT: Final = r"\s?[(\[{<]?\s?(?:\.|。|,|·|\u2024|\bdot\b|ドット|닷|点)\s?[)\]}>]?\s?"
# Bounded, so that no long text without blanks costs more than its length.
_SPOKEN: Final = re.compile(
    r"\S{1,40}(?:\s+dot\s+|\s?ドット\s?)\S{1,40}?(?:\s+slash\s+|\s?スラッシュ\s?)\S{1,60}"
)
_SPOKEN_SIGN: Final = re.compile(r"\s*(dot|ドット|slash|スラッシュ)\s*")
_TOKEN: Final = re.compile(r"[^\s\"'<>「」\uff08\uff09【】]+")
_BASE64: Final = re.compile(r"(?:aHR0c)?[A-Za-z0-9+/_-]{16,}={0,2}")
_WRAPPING: Final = re.compile(r"%[0-9A-Fa-f]{2}|&#|&amp;|\\u00|aHR0c|://[^\s]{0,300}?[A-Za-z0-9+/_-]{16}")
_MOST_LAYERS: Final = 4
_LONGEST_ADDRESS: Final = 4_000
_EASTERN: Final = "\u3041-\u3096\u30a1-\u30fc\u3400-\u9fff\uac00-\ud7a3"
_SIGNS: Final = re.compile(r"^(?:%40|@|\+)+|[)\]}>.,、。」]+$")


@cache
def applications() -> Mapping[str, _Application]:
    """What is known of each application, by its name."""
    text = resources.files("haechi.knowledge").joinpath("ads", "chat-applications.toml").read_text("utf-8")
    return {
        name: _Application(
            tuple(one["names"]),
            tuple(one["inviting"]),
            tuple(one["uncertain"]),
            re.compile(one["schemes"]),
            {host: re.compile(f"(?:{path})") for host, path in one["hosts"].items()},
        )
        for name, one in tomllib.loads(text).items()
    }


def chat_links(text: str) -> list[ChatLink]:
    """Every address in `text` that opens a chat; those inside other addresses, percent- or base64-encoded, too.

    Args:
        text: as it stands; an address in a plain form is found as well, save one in base64.
    """
    found = list(_direct(text.lower())) if len(text.lower()) == len(text) else list(_direct(text))
    if _WRAPPING.search(text):
        for token in _TOKEN.finditer(text):
            if _WRAPPING.search(token.group()[:_LONGEST_ADDRESS]):
                found += _wrapped(token.group()[:_LONGEST_ADDRESS], token.start(), token.end())
    return found


def accounts(addresses: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Accounts in one form: (application, account), the application empty where an address does not tell.

    Args:
        addresses: as people write them: links, `line:@name`, `@name`, telephone numbers.
    """
    found: set[tuple[str, str]] = set()
    for address in addresses:
        links = chat_links(address)
        found |= {(link.application, link.account) for link in links if link.account}
        if not links:
            application, parted, rest = address.strip().lower().partition(":")
            if not parted or application.strip() not in applications():
                application, rest = "", address
            found.add((application.strip(), account_form(rest)))
    return frozenset(found)


def account_form(account: str) -> str:
    """An account in the form in which two are compared: lower case, no sign before it, a number's figures only.

    Codes in which capitals count are folded too: the application gives them out, nobody chooses a twin.
    """
    plain = _SIGNS.sub("", unquote(account.strip()).strip().lower())
    figures = re.sub(r"[\s().+-]", "", plain)
    return figures if figures.isdigit() else plain


@cache
def _chat_address() -> re.Pattern[str]:
    hosts = sorted({host for one in applications().values() for host in one.hosts}, key=len, reverse=True)
    either = "|".join(_DOT.join(map(re.escape, host.split("."))) for host in hosts)
    return re.compile(
        rf"(?:(?<![a-z0-9._@%-])|(?<=2f)|(?<=\bwww\.))(?P<host>{either})(?::\d+)?"
        # An account of Latin letters ends where the sentence goes on in another script: `t.me/name가입`.
        rf"(?P<rest>\s?[/?#]\s?(?:(?!https?:|(?<=[a-z0-9_-])[{_EASTERN}])\S)*)"
    )


@cache
def _known_hosts() -> Mapping[str, tuple[str, re.Pattern[str]]]:
    return {host: (name, path) for name, one in applications().items() for host, path in one.hosts.items()}


@cache
def _schemes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, one.schemes) for name, one in applications().items())


def _direct(text: str) -> Iterator[ChatLink]:
    """Addresses of chats in a text in lower case."""
    told = "slash" in text or "スラッシュ" in text
    for spoken in _SPOKEN.finditer(text) if told else ():
        written = _SPOKEN_SIGN.sub(lambda sign: "." if sign[1] in ("dot", "ドット") else "/", spoken.group())
        if written != text:
            yield from (link._replace(start=spoken.start(), end=spoken.end()) for link in _direct(written))
    for match in _chat_address().finditer(text):
        host = re.sub(r"[^a-z0-9.-]", "", re.sub(_DOT, ".", match["host"]))
        known = _known_hosts().get(host)
        path = known[1].match(re.sub(r"\s", "", match["rest"])) if known else None
        if known and path:
            yield ChatLink(known[0], _account(path), match.start(), match.end())
    if "://" in text or "skype:" in text:
        for name, pattern in _schemes():
            for match in pattern.finditer(text):
                yield ChatLink(name, _account(match), match.start(), match.end())


def _account(match: re.Match[str]) -> str:
    for name, account in match.groupdict().items():
        if name.startswith("account") and account:
            return account_form(account)
    return ""


def _wrapped(token: str, start: int, end: int) -> Iterator[ChatLink]:
    """Addresses of chats inside an address."""
    seen = {token}
    layer = [token]
    for _ in range(_MOST_LAYERS):
        opened = {one for text in layer for one in _opened(text)} - seen
        seen |= opened
        for text in opened:
            for link in _direct(text.lower()):
                yield link._replace(start=start, end=end, wrapped=True)
        layer = list(opened)


def _opened(text: str) -> Iterator[str]:
    yield unquote(text)
    yield unescape(text)
    if "\\u00" in text:
        yield re.sub(r"\\u00([0-9a-fA-F]{2})", lambda code: chr(int(code.group(1), 16)), text)
    for match in _BASE64.finditer(text.rpartition("://")[2].replace("/", " ") + " " + text):
        # A path may be part of what looks like one code.
        body = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "ignore")
        except binascii.Error:
            continue
