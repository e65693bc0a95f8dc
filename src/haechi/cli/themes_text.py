"""What changes, in lines for people, for `haechi themes diff`."""

from collections.abc import Iterator
from typing import Final

from haechi.sensitivity.changes import KINDS, Change, Comparison, Tally

FIRST: Final = 20
"""Changes shown one by one; all of them stand in --out."""
_SHOWN: Final = 80


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
    for count, words in (
        (comparison.fresh, "names are not in the earlier answer"),
        (comparison.gone, "names of the earlier answer are not in the list"),
        (
            comparison.unmet,
            "decisions are about themes that are not in the list: renamed, or of another list",
        ),
    ):
        if count:
            yield f"{count:,} {words}"
    yield from map(_line, tally.first)
    if tally.total > len(tally.first):
        yield f"… and {tally.total - len(tally.first):,} more; --out FILE lists them all"


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
