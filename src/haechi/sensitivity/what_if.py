"""What would change an answer: the name asked again with one thing about it otherwise.

Nothing is reasoned about: every change told is one that was tried.
"""

from collections.abc import Iterator

import msgspec

from haechi.sensitivity.decide import Label
from haechi.sensitivity.engine import Engine, Judgement
from haechi.terms.words import Category


class Change(msgspec.Struct, frozen=True):
    """One thing otherwise, and the answer that it gives.

    Attributes:
        otherwise: what was changed, in words.
        name: as it was asked then.
        path: as it was asked then.
        categories: those decided then.
        arguable: those arguable then.
    """

    otherwise: str
    name: str
    path: str | None
    categories: tuple[Category, ...]
    arguable: tuple[Category, ...]


def changes(engine: Engine, name: str, path: str | None = None, lang: str | None = None) -> Iterator[Change]:
    """Every change tried that gives another answer.

    Tried are: the name without the words that decided, for each category; the name without its path; and, above the
    name, one word of each context that the knowledge has, if any category or look-alike depends on it.
    """
    now = engine.judge(name, path, lang)
    seen = {_answer(now.labels)}
    for otherwise, new_name, new_path in _tried(engine, now, name, path):
        then = engine.judge(new_name, new_path, lang)
        # What a context says by itself is no news about the name under it.
        own = tuple(label for label in then.labels if not _added(label, path, new_path))
        if _answer(own) not in seen:
            seen.add(_answer(own))
            yield Change(
                otherwise=otherwise,
                name=new_name,
                path=new_path,
                categories=tuple(label.category for label in own if _holds(label)),
                arguable=tuple(label.category for label in own if not _holds(label)),
            )


def _tried(
    engine: Engine, now: Judgement, name: str, path: str | None
) -> Iterator[tuple[str, str, str | None]]:
    for words, start, end in dict.fromkeys(
        (label.evidence, label.start, label.end) for label in now.labels if label.field == "name"
    ):
        rest = " ".join(f"{name[:start]} {name[end:]}".split())
        if any(map(str.isalpha, rest)):
            yield f"without {words!r}", rest, path
    if path:
        yield "without its path", name, None
    for context in engine.contexts():
        yield f"under a path with {context!r}", name, f"{path} > {context}" if path else context


def _added(label: Label, path: str | None, new_path: str | None) -> bool:
    """Whether the evidence stands in the tier that was tried above the name."""
    return (
        label.field == "path" and new_path is not None and new_path != path and label.start >= len(path or "")
    )


def _answer(labels: tuple[Label, ...]) -> tuple[object, ...]:
    """What may differ: which categories, and how firmly."""
    return tuple((label.category, _holds(label)) for label in labels)


def _holds(label: Label) -> bool:
    return label.score >= 0.5  # noqa: PLR2004 - see Label.score
