"""The advertisers, which themes they could use and when, and the ads that were shown because of a theme."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from haechi.example import columns
from haechi.example.ordinary_names import ADVERTISER_TRADES, ADVERTISER_WORDS
from haechi.example.people import People
from haechi.example.scale import DAY_S, END_S, START_S, Scale
from haechi.example.streams import Bools, Ints, stream
from haechi.example.themes import Themes

_COUNTRIES: Final = ("KR", "US", "JP", "DE", "GB")
_COUNTRY_SHARES: Final = (0.8, 0.08, 0.05, 0.04, 0.03)
_UNVERIFIED_EVERY: Final = 12
_INNOCENT_EVERY: Final = 50
_STILL_OPEN_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Grants:
    """Who could use which theme; instants in whole seconds since 1970.

    Attributes:
        advertiser: place of the advertiser.
        theme: place of the theme.
        since: first instant.
        until: first instant after it; END where still open.
        open: no end in the records.
    """

    advertiser: Ints
    theme: Ints
    since: Ints
    until: Ints
    open: Bools


def advertiser_ids(scale: Scale) -> tuple[str, ...]:
    """`advertiser_id` of every advertiser."""
    width = max(4, len(str(scale.advertisers)))
    return tuple(f"a-{i + 1:0{width}d}" for i in range(scale.advertisers))


def unverified(scale: Scale) -> Bools:
    """Which advertisers nobody verified: one in twelve."""
    left_out: Bools = np.arange(scale.advertisers) % _UNVERIFIED_EVERY == _UNVERIFIED_EVERY // 2
    return left_out


def write_advertisers(scale: Scale, folder: Path) -> None:
    """Writes `advertisers`."""
    random = stream(scale.seed, "advertisers")
    count = scale.advertisers
    word = random.integers(0, len(ADVERTISER_WORDS), count)
    trade = random.integers(0, len(ADVERTISER_TRADES), count)
    names = [
        f"{ADVERTISER_WORDS[w]} {ADVERTISER_TRADES[t]} {i + 1}"
        for i, (w, t) in enumerate(zip(word, trade, strict=True))
    ]
    columns.write(
        folder,
        "advertisers",
        {
            "advertiser_id": pa.array(advertiser_ids(scale)),
            "name": pa.array(names),
            "country": columns.words(
                _COUNTRIES, random.choice(len(_COUNTRIES), size=count, p=_COUNTRY_SHARES)
            ),
            "verified": pa.array(~unverified(scale)),
        },
    )


def make_grants(scale: Scale, themes: Themes) -> Grants:
    """Every grant: the same number for each advertiser, of sensitive themes as often as there are such themes.

    One advertiser in fifty uses no sensitive theme at all.
    """
    random = stream(scale.seed, "grants")
    plain, sensitive = np.flatnonzero(themes.category < 0), themes.sensitive
    shape = (scale.advertisers, scale.grants_each)
    theme = plain[random.integers(0, len(plain), shape)]
    some = max(1, round(scale.grants_each * len(sensitive) / scale.themes))
    uses = np.arange(scale.advertisers) % _INNOCENT_EVERY != _INNOCENT_EVERY // 2
    theme[uses, :some] = sensitive[random.integers(0, len(sensitive), (int(uses.sum()), some))]
    count = theme.size
    since = random.integers(START_S, END_S - 30 * DAY_S, count)
    is_open = random.random(count) < _STILL_OPEN_SHARE
    lasts = (DAY_S + random.exponential(200 * DAY_S, count)).astype(np.int64)
    until = np.where(is_open, END_S, np.minimum(since + lasts, END_S))
    advertiser = np.repeat(np.arange(scale.advertisers), scale.grants_each)
    order = np.argsort(since, kind="stable")
    return Grants(advertiser[order], theme.ravel()[order], since[order], until[order], is_open[order])


def write_grants(scale: Scale, themes: Themes, grants: Grants, folder: Path) -> None:
    """Writes `grants` in the order in which they began."""
    columns.write(
        folder,
        "grants",
        {
            "advertiser_id": columns.words(advertiser_ids(scale), grants.advertiser),
            "theme_id": columns.words(tuple(themes.ids), grants.theme),
            "since": columns.instants(grants.since),
            "until": columns.instants(grants.until, grants.open),
        },
    )


def write_deliveries(scale: Scale, themes: Themes, people: People, grants: Grants, folder: Path) -> None:
    """Writes `deliveries`: ads shown to anyone at all, each while its advertiser could use the theme."""
    random = stream(scale.seed, "deliveries")
    grant = random.integers(0, len(grants.theme), scale.deliveries)
    lasts = grants.until[grant] - grants.since[grant]
    at = grants.since[grant] + (random.random(scale.deliveries) * lasts).astype(np.int64)
    order = np.argsort(at, kind="stable")
    person = random.integers(0, scale.people, scale.deliveries)
    columns.write(
        folder,
        "deliveries",
        {
            "advertiser_id": columns.words(advertiser_ids(scale), grants.advertiser[grant][order]),
            "theme_id": columns.words(tuple(themes.ids), grants.theme[grant][order]),
            "person_id": pa.array(people.ids[person]),
            "delivered_at": columns.instants(at[order]),
        },
    )
