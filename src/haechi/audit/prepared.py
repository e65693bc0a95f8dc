"""The audit's inputs after setting aside what names nobody: what every figure is computed from.

Only themes that some audited law guards are followed from here on: sensitivity first, memberships after. That is
why the audit's cost is that of the sensitive themes and not of all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import ibis
import ibis.expr.types as ir

from haechi.exposure import (
    Calendar,
    alone_claims,
    alone_grants,
    claims,
    deliveries_claimed,
    numbered_advertisers,
    permitting_claims,
)
from haechi.permission import permission_stretches
from haechi.terms.instants import end
from haechi.terms.schemas import SCHEMAS
from haechi.terms.words import Purpose
from haechi.themes import EvidenceRule, memberships_from_behaviours


class Keep(Protocol):
    """Holds a result that several figures read, so that it is computed once."""

    def __call__(self, expression: ir.Table, /) -> ir.Table:
        """The result, to read again."""

    def drop(self, held: ir.Table, /) -> None:
        """Nobody will read it again."""


@contextmanager
def for_now(keep: Keep) -> Iterator[Callable[[ir.Table], ir.Table]]:
    """Hold what is needed only until the end of the block, by when all that reads it must have been held itself."""
    held = []

    def hold(expression: ir.Table) -> ir.Table:
        held.append(keep(expression))
        return held[-1]

    yield hold
    for table in held:
        keep.drop(table)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every figure reads.

    Attributes:
        claimed: memberships in guarded themes under each protection, with month words.
        profiling: stretches of permission for profiling.
        disclosure: stretches of permission for disclosure.
        grants: grants of guarded themes, ends never null, with month words; None without the table.
        delivered: deliveries because of guarded themes, with month words; None without the table.
        advertisers: `advertiser_id, advertiser`, the number that stands for each; None where nobody is named.
        calendar: the months that the words stand for.
        computed: the memberships were computed from behaviours.
    """

    claimed: ir.Table
    profiling: ir.Table
    disclosure: ir.Table
    grants: ir.Table | None
    delivered: ir.Table | None
    advertisers: ir.Table | None
    calendar: Calendar
    computed: bool


def prepare(
    tables: Mapping[str, ir.Table],
    guarded: ir.Table,
    accepted: ir.Table,
    subjects: ir.Table | None,
    *,
    evidence: EvidenceRule,
    as_of: datetime,
    keep: Keep,
) -> Prepared:
    """Bring the tables into the form that every figure reads.

    Args:
        tables: the dataset's tables.
        guarded: see `guarded_themes`.
        accepted: see `accepted_bases`.
        subjects: see `subjects`; None where everyone is under every audited law.
        evidence: how behaviours make memberships.
        as_of: what begins at this instant or later has not happened yet and counts nowhere; open intervals are
            shown in the months up to it.
        keep: holds what is read more than once.
    """
    with for_now(keep) as hold:
        held = memberships_of(tables, guarded, evidence, hold)
        # Who is in no `people` is in no `subjects`, and an unknown theme guards nothing: both are set aside here.
        claimed = keep(_begun(claims(held, guarded, subjects), "since", as_of))
    delivered, grants = _deliveries(tables, guarded, subjects, as_of), _grants(tables, guarded, as_of)
    delivered = None if delivered is None else keep(delivered)
    grants = None if grants is None else keep(grants)
    named = [part.select("advertiser_id") for part in (delivered, grants) if part is not None]
    advertisers = (
        keep(numbered_advertisers(named[0].union(*named[1:]) if named[1:] else named[0])) if named else None
    )
    # An interval that is open at midnight of the first does not touch the month that begins then.
    calendar = Calendar(_first(claimed, delivered, as_of), as_of - timedelta(microseconds=1))
    if delivered is not None:
        delivered = keep(calendar.mark(delivered.join(advertisers, "advertiser_id"), "delivered_at", None))
    if grants is not None:
        grants = calendar.mark(grants.join(advertisers, "advertiser_id").drop("advertiser_id"))
        grants = keep(alone_grants(keep(grants), guarded))
    disclosure = keep(_stretches(tables, accepted, subjects, "disclosure"))
    marked = keep(permitting_claims(alone_claims(calendar.mark(claimed), delivered), disclosure))
    keep.drop(claimed)
    return Prepared(
        claimed=marked,
        profiling=keep(_stretches(tables, accepted, subjects, "profiling")),
        disclosure=disclosure,
        grants=grants,
        delivered=delivered,
        advertisers=advertisers,
        calendar=calendar,
        computed="memberships" not in tables,
    )


