"""Claims: a person's membership in a theme, seen by one protection of one law that the person is under.

A protection is one law's rule for one category while that rule is in force. A membership that began before the
rule counts from the day on which the rule came into force.
"""

import ibis
import ibis.expr.types as ir

from haechi.terms.instants import end


def claims(memberships: ir.Table, protected: ir.Table, subjects: ir.Table | None) -> ir.Table:
    """Every membership under every protection that guards it.

    Args:
        memberships: `person_id, theme_id, since, until`.
        protected: `theme_id, protection, law_bit, category, audience, in_force, out_of_force`: which protections
            guard a theme; `out_of_force` never null.
        subjects: `person_id, laws`: who is under which laws, as bits together; nobody else is under any. None:
            everyone is under every law.

    Returns:
        `person_id, theme_id, protection, law_bit, category, audience, since, until`, non-empty intervals, no null
        ends.
    """
    guarded = _under_law(memberships, protected, subjects)
    return guarded.select(
        "person_id",
        "theme_id",
        "protection",
        "law_bit",
        "category",
        "audience",
        since=ibis.greatest(guarded.since, guarded.in_force),
        until=ibis.least(end(guarded.until), guarded.out_of_force),
    ).filter(lambda t: t.since < t.until)


def deliveries_claimed(deliveries: ir.Table, protected: ir.Table, subjects: ir.Table | None) -> ir.Table:
    """Every delivery of an ad because of a theme, under every protection in force at its instant.

    Returns:
        `advertiser_id, person_id, theme_id, protection, law_bit, category, audience, delivered_at`.
    """
    guarded = _under_law(deliveries, protected, subjects)
    return guarded.filter(
        (guarded.in_force <= guarded.delivered_at) & (guarded.delivered_at < guarded.out_of_force)
    ).select(
        "advertiser_id",
        "person_id",
        "theme_id",
        "protection",
        "law_bit",
        "category",
        "audience",
        "delivered_at",
    )


def unpermitted_claims(claimed: ir.Table, stretches: ir.Table) -> ir.Table:
    """The claims that no single stretch of permission covers from beginning to end."""
    return claimed.anti_join(
        stretches,
        [
            claimed.person_id == stretches.person_id,
            claimed.protection == stretches.protection,
            stretches.since <= claimed.since,
            claimed.until <= stretches.until,
        ],
    )


def _under_law(facts: ir.Table, protected: ir.Table, subjects: ir.Table | None) -> ir.Table:
    """Every fact under every protection of its theme, as far as the person is under the protection's law."""
    if subjects is None:
        return facts.join(protected, "theme_id")
    # The person first: looked up once a fact, not once for each of its protections.
    guarded = facts.join(subjects, "person_id").join(protected, "theme_id")
    return guarded.filter((guarded.laws & guarded.law_bit) != 0)
