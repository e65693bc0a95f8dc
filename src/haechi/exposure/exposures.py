"""Exposures: what an advertiser could use, or did use, about a person.

A membership and a grant expose over the overlap of their intervals, permitted when one stretch of permission
contains the whole overlap. A delivery exposes at its instant, permitted when a stretch contains that instant.
"""

import ibis
import ibis.expr.types as ir

from haechi.exposure.months import both, month_columns
from haechi.terms.instants import overlap

_PERMISSION_KEYS = ("person_id", "protection")
_PERSON_CATEGORY = ("person_id", "audience")


def exposures(
    claimed: ir.Table,
    grants: ir.Table,
    delivered: ir.Table | None,
    stretches: ir.Table,
    *,
    reached_by: ir.Table,
    carry: tuple[str, ...] = (),
) -> ir.Table:
    """Every exposure, with whether it was permitted.

    Args:
        claimed: see `claims`, with month words and `alone_claims`' and `permitting_claims`' columns.
        grants: `advertiser, theme_id, since, until` (until never null), with month words and `alone_grants`' columns.
        delivered: see `deliveries_claimed`, with `advertiser` and month words; or None.
        stretches: see `permission_stretches`, for purpose disclosure.
        reached_by: the grants that judge people who never permitted anything: `grants` itself, or, where only
            people are counted, `merged_grants`, which says the same of them in far fewer rows.
        carry: further columns that claims and deliveries share, to stand in the result.

    Returns:
        `audience, person_id, law_bit, permitted, alone`, what is carried, and month words; `alone`: no
        other exposure has the same person and audience.
    """
    never = overlaps(claimed.filter(~claimed.permitting), reached_by, carry)
    judged = overlaps(claimed.filter(claimed.permitting), grants, carry)
    if delivered is not None:
        instants = delivered.mutate(
            since=delivered.delivered_at,
            until=delivered.delivered_at,
            audience=delivered.audience + delivered.advertiser,
            alone=ibis.literal(False),
        )
        judged = judged.union(instants.select(*judged.columns))
    columns = ("audience", "person_id", "law_bit", "alone", *carry, *month_columns(claimed))
    refused = never.select(*columns).mutate(permitted=ibis.literal(False))
    return refused.union(_judged(judged, stretches).select(*columns, "permitted"))


def overlaps(claimed: ir.Table, grants: ir.Table, carry: tuple[str, ...] = ()) -> ir.Table:
    """Every non-empty overlap of a claim and a grant of the same theme, in the months that both touch."""
    granted = grants.rename(lambda name: name if name == "theme_id" else f"granted_{name}")
    joined = claimed.join(granted, "theme_id")
    together = joined.filter(overlap(joined.since, joined.until, joined.granted_since, joined.granted_until))
    return together.select(
        "person_id",
        "protection",
        "law_bit",
        *carry,
        audience=(together.audience + together.granted_advertiser).cast("int64"),
        since=ibis.greatest(together.since, together.granted_since),
        until=ibis.least(together.until, together.granted_until),
        alone=(together.only_in_category & together.granted_only_of_theme)
        | (together.only_in_theme & together.granted_only_in_category),
        **{name: both(together[name], together[f"granted_{name}"]) for name in month_columns(claimed)},
    )


def permitting_claims(claimed: ir.Table, stretches: ir.Table) -> ir.Table:
    """Adds `permitting`: the person at some time permitted what the protection guards; nobody else need be asked."""
    return _marked(claimed, stretches.select(*_PERMISSION_KEYS).distinct(), "permitting")


def alone_claims(claimed: ir.Table, delivered: ir.Table | None) -> ir.Table:
    """Adds `only_in_category` and `only_in_theme`: the person has no other claim, and no delivery, there.

    Args:
        claimed: see `claims`.
        delivered: see `deliveries_claimed`, or None.
    """
    asked = claimed.select(*_PERSON_CATEGORY, met=ibis.literal(False))
    if delivered is not None:
        asked = asked.union(delivered.select(*_PERSON_CATEGORY, met=ibis.literal(True)).distinct())
    places = asked.group_by(*_PERSON_CATEGORY).agg(times=asked.count(), met=asked.met.any())
    shared = places.filter((places.times > 1) | places.met).drop("times")
    among = claimed.join(shared, _PERSON_CATEGORY)
    # Two claims of one theme are two of its category too: only those need be looked at.
    keys = (*_PERSON_CATEGORY, "theme_id")
    themes = among.group_by(*keys).agg(times=among.count(), met=among.met.any())
    flagged = _marked(claimed, shared.drop("met"), "shared")
    flagged = _marked(flagged, themes.filter((themes.times > 1) | themes.met).select(*keys), "repeated")
    return flagged.select(*claimed.columns, only_in_category=~flagged.shared, only_in_theme=~flagged.repeated)


def alone_grants(grants: ir.Table, guarded: ir.Table) -> ir.Table:
    """Adds `only_of_theme` and `only_in_category`: the advertiser has no other grant there.

    Args:
        grants: `advertiser, theme_id, since, until` and more.
        guarded: themes with their categories, see `claims`.
    """
    flagged = _marked(grants, _repeated(grants, ("advertiser", "theme_id")), "repeated")
    categories = guarded.select("theme_id", "audience").distinct()
    held = grants.select("advertiser", "theme_id").join(categories, "theme_id")
    several = _repeated(held, ("advertiser", "audience"))
    # A theme of two categories is alone only where it is alone in both.
    themes = held.semi_join(several, ["advertiser", "audience"]).select("advertiser", "theme_id").distinct()
    flagged = _marked(flagged, themes, "several")
    return flagged.select(*grants.columns, only_of_theme=~flagged.repeated, only_in_category=~flagged.several)


def _repeated(rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    counted = rows.group_by(*keys).agg(times=rows.count())
    return counted.filter(counted.times > 1).select(*keys)


def _marked(rows: ir.Table, found: ir.Table, name: str) -> ir.Table:
    """Adds a boolean: whether the row's keys are among those found."""
    joined = rows.left_join(found.mutate(**{name: ibis.literal(True)}), list(found.columns))
    return joined.select(*rows.columns, **{name: joined[name].notnull()})


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
        .select(
            "theme_id",
            "since",
            "until",
            advertiser=ibis.literal(0, "int64"),
            only_of_theme=ibis.literal(False),
            only_in_category=ibis.literal(False),
        )
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
