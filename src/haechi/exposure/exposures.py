"""Exposures: what an advertiser could use, or did use, about a person.

A membership and a grant expose over the overlap of their intervals, permitted when one stretch of permission
contains the whole overlap. A delivery exposes at its instant, permitted when a stretch contains that instant.
"""

import ibis
import ibis.expr.types as ir

from haechi.exposure.months import both, month_columns
from haechi.terms.instants import overlap

_PERMISSION_KEYS = ("person_id", "protection")


def exposures(
    claimed: ir.Table,
    grants: ir.Table,
    delivered: ir.Table | None,
    stretches: ir.Table,
    *,
    reached_by: ir.Table,
) -> ir.Table:
    """Every exposure, with whether it was permitted.

    Args:
        claimed: see `claims`, with month words.
        grants: `advertiser_id, theme_id, since, until` (until never null), with month words.
        delivered: see `deliveries_claimed`, with month words; or None.
        stretches: see `permission_stretches`, for purpose disclosure.
        reached_by: the grants that judge people who never permitted anything: `grants` itself, or, where only
            people are counted, `merged_grants`, which says the same of them in far fewer rows.

    Returns:
        `advertiser_id, person_id, law_bit, category, permitted` and month words.
    """
    never = overlaps(claimed.anti_join(stretches, _PERMISSION_KEYS), reached_by)
    judged = overlaps(claimed.semi_join(stretches, _PERMISSION_KEYS), grants)
    if delivered is not None:
        instants = delivered.mutate(since="delivered_at", until="delivered_at")
        judged = judged.union(instants.select(*judged.columns))
    columns = ("advertiser_id", "person_id", "law_bit", "category", *month_columns(claimed))
    refused = never.select(*columns).mutate(permitted=ibis.literal(False))
    return refused.union(_judged(judged, stretches).select(*columns, "permitted"))


def overlaps(claimed: ir.Table, grants: ir.Table) -> ir.Table:
    """Every non-empty overlap of a claim and a grant of the same theme, in the months that both touch."""
    granted = grants.rename(lambda name: name if name == "theme_id" else f"granted_{name}")
    joined = claimed.join(granted, "theme_id")
    together = joined.filter(overlap(joined.since, joined.until, joined.granted_since, joined.granted_until))
    return together.select(
        "person_id",
        "protection",
        "law_bit",
        "category",
        advertiser_id="granted_advertiser_id",
        since=ibis.greatest(together.since, together.granted_since),
        until=ibis.least(together.until, together.granted_until),
        **{name: both(together[name], together[f"granted_{name}"]) for name in month_columns(claimed)},
    )


def merged_grants(grants: ir.Table) -> ir.Table:
    """When a theme was open to any advertiser at all: touching and overlapping grants as one, nobody named."""
    earlier = ibis.window(group_by="theme_id", order_by=("since", "until"), rows=(None, -1))
    so_far = ibis.window(group_by="theme_id", order_by=("since", "until"), rows=(None, 0))
    reached = grants.mutate(reached=grants.until.max().over(earlier))
    starting = reached.mutate(starts=ibis.ifelse(reached.since <= reached.reached, 0, 1))
    counted = starting.mutate(stretch=starting.starts.sum().over(so_far))
    return (
        counted.group_by("theme_id", "stretch")
        .agg(since=counted.since.min(), until=counted.until.max())
        .select("theme_id", "since", "until", advertiser_id=ibis.null(grants.advertiser_id.type()))
    )


def _judged(reached: ir.Table, stretches: ir.Table) -> ir.Table:
    """Exposures of people who gave some permission, each held against its stretches."""
    held = stretches.rename(held_since="since", held_until="until")
    joined = reached.left_join(
        held,
        [
            reached.person_id == held.person_id,
            reached.protection == held.protection,
            held.held_since <= reached.since,
            reached.until <= held.held_until,
            # At the instant at which a permission ends it no longer covers anything.
            reached.since < held.held_until,
        ],
    )
    return joined.select(*(reached[name] for name in reached.columns), permitted=joined.held_since.notnull())
