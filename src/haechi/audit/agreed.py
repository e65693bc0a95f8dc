"""Recorded consents, each with the audited laws that its person is under."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir

from haechi.audit.literals import instant, text, texts
from haechi.law import Rule
from haechi.terms.instants import end

_CONSENT: Final = ("consent", "explicit_consent")


def consents(tables: Mapping[str, ir.Table], subjects: ir.Table | None) -> ir.Table:
    """The permissions that rest on consent, of people under an audited law.

    Args:
        tables: the dataset's tables, `permissions` among them.
        subjects: see `subjects`; None where everyone is under every audited law.

    Returns:
        `person_id, purpose, category, given_at, until, evidenced, laws`: `until` never null, `laws` as bits.
    """
    given = tables["permissions"]
    given = given.filter(given.basis.isin(_CONSENT)).select(
        "person_id",
        "purpose",
        "category",
        "given_at",
        until=lambda t: end(t.withdrawn_at),
        # Not `strip() != ""`, which copies each of a million texts to look at it.
        evidenced=lambda t: t.evidence.re_search(r"\S").fill_null(False),
    )
    return (
        given.mutate(laws=ibis.literal(-1, "int64"))
        if subjects is None
        else given.join(subjects, "person_id")
    )


def under(agreed: ir.Table, bit: int, rule: Rule) -> ir.Table:
    """The consents of the people under a law (by its bit) that did not end before the rule came into force."""
    in_force = ibis.timestamp(rule.effective_from.isoformat(sep=" "))
    return agreed.filter(((agreed.laws & bit) != 0) & (agreed.until > in_force))


def consents_sql(law: str, rule: Rule, *, placed: bool) -> str:
    """The same: a `with` that defines `consents`, to follow the inquiry's `setup` and `claims_sql`.

    Args:
        law: identifier of the law pack.
        rule: the rule that asks.
        placed: there is a table that says which law people are under.
    """
    where = [
        f"basis in {texts(_CONSENT)}",
        f"coalesce(withdrawn_at, {instant(None)}) > {instant(rule.effective_from)}",
    ]
    if placed:
        where.append(f"person_id in (select person_id from subjects where law = {text(law)})")
    return f"with consents as (\n  select * from permissions where {' and '.join(where)}\n)"
