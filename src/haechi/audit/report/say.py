"""The words of the report, by language, and how it says how many people."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from haechi.audit.inquiry import Lang
from haechi.terms.names import category_names

FEW: Final = 10
"""Below this many people a figure of the page says "fewer than": a small group is nearly a person."""


@cache
def words(lang: Lang) -> dict[str, Any]:
    """Every word of the report that is not a figure."""
    text = resources.files("haechi.audit.report").joinpath(f"words.{lang}.toml").read_text(encoding="utf-8")
    return {**tomllib.loads(text), "category": category_names(lang)}


def number(value: object) -> str:
    """A figure with its thousands apart."""
    return f"{int(str(value)):,}"


def people_of(say: Mapping[str, Any], *, unit: str = "{}") -> Callable[[int], str]:
    """How a number of people is told; `unit` holds the figure where the language wants a word beside it."""

    def people(value: int) -> str:
        return unit.format(number(value)) if value == 0 or value >= FEW else str(say["fewer"]).format(FEW)

    return people
