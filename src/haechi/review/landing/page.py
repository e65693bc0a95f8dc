"""What a person reads on a page, where it leads, and what its forms ask for."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from haechi.review.landing import elements, forms, scripts

_REFRESH: Final = re.compile(
    r"^\s*(\d*)[\d.]*\s*(?:[;,]\s*|\s)(?:url\s*=\s*)?+[\"']?\s*([^\"']+)", re.IGNORECASE
)
_SOON: Final = 30
_BARE: Final = 200
"""A page with fewer letters than this, and a redirect in its script, is a redirect."""
_MOST_LINKS: Final = 2_000
_LONGEST_LINK: Final = 2_000
_LINKING: Final = ("href", "action", "formaction", "src", "xlink:href")


class Page(NamedTuple):
    """A page as read.

    Attributes:
        title: of the page.
        text: what a person reads, with the pictures' alternative texts; a line for each block.
            texts of pictures.
        links: absolute addresses that it links to, that forms post to and scripts name, each once.
        form_fields: kinds of fields that its forms ask for, each once.
        move: the address to which it sends its visitor by itself, or None.
    """

    title: str
    text: str
    links: tuple[str, ...]
    form_fields: tuple[str, ...]
    move: str | None


@dataclass(slots=True)
class _Reading:
    base: str
    parts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)
    always: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    hidden: int = 0

    def link(self, address: str | None) -> None:
        if address and (found := _absolute(self.base, address)) is not None:
            self.links.setdefault(found)

    def push(self, name: str, *, hides: bool) -> None:
        self.open.append((name, hides))
        self.count[name] += 1
        self.hidden += hides

    def pop_to(self, name: str) -> None:
        while self.count[name]:
            last, hid = self.open.pop()
            self.count[last] -= 1
            self.hidden -= hid
            if last == name:
                return


def read(html: str, url: str, kind: str = "") -> Page:
    """What a person reads on the page at `url`; `kind` is its content type."""
    if kind.partition(";")[0].strip().lower() == "text/plain":
        named = (_absolute(url, address) for address in scripts.addresses(html))
        return Page("", _lines(html), _chosen(dict.fromkeys(filter(None, named))), (), None)
    reading = _Reading(url)
    _take(reading, html)
    for inner in list(reading.inner):
        _take(reading, inner)
    text = _lines("".join(reading.parts))
    title = " ".join(reading.titles[0].split()) if reading.titles else ""
    return Page(title, text, _chosen(reading.links), tuple(reading.fields), _move(reading, text, url))


def _take(reading: _Reading, html: str) -> None:
    flat = elements.flat(html)
    root = LexborHTMLParser(flat).root
    if root is None:
        return
    for node in root.traverse(include_text=True):
        tag = node.tag or ""
        if tag == "-text":
            holder = node.parent
            _text(reading, (holder.tag if holder else None) or "", elements.restored(node.text_content or ""))
            continue
        attributes = {key: value and elements.restored(value) for key, value in node.attributes.items()}
        if (closed := attributes.get(elements.CLOSE)) is not None:
            _end(reading, closed)
        elif (opened := attributes.get(elements.OPEN)) is not None or tag in elements.KEPT:
            _start(reading, opened or tag, attributes)


def _text(reading: _Reading, name: str, text: str) -> None:
    if name == "title":
        reading.titles.append(text)
    elif name == "script":
        _script(reading, text)
    elif name in elements.KEPT - {"textarea", "xmp"}:
        for address in scripts.addresses(text):
            reading.link(address)
    elif not reading.hidden:
        reading.parts.append(re.sub(r"[ \t\n\f\r]+", " ", text))
    lowered = text.lower() if name in elements.KEPT else ""
    if "</svg" in lowered or "</math" in lowered:  # In drawings these elements hold markup, which ends them.
        reading.inner.append(
            text[min(at for at in (lowered.find("</svg"), lowered.find("</math")) if at >= 0) :]
        )


def _script(reading: _Reading, text: str) -> None:
    for address in scripts.addresses(text):
        reading.link(address)
    told = scripts.moves(text)
    reading.always += told.always
    reading.maybe += told.maybe
    for address in (*told.always, *told.maybe):
        reading.link(address)


def _start(reading: _Reading, name: str, attributes: dict[str, str | None]) -> None:
    if name not in elements.INLINE:
        reading.parts.append("\n")
        if elements.ends_paragraph(name):
            reading.pop_to("p")
        last = reading.open[-1][0] if reading.open else ""
        if name in elements.ENDED_BY.get(last, ()):
            reading.pop_to(last)
    _attributes(reading, name, attributes)
    if name not in elements.VOID and name not in elements.KEPT:
        reading.push(name, hides=elements.hides(name, attributes))


def _end(reading: _Reading, name: str) -> None:
    if name not in elements.INLINE:
        reading.parts.append("\n")
    reading.pop_to(name)


def _attributes(reading: _Reading, name: str, attributes: dict[str, str | None]) -> None:
    if name == "base" and (base := _absolute(reading.base, attributes.get("href") or "")):
        reading.base = base
    elif name == "meta":
        _meta(reading, attributes)
    elif name not in {"link", "script", "img", "source", "track"}:
        for key in _LINKING:
            reading.link(attributes.get(key))
    _scripted(reading, attributes)
    if srcdoc := attributes.get("srcdoc"):
        reading.inner.append(srcdoc)
    if name in {"input", "select", "textarea"} and (kind := forms.asked(name, attributes)):
        reading.fields.setdefault(kind)
    if not reading.hidden:
        _shown(reading, name, attributes)


def _scripted(reading: _Reading, attributes: dict[str, str | None]) -> None:
    for key, value in attributes.items():
        runs = key.startswith("on") or (key == "href" and "script:" in (value or "")[:30].lower())
        if not value or not (runs or key.startswith("data-")):
            continue
        for address in scripts.addresses(value):
            reading.link(address)
        for address in scripts.moves(value).always if runs else ():
            reading.link(address)


def _shown(reading: _Reading, name: str, attributes: dict[str, str | None]) -> None:
    kind = (attributes.get("type") or "").lower()
    told = (
        attributes.get("alt") if name in {"img", "area"} or kind == "image" else attributes.get("placeholder")
    )
    if name == "input" and kind in {"submit", "button", "reset"}:
        told = attributes.get("value")
    if told and told.strip():
        reading.parts.append(f" {told.strip()} ")


def _meta(reading: _Reading, attributes: dict[str, str | None]) -> None:
    if (attributes.get("http-equiv") or "").strip().lower() == "refresh":
        address = refreshed(attributes.get("content") or "")
        if address is not None:
            reading.link(address)
            reading.always.append(address)


def refreshed(content: str) -> str | None:
    """The address that a `Refresh` header or `meta` sends to soon, or None."""
    found = _REFRESH.match(content)
    if found is None or int((found.group(1) or "0")[:6]) > _SOON:
        return None
    return found.group(2).strip() or None


def _absolute(base: str, address: str) -> str | None:
    cleaned = re.sub(r"[\t\n\r]", "", address).strip(" \x00-\x1f")
    if not cleaned or len(cleaned) > _LONGEST_LINK or cleaned.startswith("#"):
        return None
    if cleaned[:11].lower().startswith(("javascript:", "data:", "blob:", "about:")):
        return None
    try:
        return urljoin(base, cleaned.replace("\\", "/") if cleaned[0] in "/\\" else cleaned)
    except ValueError:
        return None


def _chosen(links: dict[str, None]) -> tuple[str, ...]:
    """At most so many, the first one of every host before the others: no page can bury a link under its own."""
    if len(links) <= _MOST_LINKS:
        return tuple(links)
    first: dict[str, str] = {}
    for link in links:
        first.setdefault(_host(link), link)
    return tuple(dict.fromkeys([*first.values(), *links]))[:_MOST_LINKS]


def _host(link: str) -> str:
    try:
        where = urlsplit(link)
    except ValueError:
        return link
    return where.netloc.lower() or where.scheme


def _move(reading: _Reading, text: str, url: str) -> str | None:
    here = url.partition("#")[0]
    for address in _moves(reading, text):
        found = _absolute(reading.base, address) or (address if address.startswith("http") else None)
        if found is not None and found.partition("#")[0] != here:
            return found
    return None


def _moves(reading: _Reading, text: str) -> Iterator[str]:
    yield from reading.always
    if len(text) < _BARE:
        yield from reading.maybe


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
