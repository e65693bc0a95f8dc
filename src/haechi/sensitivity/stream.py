"""Judges rows as they come, in their order, on as many processors as there is work for."""

import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from typing import Final

from haechi.sensitivity.decided import Judge
from haechi.sensitivity.engine import Judgement, load
from haechi.terms.row_files import Row

_ALONE: Final = 8
"""Batches that one process judges before it is worth starting others."""
_FEW: Final = 1_000
_AHEAD: Final = 3
"""Batches read ahead for each process: memory stays the same however long the list is."""

Asked = tuple[str, str | None, str | None]


def answered(
    batches: Iterator[list[Row]], *, judge: Judge | None = None, workers: int | None = None
) -> Iterator[list[Row]]:
    """Each batch with the answer's columns added to its rows.

    Added are `categories` (decided ones), `scores` and `evidence` beside them, `arguable` (categories that are
    indirect or weak), `undecided` (why the engine cannot tell, or null), `decision` (the decision of people that the
    answer is, or null) and `judged_by` (the version of what judged).

    Args:
        batches: rows with `name`, and where known `path` and `lang`.
        judge: answers for names; None: the engine that comes with the package, alone.
        workers: processes; None: one a processor, once the list proves long.
    """
    asking = load() if judge is None else judge
    version = asking.version
    wanted = workers or os.cpu_count() or 1
    for batch in islice(batches, _ALONE if wanted > 1 else None):
        yield _joined(batch, _judge(asking, asked(batch)), version)
    following = next(batches, None)
    if following is not None:
        yield from _shared_out(chain((following,), batches), judge, wanted, version)


def _shared_out(
    batches: Iterator[list[Row]], judge: Judge | None, workers: int, version: str
) -> Iterator[list[Row]]:
    context = get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _prepare, (judge,))
    waiting: deque[tuple[list[Row], Future[list[Judgement]]]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(_judge_here, asked(batch))))
            if len(waiting) > workers * _AHEAD:
                rows, future = waiting.popleft()
                yield _joined(rows, future.result(), version)
        while waiting:
            rows, future = waiting.popleft()
            yield _joined(rows, future.result(), version)
    finally:
        pool.shutdown(cancel_futures=True)


_HERE: Final[list[Judge]] = []
"""What judges in this process, if it is one of those that the work is shared out over."""


def _prepare(judge: Judge | None) -> None:
    # Ctrl-C is for the process that writes; it then ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HERE[:] = [load() if judge is None else judge]


def _judge_here(questions: list[Asked]) -> list[Judgement]:
    return _judge(_HERE[0], questions)


def _judge(judge: Judge, questions: list[Asked]) -> list[Judgement]:
    if len(questions) < _FEW:
        # What judges many at once takes a tenth of a second to load.
        return [judge.judge(name, path, lang) for name, path, lang in questions]
    names, paths, langs = zip(*questions, strict=True)
    return judge.judge_all(names, paths, langs)


def asked(batch: list[Row]) -> list[Asked]:
    """Name, path and language of each row, as `Engine.judge` takes them."""
    return [(_text(row["name"]) or "", _text(row.get("path")), _text(row.get("lang"))) for row in batch]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _joined(batch: list[Row], judgements: list[Judgement], version: str) -> list[Row]:
    return [row | answer(judgement, version) for row, judgement in zip(batch, judgements, strict=True)]


def answer(judgement: Judgement, version: str) -> Row:
    """The answer's columns for one name."""
    decided = judgement.decided
    return {
        "categories": [label.category for label in decided],
        "scores": [label.score for label in decided],
        "evidence": [label.evidence for label in decided],
        "arguable": [label.category for label in judgement.labels if label not in decided],
        "undecided": judgement.undecided,
        "decision": judgement.decision,
        "judged_by": version,
    }
