"""Bytes of a page to letters, also where a server declares a set that the page is not written in.

The order is that of the WHATWG Encoding and HTML Standards: byte order mark, header, `meta`. A declared set holds if
the bytes can be read in it; one of the Latin sets can read anything and holds only if the letters look like none of
the sets below. Undeclared pages are told by the letters that a set's language cannot do without.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER: Final = {
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "big5": "big5hkscs",
}
"""Browsers read the first of each pair as the second (WHATWG Encoding Standard, "Names and labels")."""
_EXTRA_NAMES: Final = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
}
_READS_ANYTHING: Final = re.compile(r"cp125\d|iso8859|latin|koi8|mac")
_SETS: Final = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|shift_jis|cp932|euc_jp|iso2022_jp|euc_kr|cp949|gb2312|gbk|gb18030|big5|big5hkscs"
    r"|ascii|iso8859-\d{1,2}|cp125\d|cp866|cp874|koi8-[ru]|mac-roman|mac-cyrillic|tis-620"
)
"""Those of browsers. Python also knows codecs that turn harmless letters into tags (utf-7) or unfold bombs (zip)."""
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_IN_PAGE: Final = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD: Final = 2048
_SAMPLE: Final = 20_000
_KANA: Final = re.compile("[\u3041-\u30fe]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
_ENOUGH_KANA: Final = 0.12
_MOST_HALF_WIDTH: Final = 0.1
_ENOUGH_HANGUL: Final = 0.8
_ENOUGH_HAN: Final = 0.6
_MOST_BROKEN: Final = 0.002


def letters(body: bytes, content_type: str = "") -> str:
    """The page's text. What no set explains becomes U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    weak = "cp1252"
    for name in _declared(body, content_type):
        if _READS_ANYTHING.search(name):
            weak = name
        elif _broken(body, name) <= _MOST_BROKEN:
            return body.decode(name, "replace")
    if body.isascii() and b"\x1b$" not in body:
        return body.decode("ascii")
    return body.decode(_told_by_letters(body) or weak, "replace")


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    in_header = _IN_HEADER.search(content_type)
    in_page = _IN_PAGE.search(body[:_HEAD])
    named = [in_header.group(1)] if in_header else []
    named += [in_page.group(1).decode("ascii", "replace")] if in_page else []
    for one in named:
        known = _EXTRA_NAMES.get(one.lower()) or _codec(one)
        if known is not None:
            yield _WIDER.get(known, known)


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if _SETS.fullmatch(found) else None


def _broken(body: bytes, name: str) -> float:
    """The share of the letters beyond ASCII that cannot be read in the set."""
    try:
        text = body.decode(name, "replace")
    except (UnicodeError, ValueError):
        return 1.0
    beyond = sum(1 for letter in text if letter > "\x7f")
    return text.count("\ufffd") / beyond if beyond else 0.0


def _told_by_letters(body: bytes) -> str | None:
    if b"\x1b$" in body and _broken(body, "iso2022_jp") <= _MOST_BROKEN:
        return "iso2022_jp"
    if _broken(body, "utf-8") <= _MOST_BROKEN:
        return "utf-8"
    for name in ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs"):
        if _broken(body, name) <= _MOST_BROKEN and _speaks(body, name):
            return name
    return None


def _speaks(body: bytes, name: str) -> bool:
    text = re.sub(r"[\x00-\x7f]+", "", body.decode(name, "replace"))[:_SAMPLE]
    if not text:
        return False
    share = {kind: len(kind.findall(text)) / len(text) for kind in (_KANA, _HANGUL, _HAN, _HALF_WIDTH)}
    if name in {"cp932", "euc_jp"}:
        return share[_KANA] >= _ENOUGH_KANA and share[_HALF_WIDTH] <= _MOST_HALF_WIDTH
    if name == "cp949":
        return share[_HANGUL] >= _ENOUGH_HANGUL * (share[_HANGUL] + share[_HAN]) and share[_HANGUL] > 0
    return share[_HAN] >= _ENOUGH_HAN and _ordinary(body, name)


def _ordinary(body: bytes, name: str) -> bool:
    """Whether most signs are of the set's first level, which holds the common ones."""
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", body[:_SAMPLE])
    low, high = (0xB0, 0xD7) if name == "gb18030" else (0xA4, 0xC6)
    punctuation = range(0xA1, 0xA4)
    common = sum(1 for pair in pairs if low <= pair[0] <= high or pair[0] in punctuation)
    return bool(pairs) and common / len(pairs) >= _ENOUGH_HAN
