"""What people agreed to: a tenth of them, each by one of eight stories, good and bad."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from haechi.example import columns
from haechi.example.people import People
from haechi.example.scale import DAY_S, END_S, START_S, Scale
from haechi.example.streams import Ints, stream
from haechi.example.themes import CATEGORIES

_PURPOSES: Final = ("profiling", "advertising", "disclosure")
_BASES: Final = ("explicit_consent", "consent", "contract", "legitimate_interest", "legal_obligation")
_EXPLICIT: Final = _BASES.index("explicit_consent")
_NEVER: Final = -1
_LASTS_S: Final = END_S - START_S

STORIES: Final = (
    "covering",
    "withdrawn and given again",
    "renewed without a gap",
    "late",
    "without evidence",
    "all at once",
    "basis not accepted",
    "no category",
)
_SHARES: Final = (0.2, 0.15, 0.1, 0.1, 0.15, 0.12, 0.1, 0.08)


@dataclass(frozen=True, slots=True)
class Permissions:
    """Rows of `permissions`; instants in whole seconds, `_NEVER` where not withdrawn.

    Attributes:
        person: place of the person.
        story: place in `STORIES`.
        purpose: place in `_PURPOSES`.
        category: place in `CATEGORIES`, -1 for none.
        basis: place in `_BASES`.
        given: when it was given.
        withdrawn: when it was withdrawn.
    """

    person: Ints
    story: Ints
    purpose: Ints
    category: Ints
    basis: Ints
    given: Ints
    withdrawn: Ints


def make_permissions(scale: Scale) -> Permissions:
    """Every permission. Except in "all at once", no two of one person were given at the same instant."""
    random = stream(scale.seed, "permissions")
    holders = random.permutation(scale.people)[: scale.permission_holders]
    story = random.choice(len(STORIES), size=len(holders), p=_SHARES)
    parts = [_story(place, holders[story == place], random) for place in range(len(STORIES))]
    joined = np.concatenate(parts, axis=1)
    joined = joined[:, np.argsort(joined[5], kind="stable")]
    return Permissions(*joined)


def write_permissions(permissions: Permissions, people: People, folder: Path) -> None:
    """Writes `permissions` in the order in which they were given; evidence is the number of a signed form."""
    count = len(permissions.person)
    form = pc.binary_join_element_wise(
        pa.scalar("form"), pa.array(np.arange(1, count + 1)).cast(pa.string()), "-"
    )
    none = pa.array(permissions.story == STORIES.index("without evidence"))
    columns.write(
        folder,
        "permissions",
        {
            "person_id": pa.array(people.ids[permissions.person]),
            "purpose": columns.words(_PURPOSES, permissions.purpose),
            "category": columns.words(CATEGORIES, permissions.category),
            "basis": columns.words(_BASES, permissions.basis),
            "given_at": columns.instants(permissions.given),
            "withdrawn_at": columns.instants(permissions.withdrawn, permissions.withdrawn == _NEVER),
            "evidence": pc.if_else(none, pa.scalar(None, pa.string()), form),
        },
    )


def planted(permissions: Permissions, people: People) -> Counter[tuple[str, int]]:
    """Check and place to what was planted: permissions, and people asked for everything at once."""
    bare = permissions.person[permissions.story == STORIES.index("without evidence")]
    bundled = np.unique(permissions.person[permissions.story == STORIES.index("all at once")])
    found = Counter(("permission-without-evidence", place) for place in people.place[bare].tolist())
    found.update(("permission-not-separate", place) for place in people.place[bundled].tolist())
    return found


def _story(place: int, person: Ints, random: np.random.Generator) -> Ints:
    """The rows of all the people who have one story: seven rows of numbers, a column for each permission."""
    name = STORIES[place]
    count = len(person)
    before = START_S - random.integers(1, 300, count) * DAY_S
    some = (random.integers(0, len(CATEGORIES), (count, 1)) + np.arange(3)) % len(CATEGORIES)
    every = np.broadcast_to(np.arange(len(CATEGORIES)), (count, len(CATEGORIES)))
    both = (0, 2)
    if name == "all at once":
        return _grid(place, person, (0, 1, 2), every, before, apart=0)
    if name == "no category":
        return _grid(place, person, both, np.full((count, 1), -1), before)
    if name == "basis not accepted":
        basis = random.integers(1, 4, count)
        return _grid(place, person, both, some, before, basis=basis)
    if name == "late":
        return _grid(place, person, both, some, START_S + random.integers(0, _LASTS_S, count))
    if name in {"withdrawn and given again", "renewed without a gap"}:
        withdrawn = START_S + random.integers(0, _LASTS_S // 2, count)
        gap = 0 if name == "renewed without a gap" else random.integers(DAY_S, 300 * DAY_S, count)
        return np.concatenate(
            [
                _grid(place, person, both, some, before, withdrawn=withdrawn),
                _grid(place, person, both, some, withdrawn + gap),
            ],
            axis=1,
        )
    return _grid(place, person, both, every if name == "covering" else some, before)


def _grid(
    story: int,
    person: Ints,
    purposes: Sequence[int],
    categories: Ints,
    given: Ints,
    *,
    withdrawn: Ints | None = None,
    basis: Ints | None = None,
    apart: int = 61,
) -> Ints:
    """Every purpose with every category of each person, `apart` seconds one after the other."""
    count, width = len(person), len(purposes) * categories.shape[1]
    step = np.arange(width) * apart
    basis = np.full(count, _EXPLICIT) if basis is None else basis
    end = np.full((count, width), _NEVER) if withdrawn is None else withdrawn[:, None] + step
    return np.stack(
        [
            np.repeat(person, width),
            np.full(count * width, story),
            np.tile(np.repeat(purposes, categories.shape[1]), count),
            np.tile(categories, (1, len(purposes))).ravel(),
            np.repeat(basis, width),
            (given[:, None] + step).ravel(),
            end.ravel(),
        ]
    ).astype(np.int64)
