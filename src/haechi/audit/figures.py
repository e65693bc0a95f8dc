"""Every figure of the report, each an exact distinct count by the definitions of the records contract."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from haechi.audit.prepared import Keep, Prepared, for_now
from haechi.audit.protections import Protection
from haechi.exposure import (
    bit_or,
    exposures,
    merged_grants,
    one_audience,
    people_by_month,
    reach,
    reach_of_audiences,
    unpermitted_claims,
    with_names,
)

Ask = Callable[[ir.Table], pa.Table]
"""Answers a question with its few rows."""


@dataclass(frozen=True, slots=True)
class Histories:
    """People and advertisers grouped by what happened to them, small enough to sum in any way.

    Attributes:
        refused: the claims that no permission for profiling covers.
        themes_exposed: how many themes reached an advertiser without permission for it.
        profiled: `category, laws, people`: memberships without permission.
        profiled_once: the same, a person counted once over categories.
        profiled_by_theme: the same for each theme: `theme_id, category, laws, people`.
        exposed: see `reach`, by category.
        exposed_once: see `reach`, a person counted once over categories.
        by_advertiser: see `reach`, by category and advertiser.
    """

    refused: ir.Table
    themes_exposed: int
    profiled: ir.Table
    profiled_once: ir.Table
    profiled_by_theme: ir.Table
    exposed: ir.Table
    exposed_once: ir.Table
    by_advertiser: ir.Table


def histories(prepared: Prepared, keep: Keep) -> Histories:
    """The joins of the audit, each done once."""
    refused = keep(unpermitted_claims(prepared.claimed, prepared.profiling))
    with for_now(keep) as hold:
        people = hold(exposed_people(prepared))
        themes_exposed = int(people.theme_id.nunique(where=~people.permitted).execute())
        exposed = keep(with_names(reach(people, ("audience",)), None))
        exposed_once = keep(reach(people, ()))
    return Histories(
        refused=refused,
        themes_exposed=themes_exposed,
        profiled=keep(_people_by_laws(refused, ("category",))),
        profiled_once=keep(_people_by_laws(refused, ())),
        profiled_by_theme=keep(_people_by_laws(refused, ("theme_id", "category"))),
        exposed=exposed,
        exposed_once=exposed_once,
        by_advertiser=keep(_by_advertiser(prepared)),
    )


def exposed_people(prepared: Prepared) -> ir.Table:
    """Exposures where only the person matters (see `exposures`)."""
    grants = _grants(prepared)
    anyone = prepared.calendar.mark(merged_grants(grants))
    return exposures(
        prepared.claimed,
        grants,
        prepared.delivered,
        prepared.disclosure,
        reached_by=anyone,
        carry=("theme_id",),
    ).mutate(
        # Every advertiser's audience of a category is one audience here.
        audience=lambda t: one_audience(t.audience)
    )


def widest_advertisers(done: Histories, prepared: Prepared, most: int, ask: Ask) -> list[dict[str, object]]:
    """The advertisers who could use most people's themes without permission, each person counted once.

    Counting this for every advertiser would be a join as large as the audit's largest. The sum over categories
    is never below an advertiser's count and the widest category never above it, so only those whose sum reaches
    the last place's widest category can be among the first.

    Returns:
        rows of `advertiser_id, people_unpermitted, themes`, widest first.
    """
    if prepared.grants is None or prepared.advertisers is None:
        return []
    refused = done.by_advertiser.filter(done.by_advertiser.unpermitted_laws != 0)
    each = refused.group_by("advertiser_id", "category").agg(people=refused.people.sum())
    bounds = each.group_by("advertiser_id").agg(at_least=each.people.max(), at_most=each.people.sum())
    rows = ask(bounds.order_by(bounds.at_least.desc(), "advertiser_id").limit(most)).to_pylist()
    if not rows:
        return []
    candidates = bounds.filter(bounds.at_most >= rows[-1]["at_least"]).select("advertiser_id")
    numbers = prepared.advertisers.semi_join(candidates, "advertiser_id")
    grants = prepared.grants.semi_join(numbers, "advertiser")
    delivered = None if prepared.delivered is None else prepared.delivered.semi_join(numbers, "advertiser")
    exposed = exposures(prepared.claimed, grants, delivered, prepared.disclosure, reached_by=grants)
    reached = exposed.filter(~exposed.permitted).mutate(
        advertiser=lambda t: t.audience - one_audience(t.audience)
    )
    people = reached.group_by("advertiser").agg(people_unpermitted=reached.person_id.nunique())
    themes = grants.group_by("advertiser").agg(themes=grants.theme_id.nunique())
    named = people.join(numbers, "advertiser").left_join(themes, "advertiser")
    found = named.select("advertiser_id", "people_unpermitted", themes=named.themes.fill_null(0))
    ordered = found.order_by(found.people_unpermitted.desc(), "advertiser_id").limit(most)
    told: list[dict[str, object]] = ask(ordered).to_pylist()
    return told


def _by_advertiser(prepared: Prepared) -> ir.Table:
    grants = _grants(prepared)
    exposed = exposures(prepared.claimed, grants, prepared.delivered, prepared.disclosure, reached_by=grants)
    advertisers = prepared.advertisers
    if advertisers is None:
        advertisers = ibis.memtable([], schema={"advertiser_id": "string", "advertiser": "int64"})
    return with_names(reach_of_audiences(exposed), advertisers)


def totals(done: Histories) -> dict[str, int]:
    """The totals over laws, a person or advertiser counted once."""
    exposed = done.exposed_once.aggregate(
        people_exposed=done.exposed_once.people.sum(),
        people_exposed_unpermitted=_where(done.exposed_once),
    )
    receiving = done.by_advertiser.aggregate(
        advertisers_receiving=done.by_advertiser.advertiser_id.nunique(),
        advertisers_receiving_unpermitted=done.by_advertiser.advertiser_id.nunique(
            where=done.by_advertiser.unpermitted_laws != 0
        ),
    )
    profiled = done.profiled_once.aggregate(people_profiled_unpermitted=done.profiled_once.people.sum())
    found: dict[str, int] = {}
    for figures in (profiled, exposed, receiving):
        found.update({k: int(v or 0) for k, v in figures.to_pyarrow().to_pylist()[0].items()})
    return found


def by_law_and_category(
    done: Histories, guards: Sequence[Protection]
) -> dict[tuple[str, str], dict[str, int]]:
    """The figures of each law and category that has any."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for law, bit in {guard.law: guard.law_bit for guard in guards}.items():
        for name, table in (
            ("people_profiled_unpermitted", _per_category(done.profiled, "laws", bit)),
            ("people_exposed_unpermitted", _per_category(done.exposed, "unpermitted_laws", bit)),
            ("advertisers_receiving_unpermitted", _advertisers(done.by_advertiser, bit)),
        ):
            for row in table.to_pyarrow().to_pylist():
                found.setdefault((law, row["category"]), {})[name] = int(row["count"] or 0)
    return found


