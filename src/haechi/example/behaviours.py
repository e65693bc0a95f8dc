"""What people did, made piece by piece in the order of time: memory does not grow with the number of rows."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from haechi.example import columns
from haechi.example.items import Items
from haechi.example.people import People
from haechi.example.scale import END_S, START_S, Scale
from haechi.example.streams import Ints, Slots, draw, slots, stream
from haechi.example.themes import CATEGORIES, Themes

_KINDS: Final = ("like", "follow", "click", "view", "share", "comment", "purchase", "unlike", "hide")
_KIND_SHARES: Final = (0.3, 0.06, 0.22, 0.32, 0.03, 0.06, 0.01)
"""Shares of the kinds in their order; the last two come by regret alone."""
_LIKE, _UNLIKE, _HIDE = _KINDS.index("like"), _KINDS.index("unlike"), _KINDS.index("hide")

_PIECES_AT_LEAST: Final = 40
_CIRCLES: Final = 64
_FAVOURITES: Final = 64
_SENSITIVE_FAVOURITES: Final = 3
_VISITED_MORE: Final = 6
_REMEMBERED_PIECES: Final = 8


@dataclass(frozen=True, slots=True)
class _Habits:
    """Who is active, what is popular, and what the circles of people like.

    People belong to circles; a quarter of what a person does is on the circle's few favourite items, some of
    them about one sensitive category. So people come back to the same items, and interests go together.
    """

    active: Slots
    popular: Slots
    favourites: Slots
    kinds: Slots


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive rows of the table, as places in the lists of people, items and kinds."""

    person: Slots
    item: Slots
    kind: npt.NDArray[np.int32]
    at: Ints


def write_behaviours(
    scale: Scale,
    themes: Themes,
    people: People,
    items: Items,
    folder: Path,
    *,
    progress: Callable[[int], None],
) -> None:
    """Writes `behaviours` in the order of time, whole seconds, not clustered by person.

    Args:
        scale: how many.
        themes: the themes.
        people: who.
        items: on what.
        folder: where to.
        progress: called with the number of rows done since the last call.
    """
    habits = _habits(scale, themes, items)
    with columns.writer(folder, "behaviours") as out, ThreadPoolExecutor(1) as background:
        written: Future[None] | None = None
        memory: deque[_Piece] = deque(maxlen=_REMEMBERED_PIECES)
        for number, (start, stop) in enumerate(_bounds(scale.behaviours)):
            piece = _piece(scale, habits, memory, number, (start, stop))
            table = columns.rows(
                "behaviours",
                {
                    "person_id": pa.array(people.ids[piece.person]),
                    "item_id": pa.array(items.ids[piece.item]),
                    "kind": columns.words(_KINDS, piece.kind),
                    "occurred_at": columns.instants(piece.at),
                },
            )
            # One piece is compressed while the next is drawn: two cores, and never more than two pieces held.
            if written is not None:
                written.result()
            written = background.submit(out.write_table, table, columns.ROWS_IN_GROUP)
            progress(stop - start)
        if written is not None:
            written.result()


def _bounds(count: int) -> list[tuple[int, int]]:
    """Where the pieces begin and end: at least forty of them, so that some come later than others."""
    size = min(columns.ROWS_IN_GROUP, max(1, -(-count // _PIECES_AT_LEAST)))
    return [(start, min(start + size, count)) for start in range(0, count, size)]


def _habits(scale: Scale, themes: Themes, items: Items) -> _Habits:
    random = stream(scale.seed, "habits")
    activity = 1.2 + random.lognormal(0.0, 0.9, scale.people)
    # Zipf-Mandelbrot: a long tail, but no item that alone decides the figures.
    popular = slots(1.0 / (np.arange(len(items.ids)) + 30.0))
    favourites = draw(popular, random, _CIRCLES * _FAVOURITES).reshape(_CIRCLES, _FAVOURITES)
    category = themes.category[items.first_theme]
    for circle in range(_CIRCLES):
        own = np.flatnonzero(category == circle % len(CATEGORIES))
        if len(own):
            few = random.choice(own, _SENSITIVE_FAVOURITES)
            favourites[circle, : few.size * _VISITED_MORE] = np.tile(few, _VISITED_MORE)
    return _Habits(slots(activity), popular, favourites, slots(np.array(_KIND_SHARES)))


def _piece(
    scale: Scale, habits: _Habits, memory: deque[_Piece], number: int, bounds: tuple[int, int]
) -> _Piece:
    """The rows within `bounds`, and a sample of them remembered for later regrets."""
    random = stream(scale.seed, "behaviours", number)
    count = bounds[1] - bounds[0]
    person, item = draw(habits.active, random, count), draw(habits.popular, random, count)
    at_favourite = np.flatnonzero(random.integers(0, 4, count, dtype=np.uint8) == 0)
    chosen = random.integers(0, _FAVOURITES, len(at_favourite), dtype=np.uint8)
    item[at_favourite] = habits.favourites[person[at_favourite] % _CIRCLES, chosen]
    first, last = (START_S + (END_S - START_S) * row // scale.behaviours for row in bounds)
    at = np.sort(random.integers(first, max(last, first + 1), count, dtype=np.int32)).astype(np.int64)
    piece = _Piece(person, item, draw(habits.kinds, random, count), at)
    _regret(piece, memory, random)
    sample = random.integers(0, count, max(4, count // 100))
    memory.append(_Piece(person[sample], item[sample], piece.kind[sample], at[sample]))
    return piece


def _regret(piece: _Piece, memory: deque[_Piece], random: np.random.Generator) -> None:
    """Some rows take back what the same person did on the same item; some do it once more.

    A few come in the very second of the act itself: they take back what was before, and the act still counts.
    """
    count = len(piece.at)
    if memory:
        rows = random.permutation(count)[: max(1, count // 80)]
        source = memory[int(random.integers(0, len(memory)))]
        past = random.integers(0, len(source.at), len(rows))
        piece.person[rows], piece.item[rows] = source.person[past], source.item[past]
        undone = random.random(len(rows))
        piece.kind[rows] = np.select([undone < 0.5, undone < 0.75], [_UNLIKE, _HIDE], _LIKE)  # noqa: PLR2004  shares
    twice = random.integers(0, max(1, count - 1), count // 5_000)
    later = np.minimum(twice + 1, count - 1)
    piece.person[later], piece.item[later] = piece.person[twice], piece.item[twice]
    piece.at[later] = piece.at[twice]
    piece.kind[later] = _UNLIKE
