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
from haechi.sensitivity import DecidedEngine, Judge, judge_table
from haechi.sensitivity.decisions import NAMED

_DECIDED = 0.5
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the themes of a dataset give away.

    Attributes:
        decided: `theme_id, name, category, score, decided_by, evidence`, one row per theme and category.
        arguable: how many themes have only arguable labels.
        undecided: how many themes could not be judged.
        by_people: what people decided about them; None where nobody was asked.
    """

    decided: ir.Table
    arguable: int
    undecided: int
    by_people: "ByPeople | None" = None


@dataclass(frozen=True, slots=True)
class ByPeople:
    """What people decided about the themes of a dataset.

    Attributes:
        decided: themes with categories that people gave them.
        cleared: themes that people found to give nothing away.
        pending: decisions about any theme that wait for a second reviewer: they count for nothing yet.
        holding: decisions about any theme that hold.
    """

    decided: int
    cleared: int
    pending: int
    holding: int


@contextmanager
def labelling(themes: ir.Table, work: Path, judge: Judge) -> Iterator[Path]:
    """Ask of every theme what it gives away, while the engine does the work of the block.

    Args:
        themes: the dataset's themes.
        work: folder for the files of names and labels.
        judge: answers for names.

    Yields:
        the file of labels, which is whole when the block has ended. The block ends with the judging, even where it
        fails: nothing goes on writing into a folder that is being emptied.
    """
    names, file = work / "names.parquet", work / "labels.parquet"
    write_parquet(themes.select("theme_id", "name", "path", "lang"), names)
    with ThreadPoolExecutor(1, thread_name_prefix="labelling") as beside:
        judging = beside.submit(_judge, judge, names, file)
        yield file
        judging.result()


def _judge(judge: Judge, names: Path, file: Path) -> None:
    batches = judge_table(judge, pq.ParquetFile(names).iter_batches(_BATCH))
    first = next(batches)
    with pq.ParquetWriter(file, first.schema) as writer:
        for batch in chain((first,), batches):
            writer.write_batch(batch)


def labelled_themes(con: ibis.BaseBackend, file: Path, judge: Judge, keep: Keep) -> Labelled:
    """The labels in a file, to be joined by an engine.

    Args:
        con: it.
        file: of `labelling`.
        judge: what answered.
        keep: holds what is read more than once.
    """
    labels = keep(con.read_parquet(str(file), table_name="haechi_labels"))
    judged = labels.filter(labels.category.notnull())
    decided = judged.filter(judged.score >= _DECIDED)
    only_arguable = judged.anti_join(decided, "theme_id").theme_id.nunique()
    without = labels.filter(labels.category.isnull())
    cleared = without.filter(without.decided_by.startswith(NAMED))
    undecided = without.filter(~without.decided_by.startswith(NAMED)).theme_id.nunique()
    return Labelled(
        decided=decided.select("theme_id", "name", "category", "score", "decided_by", "evidence"),
        arguable=int(only_arguable.execute()),
        undecided=int(undecided.execute()),
        by_people=_by_people(decided, cleared, judge),
    )


def _by_people(decided: ir.Table, cleared: ir.Table, judge: Judge) -> ByPeople | None:
    if not isinstance(judge, DecidedEngine):
        return None
    given = decided.filter(decided.decided_by.startswith(NAMED)).theme_id.nunique()
    return ByPeople(
        decided=int(given.execute()),
        cleared=int(cleared.theme_id.nunique().execute()),
        pending=sum(1 for _ in judge.decisions.pending()),
        holding=sum(1 for _ in judge.decisions.holding()),
    )
