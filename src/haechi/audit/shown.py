"""What the report shows beside the findings: reach of categories, months, advertisers and themes. No person in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from haechi.audit.figures import Ask, monthly_people, widest_advertisers
from haechi.audit.inquiry import Inquiry
from haechi.audit.labelling import Labelled
from haechi.audit.model import Finding

THEMES_SHOWN = 2_000
ADVERTISERS_SHOWN = 20
PROXIES_SHOWN = 50

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far sensitive themes reached.

    Attributes:
        categories: `category, people, people_unpermitted`: people exposed, widest first.
        months: `month, people, people_unpermitted`.
        advertisers: `advertiser_id, name, people_unpermitted, themes`: the widest reach, widest first.
        themes: `theme_id, name, path, category, score, decided_by, evidence, people, people_unpermitted,
            advertisers`: at most THEMES_SHOWN, widest first.
    """

    categories: list[Row]
    months: list[Row]
    advertisers: list[Row]
    themes: list[Row]


def reached(inquiry: Inquiry, labelled: Labelled, ask: Ask) -> Reached:
    """How far sensitive themes reached.

    Args:
        inquiry: what was counted.
        labelled: the labels of themes.
        ask: answers the questions; checks may ask theirs at the same time.
    """
    return Reached(
        categories=_rows(ask(_by_category(inquiry.done.exposed))),
        months=_rows(ask(monthly_people(inquiry.done, inquiry.prepared))),
        advertisers=_advertisers(inquiry, ask),
        themes=_rows(ask(_by_theme(inquiry, labelled).limit(THEMES_SHOWN))),
    )


def named_proxies(proxies: pa.Table, tables: Mapping[str, ir.Table]) -> list[Row]:
    """`theme_id, name, category, people, lift, auc, q_value`: at most PROXIES_SHOWN, most telling first."""
    first = proxies.slice(0, PROXIES_SHOWN).to_pylist()
    names = _named(tables, "themes", "theme_id", {str(row["theme_id"]) for row in first})
    return [{**row, "name": names.get(str(row["theme_id"]), "")} for row in first]


def sampled_names(findings: Iterable[Finding], tables: Mapping[str, ir.Table]) -> dict[str, dict[str, str]]:
    """`themes` and `advertisers` to identifier to name, for every identifier in a finding's sample."""
    wanted: dict[str, set[str]] = {"themes": set(), "advertisers": set()}
    for found in findings:
        if found.sample_of in wanted:
            wanted[found.sample_of].update(found.sample)
    return {
        "themes": _named(tables, "themes", "theme_id", wanted["themes"]),
        "advertisers": _named(tables, "advertisers", "advertiser_id", wanted["advertisers"]),
    }


def _rows(table: pa.Table) -> list[Row]:
    rows: list[Row] = table.to_pylist()
    return rows


def _by_category(exposed: ir.Table) -> ir.Table:
    counted = exposed.group_by("category").agg(
        people=exposed.people.sum().cast("int64"),
        people_unpermitted=exposed.people.sum(where=exposed.unpermitted_laws != 0).fill_null(0).cast("int64"),
    )
    return counted.order_by(counted.people_unpermitted.desc(), "category")


def _by_theme(inquiry: Inquiry, labelled: Labelled) -> ir.Table:
    prepared = inquiry.prepared
    claimed = prepared.claimed
    people = claimed.group_by("theme_id").agg(people=claimed.person_id.nunique())
    refused = inquiry.done.profiled_by_theme
    without = refused.group_by("theme_id", "category").agg(people_unpermitted=refused.people.sum())
    guarded = {guard.category for guard in inquiry.guards}
    labels = labelled.decided.filter(labelled.decided.category.isin(sorted(guarded) or [""]))
    paths = inquiry.tables["themes"].select("theme_id", "path")
    table = labels.left_join(people, "theme_id").drop("theme_id_right")
    table = table.left_join(without, ["theme_id", "category"]).drop("theme_id_right", "category_right")
    table = table.left_join(paths, "theme_id").drop("theme_id_right")
    if prepared.grants is not None:
        held = prepared.grants.group_by("theme_id").agg(advertisers=prepared.grants.advertiser.nunique())
        table = table.left_join(held, "theme_id").drop("theme_id_right")
    else:
        table = table.mutate(advertisers=0)
    counted = table.mutate(
        theme_id=table.theme_id.cast("string"),
        people=table.people.fill_null(0),
        people_unpermitted=table.people_unpermitted.fill_null(0),
        advertisers=table.advertisers.fill_null(0),
    )
    return counted.order_by(
        counted.people_unpermitted.desc(), counted.advertisers.desc(), "theme_id", "category"
    )


def _advertisers(inquiry: Inquiry, ask: Ask) -> list[Row]:
    widest = widest_advertisers(inquiry.done, inquiry.prepared, ADVERTISERS_SHOWN, ask)
    wanted = {str(row["advertiser_id"]) for row in widest}
    names = _named(inquiry.tables, "advertisers", "advertiser_id", wanted, ask)
    named = ((row, str(row["advertiser_id"])) for row in widest)
    return [{**row, "advertiser_id": found, "name": names.get(found, "")} for row, found in named]


def _named(
    tables: Mapping[str, ir.Table],
    table: str,
    identifier: str,
    wanted: set[str],
    ask: Ask = ir.Table.to_pyarrow,
) -> dict[str, str]:
    """Identifiers, as text, to names, as far as the dataset has them."""
    if not wanted or table not in tables:
        return {}
    rows = tables[table]
    rows = rows.select(id=rows[identifier].cast("string"), name=rows.name)
    return {row["id"]: row["name"] for row in ask(rows.filter(rows.id.isin(sorted(wanted)))).to_pylist()}
