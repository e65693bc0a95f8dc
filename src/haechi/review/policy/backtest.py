"""Past decisions under another rule set: what would change, before it does."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Final

import msgspec

from haechi.review.ads import OUTCOMES, Decision, Outcome
from haechi.review.policy.model import RuleSet
from haechi.review.policy.readable import FACTS
from haechi.review.policy.replay import replay

_FIRST: Final = 20
_Z: Final = 1.959963984540054
"""Of a two-sided interval of 95%."""


class Share(msgspec.Struct, frozen=True):
    """A share with its 95% interval (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Attributes:
        part: how many.
        whole: of how many.
        value: their quotient; None of nothing.
        low: lower end.
        high: upper end.
    """

    part: int
    whole: int
    value: float | None
    low: float
    high: float


class Quality(msgspec.Struct, frozen=True):
    """How decisions agree with the truth.

    Attributes:
        recall: of the scams, those held or rejected.
        held_legitimate: of the legitimate ads, those held or rejected.
        precision: of the ads held or rejected, the scams.
        reject_precision: of those rejected, the scams.
    """

    recall: Share
    held_legitimate: Share
    precision: Share
    reject_precision: Share


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """One rule over all ads.

    Attributes:
        code: whose.
        mode: live or shadow.
        outcome: what it does, or would do.
        fired: on how many ads.
        alone: on how many no live rule fired beside it: what it adds.
        scams: of those on which it fired, how many are known to be scams.
        legitimate: how many are known not to be.
    """

    code: str
    mode: str
    outcome: str
    fired: int
    alone: int
    scams: int
    legitimate: int


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An ad whose outcome changes, with the codes that bring the new one."""

    ad_id: str
    before: Outcome
    after: Outcome
    rules: tuple[str, ...]


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """Past decisions under a rule set.

    Attributes:
        ruleset_hash: of the rule set.
        decisions: how many there were.
        without_facts: how many kept no facts of ad and account, and were made again on unknown ones.
        outcomes: how many went from each outcome to each.
        changed: how many outcomes change.
        first_changes: the first of them.
        rules: what each rule does, the most frequent first.
        known: of how many ads the truth is known.
        before: quality of the decisions as they were, where the truth is known.
        after: quality under the rule set.
    """

    ruleset_hash: str
    decisions: int
    without_facts: int
    outcomes: dict[Outcome, dict[Outcome, int]]
    changed: int
    first_changes: tuple[Change, ...]
    rules: tuple[RuleCount, ...]
    known: int
    before: Quality | None
    after: Quality | None


class _Counts:
    """Counts while decisions go by; keeps none of them."""

    def __init__(self) -> None:
        self.decisions = 0
        self.without_facts = 0
        self.outcomes: Counter[tuple[Outcome, Outcome]] = Counter()
        self.changes: list[Change] = []
        self.fired: Counter[str] = Counter()
        self.alone: Counter[str] = Counter()
        self.of_truth: Counter[tuple[str, bool]] = Counter()
        self.before: Counter[tuple[Outcome, bool]] = Counter()
        self.after: Counter[tuple[Outcome, bool]] = Counter()

    def add(self, before: Decision, after: Decision, truth: bool | None) -> None:
        self.decisions += 1
        self.without_facts += not any(signal.name == FACTS for signal in before.signals)
        self.outcomes[before.decision, after.decision] += 1
        if before.decision != after.decision and len(self.changes) < _FIRST:
            self.changes.append(
                Change(ad_id=before.ad_id, before=before.decision, after=after.decision, rules=after.rules)
            )
        for code in (*after.rules, *after.shadow_rules):
            self.fired[code] += 1
            self.alone[code] += not set(after.rules) - {code}
            if truth is not None:
                self.of_truth[code, truth] += 1
        if truth is not None:
            self.before[before.decision, truth] += 1
            self.after[after.decision, truth] += 1


def backtest(
    decisions: Iterable[Decision], ruleset: RuleSet, truth: Mapping[str, bool] | None = None
) -> Backtest:
    """Makes past decisions again under a rule set, each at its own instant.

    Args:
        decisions: with their signals.
        ruleset: under which.
        truth: by ad_id whether the ad is a scam, where it is known.
    """
    counts = _Counts()
    for before in decisions:
        counts.add(before, replay(before, ruleset), None if truth is None else truth.get(before.ad_id))
    known = sum(counts.after.values())
    return Backtest(
        ruleset_hash=ruleset.hash,
        decisions=counts.decisions,
        without_facts=counts.without_facts,
        outcomes={one: {other: counts.outcomes[one, other] for other in OUTCOMES} for one in OUTCOMES},
        changed=sum(count for (one, other), count in counts.outcomes.items() if one != other),
        first_changes=tuple(counts.changes),
        rules=tuple(_rules(counts, ruleset)),
        known=known,
        before=quality(counts.before) if known else None,
        after=quality(counts.after) if known else None,
    )


def quality(counts: Mapping[tuple[Outcome, bool], int]) -> Quality:
    """How decisions agree with the truth.

    Args:
        counts: of ads by what was decided and whether they are scams.
    """

    def some(outcomes: Iterable[Outcome], *truths: bool) -> int:
        return sum(counts.get((outcome, truth), 0) for outcome in outcomes for truth in truths)

    stopped: tuple[Outcome, ...] = ("hold", "reject")
    return Quality(
        recall=share(some(stopped, True), some(OUTCOMES, True)),
        held_legitimate=share(some(stopped, False), some(OUTCOMES, False)),
        precision=share(some(stopped, True), some(stopped, True, False)),
        reject_precision=share(some(["reject"], True), some(["reject"], True, False)),
    )


def share(part: int, whole: int) -> Share:
    """A share with its interval; of nothing it could be anything."""
    if not whole:
        return Share(part, whole, None, 0.0, 1.0)
    value = part / whole
    middle = value + _Z**2 / (2 * whole)
    half = _Z * sqrt(value * (1 - value) / whole + _Z**2 / (4 * whole**2))
    scale = 1 + _Z**2 / whole
    low, high = max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
    return Share(part, whole, round(value, 6), round(low, 6), round(high, 6))


def _rules(counts: _Counts, ruleset: RuleSet) -> Iterable[RuleCount]:
    known = {rule.code: (rule.mode, rule.outcome) for rule in ruleset.rules}
    for code in sorted({*known, *counts.fired}, key=lambda one: (-counts.fired[one], one)):
        mode, outcome = known.get(code, ("live", "hold"))
        yield RuleCount(
            code=code,
            mode=mode,
            outcome=outcome,
            fired=counts.fired[code],
            alone=counts.alone[code],
            scams=counts.of_truth[code, True],
            legitimate=counts.of_truth[code, False],
        )
