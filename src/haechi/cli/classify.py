"""`haechi classify`: a list of names to the categories they give away."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from haechi.cli.progress import progress
from haechi.cli.spare import spare
from haechi.sensitivity import judge_with
from haechi.sensitivity.opinions import opinion_by, with_opinion
from haechi.sensitivity.read_names import parquet_schema, read_names
from haechi.sensitivity.stream import answered
from haechi.sensitivity.write_answers import Report, check_target, write_file, write_lines


def classify(
    names: Annotated[str, Parameter(allow_leading_hyphen=True)],
    *,
    out: Path | None = None,
    decisions: Path | None = None,
    second_opinion: str | None = None,
    model: str | None = None,
) -> None:
    """Label names of segments, interests, topics or pages with the categories they give away about a person.

    The rows come out in the order they came, with `categories`, `scores`, `evidence`, `arguable`, `undecided`,
    `decision` and `judged_by` added. An empty `categories` beside an `undecided` reason means that nobody knows, not
    that nothing is there.

    Parameters
    ----------
    names
        Text (a name a line), CSV or JSONL (.gz, .zst) or Parquet with a column name, and where known path and
        lang; - for text on standard input.
    out
        .jsonl, .csv or .parquet; without it, JSON lines on standard output.
    decisions
        What people decided (haechi themes review); it wins over the engine.
    second_opinion
        Adds a column second_opinion, which decides nothing: embeddings (with haechi[embeddings]), or the URL of an
        OpenAI-compatible endpoint, to which the names are then sent.
    model
        Which model the endpoint is to ask.
    """
    if out is not None:
        check_target(out)
        spare(out, {"the list": names, "the file of decisions": decisions})
    with progress() as report:
        batches = answered(read_names(names), judge=judge_with(decisions))
        if second_opinion is not None:
            batches = with_opinion(batches, opinion_by(second_opinion, model))
        if out is not None:
            write_file(batches, out, schema=parquet_schema(names), report=report)
        else:
            _print(batches, report)


def _print(batches: Iterator[list[dict[str, object]]], report: Report) -> None:
    try:
        write_lines(batches, sys.stdout.buffer, report=report)
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
