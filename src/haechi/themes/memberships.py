"""Memberships from behaviours, by the definition of the records contract.

The way of the data: behaviours give signed changes of evidence (a behaviour adds, `unlike` and `hide` take back);
changes are summed along time per person and theme; where the sum stands at or above the threshold the person is
in the theme. Everything is one Ibis expression: no step brings rows to the caller.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from haechi.themes.evidence import TAKES_BACK, EvidenceRule, evidence_thousandths, weight_billionths

_PAIR = ("person_id", "theme_id")

Keep = Callable[[ir.Table], ir.Table]
"""Holds a result that is read more than once."""


def memberships_from_behaviours(
    behaviours: ir.Table, item_themes: ir.Table, rule: EvidenceRule, *, keep: Keep = lambda table: table
) -> ir.Table:
    """Who is in which theme from when to when.

    Args:
        behaviours: `person_id, item_id, kind, occurred_at` (naive UTC instants).
        item_themes: `item_id, theme_id, weight` (0 to 1, not null). Only the themes in it are computed: name the
            few that matter and the cost is theirs alone.
        rule: kind weights, threshold and lapse.
        keep: holds what is read more than once; without it the engine may read behaviours several times.

    Returns:
        `person_id, theme_id, score, since, until`: one row per membership, `until` null while it is open,
        `score` the evidence (1.000 = 1.0) at the last change before it closed.
    """
    traces = keep(_traces(behaviours, item_themes, rule))
    positive = traces.filter(traces.evidence > 0)
    reaching = keep(_reaching(traces, rule))
    plain = reaching.filter(reaching.plain)
    along_time = positive.semi_join(reaching.filter(~reaching.plain), _PAIR)
    changes = _changes(along_time, traces.filter(traces.takes_back))
    return _plain(plain).union(_open_stretches(_running(changes, rule), rule))


def _traces(behaviours: ir.Table, item_themes: ir.Table, rule: EvidenceRule) -> ir.Table:
    """What each behaviour says about each theme of its item: evidence, or that earlier evidence is taken back."""
    weights = item_themes.select(
        "item_id", "theme_id", weight_in_billionths=weight_billionths(item_themes.weight)
    )
    spoken = behaviours.join(weights, "item_id")
    return spoken.select(
        *_PAIR,
        "item_id",
        moment=spoken.occurred_at,
        evidence=evidence_thousandths(spoken.kind, spoken.weight_in_billionths, rule),
        takes_back=spoken.kind.isin(TAKES_BACK),
    )


def _reaching(traces: ir.Table, rule: EvidenceRule) -> ir.Table:
    """Pairs whose evidence could reach the threshold, and whether one look is enough to date it.

    What takes back says nothing itself (its evidence is 0) and only lowers the sum: a pair that never reaches the
    threshold without it never will. Where nothing is taken back or lapses, and all small pieces together stay
    below the threshold, the membership opens with the first piece that reaches it alone: no need to sum along
    time, which spares most pairs the costly step.
    """
    threshold = rule.threshold_thousandths
    alone = traces.evidence >= threshold
    pairs = traces.group_by(*_PAIR).agg(
        total=traces.evidence.sum().cast("int64"),
        in_pieces=ibis.ifelse(alone, 0, traces.evidence).sum().cast("int64"),
        first_alone=ibis.ifelse(alone, traces.moment, ibis.null(traces.moment.type())).min(),
        contested=traces.takes_back.any(),
    )
    pairs = pairs.filter(pairs.total >= threshold)
    plain = ~pairs.contested & (pairs.in_pieces < threshold)
    return pairs.mutate(plain=plain if rule.lapse_days is None else ibis.literal(False)).drop("contested")


def _plain(pairs: ir.Table) -> ir.Table:
    return pairs.select(
        *_PAIR, score=pairs.total / 1000.0, since=pairs.first_alone, until=ibis.null(pairs.first_alone.type())
    )


def _changes(positive: ir.Table, taking_back: ir.Table) -> ir.Table:
    """Signed evidence per person, theme and instant."""
    pieces = positive.group_by(*_PAIR, "item_id", "moment").agg(
        evidence=positive.evidence.sum().cast("int64")
    )
    gains = pieces.select(*_PAIR, "moment", change=pieces.evidence, gain=pieces.evidence)
    return (
        gains.union(_losses(pieces, taking_back))
        .group_by(*_PAIR, "moment")
        .agg(change=lambda t: t.change.sum().cast("int64"), gain=lambda t: t.gain.sum().cast("int64"))
    )


def _losses(pieces: ir.Table, taking_back: ir.Table) -> ir.Table:
    """Each piece of evidence that an `unlike` or `hide` took back, at the first later one on the same item."""
    back = taking_back.select("person_id", "item_id", taken_at="moment").distinct()
    return (
        pieces.join(
            back,
            [
                pieces.person_id == back.person_id,
                pieces.item_id == back.item_id,
                pieces.moment < back.taken_at,
            ],
        )
        .group_by(*_PAIR, "item_id", "moment", "evidence")
        .agg(taken_at=lambda t: t.taken_at.min())
        .select(*_PAIR, moment="taken_at", change=lambda t: -t.evidence, gain=ibis.literal(0, "int64"))
    )


def _running(changes: ir.Table, rule: EvidenceRule) -> ir.Table:
    """The evidence from each change on, and until when it holds: the next change, or the lapse before it."""
    along = ibis.window(group_by=_PAIR, order_by="moment", rows=(None, 0))
    step = ibis.window(group_by=_PAIR, order_by="moment")
    running = changes.mutate(
        evidence=changes.change.sum().over(along).cast("int64"),
        until=changes.moment.lead().over(step),
    )
    if rule.lapse_days is None:
        return running.select(*_PAIR, "evidence", since=running.moment, until=running.until)
    last_gain = (
        ibis.ifelse(changes.gain > 0, changes.moment, ibis.null(changes.moment.type())).max().over(along)
    )
    running = running.mutate(lapses_at=last_gain + ibis.interval(days=rule.lapse_days))
    return running.select(
        *_PAIR,
        "evidence",
        since=running.moment,
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
            until=ibis.ifelse(held.until.isnull().any(), ibis.null(held.until.type()), held.until.max()),
        )
        .select(*_PAIR, "score", "since", "until")
    )
