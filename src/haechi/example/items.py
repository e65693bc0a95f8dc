"""Pages and ads, and which themes they speak for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from haechi.example import columns
from haechi.example.scale import Scale
from haechi.example.streams import Ints, stream
from haechi.example.themes import Themes

FIRST_ITEM: Final = 5_000_001
_KINDS: Final = ("page", "ad", "post", "video", "app")
_KIND_SHARES: Final = (0.55, 0.3, 0.08, 0.05, 0.02)
_SENSITIVE_EVERY: Final = 24
"""One item in so many is about a sensitive theme; popular and unpopular ones alike."""
_SECOND_THEME_SHARE: Final = 0.6
_THIRD_THEME_SHARE: Final = 0.2
_PART_WEIGHT_SHARE: Final = 0.15
_LEFT_OUT_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Items:
    """The items of one example, the most popular first.

    Attributes:
        ids: `item_id`, in no telling order.
        first_theme: place of the theme that gives the item its name.
        link_item: item of each link from an item to a theme, sorted.
        link_theme: theme of each link; no pair of item and theme twice.
        link_tenths: weight of each link in tenths; 10 where the records leave it out.
    """

    ids: Ints
    first_theme: Ints
    link_item: Ints
    link_theme: Ints
    link_tenths: Ints


def make_items(scale: Scale, themes: Themes) -> Items:
    """Every item, with 1.8 themes on average."""
    random = stream(scale.seed, "items")
    count = scale.items
    plain, sensitive = np.flatnonzero(themes.category < 0), themes.sensitive
    first = plain[random.integers(0, len(plain), count)]
    about = np.arange(count) % _SENSITIVE_EVERY == _SENSITIVE_EVERY // 4
    first[about] = sensitive[random.integers(0, len(sensitive), about.sum())]
    pairs = [np.stack([np.arange(count), first])]
    for share in (_SECOND_THEME_SHARE, _THIRD_THEME_SHARE):
        more = np.flatnonzero(random.random(count) < share)
        pairs.append(np.stack([more, plain[random.integers(0, len(plain), len(more))]]))
    links = np.unique(np.concatenate(pairs, axis=1), axis=1)
    part = random.random(links.shape[1]) < _PART_WEIGHT_SHARE
    tenths = np.where(part, random.integers(3, 9, links.shape[1]), 10)
    return Items(FIRST_ITEM + random.permutation(count), first, links[0], links[1], tenths)


def write_items(items: Items, themes: Themes, folder: Path, seed: int) -> None:
    """Writes `items` and `item_themes`; the weight 1 is often left out, as it is the default."""
    random = stream(seed, "item names")
    count = len(items.ids)
    kind = random.choice(len(_KINDS), size=count, p=_KIND_SHARES)
    number = pa.array(np.arange(1, count + 1)).cast(pa.string())
    name = pc.binary_join_element_wise(
        pa.array(themes.names).take(pa.array(items.first_theme)),
        columns.words(_KINDS, kind).cast(pa.string()),
        number,
        " ",
    )
    columns.write(
        folder,
        "items",
        {
            "item_id": pa.array(items.ids),
            "kind": columns.words(_KINDS, kind),
            "name": name,
            "lang": pa.array(themes.langs).take(pa.array(items.first_theme)),
        },
    )
    whole = items.link_tenths == 10  # noqa: PLR2004  ten tenths
    left_out = whole & (random.random(len(whole)) < _LEFT_OUT_SHARE)
    columns.write(
        folder,
        "item_themes",
        {
            "item_id": pa.array(items.ids[items.link_item]),
            "theme_id": columns.words(tuple(themes.ids), items.link_theme),
            "weight": pa.array(items.link_tenths / 10, mask=left_out),
        },
    )
