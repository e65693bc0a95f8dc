"""Decisions by people about themes: what was recorded, and which of it holds.

A record is one line of JSON, is never changed, and says who decided what, when and why, against which answer of the
engine. Which record holds follows from the records alone, not from the order of the lines: branches of a repository
can be merged by taking the lines of both.

Reviewers' names are personal data of staff. They stand in the file and are compared here; nothing that this module
gives to answers, reports or versions carries one.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from haechi.sensitivity.decide import Label
from haechi.sensitivity.engine import LONGEST, Judgement
from haechi.sensitivity.reviewers import are_several, each_once
from haechi.terms.words import CATEGORIES, Category

ALONE: Final = 1
TOGETHER: Final = 2
"""Different people that it takes to take away what the engine calls directly."""

NAMED: Final = "decision:"
"""How the name of a decision begins in answers, before its day."""

Key = tuple[str, str]
"""Name and path of a theme, exactly as the platform calls it; no path is ""."""


def key_of(name: str, path: str | None) -> Key:
    """What a decision is about. A theme called otherwise is another question, which nobody has answered."""
    return name, path or ""


class EngineAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the engine said of a name.

    Attributes:
        version: the engine's.
        categories: decided.
        arguable: not decided.
        undecided: it could not tell.
    """

    version: str
    categories: tuple[Category, ...] = ()
    arguable: tuple[Category, ...] = ()
    undecided: bool = False

    def differs(self, other: "EngineAnswer") -> bool:
        """Whether the answer is another one, whichever version gave it."""
        return (self.categories, self.arguable, self.undecided) != (
            other.categories,
            other.arguable,
            other.undecided,
        )


def answer_of(judgement: Judgement, version: str) -> EngineAnswer:
    """The judgement in short."""
    decided = judgement.decided
    return EngineAnswer(
        version,
        tuple(label.category for label in decided),
        tuple(label.category for label in judgement.labels if label not in decided),
        judgement.undecided is not None,
    )


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decision as it was taken down.

    Attributes:
        name: of the theme, exactly.
        path: the tiers above it, exactly; "" where there are none.
        categories: what the theme gives away; empty: nothing, it is cleared.
        reviewers: who decided it.
        needed: how many different people it takes to hold.
        decided_on: the day that the reviewers gave.
        reason: theirs.
        recorded_at: when it was taken down, UTC.
        engine: what the engine said then.
        lang: the theme's language as it was stated then, or "".
    """

    name: str
    categories: tuple[Category, ...]
    reviewers: tuple[str, ...]
    needed: int
    decided_on: date
    reason: str
    recorded_at: datetime
    engine: EngineAnswer
    path: str = ""
    lang: str = ""

    @property
    def key(self) -> Key:
        """The theme."""
        return self.name, self.path


@dataclass(frozen=True, slots=True)
class Kept:
    """A record and the line of the file on which it stands."""

    record: Record
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that holds.

    Attributes:
        record: the latest record of it.
        line: where it stands in the file.
        reviewers: how many people made it.
    """

    record: Record
    line: int
    reviewers: int

    @property
    def name(self) -> str:
        """How answers call it: by its day; who made it stays in the file."""
        return f"{NAMED}{self.record.decided_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is decided about one theme.

    Attributes:
        decision: the one that holds, or None: the engine's answer stands.
        pending: the latest record that waits for a second reviewer, or None.
    """

    decision: Decision | None
    pending: Kept | None


def encoded(record: Record) -> bytes:
    """The record as its line, with the line's end."""
    return msgspec.json.encode(record) + b"\n"


def standings(kept: Iterable[Kept]) -> dict[Key, Standing]:
    """What holds about each theme: the later day supersedes, and on one day the later taken down."""
    by_theme: dict[Key, list[Kept]] = {}
    for entry in kept:
        by_theme.setdefault(entry.record.key, []).append(entry)
    return {key: _standing(entries) for key, entries in by_theme.items()}


def _when(entry: Kept) -> tuple[date, datetime, bytes]:
    # The text settles what was taken down at one instant: the same lines give the same answer in any order.
    return entry.record.decided_on, entry.record.recorded_at, encoded(entry.record)


def _standing(entries: list[Kept]) -> Standing:
    holds: Kept | None = None
    holders: tuple[str, ...] = ()
    pending: Kept | None = None
    waiting: tuple[str, ...] = ()
    for entry in sorted(entries, key=_when):
        record = entry.record
        signed = record.reviewers
        if pending is not None and pending.record.categories == record.categories:
            signed = (*waiting, *signed)
        if holds is not None and holds.record.categories == record.categories:
            signed = (*holders, *signed)
        if record.needed <= ALONE or are_several(signed):
            holds, holders, pending, waiting = entry, each_once(signed), None, ()
        else:
            pending, waiting = entry, signed
    decision = None if holds is None else Decision(holds.record, holds.line, len(holders))
    return Standing(decision, pending)


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of one file.

    Attributes:
        file: where they were read, as the user calls it.
        standing: what is decided about each theme.
    """

    file: str
    standing: Mapping[Key, Standing]

    def about(self, name: str, path: str | None) -> Decision | None:
        """The decision that holds for the theme, or None."""
        found = self.standing.get(key_of(name, path))
        return None if found is None else found.decision

    def pending(self) -> Iterator[Kept]:
        """What waits for a second reviewer."""
        return (found.pending for found in self.standing.values() if found.pending is not None)

    def holding(self) -> Iterator[Decision]:
        """What holds."""
        return (found.decision for found in self.standing.values() if found.decision is not None)

    @property
    def version(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 over what holds, in the order of the themes.

        No name of a person goes into it.
        """
        digest = hashlib.sha256()
        for key in sorted(self.standing):
            decision = self.standing[key].decision
            if decision is not None:
                held = (key, decision.record.categories, decision.record.decided_on)
                digest.update(msgspec.json.encode(held) + b"\n")
        return digest.hexdigest()[:12]


_SURE: Final = 1.0
_DIRECT: Final = 2


def decided_judgement(decision: Decision, said: Judgement) -> Judgement:
    """What the theme gives away now that people have decided.

    Args:
        decision: theirs.
        said: what the engine says; where it found the same category, its words stay the evidence.
    """
    record = decision.record
    words = {label.category: label for label in said.labels}
    labels = []
    for category in sorted(record.categories, key=CATEGORIES.index):
        found = words.get(category)
        if found is not None:
            labels.append(
                msgspec.structs.replace(found, score=_SURE, grade=_DIRECT, decided_by=decision.name)
            )
        else:
            whole = record.name[:LONGEST]
            labels.append(Label(category, _SURE, _DIRECT, decision.name, whole, 0, len(whole), "name"))
    return Judgement(tuple(labels), None, decision.name)
