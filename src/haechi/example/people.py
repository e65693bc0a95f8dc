"""The people: nearly all in Korea, as in the decision, and a few under each other law."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from haechi.example import columns
from haechi.example.scale import DAY_S, END, Scale
from haechi.example.streams import Ints, stream

PLACES: Final = (
    ("KR", None),
    ("DE", None),
    ("FR", None),
    ("IE", None),
    ("PL", None),
    ("JP", None),
    ("US", "US-CA"),
    ("US", "US-WA"),
    ("US", "US-NY"),
    ("GB", None),
)
"""Country and region. No law pack covers the last two: such people are under no law that is audited."""

KR_PLACE: Final = 0
EU_PLACES: Final = (1, 2, 3, 4)
JP_PLACE: Final = 5
CA_PLACE: Final = 6
WA_PLACE: Final = 7

FIRST_PERSON: Final = 100_000_001
_ABROAD_SHARE: Final = 0.06
_UNDER_14_SHARE: Final = 0.006
_UNDER_18_SHARE: Final = 0.04


@dataclass(frozen=True, slots=True)
class People:
    """The people of one example, in the order of their identifiers.

    Attributes:
        ids: `person_id`.
        place: place in `PLACES`.
        birth_day: days since 1970; meaningless where unknown.
        birth_unknown: no birth date in the records.
    """

    ids: Ints
    place: Ints
    birth_day: Ints
    birth_unknown: np.typing.NDArray[np.bool_]


def make_people(scale: Scale) -> People:
    """Every person of the example."""
    random = stream(scale.seed, "people")
    count = scale.people
    place = np.zeros(count, dtype=np.int64)
    abroad = random.permutation(count)[: round(count * _ABROAD_SHARE)]
    place[abroad] = 1 + np.arange(len(abroad)) % (len(PLACES) - 1)
    age = random.integers(18, 76, count)
    young = random.permutation(count)
    under_14, under_18 = max(1, round(count * _UNDER_14_SHARE)), max(1, round(count * _UNDER_18_SHARE))
    age[young[:under_14]] = random.integers(9, 13, under_14)
    age[young[under_14 : under_14 + under_18]] = random.integers(14, 17, under_18)
    end_day = int(END.timestamp()) // DAY_S
    birth_day = end_day - (age * 365.25).astype(np.int64) - random.integers(1, 365, count)
    unknown = np.zeros(count, dtype=np.bool_)
    unknown[random.permutation(count)[: max(3, count // 1_000)]] = True
    return People(FIRST_PERSON + np.arange(count, dtype=np.int64), place, birth_day, unknown)


def write_people(people: People, folder: Path, seed: int) -> None:
    """Writes `people`; half of those in Korea have a region."""
    random = stream(seed, "regions")
    countries = tuple(sorted({country for country, _ in PLACES}))
    regions = (*sorted({region for _, region in PLACES if region}), "KR-11", "KR-26", "KR-41")
    country = np.array([countries.index(c) for c, _ in PLACES])[people.place]
    region = np.array([-1 if r is None else regions.index(r) for _, r in PLACES])[people.place]
    korean = random.choice(
        [-1, *(regions.index(r) for r in ("KR-11", "KR-26", "KR-41"))],
        size=len(people.ids),
        p=[0.5, 0.2, 0.1, 0.2],
    )
    region = np.where(people.place == KR_PLACE, korean, region)
    columns.write(
        folder,
        "people",
        {
            "person_id": pa.array(people.ids),
            "country": columns.words(countries, country),
            "region": columns.words(regions, region),
            "birth_date": pa.array(people.birth_day.astype(np.int32), mask=people.birth_unknown).cast(
                pa.date32()
            ),
        },
    )
