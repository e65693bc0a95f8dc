"""What changes: between an earlier answer and today's, under another law pack, and against decisions.

Nothing here changes anything: it is asked before an upgrade is let in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from haechi.sensitivity.answers import Answers, Said, mark, said_of
from haechi.sensitivity.decided import DecidedEngine, Judge
from haechi.sensitivity.decisions import Decision, Key, answer_of, key_of
from haechi.sensitivity.stream import asked
from haechi.terms.row_files import Row
from haechi.terms.words import CATEGORIES, Category

Kind = Literal[
    "newly-sensitive",
    "no-longer-sensitive",
    "categories-changed",
    "to-review-changed",
    "decision-to-look-at-again",
]
KINDS: Final[dict[Kind, str]] = {
    "newly-sensitive": "newly sensitive",
    "no-longer-sensitive": "no longer sensitive",
    "categories-changed": "sensitive in other categories",
    "to-review-changed": "arguable or undecided otherwise",
    "decision-to-look-at-again": "decisions to look at again",
}
"""Each kind of change, in the order of its weight, in words."""


class Change(msgspec.Struct, frozen=True):
    """One thing that changes about one name.

    Attributes:
        kind: what.
        name: the theme's.
        path: the tiers above it, or None.
        lang: its language, or None.
        law: the law under which it changes; None: whatever the law.
        before: the categories before; of `to-review-changed` the arguable ones, of a decision those of the engine
            when it was made.
        after: the same now.
        note: what else there is to say.
    """

    kind: Kind
    name: str
    path: str | None
    lang: str | None
    law: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    note: str = ""


Protected = Mapping[str, frozenset[Category]]
"""A law to the categories that it protects."""


@dataclass(slots=True)
class Comparison:
    """What today's answers are compared with, and how far that got.

    Attributes:
        judge: what judges today.
        before: an earlier answer, or None.
        laws: the laws before and after, or None.
        fresh: names that the earlier answer does not have.
        met: names that it has.
        decided: themes met about which a decision holds.
    """

    judge: Judge
    before: Answers | None = None
    laws: tuple[Protected, Protected] | None = None
    fresh: int = 0
    met: set[bytes] = field(default_factory=set)
    decided: set[Key] = field(default_factory=set)

    @property
    def gone(self) -> int:
        """How many names of the earlier answer are no longer there."""
        return 0 if self.before is None else len(self.before.said) - len(self.met)

    @property
    def unmet(self) -> int:
        """How many decisions hold about themes that were not met: renamed, or of another list."""
        if not isinstance(self.judge, DecidedEngine):
            return 0
        return sum(1 for _ in self.judge.decisions.holding()) - len(self.decided)

    def changes(self, batches: Iterable[list[Row]]) -> Iterator[Change]:
        """What changes about names, in their order.

        Args:
            batches: rows answered by `judge`.
        """
        for batch in batches:
            for row, (name, path, lang) in zip(batch, asked(batch), strict=True):
                said = said_of(row)
                if self.before is not None:
                    yield from self._answer(self.before, name, path, lang, said)
                if self.laws is not None:
                    yield from _under(self.laws, name, path, lang, said)
                yield from self._decision(name, path)

    def _answer(
        self, before: Answers, name: str, path: str | None, lang: str | None, said: Said
    ) -> Iterator[Change]:
        question = mark(name, path, lang)
        earlier = before.said.get(question)
        if earlier is None:
            self.fresh += 1
            return
        # A name that is twice in the list changes once.
        if question in self.met:
            return
        self.met.add(question)
        kind = _kind(earlier.categories, said.categories)
        if kind is not None:
            yield Change(kind, name, path, lang, None, earlier.categories, said.categories)
        elif set(earlier.arguable) != set(said.arguable) or earlier.undecided != said.undecided:
            note = {(False, True): "now undecided", (True, False): "no longer undecided"}
            told = note.get((earlier.undecided, said.undecided), "")
            yield Change("to-review-changed", name, path, lang, None, earlier.arguable, said.arguable, told)

    def _decision(self, name: str, path: str | None) -> Iterator[Change]:
        if not isinstance(self.judge, DecidedEngine):
            return
        decision = self.judge.decisions.about(name, path)
        if decision is None or key_of(name, path) in self.decided:
            return
        self.decided.add(key_of(name, path))
        yield from _look_again(self.judge, decision)


def _look_again(judge: DecidedEngine, decision: Decision) -> Iterator[Change]:
    """The decision, if the engine has come to another answer since; it goes on holding."""
    record = decision.record
    path, lang = record.path or None, record.lang or None
    now = answer_of(judge.engine.judge(record.name, path, lang), judge.engine.version)
    if now.differs(record.engine):
        holds = ";".join(record.categories) or "none"
        note = f"holds: {holds} ({decision.name}, against {record.engine.version})"
        before, after = (
            _in_short(record.engine.categories, record.engine.arguable),
            _in_short(now.categories, now.arguable),
        )
        yield Change("decision-to-look-at-again", record.name, path, lang, None, before, after, note)


def _in_short(decided: Iterable[str], arguable: Iterable[str]) -> tuple[str, ...]:
    return (*decided, *(f"{category}?" for category in arguable))


def _under(
    laws: tuple[Protected, Protected], name: str, path: str | None, lang: str | None, said: Said
) -> Iterator[Change]:
    """What changes about the name under each law."""
    if not said.categories:
        return
    old, new = laws
    for law in new:
        before = tuple(category for category in said.categories if category in old.get(law, ()))
        after = tuple(category for category in said.categories if category in new[law])
        kind = _kind(before, after)
        if kind is not None:
            yield Change(kind, name, path, lang, law, before, after)


def _kind(before: tuple[str, ...], after: tuple[str, ...]) -> Kind | None:
    if set(before) == set(after):
        return None
    if not before:
        return "newly-sensitive"
    return "categories-changed" if after else "no-longer-sensitive"


@dataclass(slots=True)
class Tally:
    """Changes counted.

    Attributes:
        kinds: how many of each kind.
        gained: category to how many names are newly sensitive in it.
        lost: category to how many names no longer are.
        first: the first of them.
    """

    most: int
    kinds: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    gained: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CATEGORIES, 0))
    lost: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CATEGORIES, 0))
    first: list[Change] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many changes there are."""
        return sum(self.kinds.values())

    def counted(self, changes: Iterable[Change]) -> Iterator[Change]:
        """The same changes, counted as they pass."""
        for change in changes:
            self.kinds[change.kind] += 1
            if len(self.first) < self.most:
                self.first.append(change)
            if change.kind not in ("to-review-changed", "decision-to-look-at-again"):
                for category in set(change.after) - set(change.before):
                    self.gained[category] = self.gained.get(category, 0) + 1
                for category in set(change.before) - set(change.after):
                    self.lost[category] = self.lost.get(category, 0) + 1
            yield change
