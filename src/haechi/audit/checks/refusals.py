"""Refusals, whole or partial, held against the grounds that a law lists for the kind of request.

Each refusal is judged by the law of the instant at which the request was received. A kind of request that the law
did not know then (Japan: portability) needs no ground and is left out.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

import ibis
import ibis.expr.types as ir

from haechi.audit.asked import asked_sql
from haechi.audit.checks.base import present
from haechi.audit.inquiry import Inquiry
from haechi.audit.literals import instant, text, texts
from haechi.law import Ground, LawPack, RequestRule, rule_for

_REFUSED: Final = ("refused", "partly")


def refusals(inquiry: Inquiry) -> ir.Table:
    """Refusals that need a ground.

    Returns:
        `law, ground, listed, never`: whether the ground is on the law's closed list for that kind; whether it is
        one that never holds.
    """
    requests = present(inquiry.asked)
    packs = inquiry.packs
    refused = requests.filter(requests.outcome.isin(_REFUSED))
    refused = refused.filter(_any(refused, {law: pack.requests for law, pack in packs.items()}))
    listed = _any(refused, {law: pack.refusal_grounds for law, pack in packs.items()})
    never = _any(refused, {law: never_holding(inquiry, pack) for law, pack in packs.items()})
    return refused.select("law", "ground", listed=listed, never=never)


def never_holding(inquiry: Inquiry, pack: LawPack) -> tuple[Ground, ...]:
    """The grounds that never hold; none where the law has no rule of its own against them."""
    rule = rule_for(pack, "request-refused-included", inquiry.as_of)
    return () if rule is None else pack.forbidden_grounds


def refusals_sql(inquiry: Inquiry, law: str) -> str:
    """The same for one law: a `with` that defines `refusals`, to follow the inquiry's `setup`."""
    pack = inquiry.packs[law]
    return f"""{asked_sql(inquiry.tables, inquiry.packs, law)}, refusals as (
  select ground,
    {_any_sql(pack.refusal_grounds)} as listed,
    {_any_sql(never_holding(inquiry, pack))} as never
  from asked where outcome in {texts(_REFUSED)} and {_any_sql(pack.requests)}
)"""


def _any(requests: ir.Table, facts: Mapping[str, Iterable[RequestRule | Ground]]) -> ir.BooleanValue:
    """Whether one of its law's facts is about a request; never null."""
    return reduce(
        or_,
        (_about(requests, law, fact) for law, listed in facts.items() for fact in listed),
        ibis.literal(False),
    )


def _about(requests: ir.Table, law: str, fact: RequestRule | Ground) -> ir.BooleanValue:
    about = (requests.law == law) & requests.kind.isin(fact.kinds)
    about = about & (requests.received_at >= _literal(fact.effective_from))
    if fact.effective_until is not None:
        about = about & (requests.received_at < _literal(fact.effective_until))
    if isinstance(fact, Ground):
        about = about & (requests.ground == fact.code).fill_null(False)
    return about


def _literal(at: datetime) -> ir.TimestampValue:
    return ibis.timestamp(at.isoformat(sep=" "))


def _any_sql(facts: Iterable[RequestRule | Ground]) -> str:
    each = "\n      or ".join(_about_sql(fact) for fact in facts)
    return f"({each or 'false'})"


def _about_sql(fact: RequestRule | Ground) -> str:
    about = f"kind in {texts(fact.kinds)} and received_at >= {instant(fact.effective_from)}"
    if fact.effective_until is not None:
        about += f" and received_at < {instant(fact.effective_until)}"
    if isinstance(fact, Ground):
        about += f" and coalesce(ground = {text(fact.code)}, false)"
    return f"({about})"
