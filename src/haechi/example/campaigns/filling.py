"""Slots of a wording filled."""

import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from haechi.example.campaigns.templates import Part, slots_of

_SLOT: Final = re.compile(r"\{([a-z]+)\}")
_PARTICLES: Final = {
    particle: (closed, opened)
    for closed, opened in (("이", "가"), ("은", "는"), ("을", "를"), ("과", "와"))
    for particle in (closed, opened)
}
_AFTER_SLOT: Final = re.compile(r"\{([a-z]+)\}(으로|로|이|가|은|는|을|를|과|와)(?![가-힣])")
_FIRST_SYLLABLE: Final = 0xAC00
_LAST_SYLLABLE: Final = 0xD7A3
_CODAS: Final = 28
_RIEUL: Final = 8


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every slot that has a value filled; particles after a slot follow its last sound in Korean."""
    text = _AFTER_SLOT.sub(lambda found: _with_particle(found, values), text)
    return _SLOT.sub(lambda found: values.get(found[1], found[0]), text)


def sentences(text: str) -> tuple[str, ...]:
    """Its sentences."""
    cut = text.replace("。", "。\n").replace(". ", ".\n")
    return tuple(part.strip() for part in cut.split("\n") if part.strip())


def slots_in(text: str) -> set[str]:
    """Names of the slots in a text."""
    return set(_SLOT.findall(text))


def values_of(language: str, part: Part, chance: Random) -> dict[str, str]:
    """One value for every slot that is no name and no hand-off, as a scam has them."""
    given: dict[str, Any] = slots_of(language, part)
    drawn = {
        name: chance.choice(given[name])
        for name in ("sum", "gain", "deposit", "daily", "bonus", "city", "date", "stock", "tool", "firm")
    }
    numbers = {
        "pct": chance.choice((35, 48, 63, 78, 80, 86, 92)),
        "n": chance.choice((20, 30, 50, 80, 100)),
        "days": chance.choice((7, 10, 14, 21, 30)),
        "age": chance.randint(58, 79),
    }
    drawn |= {name: str(number) for name, number in numbers.items()}
    drawn["small"] = chance.choice(("1.2", "1.5", "2.8", "3"))
    drawn["big"] = chance.choice(("8,400", "12,000", "3,700", "50,000"))
    return drawn


def honest_values_of(language: str, part: Part, chance: Random) -> dict[str, str]:
    """The same for an honest ad: prices are ordinary, a number is one digit."""
    given: dict[str, Any] = slots_of(language, part)
    return {
        "n": str(chance.randint(2, 9)),
        "sum": chance.choice(given["honest_sum"]),
        "city": chance.choice(given["city"]),
        "date": chance.choice(given["date"]),
    }


def _with_particle(found: re.Match[str], values: Mapping[str, str]) -> str:
    slot, particle = found[1], found[2]
    last = values.get(slot, "")[-1:]
    if not last or not _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        return found[0]
    coda = (ord(last) - _FIRST_SYLLABLE) % _CODAS
    if particle in ("로", "으로"):
        return f"{{{slot}}}{'으로' if coda not in (0, _RIEUL) else '로'}"
    closed, opened = _PARTICLES[particle]
    return f"{{{slot}}}{closed if coda else opened}"
