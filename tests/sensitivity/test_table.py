"""Themes by the batch: what the audit reads."""

import time
from collections.abc import Iterator

import pyarrow as pa

from haechi import sensitivity

THEMES = pa.record_batch(
    {
        "theme_id": [7, 8, 9, 10, 11],
        "name": ["Church service", "Guitar", "Alcohol", "12345", None],
        "path": [None, "Hobbies", None, None, None],
        "lang": ["en", None, None, None, None],
    }
)


def test_one_row_a_theme_and_category_and_one_for_what_cannot_be_told() -> None:
    """Fails when the audit would miss a label, count one twice, or lose an undecided theme."""
    rows = [
        row for batch in sensitivity.judge_table(sensitivity.load(), [THEMES]) for row in batch.to_pylist()
    ]
    assert [(row["theme_id"], row["category"], row["grade"]) for row in rows] == [
        (7, "religion", 2),
        (9, "health", 1),
        (10, None, None),
        (11, None, None),
    ]
    assert rows[0]["evidence"] == "Church service"[rows[0]["start"] : rows[0]["end"]]
    assert rows[0]["field"] == "name"
    assert rows[2]["decided_by"].startswith("cannot tell")


def test_columns_that_are_absent_and_batches_without_labels_keep_one_schema() -> None:
    """Fails when a dataset without paths cannot be judged, or its batches cannot be written to one file."""
    plain = pa.record_batch({"theme_id": ["a"], "name": ["Guitar"]})
    judged = list(sensitivity.judge_table(sensitivity.load(), [plain, plain.slice(0, 0)]))
    full = next(iter(sensitivity.judge_table(sensitivity.load(), [THEMES])))
    assert [batch.num_rows for batch in judged] == [0, 0]
    assert {batch.schema.remove(0) for batch in judged} == {full.schema.remove(0)}


def test_batches_are_judged_as_they_come() -> None:
    """Fails when judging gathers all themes before it gives the first answer."""
    asked = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal asked
        for _ in range(3):
            asked += 1
            yield THEMES

    next(sensitivity.judge_table(sensitivity.load(), batches()))
    assert asked == 1


def test_a_reference_catalogue_is_judged_in_seconds() -> None:
    """Fails when judging slows down tenfold: 97,000 themes, one in fifty sensitive, take about half a second."""
    names = [f"Muslim holidays {n}" if n % 50 == 0 else f"Garden tools and sheds {n}" for n in range(97_000)]
    batch = pa.record_batch({"theme_id": range(len(names)), "name": names})
    begun = time.process_time()
    found = sum(judged.num_rows for judged in sensitivity.judge_table(sensitivity.load(), [batch]))
    assert found == 1_940
    assert time.process_time() - begun < 6
