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

_SHARED: Final = frozenset({"apps", "weights"})
"""What applications are called is the same for everybody."""
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
def slots_of(language: str, part: Part) -> dict[str, Any]:
    """Values of a language's slots that one part uses: of every list by turns, so that parts share no phrase."""
    given = slots()[language]
    return {name: value if name in _SHARED else _of_part(value, part) for name, value in given.items()}


def names_of(use: str, part: Part) -> list[str]:
    """Names of accounts or domains that one part uses."""
    return list(_of_part(slots()[use], part))


def _of_part(value: Any, part: Part) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {name: _of_part(one, part) for name, one in value.items()}
    if isinstance(value, list) and len(value) > 1:
        return value[0 if part == "dev" else 1 :: 2]
    return value


@functools.cache
def party_rows() -> tuple[dict[str, Any], ...]:
    """Rows of `parties.json`."""
    return tuple(json.loads(_read("parties.json"))["parties"])


def _lines(name: str) -> Iterator[tuple[str, str | None, int, str]]:
    section, part = "", None
    numbers: dict[str, int] = {}
    for line in _read(name).splitlines():
        if heading := _SECTION.fullmatch(line):
            section, part = heading[1], heading[2]
        elif line.strip() and not line.startswith("#"):
            numbers[section] = numbers.get(section, 0) + 1
            yield section, part, numbers[section], line


def _split(line: str) -> tuple[str, str]:
    headline, _, text = line.partition(" | ")
    return headline.strip(), text.strip()


def _read(name: str) -> str:
    return (resources.files(__package__) / "texts" / name).read_text(encoding="utf-8")
