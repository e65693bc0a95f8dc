"""What the report shows beside the findings: reach of categories, months, advertisers and themes. No person in it."""

from dataclasses import dataclass

import ibis.expr.types as ir

from haechi.audit.figures import monthly_people, widest_advertisers
from haechi.audit.run import Audited
from haechi.records import Dataset

THEMES_SHOWN = 2_000
ADVERTISERS_SHOWN = 20
PROXIES_SHOWN = 50

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows for the report's charts and tables.

    Attributes:
        categories: `category, people, people_unpermitted`: people exposed, widest first.
        months: `month, people, people_unpermitted`.
        advertisers: `advertiser_id, name, people_unpermitted, themes`: the widest reach, widest first.
        themes: `theme_id, name, path, category, score, decided_by, evidence, people, people_unpermitted,
            advertisers`: at most THEMES_SHOWN, widest first.
        proxies: `theme_id, name, category, people, lift, auc, q_value`: at most PROXIES_SHOWN, most telling first.
        names: `themes` and `advertisers` to identifier to name, for every identifier in a finding's sample.
    """

    categories: list[Row]
    months: list[Row]
    advertisers: list[Row]
    themes: list[Row]
    proxies: list[Row]
    names: dict[str, dict[str, str]]


def shown(done: Audited, dataset: Dataset) -> Shown:
    """Everything the report shows beside the findings."""
    inquiry = done.inquiry
    return Shown(
        categories=_rows(_by_category(done.inquiry.done.exposed)),
        months=_rows(monthly_people(inquiry.done, inquiry.prepared)),
        advertisers=_advertisers(done, dataset),
        themes=_rows(_by_theme(done, dataset).limit(THEMES_SHOWN)),
        proxies=_proxies(done, dataset),
        names={
            "themes": _names(done, dataset, "themes", "theme_id"),
            "advertisers": _names(done, dataset, "advertisers", "advertiser_id"),
        },
    )


def _rows(table: ir.Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows


def _by_category(exposed: ir.Table) -> ir.Table:
    counted = exposed.group_by("category").agg(
        people=exposed.people.sum().cast("int64"),
        people_unpermitted=exposed.people.sum(where=exposed.unpermitted_laws != 0).fill_null(0).cast("int64"),
    )
    return counted.order_by(counted.people_unpermitted.desc(), "category")


def _by_theme(done: Audited, dataset: Dataset) -> ir.Table:
    prepared = done.inquiry.prepared
    claimed = prepared.claimed
    people = claimed.group_by("theme_id").agg(people=claimed.person_id.nunique())
    refused = done.inquiry.done.profiled_by_theme
    without = refused.group_by("theme_id", "category").agg(people_unpermitted=refused.people.sum())
    guarded = {guard.category for guard in done.inquiry.guards}
    labels = done.labelled.decided.filter(done.labelled.decided.category.isin(sorted(guarded) or [""]))
    paths = dataset.tables["themes"].select("theme_id", "path")
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


def _advertisers(done: Audited, dataset: Dataset) -> list[Row]:
    widest = widest_advertisers(done.inquiry.done, done.inquiry.prepared, ADVERTISERS_SHOWN)
    names = _named(dataset, "advertisers", "advertiser_id", {str(row["advertiser_id"]) for row in widest})
    named = ((row, str(row["advertiser_id"])) for row in widest)
    return [{**row, "advertiser_id": found, "name": names.get(found, "")} for row, found in named]


def _proxies(done: Audited, dataset: Dataset) -> list[Row]:
    first = done.proxies.slice(0, PROXIES_SHOWN).to_pylist()
    names = _named(dataset, "themes", "theme_id", {str(row["theme_id"]) for row in first})
    return [{**row, "name": names.get(str(row["theme_id"]), "")} for row in first]


def _names(done: Audited, dataset: Dataset, table: str, identifier: str) -> dict[str, str]:
    wanted = {name for found in done.findings if found.sample_of == table for name in found.sample}
    return _named(dataset, table, identifier, wanted)


def _named(dataset: Dataset, table: str, identifier: str, wanted: set[str]) -> dict[str, str]:
    """Identifiers, as text, to names, as far as the dataset has them."""
    if not wanted or table not in dataset.tables:
        return {}
    rows = dataset.tables[table]
    rows = rows.select(id=rows[identifier].cast("string"), name=rows.name)
    return {
        row["id"]: row["name"] for row in rows.filter(rows.id.isin(sorted(wanted))).to_pyarrow().to_pylist()
    }
