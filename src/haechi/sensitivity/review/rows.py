"""Which themes need a person, and what a sheet says of each."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from haechi.sensitivity.decisions import Decisions, Key, Standing, answer_of, key_of
from haechi.sensitivity.engine import Engine, Judgement
from haechi.sensitivity.review.cells import safe
from haechi.sensitivity.stream import asked
from haechi.terms.row_files import Row

SAID: Final = (
    "theme",
    "name",
    "path",
    "lang",
    "categories",
    "arguable",
    "evidence",
    "scores",
    "undecided",
    "so_far",
)
"""Columns that Haechi fills in. Nothing of them but `theme` is believed when the sheet comes back."""
OPEN: Final = ("decision", "reviewer", "date", "reason", "second_reviewer")
"""Columns for people."""
NONE: Final = "none"
"""The word for: it gives nothing away."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of a list.

    Attributes:
        name: exactly.
        path: exactly, or None.
        lang: of the first row that has this name and path, or None.
    """

    name: str
    path: str | None
    lang: str | None

    @property
    def key(self) -> Key:
        """What a decision about it is filed under."""
        return key_of(self.name, self.path)


def identifier(key: Key) -> str:
    """What stands for a theme in a sheet: a spreadsheet changes names, but nothing of this.

    `t` and 16 hexadecimal digits; without the letter, a spreadsheet would round such as 1234567890123456.
    """
    name, path = key
    digest = hashlib.sha256(f"{len(name)}:{name}{path}".encode("utf-8", "surrogatepass"))
    return "t" + digest.hexdigest()[:16]


def themes_of(batches: Iterable[list[Row]]) -> Iterator[Theme]:
    """The themes of a list, each name and path once, in the list's order.

    Memory: a set of hashes, about 100 bytes a theme.
    """
    seen: set[bytes] = set()
    for batch in batches:
        for name, path, lang in asked(batch):
            theme = Theme(name, path, lang)
            mark = bytes.fromhex(identifier(theme.key)[1:])
            if mark not in seen:
                seen.add(mark)
                yield theme


def rows(
    themes: Iterable[Theme], engine: Engine, decisions: Decisions | None, *, everything: bool
) -> Iterator[tuple[str, ...]]:
    """A row in the columns `SAID` for each theme that needs a person.

    Args:
        themes: the list.
        engine: judges, without decisions.
        decisions: what people decided before, or None.
        everything: every theme of which there is something to say, settled or not.
    """
    for theme in themes:
        judgement = engine.judge(theme.name, theme.path, theme.lang)
        standing = None if decisions is None else decisions.standing.get(theme.key)
        if everything:
            wanted = bool(judgement.labels) or judgement.undecided is not None or standing is not None
        else:
            wanted = _is_open(judgement, standing, engine.version)
        if wanted:
            yield _row(theme, judgement, standing)


def _is_open(judgement: Judgement, standing: Standing | None, version: str) -> bool:
    """Whether a person has to look: nobody decided, one more has to, or the engine has come to another answer."""
    if standing is not None and standing.pending is not None:
        return True
    answer = answer_of(judgement, version)
    if standing is not None and standing.decision is not None:
        return answer.differs(standing.decision.record.engine)
    return bool(answer.arguable) or answer.undecided


def _row(theme: Theme, judgement: Judgement, standing: Standing | None) -> tuple[str, ...]:
    decided = judgement.decided
    return (
        identifier(theme.key),
        safe(theme.name),
        safe(theme.path or ""),
        safe(theme.lang or ""),
        ";".join(label.category for label in decided),
        ";".join(label.category for label in judgement.labels if label not in decided),
        safe(" | ".join(f"{label.category}: {label.evidence}" for label in judgement.labels)),
        ";".join(f"{label.category} {label.score:.2f}" for label in judgement.labels),
        safe(judgement.undecided or ""),
        _so_far(standing),
    )


def _so_far(standing: Standing | None) -> str:
    """What people decided before; who, stays in their file."""
    if standing is None:
        return ""
    said = []
    if standing.decision is not None:
        record = standing.decision.record
        said.append(f"decided on {record.decided_on}: {in_words(record.categories)}")
    if standing.pending is not None:
        record = standing.pending.record
        said.append(f"needs a second reviewer since {record.decided_on}: {in_words(record.categories)}")
    return "; ".join(said)


def in_words(categories: Iterable[str]) -> str:
    """Categories as a sheet writes them."""
    return ";".join(categories) or NONE
