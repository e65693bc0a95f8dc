"""Themes to labels: asked once for every theme, kept in a file that both engines read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from haechi.audit.prepared import Keep
from haechi.audit.stream import write_parquet
from haechi.sensitivity import judge_table, load

_DECIDED = 0.5
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the themes of a dataset give away.

    Attributes:
        decided: `theme_id, name, category, score, decided_by, evidence`, one row per theme and category.
        arguable: how many themes have only arguable labels.
        undecided: how many themes could not be judged.
    """

    decided: ir.Table
    arguable: int
    undecided: int


@contextmanager
def labelling(themes: ir.Table, work: Path) -> Iterator[Path]:
    """Ask of every theme what it gives away, while the engine does the work of the block.

    Args:
        themes: the dataset's themes.
        work: folder for the files of names and labels.

    Yields:
        the file of labels, which is whole when the block has ended. The block ends with the judging, even where it
        fails: nothing goes on writing into a folder that is being emptied.
    """
    names, file = work / "names.parquet", work / "labels.parquet"
    write_parquet(themes.select("theme_id", "name", "path", "lang"), names)
    with ThreadPoolExecutor(1, thread_name_prefix="labelling") as beside:
        judging = beside.submit(_judge, names, file)
        yield file
        judging.result()


def _judge(names: Path, file: Path) -> None:
    batches = judge_table(load(), pq.ParquetFile(names).iter_batches(_BATCH))
    first = next(batches)
    with pq.ParquetWriter(file, first.schema) as writer:
        for batch in chain((first,), batches):
            writer.write_batch(batch)


def labelled_themes(con: ibis.BaseBackend, file: Path, keep: Keep) -> Labelled:
    """The labels in a file, to be joined by an engine."""
    labels = keep(con.read_parquet(str(file), table_name="haechi_labels"))
    judged = labels.filter(labels.category.notnull())
    decided = judged.filter(judged.score >= _DECIDED)
    only_arguable = judged.anti_join(decided, "theme_id").theme_id.nunique()
    undecided = labels.filter(labels.category.isnull()).theme_id.nunique()
    return Labelled(
        decided=decided.select("theme_id", "name", "category", "score", "decided_by", "evidence"),
        arguable=int(only_arguable.execute()),
        undecided=int(undecided.execute()),
    )
