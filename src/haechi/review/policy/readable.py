"""What rules may read: signals with their values, and facts of the ad and its account with their types."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec

FactType = Literal["bool", "int", "text"]
FactValue = bool | int | str
FACTS: Final = "facts"
"""Name of the signal that keeps the facts a decision was made on."""
UNEXAMINED: Final = "unexamined"
"""Name of the signal that says that a part of the case could not be examined; the value is the part."""
NOTHING: Final[Mapping[FactType, FactValue]] = {"bool": False, "int": 0, "text": ""}
"""What an unknown fact reads as."""


class ReadableSignal(msgspec.Struct, frozen=True):
    """A signal that rules may read.

    Attributes:
        about: what it says, for people who write rules.
        values: all that it can have; empty where they are many.
        params: what may be asked beside the value, with all answers.
    """

    about: str
    values: tuple[str, ...] = ()
    params: Mapping[str, tuple[str, ...]] = {}


class Readable(msgspec.Struct, frozen=True):
    """Everything that rules may read.

    Attributes:
        signals: by name with hyphens.
        facts: type by name with a dot.
    """

    signals: Mapping[str, ReadableSignal]
    facts: Mapping[str, FactType]


@cache
def readable() -> Readable:
    """The table of `knowledge/ads/policy/readable.toml`."""
    text = resources.files("haechi.knowledge").joinpath("ads/policy/readable.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Readable)


def in_rules(signal: str) -> str:
    """A signal's name as rules write it."""
    return signal.replace("-", "_")


@cache
def signals_in_rules() -> Mapping[str, str]:
    """Names of signals by how rules write them."""
    return {in_rules(name): name for name in readable().signals}
