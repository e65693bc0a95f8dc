"""Themes to labels: asked once for every theme, kept in a file that both engines read."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from haechi.audit.stream import write_parquet
from haechi.sensitivity import Engine, judge_table

_DECIDED = 0.5
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the themes of a dataset give away.

    Attributes:
        file: every label, also the arguable ones, and a row without category for a name nobody could judge.
        decided: `theme_id, name, category, score, decided_by, evidence`, one row per theme and category.
        arguable: how many themes have only arguable labels.
        undecided: how many themes could not be judged.
    """

    file: Path
    decided: ir.Table
    arguable: int
    undecided: int


def label_themes(con: ibis.BaseBackend, themes: ir.Table, engine: Engine, work: Path) -> Labelled:
    """Ask of every theme what it gives away about a person.

    Args:
        con: the engine that will join the labels.
        themes: the dataset's themes.
        engine: the sensitivity engine.
        work: folder for the file of labels.
    """
    file = work / "labels.parquet"
    asked = themes.select("theme_id", "name", "path", "lang")
    names = work / "names.parquet"
    write_parquet(asked, names)
    batches = judge_table(engine, pq.ParquetFile(names).iter_batches(_BATCH))
    first = next(batches)
    with pq.ParquetWriter(file, first.schema) as writer:
        for batch in chain((first,), batches):
            writer.write_batch(batch)
    labels = con.read_parquet(str(file), table_name="haechi_labels")
    judged = labels.filter(labels.category.notnull())
    decided = judged.filter(judged.score >= _DECIDED)
    only_arguable = judged.anti_join(decided, "theme_id").theme_id.nunique()
    undecided = labels.filter(labels.category.isnull()).theme_id.nunique()
    return Labelled(
        file=file,
        decided=decided.select("theme_id", "name", "category", "score", "decided_by", "evidence"),
        arguable=int(only_arguable.execute()),
        undecided=int(undecided.execute()),
    )
