"""Judges themes by the batch: from columns of names to rows of labels."""

from typing import TYPE_CHECKING

from haechi.sensitivity.decided import Judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa


def judge_table(engine: Judge, batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """Labels of themes, one row a theme and category, arguable ones included.

    Args:
        engine: judges.
        batches: columns `theme_id`, `name`, and where known `path` and `lang`.

    Yields:
        For each batch, a batch with `theme_id`, `name`, `category`, `score`, `grade`, `decided_by`, `evidence`,
        `start`, `end`, `field`. A theme without labels has no row; one that the engine cannot tell has a row whose
        `category` is null and whose `decided_by` says why; one that people cleared has a row whose `category` is
        null and whose `decided_by` is their decision.
    """
    for batch in batches:
        yield _judged(engine, batch)


def _judged(engine: Judge, batch: "pa.RecordBatch") -> "pa.RecordBatch":
    # Arrow takes longer to import than to judge one name.
    import pyarrow as pa  # noqa: PLC0415

    names = batch.column("name").to_pylist()
    nothing = [None] * len(names)
    paths = batch.column("path").to_pylist() if "path" in batch.schema.names else nothing
    langs = batch.column("lang").to_pylist() if "lang" in batch.schema.names else nothing
    rows: list[tuple[object, ...]] = []
    places: list[int] = []
    for place, judgement in enumerate(engine.judge_all([name or "" for name in names], paths, langs)):
        for label in judgement.labels:
            places.append(place)
            rows.append(
                (
                    label.category,
                    label.score,
                    label.grade,
                    label.decided_by,
                    label.evidence,
                    label.start,
                    label.end,
                    label.field,
                )
            )
        why = judgement.undecided or (None if judgement.labels else judgement.decision)
        if why is not None:
            places.append(place)
            rows.append((None, None, None, why, None, None, None, None))
    taken = pa.array(places, pa.int64())
    types = {
        "category": pa.string(),
        "score": pa.float64(),
        "grade": pa.int8(),
        "decided_by": pa.string(),
        "evidence": pa.string(),
        "start": pa.int64(),
        "end": pa.int64(),
        "field": pa.string(),
    }
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return pa.record_batch(
        [batch.column("theme_id").take(taken), batch.column("name").take(taken)]
        + [pa.array(column, types[name]) for name, column in zip(types, columns, strict=True)],
        names=["theme_id", "name", *types],
    )