def by_law(done: Histories, laws: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The figures of each law over its categories, a person or advertiser counted once.

    Args:
        done: see `histories`.
        laws: law to its bit.
    """
    found = {}
    for law, bit in laws.items():
        table = done.by_advertiser
        found[law] = {
            "people_profiled_unpermitted": _sum(done.profiled_once, "laws", bit),
            "people_exposed_unpermitted": _sum(done.exposed_once, "unpermitted_laws", bit),
            "advertisers_receiving_unpermitted": int(
                table.advertiser_id.nunique(where=(table.unpermitted_laws & bit) != 0).execute()
            ),
        }
    return found


def monthly_exposures(done: Histories, prepared: Prepared) -> ir.Table:
    """`category, advertiser_id, month, people, people_unpermitted`, in that order."""
    by = ("category", "advertiser_id")
    return people_by_month(done.by_advertiser, by, prepared.calendar.labels).order_by(*by, "month")


def monthly_people(done: Histories, prepared: Prepared) -> ir.Table:
    """`month, people, people_unpermitted`, people counted once over categories and advertisers."""
    return people_by_month(done.exposed_once, (), prepared.calendar.labels).order_by("month")


def _grants(prepared: Prepared) -> ir.Table:
    """The grants; none of them where the table is absent."""
    if prepared.grants is not None:
        return prepared.grants
    nothing = prepared.claimed.filter(ibis.literal(False))
    return nothing.mutate(advertiser=ibis.literal(0, "int64"), only_of_theme=nothing.only_in_theme).drop(
        "person_id", "protection", "law_bit", "category", "audience", "only_in_theme", "permitting"
    )


def _people_by_laws(refused: ir.Table, by: tuple[str, ...]) -> ir.Table:
    each = refused.group_by(*by, "person_id").agg(laws=bit_or(refused.law_bit))
    return each.group_by(*by, "laws").agg(people=each.count())


def _where(reached: ir.Table) -> ir.IntegerScalar:
    return ibis.ifelse(reached.unpermitted_laws != 0, reached.people, 0).sum()


def _sum(table: ir.Table, laws: str, bit: int) -> int:
    return int(table.people.sum(where=(table[laws] & bit) != 0).fill_null(0).execute())


def _per_category(table: ir.Table, laws: str, bit: int) -> ir.Table:
    concerned = table.filter((table[laws] & bit) != 0)
    return concerned.group_by("category").agg(count=concerned.people.sum())


def _advertisers(table: ir.Table, bit: int) -> ir.Table:
    concerned = table.filter((table.unpermitted_laws & bit) != 0)
    return concerned.group_by("category").agg(count=concerned.advertiser_id.nunique())
