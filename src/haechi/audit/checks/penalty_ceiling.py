"""How high could a penalty be, for the turnover that the caller states?

An upper end, never a forecast: authorities take off turnover, weigh gravity, and mostly end far below. What each
kind of penalty is for stands in its sentence, because the highest is for the gravest cases only.
"""

from typing import Final

from haechi.audit.checks.base import Check
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import Money, PenaltyTier, Rule, penalty, penalty_ceiling, rule_for

_CEILING: Final[dict[Lang, str]] = {
    "en": "At most {ceiling}: {when}",
    "ko": "최대 {ceiling}: {when}",
}
_EACH: Final[dict[Lang, str]] = {
    "en": "{fixed} for each violation, whatever the turnover: {when}",
    "ko": "매출액과 무관하게 위반 1건당 {fixed}: {when}",
}
_OR_MORE: Final[dict[Lang, str]] = {
    "en": "At most {ceiling}, or {fixed} where that is more: {when}",
    "ko": "최대 {ceiling} 또는 {fixed} 중 큰 금액: {when}",
}


def _lacks(inquiry: Inquiry) -> list[str]:
    return ["--turnover"] if inquiry.turnover is None else []


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "penalty-ceiling", inquiry.as_of)
        if rule is not None and inquiry.turnover is not None:
            for tier in penalty(pack, inquiry.as_of):
                found += _of(inquiry, law, rule, tier, inquiry.turnover)
    return found


def _of(inquiry: Inquiry, law: str, rule: Rule, tier: PenaltyTier, turnover: Money) -> list[Finding]:
    """One kind of penalty; none where it is neither a percentage nor an amount."""
    ceiling = penalty_ceiling(tier, turnover.amount, turnover.currency)
    told, query = _CEILING, _sql(tier, turnover)
    if ceiling is None and tier.percent is not None:
        ceiling = Money(int(turnover.amount * tier.percent // 100), turnover.currency)
        told = _OR_MORE
    elif ceiling is None and tier.fixed is not None:
        ceiling, told = tier.fixed, _EACH
    if ceiling is None:
        return []
    statement = told[inquiry.lang].format(
        ceiling=_written(ceiling),
        fixed="" if tier.fixed is None else _written(tier.fixed),
        when=getattr(tier.when, inquiry.lang),
    )
    return [
        Finding(
            rule=rule.id,
            law=law,
            article=tier.article,
            severity=rule.severity,
            statement=statement,
            count=ceiling.amount,
            sample=(),
            sample_of=None,
            remedy=getattr(rule.remedy, inquiry.lang),
            query=query,
        )
    ]


def _written(money: Money) -> str:
    return f"{money.currency} {money.amount:,}"


def _sql(tier: PenaltyTier, turnover: Money) -> str:
    """The arithmetic; amounts in another currency than the turnover's cannot be compared and stay out."""
    fixed = tier.fixed
    if fixed is not None and (tier.percent is None or tier.fixed_role == "per-violation"):
        return f"select {fixed.amount};"
    if fixed is not None and tier.fixed_role == "no-turnover" and turnover.amount <= 0:
        return f"select {fixed.amount};"
    part = f"floor({turnover.amount}::decimal(38, 4) * {tier.percent} / 100)::hugeint"
    if fixed is not None and tier.fixed_role == "higher-of" and fixed.currency == turnover.currency:
        return f"select greatest({part}, {fixed.amount});"
    return f"select {part};"


CHECK: Final = Check(
    id="penalty-ceiling",
    asks={
        "en": "How high could a penalty be, for the stated turnover?",
        "ko": "제시된 매출액을 기준으로 과징금은 최대 얼마입니까?",
    },
    needs=(),
    run=_run,
    lacks=_lacks,
)