def known(rows: ir.Table, tables: Mapping[str, ir.Table], name: str) -> ir.Table:
    """The rows whose identifiers the referenced tables have; a table that is absent lacks nothing."""
    for column, table in SCHEMAS[name].references:
        if table in tables:
            rows = rows.semi_join(tables[table], column)
    return rows


def memberships_of(
    tables: Mapping[str, ir.Table],
    themes: ir.Table,
    evidence: EvidenceRule,
    keep: Callable[[ir.Table], ir.Table],
) -> ir.Table:
    """Who is in the given themes: as the platform says, computed from behaviours, or, without either, nobody.

    Args:
        tables: the dataset's tables.
        themes: `theme_id` and more.
        evidence: how behaviours make memberships.
        keep: holds what is read more than once.

    Returns:
        `person_id, theme_id, since, until`.
    """
    columns = ("person_id", "theme_id", "since", "until")
    if "memberships" in tables:
        return tables["memberships"].semi_join(themes, "theme_id").select(*columns)
    if "behaviours" not in tables or "item_themes" not in tables:
        return (
            tables["themes"]
            .mutate(
                person_id=_no_person(tables),
                since=ibis.null("timestamp(6)"),
                until=ibis.null("timestamp(6)"),
            )
            .filter(ibis.literal(False))
            .select(*columns)
        )
    speaking = keep(known(tables["item_themes"], tables, "item_themes").semi_join(themes, "theme_id"))
    return memberships_from_behaviours(tables["behaviours"], speaking, evidence, keep=keep).select(*columns)


def _begun(rows: ir.Table, column: str, as_of: datetime) -> ir.Table:
    """The rows that had begun by the audit's instant."""
    return rows.filter(rows[column] < ibis.timestamp(as_of.isoformat(sep=" ")))


def _deliveries(
    tables: Mapping[str, ir.Table], guarded: ir.Table, subjects: ir.Table | None, as_of: datetime
) -> ir.Table | None:
    if "deliveries" not in tables:
        return None
    made = _begun(known(tables["deliveries"], tables, "deliveries"), "delivered_at", as_of)
    return deliveries_claimed(made, guarded, subjects)


def _grants(tables: Mapping[str, ir.Table], guarded: ir.Table, as_of: datetime) -> ir.Table | None:
    if "grants" not in tables:
        return None
    return (
        _begun(known(tables["grants"], tables, "grants"), "since", as_of)
        .semi_join(guarded, "theme_id")
        .select("advertiser_id", "theme_id", "since", until=lambda t: end(t.until))
        .filter(lambda t: t.since < t.until)
    )


def _stretches(
    tables: Mapping[str, ir.Table], accepted: ir.Table, subjects: ir.Table | None, purpose: Purpose
) -> ir.Table:
    if "permissions" in tables:
        return permission_stretches(tables["permissions"], accepted, subjects, purpose)
    nobody = tables["themes"].select(
        person_id=_no_person(tables),
        protection=ibis.literal(0, "int64"),
        since=ibis.null("timestamp(6)"),
        until=ibis.null("timestamp(6)"),
    )
    return nobody.filter(ibis.literal(False))


def _no_person(tables: Mapping[str, ir.Table]) -> ir.Value:
    """A null of the type that identifies people in this dataset, so that nobody's rows join with theirs."""
    named = (table.person_id.type() for table in tables.values() if "person_id" in table.columns)
    return ibis.null(next(named, "string"))


def _first(claimed: ir.Table, delivered: ir.Table | None, as_of: datetime) -> datetime:
    """The earliest instant at which anything can be exposed."""
    since = claimed.aggregate(first=claimed.since.min())
    if delivered is not None:
        since = since.union(delivered.aggregate(first=delivered.delivered_at.min()))
    instants = [row["first"] for row in since.to_pyarrow().to_pylist() if row["first"] is not None]
    return min(instants, default=as_of)
