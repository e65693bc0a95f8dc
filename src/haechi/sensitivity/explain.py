"""Why a name is judged as it is: each label with its rule, its source and where its evidence stands."""

from collections.abc import Iterator

import msgspec

from haechi.sensitivity.decide import Label
from haechi.sensitivity.decided import DecidedEngine, Judge, engine_of
from haechi.sensitivity.decisions import NAMED, Record, key_of
from haechi.sensitivity.disguises import DISGUISE
from haechi.sensitivity.second_look import NEAR, SOUND
from haechi.sensitivity.what_if import Change, changes


class Reason(msgspec.Struct, frozen=True):
    """One label, and what stands behind it.

    Attributes:
        label: what was found.
        decided: whether it holds (score 0.5 and more), or is arguable.
        note: what the concept's keepers say about it, or "".
        source: where the concept comes from.
    """

    label: Label
    decided: bool
    note: str
    source: str


class Decided(msgspec.Struct, frozen=True):
    """What people recorded about a name. Who they are stands in their file, on that line, and nowhere else.

    Attributes:
        categories: what they say it gives away; empty: nothing.
        decided_on: the day, as ISO writes it.
        reason: theirs.
        reviewers: how many made it.
        holds: it is the answer; if not, it waits for a second reviewer.
        where: the file and line.
    """

    categories: tuple[str, ...]
    decided_on: str
    reason: str
    reviewers: int
    holds: bool
    where: str


class Explanation(msgspec.Struct, frozen=True):
    """Everything there is to say about one judgement.

    Attributes:
        name: as asked.
        path: as asked.
        reasons: one a category.
        undecided: why the engine cannot tell, or None.
        version: the knowledge that decided, and the decisions where there are any.
        decisions: what people recorded about it: what holds, and what waits for a second reviewer.
        engine: the labels of the engine alone, where people recorded something; else empty.
        changes: what would make the engine answer otherwise.
    """

    name: str
    path: str | None
    reasons: tuple[Reason, ...]
    undecided: str | None
    version: str
    decisions: tuple[Decided, ...] = ()
    engine: tuple[Label, ...] = ()
    changes: tuple[Change, ...] = ()


def explain(judge: Judge, name: str, path: str | None = None, lang: str | None = None) -> Explanation:
    """The judgement of one name with its reasons. Takes what `Engine.judge` takes."""
    judgement = judge.judge(name, path, lang)
    reasons = tuple(_reason(judge, label, label in judgement.decided) for label in judgement.labels)
    otherwise = tuple(changes(engine_of(judge), name, path, lang))
    found = Explanation(name, path, reasons, judgement.undecided, judge.version, changes=otherwise)
    recorded = tuple(_recorded(judge, name, path)) if isinstance(judge, DecidedEngine) else ()
    if not recorded:
        return found
    alone = engine_of(judge).judge(name, path, lang).labels
    return msgspec.structs.replace(found, decisions=recorded, engine=alone)


def _recorded(judge: DecidedEngine, name: str, path: str | None) -> Iterator[Decided]:
    file, standing = judge.decisions.file, judge.decisions.standing.get(key_of(name, path))
    if standing is not None and standing.decision is not None:
        decision = standing.decision
        yield _decided(decision.record, f"{file}, line {decision.line:,}", decision.reviewers, holds=True)
    if standing is not None and standing.pending is not None:
        pending = standing.pending
        yield _decided(pending.record, f"{file}, line {pending.line:,}", 1, holds=False)


def _decided(record: Record, where: str, reviewers: int, *, holds: bool) -> Decided:
    day = record.decided_on.isoformat()
    return Decided(record.categories, day, record.reason, reviewers, holds, where)


def as_text(explanation: Explanation) -> Iterator[str]:
    """The explanation in lines for people."""
    holding = any(recorded.holds for recorded in explanation.decisions)
    if not explanation.reasons and explanation.undecided is None and not holding:
        yield "Nothing that the knowledge knows of. It knows words, not the world: an unknown name can be sensitive."
    for reason in explanation.reasons:
        label = reason.label
        standing = "gives away" if reason.decided else "arguable, not decided:"
        yield f"{standing} {label.category} (score {label.score:.2f}, grade {label.grade})"
        text = explanation.name if label.field == "name" else explanation.path or ""
        for line in _marked(text, label):
            yield f"    {line}"
        yield f"    rule    {label.decided_by}"
        if reason.note:
            yield f"    note    {reason.note}"
        yield f"    source  {reason.source}"
    if explanation.undecided is not None:
        yield explanation.undecided
    for recorded in explanation.decisions:
        yield from _told(recorded)
    if explanation.decisions:
        said = (
            f"{label.category} (score {label.score:.2f}, {label.decided_by})" for label in explanation.engine
        )
        yield f"the engine alone: {', '.join(said) or 'nothing'}"
    if explanation.changes:
        yield "the engine would answer otherwise"
        for change in explanation.changes:
            yield f"    {change.otherwise}: {_as_words(change)}"
    yield f"knowledge {explanation.version}"


def _as_words(change: Change) -> str:
    arguable = [f"{category} arguable" for category in change.arguable]
    return ", ".join([*change.categories, *arguable]) or "nothing"


def _told(recorded: Decided) -> Iterator[str]:
    what = ", ".join(recorded.categories) or "gives nothing away"
    people = "1 reviewer" if recorded.reviewers == 1 else f"{recorded.reviewers} reviewers"
    if recorded.holds:
        yield f"decided by people on {recorded.decided_on} ({people}): {what}"
    else:
        yield f"waits for a second reviewer since {recorded.decided_on}, does not count yet: {what}"
    yield f"    reason  {''.join(char if char.isprintable() else ' ' for char in recorded.reason)}"
    yield f"    source  {recorded.where}"


_AROUND = 60
_LEARNED_NOTE = "a word that the knowledge does not have; its letters look like words of this category"
_LEARNED_SOURCE = (
    "The learned model, from the knowledge files and lists of everyday words (docs/sensitivity.md)."
)


def _marked(text: str, label: Label) -> Iterator[str]:
    """The evidence in its surroundings, underlined; what could steer a terminal is shown as a blank."""
    first = max(0, label.start - _AROUND)
    shown = "".join(char if char.isprintable() else " " for char in text[first : label.end + _AROUND])
    before = shown[: label.start - first]
    found = shown[label.start - first : label.end - first]
    yield f"{label.field}    {shown}"
    yield f"{' ' * len(label.field)}    {' ' * _width(before)}{'~' * max(1, _width(found))}"


def _width(text: str) -> int:
    """Columns on a terminal."""
    # Rich knows the widths of East Asian letters.
    from rich.cells import cell_len  # noqa: PLC0415 - only for people's eyes

    return cell_len(text)


def _reason(judge: Judge, label: Label, decided: bool) -> Reason:
    if isinstance(judge, DecidedEngine) and label.decided_by.startswith(NAMED):
        return Reason(label, decided, "", judge.decisions.file)
    concept = engine_of(judge).concept(label.decided_by)
    if concept is None:
        return Reason(label, decided, _LEARNED_NOTE, _LEARNED_SOURCE)
    note = concept.note
    if label.decided_by.startswith(NEAR):
        note = f"read as a misspelt word of {concept.id}"
    if label.decided_by.startswith(SOUND):
        note = f"read as a name of {concept.id}, written as it sounds"
    if label.decided_by.startswith(DISGUISE):
        note = f"read as a word of {concept.id} in disguise"
    return Reason(label, decided, note, concept.source)
