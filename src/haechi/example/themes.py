"""The themes: which names, which of them are planted as sensitive, and which pages and ads speak for them."""

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from haechi.example import columns, ordinary_names, sensitive_names
from haechi.example.scale import DAY_S, START_S, Scale
from haechi.example.streams import Ints, stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATEGORIES: Final = tuple(sensitive_names.SENSITIVE_PATHS)
"""The categories that the example plants."""

_KOREAN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes of one example, all lists in the same order.

    Attributes:
        ids: identifiers, in no telling order.
        names: plain names, no two alike.
        paths: tiers above the name.
        langs: `en` or `ko`.
        category: place in `CATEGORIES` of the category that a theme was planted with, -1 for none.
    """

    ids: list[str]
    names: list[str]
    paths: list[str]
    langs: list[str]
    category: Ints

    @property
    def sensitive(self) -> Ints:
        """Places of the themes planted as sensitive."""
        return np.flatnonzero(self.category >= 0)


_Row = tuple[str, str, str, int]


def make_themes(scale: Scale) -> Themes:
    """Every theme of the example."""
    count = scale.sensitive_themes
    planted = _sensitive(count)
    likes = [(name, path, "en", -1) for name, path in sensitive_names.LOOK_ALIKES]
    # Look-alikes belong to every example, but never crowd out the rest of a tiny one.
    likes = likes[: max(1, (scale.themes - count) // 4)]
    ordinary = _ordinary(scale, scale.themes - count - len(likes))
    rows = [*planted, *likes, *ordinary]
    order = stream(scale.seed, "themes").permutation(len(rows))
    rows = [rows[i] for i in order]
    width = len(str(scale.themes))
    return Themes(
        ids=[f"t-{i + 1:0{max(5, width)}d}" for i in range(len(rows))],
        names=[row[0] for row in rows],
        paths=[row[1] for row in rows],
        langs=[row[2] for row in rows],
        category=np.array([row[3] for row in rows], dtype=np.int64),
    )


def write_themes(themes: Themes, folder: "Path", seed: int) -> None:
    """Writes `themes`; all were there when the period began."""
    age = stream(seed, "themes created").integers(1, 900, len(themes.ids))
    columns.write(
        folder,
        "themes",
        {
            "theme_id": pa.array(themes.ids),
            "name": pa.array(themes.names),
            "path": pa.array(themes.paths),
            "lang": pa.array(themes.langs),
            "created_at": columns.instants(START_S - age * DAY_S),
        },
    )


def _sensitive(count: int) -> list[_Row]:
    """`count` sensitive themes, dealt to the categories in turn."""
    supplies = [_sensitive_of(place) for place in range(len(CATEGORIES))]
    return [next(supplies[i % len(supplies)]) for i in range(count)]


def _sensitive_of(place: int) -> "Iterator[_Row]":
    """Names of one category without end: plain first, then by place, then numbered."""
    category = CATEGORIES[place]
    english, korean = sensitive_names.SENSITIVE_EN[category], sensitive_names.SENSITIVE_KO[category]
    tiers = sensitive_names.SENSITIVE_PATHS[category]
    plain = [(name, "en") for name in english]
    # One Korean name after every English one, while both last.
    for i, name in enumerate(korean):
        plain.insert(2 * i + 1, (name, "ko"))
    for name, lang in plain:
        yield name, tiers, lang, place
    for round_ in range(1 << 30):
        for (en, ko), (name, lang) in product(ordinary_names.PLACES, plain):
            local = f"{name} in {en}" if lang == "en" else f"{ko} {name}"
            local = local if round_ == 0 else f"{local} {round_ + 1}"
            yield local, f"{tiers} > {name}", lang, place


def _ordinary(scale: Scale, count: int) -> list[_Row]:
    """`count` ordinary themes: a sample of all names that the vocabulary gives, numbered when it runs out."""
    korean = round(count * _KOREAN_SHARE)
    random = stream(scale.seed, "ordinary themes")
    return [
        *_sample(_ordinary_korean(), korean, random),
        *_sample(_ordinary_english(), count - korean, random),
    ]


def _sample(supply: list[_Row], count: int, random: np.random.Generator) -> list[_Row]:
    order = random.permutation(len(supply))
    taken = [supply[i] for i in islice(order, count)]
    for extra in range(count - len(taken)):
        name, path, lang, category = supply[extra % len(supply)]
        number = extra // len(supply) + 2
        taken.append((f"{name} {number}", path, lang, category))
    return taken


def _ordinary_english() -> list[_Row]:
    return [
        (name, f"Interests > {tier} > {topic}", "en", -1)
        for tier, topics in ordinary_names.TOPICS_EN.items()
        for topic, facet in product(topics, ordinary_names.FACETS_EN)
        for name in (
            f"{topic} {facet}",
            *(f"{topic} {facet} in {place}" for place, _ in ordinary_names.PLACES),
        )
    ]


def _ordinary_korean() -> list[_Row]:
    return [
        (name, f"Interests > {tier} > {topic}", "ko", -1)
        for tier, topics in ordinary_names.TOPICS_KO.items()
        for topic, facet in product(topics, ordinary_names.FACETS_KO)
        for name in (
            f"{topic} {facet}",
            *(f"{place} {topic} {facet}" for _, place in ordinary_names.PLACES),
        )
    ]
