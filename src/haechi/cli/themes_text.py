"""What `haechi themes` says to people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from haechi.sensitivity.changes import KINDS, Change, Comparison, Tally
from haechi.sensitivity.review.take import Taken

FIRST: Final = 20
"""Changes shown one by one; all of them stand in --out."""
_SHOWN: Final = 80


def some(count: int, one: str, many: str) -> str:
    """The count with its words."""
    return f"{count:,} {one if count == 1 else many}"


def told(comparison: Comparison, tally: Tally) -> Iterator[str]:
    """The figures, then the first changes."""
    if comparison.before is not None:
        versions = ", ".join(comparison.before.versions[:3]) or "a version that its file does not tell"
        yield f"before {versions}, now {comparison.judge.version}"
    yield from _laws(comparison)
    for kind, words in KINDS.items():
        yield f"{tally.kinds[kind]:>9,}  {words}"
    for category in dict.fromkeys((*tally.gained, *tally.lost)):
        gained, lost = tally.gained.get(category, 0), tally.lost.get(category, 0)
        if gained or lost:
            yield f"{category}: +{gained:,} -{lost:,}"
    if comparison.fresh:
        yield some(
            comparison.fresh, "name is not in the earlier answer", "names are not in the earlier answer"
        )
    if comparison.gone:
        one, many = (
            "name of the earlier answer is not in the list",
            "names of the earlier answer are not in the list",
        )
        yield some(comparison.gone, one, many)
    if comparison.unmet:
        one, many = "decision is about a theme that is not", "decisions are about themes that are not"
        yield some(comparison.unmet, one, many) + " in the list: renamed, or of another list"
    yield from map(_line, tally.first)
    if tally.total > len(tally.first):
        yield f"… and {tally.total - len(tally.first):,} more; --out FILE lists them all"


def taken_in_words(taken: Taken, decisions: Path) -> Iterator[str]:
    """What became of a sheet."""
    yield some(taken.holding, "decision holds", "decisions hold") + f" from now on: {decisions}"
    if taken.pending:
        words = some(taken.pending, "waits", "wait")
        yield f"{words} for a second reviewer; until then the engine's answer stands."
    if taken.superseded:
        yield some(taken.superseded, "is", "are") + " older than a decision that holds, and only kept."
    if taken.already:
        yield some(taken.already, "was", "were") + " recorded before."
    if taken.still_open:
        yield some(taken.still_open, "row is", "rows are") + " still open."


def _laws(comparison: Comparison) -> Iterator[str]:
    if comparison.laws is None:
        return
    old, new = comparison.laws
    for law, protected in new.items():
        gained, lost = sorted(protected - old[law]), sorted(old[law] - protected)
        if gained or lost:
            marks = [f"+{category}" for category in gained] + [f"-{category}" for category in lost]
            yield f"{law} protects {' '.join(marks)}"
        else:
            yield f"{law} protects the same categories"


def _line(change: Change) -> str:
    name = _short(change.name) + (f" ({_short(change.path)})" if change.path else "")
    law = f" under {change.law}" if change.law else ""
    before, after = ", ".join(change.before) or "nothing", ", ".join(change.after) or "nothing"
    note = f"; {change.note}" if change.note else ""
    return f"{change.kind}{law}: {name}: {before} -> {after}{note}"


def _short(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text[: _SHOWN + 1])
    return printable if len(printable) <= _SHOWN else printable[:_SHOWN] + "…"
