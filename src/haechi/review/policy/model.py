"""A rule set as it is used: read, checked, ready to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import msgspec

from haechi.review.policy.meaning import Meaning
from haechi.review.policy.words import Words

Mode = Literal["live", "shadow", "off"]
Stops = Literal["hold", "reject"]
Ground = Literal["illegal", "incompatible"]
NOT_EXAMINED: Final = "not-examined"
"""Code of the reason where a part of the ad could not be examined."""
POLICY_ERROR: Final = "policy-error"
"""Code of the reason where a rule itself failed."""
BUILT_IN: Final = (NOT_EXAMINED, POLICY_ERROR)


class Law(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citation.

    Attributes:
        article: as it is cited to the advertiser.
        url: where it, or the report of it, was read.
        since: in force since; not cited before.
        checked: whether somebody read it at the address, or it is recalled.
        binding: whether it binds, or is a request of an authority.
        countries: of ads for which it is cited, ISO 3166-1 alpha-2; empty: all.
        note: for people who write rules.
    """

    article: str
    url: str
    since: date
    checked: bool
    binding: bool
    countries: tuple[str, ...] = ()
    note: str = ""


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """A signal in an example: how sure, and what else it says."""

    score: float
    params: Mapping[str, str] = {}


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """What an ad could show. Invented.

    Attributes:
        signals: by name as rules write it, then by value.
        facts: that differ from the usual ones, see `examples.USUAL`.
        line: in the file.
    """

    signals: Mapping[str, Mapping[str, Sign]] = {}
    facts: Mapping[str, bool | int | str] = {}
    line: int = 0


class Expected(Example, frozen=True, kw_only=True):
    """An example for the whole rule set, with what must come of it."""

    title: str
    decision: Literal["approve", "hold", "reject"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: stable; what reasons and records call it.
        title: for reviewers.
        mode: live decides, shadow only records, off does neither.
        when: the expression as written.
        meaning: the expression, ready to be asked.
        outcome: what it does with the ad.
        ground: DSA Art. 17(3)(d) illegal or (e) incompatible with the terms.
        laws: citations.
        category: of the EU transparency database.
        keyword: of the same, or None.
        queue: in which a person finds the ad.
        hours: within which a person decides.
        author: who wrote it.
        approved_by: who else approved it, or None.
        since: from this day on (UTC), or None.
        until: the first day on which it no longer holds, or None.
        covers: codes whose reasons need not be told beside this one's.
        fires: examples on which it must fire.
        silent: examples on which it must not.
        line: in the file.
    """

    code: str
    title: str
    mode: Mode
    when: str
    meaning: Meaning
    outcome: Stops
    ground: Ground
    laws: tuple[Law, ...]
    category: str
    keyword: str | None
    queue: str
    hours: int
    author: str
    approved_by: str | None
    since: date | None
    until: date | None
    covers: tuple[str, ...]
    fires: tuple[Example, ...]
    silent: tuple[Example, ...]
    line: int

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on the day, half-open `[since, until)`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    @property
    def weight(self) -> tuple[bool, bool, int, str]:
        """Sorts the weightiest first, whatever the order in the file."""
        return (self.outcome != "reject", self.ground != "illegal", self.hours, self.code)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule set.

    Attributes:
        id: its name.
        version: of its text.
        rules: all but those that are off, the weightiest first.
        off: those that are off.
        conditions: named conditions in the order in which they build on each other.
        words: by language.
        cases: examples for the whole.
        hash: SHA-256 of everything that can change a decision or its reasons, and of nothing else.
    """

    id: str
    version: int
    rules: tuple[Rule, ...]
    off: tuple[Rule, ...]
    conditions: tuple[tuple[str, Meaning], ...]
    words: Mapping[str, Words]
    cases: tuple[Expected, ...]
    hash: str
