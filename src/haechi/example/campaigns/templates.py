"""The wordings: read from `texts/`, each with its family and part.

A scam's family says how the scam is run; all wordings of a family are in one part, in every language. Honest lines go
to the parts by turns: each is a family of its own.
"""

import functools
import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final, Literal, NamedTuple

Part = Literal["dev", "held-out"]
LANGUAGES: Final = ("ja", "ko", "en", "zh", "de")

_SECTION: Final = re.compile(r"\[([a-z0-9-]+)(?: (dev|held-out))?\]")


class Wording(NamedTuple):
    """A text with slots.

    Attributes:
        family: of the campaign; for honest ads the trade and the line's number in it.
        kind: of honest ads the trade, else `scam`.
        part: which split it is in.
        language: ISO 639-1.
        number: 1-based within its family (scams) or trade.
        headline: may be empty.
        text: with slots in braces.
        quiet: whether it avoids the usual words of its scam.
        finance: whether it offers, or speaks of, a financial product or service.
    """

    family: str
    kind: str
    part: Part
    language: str
    number: int
    headline: str
    text: str
    quiet: bool = False
    finance: bool = True


@functools.cache
def scams(language: str) -> tuple[Wording, ...]:
    """All wordings of scams in a language, in the file's order."""
    found = []
    for family, part, number, line in _lines(f"scam-{language}.txt"):
        quiet = line.startswith("~")
        headline, text = _split(line.removeprefix("~"))
        split: Part = "dev" if part == "dev" else "held-out"
        found.append(Wording(family, "scam", split, language, number, headline, text, quiet=quiet))
    return tuple(found)


@functools.cache
def honest(language: str) -> tuple[Wording, ...]:
    """All honest wordings in a language, those of finance first."""
    found = []
    for finance in (True, False):
        for kind, _, number, line in _lines(f"honest-{'finance' if finance else 'other'}-{language}.txt"):
            headline, text = _split(line)
            part: Part = "dev" if number % 2 else "held-out"
            found.append(
                Wording(f"{kind}/{number}", kind, part, language, number, headline, text, finance=finance)
            )
    return tuple(found)


@functools.cache
def slots() -> dict[str, Any]:
    """Values of slots, by language."""
    return dict(json.loads(_read("slots.json")))


@functools.cache
def party_rows() -> tuple[dict[str, Any], ...]:
    """Rows of `parties.json`."""
    return tuple(json.loads(_read("parties.json"))["parties"])


def _lines(name: str) -> Iterator[tuple[str, str | None, int, str]]:
    section, part, number = "", None, 0
    for line in _read(name).splitlines():
        if heading := _SECTION.fullmatch(line):
            section, part, number = heading[1], heading[2], 0
        elif line.strip() and not line.startswith("#"):
            number += 1
            yield section, part, number, line


def _split(line: str) -> tuple[str, str]:
    headline, _, text = line.partition(" | ")
    return headline.strip(), text.strip()


def _read(name: str) -> str:
    return (resources.files(__package__) / "texts" / name).read_text(encoding="utf-8")
