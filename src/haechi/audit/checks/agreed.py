"""Recorded consents of the people under a law, as far as they can matter while a rule is in force."""

from typing import Final

import ibis
import ibis.expr.types as ir

from haechi.audit.inquiry import Inquiry
from haechi.audit.literals import instant, text, texts
from haechi.law import Rule
from haechi.terms.instants import end

_CONSENT: Final = ("consent", "explicit_consent")


def consents(inquiry: Inquiry, law: str, rule: Rule) -> ir.Table:
    """The permissions that rest on consent and did not end before the rule came into force."""
    given = inquiry.tables["permissions"]
    in_force = ibis.timestamp(rule.effective_from.isoformat(sep=" "))
    given = given.filter(given.basis.isin(_CONSENT) & (end(given.withdrawn_at) > in_force))
    if inquiry.subjects is None:
        return given
    under = inquiry.subjects.filter((inquiry.subjects.laws & inquiry.law_bit(law)) != 0)
    return given.semi_join(under, "person_id")


def consents_sql(inquiry: Inquiry, law: str, rule: Rule) -> str:
    """The same: a `with` that defines `consents`, to follow the inquiry's `setup` and `claims_sql`."""
    where = [
        f"basis in {texts(_CONSENT)}",
        f"coalesce(withdrawn_at, {instant(None)}) > {instant(rule.effective_from)}",
    ]
    if inquiry.subjects is not None:
        where.append(f"person_id in (select person_id from subjects where law = {text(law)})")
    return f"with consents as (\n  select * from permissions where {' and '.join(where)}\n)"
