"""What a law says at an instant. Pure: a pack and an instant in, a fact out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from haechi.errors import UsageError
from haechi.law.model import (
    Check,
    Fact,
    Ground,
    IncludedItem,
    LawPack,
    MinorsRule,
    Money,
    PenaltyTier,
    RequestRule,
    Rule,
    SignalRule,
)

_F = TypeVar("_F", bound=Fact)


def in_force(facts: Iterable[_F], at: datetime) -> tuple[_F, ...]:
    """The facts in force at the naive UTC instant `at`, in the pack's order."""
    return tuple(fact for fact in facts if fact.in_force(at))


def chosen(packs: Mapping[str, LawPack], laws: Collection[str]) -> dict[str, LawPack]:
    """The packs that are named; all where none is.

    Raises:
        UsageError: there is no such law.
    """
    for law in laws:
        if law not in packs:
            raise UsageError(f"unknown law {law!r}; expected one of {', '.join(sorted(packs))}.")
    return {law: pack for law, pack in packs.items() if not laws or law in laws}


def rule_for(pack: LawPack, check: Check | str, at: datetime) -> Rule | None:
    """The rule that a check applies at `at`, or None where the law has none.

    Where a law has several (GDPR Art. 9 and Art. 10), the first of the pack is the general one; a category
    names its own.
    """
    return next((rule for rule in in_force(pack.rules, at) if rule.check == check), None)


def request_rule(pack: LawPack, kind: str, at: datetime) -> RequestRule | None:
    """How fast a request of this kind must be answered, or None where the law gives no such right."""
    return next((rule for rule in in_force(pack.requests, at) if kind in rule.kinds), None)


def refusal_grounds(pack: LawPack, kind: str, at: datetime) -> tuple[Ground, ...]:
    """The closed list of grounds on which a request of this kind may be refused."""
    return tuple(ground for ground in in_force(pack.refusal_grounds, at) if kind in ground.kinds)


def forbidden_grounds(pack: LawPack, kind: str, at: datetime) -> tuple[Ground, ...]:
    """Grounds that never hold, because the law expressly includes what was asked for (PIPA Decree Art. 41(1))."""
    return tuple(ground for ground in in_force(pack.forbidden_grounds, at) if kind in ground.kinds)


def included_items(pack: LawPack, kind: str, at: datetime) -> tuple[IncludedItem, ...]:
    """What the law expressly says a person may ask for with a request of this kind."""
    return tuple(item for item in in_force(pack.included_items, at) if kind in item.kinds)


def minors(pack: LawPack, at: datetime) -> MinorsRule | None:
    """The law's rule on minors, or None where it has none."""
    return next(iter(in_force(pack.minors, at)), None)


def signal_rules(pack: LawPack, signal: str, at: datetime) -> tuple[SignalRule, ...]:
    """What a signal of refusal ends under this law."""
    return tuple(rule for rule in in_force(pack.signals, at) if rule.signal == signal)


def penalty(pack: LawPack, at: datetime) -> tuple[PenaltyTier, ...]:
    """Every kind of penalty the law knows, in the pack's order."""
    return in_force(pack.penalties, at)


def penalty_ceiling(tier: PenaltyTier, turnover: int, currency: str) -> Money | None:
    """The highest penalty of one kind, or None where turnover alone cannot tell it.

    None: a penalty per violation; the higher of a percentage and an amount in another currency.

    Args:
        tier: the kind of penalty.
        turnover: the turnover that `tier.turnover_base` describes, in whole units.
        currency: its ISO 4217 code.
    """
    if tier.fixed_role == "per-violation" or (tier.percent is None and tier.fixed is None):
        return None
    if tier.percent is None or (tier.fixed_role == "no-turnover" and turnover <= 0):
        return tier.fixed
    ceiling = Money(int(turnover * Fraction(tier.percent) // 100), currency)
    if tier.fixed_role == "higher-of" and tier.fixed is not None:
        if tier.fixed.currency != currency:
            return None
        return max(ceiling, tier.fixed, key=lambda money: money.amount)
    return ceiling
