"""Judges rows as they come, in their order, on as many processors as there is work for."""

import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import Final

from haechi.sensitivity.engine import Engine, Judgement, load
from haechi.sensitivity.read_names import Row

_ALONE: Final = 8
"""Batches that one process judges before it is worth starting others."""
_AHEAD: Final = 3
"""Batches read ahead for each process: memory stays the same however long the list is."""

Asked = tuple[str, str | None, str | None]


def answered(batches: Iterator[list[Row]], *, workers: int | None = None) -> Iterator[list[Row]]:
    """Each batch with the answer's columns added to its rows.

    Added are `categories` (decided ones), `scores` and `evidence` beside them, `arguable` (categories that are
    indirect or weak) and `undecided` (why the engine cannot tell, or null).

    Args:
        batches: rows with `name`, and where known `path` and `lang`.
        workers: processes; None: one a processor, once the list proves long.
    """
    engine = load()
    wanted = workers or os.cpu_count() or 1
    for batch in islice(batches, _ALONE if wanted > 1 else None):
        yield _joined(batch, _judge(engine, _asked(batch)))
    following = next(batches, None)
    if following is not None:
        yield from _shared_out(chain((following,), batches), wanted)


def _shared_out(batches: Iterator[list[Row]], workers: int) -> Iterator[list[Row]]:
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)
    waiting: deque[tuple[list[Row], Future[list[Judgement]]]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(_judge_here, _asked(batch))))
            if len(waiting) > workers * _AHEAD:
                rows, future = waiting.popleft()
                yield _joined(rows, future.result())
        while waiting:
            rows, future = waiting.popleft()
            yield _joined(rows, future.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    # Ctrl-C is for the process that writes; it then ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load()


def _judge_here(asked: list[Asked]) -> list[Judgement]:
    return _judge(load(), asked)


def _judge(engine: Engine, asked: list[Asked]) -> list[Judgement]:
    return [engine.judge(name, path, lang) for name, path, lang in asked]


def _asked(batch: list[Row]) -> list[Asked]:
    return [(_text(row["name"]) or "", _text(row.get("path")), _text(row.get("lang"))) for row in batch]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _joined(batch: list[Row], judgements: list[Judgement]) -> list[Row]:
    return [row | answer(judgement) for row, judgement in zip(batch, judgements, strict=True)]


def answer(judgement: Judgement) -> Row:
    """The answer's columns for one name."""
    decided = judgement.decided
    return {
        "categories": [label.category for label in decided],
        "scores": [label.score for label in decided],
        "evidence": [label.evidence for label in decided],
        "arguable": [label.category for label in judgement.labels if label not in decided],
        "undecided": judgement.undecided,
    }
