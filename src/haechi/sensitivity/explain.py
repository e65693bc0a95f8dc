"""Why a name is judged as it is: each label with its rule, its source and where its evidence stands."""

from collections.abc import Iterator

import msgspec

from haechi.sensitivity.decide import Label
from haechi.sensitivity.engine import Engine
from haechi.sensitivity.second_look import NEAR


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


class Explanation(msgspec.Struct, frozen=True):
    """Everything there is to say about one judgement.

    Attributes:
        name: as asked.
        path: as asked.
        reasons: one a category.
        undecided: why the engine cannot tell, or None.
        version: the knowledge that decided.
    """

    name: str
    path: str | None
    reasons: tuple[Reason, ...]
    undecided: str | None
    version: str


def explain(engine: Engine, name: str, path: str | None = None, lang: str | None = None) -> Explanation:
    """The judgement of one name with its reasons. Takes what `Engine.judge` takes."""
    judgement = engine.judge(name, path, lang)
    reasons = tuple(_reason(engine, label, label in judgement.decided) for label in judgement.labels)
    return Explanation(name, path, reasons, judgement.undecided, engine.version)


def as_text(explanation: Explanation) -> Iterator[str]:
    """The explanation in lines for people."""
    if not explanation.reasons and explanation.undecided is None:
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
    yield f"knowledge {explanation.version}"


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


def _reason(engine: Engine, label: Label, decided: bool) -> Reason:
    concept = engine.concept(label.decided_by)
    if concept is None:
        return Reason(label, decided, _LEARNED_NOTE, _LEARNED_SOURCE)
    note = f"read as a misspelt word of {concept.id}" if label.decided_by.startswith(NEAR) else concept.note
    return Reason(label, decided, note, concept.source)
