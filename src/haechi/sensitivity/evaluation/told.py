"""An evaluation in Markdown, which people read on a terminal as it is and keep in their documents."""

from collections.abc import Iterable, Iterator
from typing import Final

from haechi.sensitivity.evaluation.evaluate import Bin, Error, Evaluation, Result
from haechi.sensitivity.evaluation.figures import Figure, Measure

_HEAD: Final = ("", "names", "precision", "recall", "F1")
_GROUPS: Final = (
    ("Categories", "category:"),
    ("Sources (sensitive or not)", "source:"),
    ("Languages (sensitive or not)", "lang:"),
    ("Languages (micro over categories)", "micro lang:"),
)
_PAIRS: Final = 20
_WIDE: Final = 70


def as_markdown(found: Evaluation) -> Iterator[str]:
    """The evaluation, a line at a time."""
    yield (
        f"{found.names:,} labelled names: {found.direct:,} give something away directly, {found.arguable:,} arguably "
        f"(not counted). Intervals: 95 %, bootstrap over names, {found.resamples:,} draws, seed {found.seed}."
    )
    yield ""
    yield "## Sensitive or not, and which category"
    yield ""
    yield from _table(("", "about", *_HEAD[1:], "micro-F1", "macro-F1"), map(_compared, found.results))
    first = found.results[0]
    if first.undecided:
        yield f"\n{first.id} could not tell {first.undecided:,} names; they count as not sensitive."
    for title, prefix in _GROUPS:
        rows = [
            (key.removeprefix(prefix), *_figure(figure))
            for key, figure in first.figures.items()
            if key.startswith(prefix)
        ]
        if rows:
            yield f"\n## {title}\n"
            yield from _table(_HEAD, rows)
    yield "\n## Are scores probabilities?\n"
    yield from _table(("score", "labels", "mean score", "share right"), map(_bin, found.calibration.bins))
    if found.calibration.brier is not None:
        yield f"\nBrier score {found.calibration.brier:.3f}."
    yield "\n## Confusion\n"
    pairs = ((missed, told, f"{count:,}") for missed, told, count in found.confusion[:_PAIRS])
    yield from _table(("labelled", "told", "names"), pairs)
    for title, errors in (("Worst false alarms", found.false_alarms), ("Worst misses", found.misses)):
        yield f"\n## {title}\n"
        yield from _table(("name", "category", "score", "rule", "words"), map(_error, errors))


def _bin(found: Bin) -> tuple[str, ...]:
    scores = f"{found.from_score:.1f} to {found.to_score:.1f}"
    return (scores, f"{found.labels:,}", f"{found.mean_score:.2f}", f"{found.right:.2f}")


def _error(found: Error) -> tuple[str, ...]:
    return (_cell(found.name), found.category, f"{found.score:.2f}", found.decided_by, _cell(found.evidence))


def _compared(result: Result) -> tuple[str, ...]:
    if result.lacking is not None:
        return (result.id, result.lacking, "", "", "", "", "", "")
    sensitive = result.figures.get("sensitive")
    if sensitive is None:
        return (result.id, f"{result.about}: none of these names", "0", "", "", "", "", "")
    micro = result.figures.get("micro")
    return (
        result.id,
        result.about,
        f"{result.asked:,}",
        *_figure(sensitive)[1:],
        "" if micro is None else _measure(micro.f1),
        "" if result.macro_f1 is None else f"{result.macro_f1:.3f}",
    )


def _figure(figure: Figure) -> tuple[str, ...]:
    measures = (figure.precision, figure.recall, figure.f1)
    return (f"{figure.positives:,}", *map(_measure, measures))


def _measure(measure: Measure) -> str:
    if measure.value is None:
        return "-"
    if measure.low is None or measure.high is None:
        return f"{measure.value:.3f}"
    return f"{measure.value:.3f} ({measure.low:.2f} to {measure.high:.2f})"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table whose columns are as wide as their longest cell."""
    cells = [tuple(head), *(tuple(row) for row in rows)]
    if len(cells) == 1:
        yield "None."
        return
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    for number, row in enumerate(cells):
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        if number == 0:
            yield f"|{'|'.join('-' * (width + 2) for width in widths)}|"


def _cell(text: str) -> str:
    """Text that keeps its place in a table, whatever it holds."""
    shown = "".join(char if char.isprintable() else " " for char in text).replace("|", "\\|")
    return shown if len(shown) <= _WIDE else shown[: _WIDE - 1] + "…"
