"""Reasons in the advertiser's language.

What a text may hold beside its own words is the name of a value from a closed table, never anything of the ad, of
another ad or of a threshold.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from haechi.review.policy.readable import signals_in_rules
from haechi.review.policy.reading import Reading

DEFAULT: Final = "en"
OTHER: Final = "other"
"""Key of the words for a value that the table does not have."""
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong, and what would mend it."""

    text: str
    fix: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one language.

    Attributes:
        language: ISO 639-1.
        reasons: messages by code of the rule.
        values: words for values of signals, by the signal's name in rules; `other` for the rest.
    """

    language: str
    reasons: Mapping[str, Message]
    values: Mapping[str, Mapping[str, str]] = {}


def spoken(words: Mapping[str, Words], language: str) -> Words:
    """The words of a language, or of English where there are none; `ja-JP` is `ja`."""
    return words.get(language.lower().replace("_", "-").split("-")[0], words[DEFAULT])


def told(text: str, words: Words, ad: Reading) -> str:
    """A text with its places filled: each by the words for the surest value of the signal that it names."""
    return _PLACE.sub(lambda met: _value(met.group(1), words, ad), text)


def _value(signal: str, words: Words, ad: Reading) -> str:
    known = words.values[signal]
    found = ad.signals.get(signal)
    named = {} if found is None else {value: score for value, score in found.values.items() if value in known}
    best = min(named, key=lambda value: (-named[value], value), default=OTHER)
    return known[best]


def faults(words: Words, codes: set[str], off: set[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with the words of a language: the place in the file, and what was found and expected.

    Args:
        words: of the language.
        codes: that need a message.
        off: codes of rules that are off, which may keep theirs.
    """
    for code in sorted(codes - words.reasons.keys()):
        yield ("reasons",), f"found no message for {code}; expected text and fix for every rule"
    for code in sorted(words.reasons.keys() - codes - off):
        yield ("reasons", code), "found a message for no rule; expected the code of a rule"
    for signal, known in words.values.items():
        if signal not in signals_in_rules():
            yield ("values", signal), "found no such signal; expected one that rules may read"
        if OTHER not in known:
            yield ("values", signal), f"found no words for {OTHER!r}; expected them for values that have none"
    for code, message in words.reasons.items():
        for part, text in (("text", message.text), ("fix", message.fix)):
            rest = _PLACE.sub("", text)
            unknown = [name for name in _PLACE.findall(text) if name not in words.values]
            if unknown or "{" in rest or "}" in rest:
                yield ("reasons", code, part), f"found {text!r}; expected no place but {_places(words)}"


def used_values(words: Words, texts: list[str]) -> Mapping[str, Mapping[str, str]]:
    """Those tables of values that the texts have a place for."""
    places = {name for text in texts for name in _PLACE.findall(text)}
    return {name: words.values[name] for name in sorted(places)}


def _places(words: Words) -> str:
    return " ".join(f"{{{name}}}" for name in words.values) or "none: the file has no table of values"
