"""The error tree. Every error says what was found, what was expected and what to do next.

    HaechiError
    ├── UsageError          the call is wrong: an option, a path, a combination
    │   └── MissingError    what the call names is not there
    ├── DataError           the records are wrong: one or many faults, each named
    ├── PackError           a law pack does not follow its schema
    ├── KnowledgeError      a knowledge file is damaged or does not follow its schema
    ├── PolicyError         rules for ads cannot be read, or contradict themselves
    ├── LedgerError         a ledger, a proof or a checkpoint does not hold
    └── OutputError         the answer could not be written; what stood there before is untouched

All of them end a command with exit status 2; what `haechi ledger` finds not to hold ends it with 1. No message
carries a person's identifier.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class HaechiError(Exception):
    """Base of everything Haechi raises on purpose."""


class UsageError(HaechiError):
    """The call cannot be carried out as given."""


class MissingError(UsageError):
    """What the call names is not there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the input, at the place where its owner can mend it.

    Attributes:
        file: path or table in which it stands.
        row: 1-based number of the record (a header is not a record), or None when the fault is the table's.
        column: column it stands in, as the file calls it, or None when the fault is the row's or table's.
        value: what was found, shortened and made printable; None where showing it would show a person.
        expected: what would have been right.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row:,}"
        if self.column is not None:
            place += f", column {self.column}"
        found = "" if self.value is None else f" found {self.value};"
        return f"{place}:{found} expected {self.expected}"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """All faults of one kind: how many there are, and the first of them (at most 20)."""

    title: str
    count: int
    first: tuple[Fault, ...]


class DataError(HaechiError):
    """The records break the contract.

    Attributes:
        kinds: the faults, grouped; each group with its full count and its first 20.
    """

    def __init__(self, kinds: Sequence[FaultKind]) -> None:
        self.kinds = tuple(kinds)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = []
        for kind in self.kinds:
            lines.append(f"{kind.title} ({kind.count:,})")
            lines.extend(f"  {fault}" for fault in kind.first)
            if kind.count > len(kind.first):
                lines.append(f"  … and {kind.count - len(kind.first):,} more")
        return "\n".join(lines)


class PackError(HaechiError):
    """A law pack does not follow its schema; the message names file, place, value and expectation."""


class KnowledgeError(HaechiError):
    """A knowledge file is damaged; the message names file, place, value and expectation."""


class PolicyError(HaechiError):
    """Rules for ads cannot be used; the message names each fault with file, line, rule and expectation."""


class LedgerError(HaechiError):
    """What a ledger, a proof or a checkpoint says does not hold; the message says what and where."""


class OutputError(HaechiError):
    """The answer could not be written. What stood there before is untouched."""
