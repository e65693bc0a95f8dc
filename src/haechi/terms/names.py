"""The categories as people read them, by language."""

import tomllib
from functools import cache
from importlib import resources

from haechi.terms.words import CATEGORIES


@cache
def category_names(lang: str) -> dict[str, str]:
    """Category to its name, in the contract's order; `lang` is en, ko, ja or de."""
    text = resources.files("haechi.terms").joinpath("category_names.toml").read_text(encoding="utf-8")
    named = tomllib.loads(text)
    return {category: named[category][lang] for category in CATEGORIES}
