"""Whether two visits saw the same page: its site, its language, its words, the chats and investments on it.

Similarity is the overlap of shingles (Broder, "On the resemblance and containment of documents", 1997): runs of three
words, or of four letters where words are not spaced. Of numbers and of codes nothing is kept: dates, prices, counters
and tokens change between two visits of an honest page.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

from haechi.review.case import Visit
from haechi.review.host_index import suffixes

DIFFERENT: Final = 0.2
"""Pages of one language whose overlap is below are different pages. benchmarks/ad_landing.py measures it."""
_NUMBERS: Final = re.compile(r"[\d.]+|[0-9a-f:]*:[0-9a-f:.]*")
_WORD: Final = re.compile(r"[^\W_]+")
_SPACELESS: Final = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\u0e00-\u0e7f"
_PIECE: Final = re.compile(f"[{_SPACELESS}]|[^\\W_{_SPACELESS}]+")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_LONGEST_WORD: Final = 30
_SCRIPTS: Final = (
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
_KANA: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_KANA_SHARE: Final = 0.05
_SCRIPT_SHARE: Final = 0.3
_SHORT_WORDS_SHARE: Final = 0.04
_SAMPLE: Final = 20_000


def site(url: str) -> str:
    """The registrable domain of an address, or its host where it has none; for other schemes the scheme with `:`."""
    try:
        where = urlsplit(url.replace("\\", "/"))
        host = (where.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if where.scheme not in {"http", "https"}:
        return f"{where.scheme}:"
    if _NUMBERS.fullmatch(host):
        return host
    return suffixes().privatesuffix(host) or host


def same_owner(one: str, other: str) -> bool:
    """Whether two sites are one, or bear the same name under other suffixes, as countries' versions do."""
    return one == other or ("." in one and one.partition(".")[0] == other.partition(".")[0])


def is_store(url: str) -> bool:
    """Whether the address is in a store of applications."""
    return _is_of(url, _words()["store_hosts"], _words()["store_schemes"])


def chats(visit: Visit) -> frozenset[str]:
    """Invitations into chat applications that the visit met: host and path, or scheme and path."""
    met = (*visit.redirects, visit.final_url, *visit.links)
    return frozenset(_bare(url) for url in met if _is_chat(url))


def investments(text: str) -> int:
    """How many different words of investing stand in a text, of any language."""
    return len(set(_investing().findall(_plain(text))))


def language(text: str) -> str | None:
    """The language of a text, ISO 639-1, or None where it is not clear. Scripts stand for their main language."""
    letters = "".join(_WORD.findall(text[:_SAMPLE]))
    if not letters:
        return None
    if len(_KANA.findall(letters)) >= _KANA_SHARE * len(letters):
        return "ja"
    for name, script in _SCRIPTS:
        if len(script.findall(letters)) >= _SCRIPT_SHARE * len(letters):
            return name
    words = _WORD.findall(text[:_SAMPLE].lower())
    counts = {name: sum(word in short for word in words) for name, short in _short_words().items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= _SHORT_WORDS_SHARE * len(words) else None


def shingles(text: str) -> frozenset[str]:
    """Runs of words, without numbers and codes."""
    pieces = [
        piece
        for piece in _PIECE.findall(_plain(text))
        if not any(letter.isdecimal() for letter in piece) and len(piece) <= _LONGEST_WORD
    ]
    spaceless = sum(len(piece) == 1 for piece in pieces) * 2 > len(pieces)
    size = 4 if spaceless else 3
    if len(pieces) < size:
        return frozenset({" ".join(pieces)}) if pieces else frozenset()
    return frozenset(" ".join(pieces[at : at + size]) for at in range(len(pieces) - size + 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that is in the other: a shortened page is the same one. 1 where both are empty."""
    if not one or not other:
        return float(one == other)
    return len(one & other) / min(len(one), len(other))


def _plain(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()


def _is_chat(url: str) -> bool:
    words = _words()
    if not _is_of(url, words["chat_hosts"], words["chat_schemes"]):
        return False
    return not any(re.search(pattern, url, re.IGNORECASE) for pattern in words["not_chat"])


def _is_of(url: str, hosts: list[str], schemes: list[str]) -> bool:
    try:
        where = urlsplit(url)
        host = (where.hostname or "").rstrip(".")
    except ValueError:
        return False
    if where.scheme not in {"http", "https"}:
        return where.scheme in schemes
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _bare(url: str) -> str:
    where = urlsplit(url)
    return f"{where.hostname or where.scheme + ':'}{where.path.rstrip('/')}"[:200]


@cache
def _words() -> Mapping[str, Any]:
    text = resources.files("haechi.knowledge").joinpath("ads/landing_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _investing() -> re.Pattern[str]:
    words = sorted(
        {word for group in _words()["investment"].values() for word in group}, key=lambda word: -len(word)
    )
    told = (rf"(?<![a-z]){word}(?![a-z])" if word[0].isascii() else word for word in words)
    return re.compile("|".join(told))


@cache
def _short_words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in _words()["language"].items()}
