"""`haechi evaluate`: how well names are judged, against labels that somebody else gave."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from haechi.errors import UsageError
from haechi.sensitivity.evaluation import contenders, read_labelled
from haechi.sensitivity.evaluation import evaluate as evaluated
from haechi.sensitivity.evaluation.told import as_markdown
from haechi.sensitivity.write_answers import in_place_of


def evaluate(
    labelled: str,
    *,
    out: Path | None = None,
    errors: Annotated[int, Parameter(validator=Number(gte=0, lte=10_000))] = 20,
    resamples: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 1_000,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 1,
) -> None:
    """Measure the engine on labelled names: precision, recall and F1 beside what one would use instead.

    Grade 2 counts as sensitive, no grade as not; grade 1 is arguable and counts neither way. Baselines judge the same
    names in the same run: a plain keyword list, sentence embeddings (with haechi[embeddings]) and IAB's own flags.

    Parameters
    ----------
    labelled
        CSV, JSONL or Parquet with columns name and labels (religion=2;health=1), and where known path, source, lang.
    out
        .json for machines, .md for people; without it, Markdown on standard output.
    errors
        The most false alarms and misses to show.
    resamples
        Draws behind each interval.
    seed
        Of the draws; the same seed gives the same intervals.
    """
    if out is not None and out.suffix not in {".json", ".md"}:
        raise UsageError(f"--out {out}: found ending {out.suffix!r}; expected .json or .md.")
    names = read_labelled(labelled)
    found = evaluated(names, contenders(names), resamples=resamples, seed=seed, errors=errors)
    if out is None:
        sys.stdout.write("\n".join(as_markdown(found)) + "\n")
        return
    with in_place_of(out) as file:
        if out.suffix == ".json":
            file.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
        else:
            file.write(("\n".join(as_markdown(found)) + "\n").encode())
