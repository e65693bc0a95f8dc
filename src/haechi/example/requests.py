"""What people asked for and what they got: eleven stories, in turn, all of them decided by 2022.

The stories of Korea follow the decision: requests for access refused as outside the right, although the
Enforcement Decree, Art. 41(1), names what was asked for. Every request was received and every deadline ran out
before the period's end, so that no figure depends on the day of the audit.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from haechi.example import columns
from haechi.example.people import PLACES, People
from haechi.example.scale import DAY_S, END_S, START_S, Scale
from haechi.example.streams import stream


@dataclass(frozen=True, slots=True)
class _Story:
    """One way that a request went.

    Attributes:
        place: where the person lives, place in `PLACES`.
        kind: what was asked for.
        outcome: what the person got.
        days: from receipt to answer, least and most; None: never answered.
        extended_after: days from receipt to the notice of an extension; None: none.
        ground: the ground of a refusal.
        finding: the check that must find it; None: nothing wrong.
    """

    place: int
    kind: str
    outcome: str
    days: tuple[int, int] | None
    extended_after: int | None = None
    ground: str | None = None
    finding: str | None = None


_KR, _DE, _FR, _JP, _CA, _WA = 0, 1, 2, 5, 6, 7
_OVERDUE = "request-overdue"

_STORIES: Final = (
    _Story(_KR, "access", "refused", (2, 8), ground="NOT_IN_SCOPE", finding="request-refused-included"),
    _Story(_KR, "access", "granted", (2, 8)),
    _Story(_KR, "access", "granted", (40, 120), finding=_OVERDUE),
    _Story(_KR, "erasure", "open", None, finding=_OVERDUE),
    _Story(_KR, "access", "refused", (2, 8), ground="HARM_TO_OTHERS"),
    _Story(_KR, "access", "refused", (2, 8), finding="request-refused-without-ground"),
    _Story(_DE, "access", "granted", (5, 25)),
    _Story(_FR, "erasure", "granted", (100, 160), finding=_OVERDUE),
    _Story(_DE, "access", "granted", (50, 80), extended_after=20),
    _Story(_CA, "access", "granted", (5, 40)),
    _Story(_WA, "access", "granted", (5, 40)),
)
_NO_PERSON_EVERY: Final = 20
_LAST_RECEIVED_S: Final = END_S - 200 * DAY_S


def write_requests(scale: Scale, people: People, folder: Path) -> Counter[tuple[str, int]]:
    """Writes `requests`; returns check and place to what was planted."""
    random = stream(scale.seed, "requests")
    count = scale.requests
    received = np.sort(random.integers(START_S, _LAST_RECEIVED_S, count))
    told = [_STORIES[i] for i in random.permutation(np.arange(count) % len(_STORIES))]
    person, answered, extended = (np.full(count, -1, dtype=np.int64) for _ in range(3))
    for row, story in enumerate(told):
        own = np.flatnonzero(people.place == story.place)
        if len(own) and row % _NO_PERSON_EVERY:
            person[row] = people.ids[own[random.integers(0, len(own))]]
        if story.days is not None:
            answered[row] = received[row] + random.integers(story.days[0], story.days[1] + 1) * DAY_S
        if story.extended_after is not None:
            extended[row] = received[row] + story.extended_after * DAY_S
    columns.write(
        folder,
        "requests",
        {
            "request_id": pa.array([f"r-{i + 1:06d}" for i in range(count)]),
            "person_id": pa.array(person, mask=person < 0),
            "country": pa.array([PLACES[story.place][0] for story in told]),
            "kind": pa.array([story.kind for story in told]),
            "received_at": columns.instants(received),
            "extended_at": columns.instants(extended, extended < 0),
            "answered_at": columns.instants(answered, answered < 0),
            "outcome": pa.array([story.outcome for story in told]),
            "ground": pa.array([story.ground for story in told], pa.string()),
        },
    )
    return Counter((story.finding, story.place) for story in told if story.finding)
