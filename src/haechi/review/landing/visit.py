"""One visitor's way to the page behind an ad, and the page it found.

Redirects are followed wherever they are written: in the status, in a `Refresh` header, in `meta`, and in scripts
that name the address as one text. The texts and links of pages that the visitor is sent on from stay part of the
visit: a page that leaves after ten seconds was read.
"""

import hashlib
import re
import ssl
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import httpx2

from haechi.review.case import Visit
from haechi.review.landing import charset, page
from haechi.review.landing.addresses import NotVisited, Resolver, as_address, resolve
from haechi.review.landing.connect import Budget, Door
from haechi.review.landing.fetch import REDIRECTS, Answer, Limits, Transport, fetch
from haechi.review.landing.profiles import Profile

_DEFAULT: Final = Limits()
_PORTS: Final = {"http": 80, "https": 443}
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_MOST_TAGS: Final = 200_000


def visit(
    url: str,
    profile: Profile,
    at: datetime,
    limits: Limits = _DEFAULT,
    *,
    resolver: Resolver = resolve,
    trusted: Iterable[tuple[str, int]] = (),
    authorities: ssl.SSLContext | None = None,
) -> Visit:
    """Visit a landing page.

    Args:
        url: as in the ad.
        profile: who visits.
        at: the instant to be noted, naive UTC.
        limits: how far to go.
        resolver: of names to addresses.
        trusted: address and port of local servers that may be visited all the same; for tests, in code.
        authorities: whose certificates are accepted; the system's by default.

    Returns:
        What was seen. Where nothing was, `failure` says why (`addresses.Failure`), and `final_url` where.
    """
    door = Door(resolver, frozenset(trusted), profile.proxy)
    way = _Way(url.strip(), profile, limits, door)
    try:
        way.go(authorities)
    except NotVisited as ended:
        way.failure = ended.failure
    text = "\n".join(part for part in way.texts if part)[: limits.characters]
    return Visit(
        profile=profile.name,
        at=at,
        redirects=tuple(way.redirects),
        final_url=way.redirects[-1],
        status=way.status,
        failure=way.failure,
        title=way.title[: limits.characters],
        text=text,
        links=tuple(way.links),
        form_fields=tuple(way.fields),
        text_hash=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    )


def visit_all(
    url: str,
    profiles: Iterable[Profile],
    at: datetime,
    limits: Limits = _DEFAULT,
    *,
    resolver: Resolver = resolve,
    trusted: Iterable[tuple[str, int]] = (),
) -> tuple[Visit, ...]:
    """One visit of each profile, one after the other; they share no cookie and no connection."""
    known = frozenset(trusted)
    return tuple(visit(url, one, at, limits, resolver=resolver, trusted=known) for one in profiles)


@dataclass(slots=True)
class _Way:
    """What a visit has met so far."""

    first: str
    profile: Profile
    limits: Limits
    door: Door
    redirects: list[str] = field(default_factory=list)
    status: int | None = None
    failure: str | None = None
    title: str = ""
    texts: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)

    def go(self, authorities: ssl.SSLContext | None) -> None:
        """Follow the way to its end."""
        self.redirects.append(self.first)
        url = self._allowed(self.first)
        if self.profile.platform.click:
            made = hashlib.sha256(self.first.encode("utf-8", "replace")).hexdigest()[:32]
            url = url.copy_merge_params({self.profile.platform.click: made})
        budget = Budget(
            time.monotonic() + self.limits.seconds, self.limits.body_bytes + self.limits.header_bytes
        )
        referrer, seen = self.profile.platform.referrer, set[tuple[str, str]]()
        with ExitStack() as closing:
            transport = Transport(self.door, budget, authorities)
            client = closing.enter_context(httpx2.Client(transport=transport, trust_env=False, timeout=None))
            while True:
                state = (
                    str(url),
                    repr(sorted((one.domain, one.name, one.value) for one in client.cookies.jar)),
                )
                if state in seen:
                    raise NotVisited("redirect-loop")
                seen.add(state)
                headers = self.profile.headers() | ({"Referer": referrer} if referrer else {})
                answer = fetch(client, url, headers, self.limits)
                self.status = answer.status
                target, referrer = self._next(answer, url, referrer)
                if target is None:
                    return
                if len(self.redirects) > self.limits.redirects:
                    raise NotVisited("too-many-redirects")
                self.redirects.append(target)
                url = self._allowed(target)

    def _next(self, answer: Answer, url: httpx2.URL, referrer: str) -> tuple[str | None, str]:
        """Where the answer sends its visitor, and the referrer there; pages are read on the way."""
        if answer.failure is not None:
            raise NotVisited(answer.failure)
        if answer.status in REDIRECTS and "location" in answer.headers:
            return joined(url, answer.headers["location"]), referrer
        kind = answer.headers.get("content-type", "")
        if answer.body.count(b"<") > _MOST_TAGS:
            raise NotVisited("too-large")
        found = page.read(charset.letters(answer.body, kind), str(url), kind)
        self.title = found.title
        self.texts.append(found.text)
        self.links |= dict.fromkeys(found.links)
        self.fields |= dict.fromkeys(found.form_fields)
        told = page.refreshed(answer.headers.get("refresh", ""))
        target = found.move if told is None else joined(url, told)
        if target is not None and target.partition("#")[0] == str(url).partition("#")[0]:
            target = None
        return target, f"{url.scheme}://{url.netloc.decode()}/"

    def _allowed(self, written: str) -> httpx2.URL:
        url = parsed(written)
        port = _PORTS[url.scheme] if url.port is None else url.port
        if not self.door.allows_port(port):
            raise NotVisited("refused-port")
        as_address(url.raw_host.decode())
        return url


def parsed(written: str) -> httpx2.URL:
    r"""An address as browsers read it: `\` is `/`, line breaks and tabs are nothing.

    Raises:
        NotVisited: it is none of http or https, has credentials, or is no address.
    """
    cleaned = re.sub(r"[\t\n\r]", "", written).strip(" \x00-\x1f")
    scheme = _SCHEME.match(cleaned)
    if scheme is None:
        raise NotVisited("refused-url")
    if scheme.group(1).lower() not in _PORTS:
        raise NotVisited("refused-scheme")
    rest, hash_sign, fragment = cleaned[scheme.end() :].partition("#")
    place, question, query = rest.partition("?")
    place = "//" + place.replace("\\", "/").lstrip("/")
    try:
        url = httpx2.URL(f"{scheme.group(1)}:{place}{question}{query}{hash_sign}{fragment}")
    except (httpx2.InvalidURL, ValueError):
        raise NotVisited("refused-url") from None
    if url.userinfo or "@" in place[2:].partition("/")[0]:
        raise NotVisited("refused-credentials")
    if not re.fullmatch(r"[a-z0-9._-]{1,253}|[0-9a-f:.]+", url.raw_host.decode("ascii", "replace")):
        raise NotVisited("refused-url")
    return url


def joined(base: httpx2.URL, location: str) -> str:
    """The absolute address of a redirect; what cannot be joined is left as it is, to be refused."""
    cleaned = re.sub(r"[\t\n\r]", "", location).strip(" \x00-\x1f")
    scheme = _SCHEME.match(cleaned)
    if scheme is not None and (
        scheme.group(1).lower() not in _PORTS or cleaned[scheme.end() :].startswith("/")
    ):
        return cleaned
    try:
        return str(base.join(cleaned.replace("\\", "/") if cleaned[:1] in "/\\" else cleaned))
    except (httpx2.InvalidURL, ValueError):
        return cleaned
