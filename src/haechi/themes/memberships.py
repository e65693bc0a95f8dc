"""Memberships from behaviours, by the definition of the records contract.

The way of the data: behaviours give signed changes of evidence (a behaviour adds, `unlike` and `hide` take back);
changes are summed along time per person and theme; where the sum stands at or above the threshold the person is
in the theme. Everything is one Ibis expression: no step brings rows to the caller.
"""

import ibis
import ibis.expr.types as ir

from haechi.themes.evidence import TAKES_BACK, EvidenceRule, evidence_thousandths, weight_billionths

_PAIR = ("person_id", "theme_id")


def memberships_from_behaviours(behaviours: ir.Table, item_themes: ir.Table, rule: EvidenceRule) -> ir.Table:
    """Who is in which theme from when to when.

    Args:
        behaviours: `person_id, item_id, kind, occurred_at` (naive UTC instants).
        item_themes: `item_id, theme_id, weight` (0 to 1, not null). Only the themes in it are computed: name the
            few that matter and the cost is theirs alone.
        rule: kind weights, threshold and lapse.

    Returns:
        `person_id, theme_id, score, since, until`: one row per membership, `until` null while it is open,
        `score` the evidence (1.000 = 1.0) at the last change before it closed.
    """
    changes = _changes(behaviours, item_themes, rule)
    return _open_stretches(_running(changes, rule), rule)


def _changes(behaviours: ir.Table, item_themes: ir.Table, rule: EvidenceRule) -> ir.Table:
    """Signed evidence per person, theme and instant, for pairs whose evidence could reach the threshold."""
    weights = item_themes.select(
        "item_id", "theme_id", weight_in_billionths=weight_billionths(item_themes.weight)
    )
    positive = (
        behaviours.filter(behaviours.kind.notin(TAKES_BACK))
        .join(weights, "item_id")
        .mutate(evidence=lambda t: evidence_thousandths(t.kind, t.weight_in_billionths, rule))
        .filter(lambda t: t.evidence > 0)
        .group_by("person_id", "theme_id", "item_id", "occurred_at")
        .agg(evidence=lambda t: t.evidence.sum().cast("int64"))
    )
    # Taking back only lowers the sum: a pair that never reaches the threshold without it never will.
    reaching = (
        positive.group_by(*_PAIR)
        .agg(total=positive.evidence.sum())
        .filter(lambda t: t.total >= rule.threshold_thousandths)
        .select(*_PAIR)
    )
    positive = positive.semi_join(reaching, _PAIR)
    gains = positive.select(*_PAIR, at=positive.occurred_at, change=positive.evidence, gain=positive.evidence)
    losses = _losses(positive, behaviours.filter(behaviours.kind.isin(TAKES_BACK)))
    return (
        gains.union(losses)
        .group_by(*_PAIR, "at")
        .agg(change=lambda t: t.change.sum().cast("int64"), gain=lambda t: t.gain.sum().cast("int64"))
    )


def _losses(positive: ir.Table, taking_back: ir.Table) -> ir.Table:
    """Each piece of evidence that an `unlike` or `hide` took back, at the first later one on the same item."""
    back = taking_back.select("person_id", "item_id", at=taking_back.occurred_at).distinct()
    return (
        positive.join(
            back,
            [
                positive.person_id == back.person_id,
                positive.item_id == back.item_id,
                positive.occurred_at < back.at,
            ],
        )
        .group_by("person_id", "theme_id", "item_id", "occurred_at", "evidence")
        .agg(at=lambda t: t.at.min())
        .select(*_PAIR, "at", change=lambda t: -t.evidence, gain=ibis.literal(0, "int64"))
    )


def _running(changes: ir.Table, rule: EvidenceRule) -> ir.Table:
    """The evidence from each change on, and until when it holds: the next change, or the lapse before it."""
    along = ibis.window(group_by=_PAIR, order_by="at", rows=(None, 0))
    step = ibis.window(group_by=_PAIR, order_by="at")
    running = changes.mutate(
        evidence=changes.change.sum().over(along).cast("int64"),
        until=changes["at"].lead().over(step),
    )
    if rule.lapse_days is None:
        return running.select(*_PAIR, "evidence", since=running["at"], until=running.until)
    last_gain = ibis.ifelse(changes.gain > 0, changes["at"], ibis.null("timestamp(6)")).max().over(along)
    running = running.mutate(lapses_at=last_gain + ibis.interval(days=rule.lapse_days))
    return running.select(
        *_PAIR,
        "evidence",
        since=running["at"],
        until=ibis.least(ibis.coalesce(running.until, running.lapses_at), running.lapses_at),
    ).filter(lambda t: t.since < t.until)


def _open_stretches(running: ir.Table, rule: EvidenceRule) -> ir.Table:
    """Touching pieces at or above the threshold, joined into memberships."""
    order = ibis.window(group_by=_PAIR, order_by="since")
    up_to_here = ibis.window(group_by=_PAIR, order_by="since", rows=(None, 0))
    held = running.filter(running.evidence >= rule.threshold_thousandths)
    held = held.mutate(touches=(held.until.lag().over(order) == held.since).fill_null(False))
    held = held.mutate(stretch=ibis.ifelse(held.touches, 0, 1).sum().over(up_to_here))
    return (
        held.group_by(*_PAIR, "stretch")
        .agg(
            score=held.evidence.argmax(held.since) / 1000.0,
            since=held.since.min(),
            # A piece without an end is the last one: its null makes the whole membership open.
            until=ibis.ifelse(held.until.isnull().any(), ibis.null("timestamp(6)"), held.until.max()),
        )
        .select(*_PAIR, "score", "since", "until")
    )
