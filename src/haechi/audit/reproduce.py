"""The SQL behind each figure: DuckDB statements that anyone can run against the same records.

They say the definitions of the records contract once more, in another language than the audit's own
expressions, so that running them is a check and not a repetition.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from haechi.audit.literals import instant, text
from haechi.audit.protections import Protection
from haechi.law import LawPack, jurisdiction_rows
from haechi.themes.evidence import TAKES_BACK, EvidenceRule

_FAR: Final = "timestamp '9999-12-31'"

_LABELS = """create or replace temp view theme_labels as
  select distinct theme_id::varchar as theme_id, category from read_parquet({labels});
"""

_COMPUTED = """create or replace temp view memberships as
with gains as (
  select person_id, theme_id, b.item_id, occurred_at,
    (case kind {weights} else 0 end * floor(weight * 1e9 + 0.5)::hugeint + 500000000) // 1000000000 as milli
  from behaviours b join item_themes using (item_id) where theme_id::varchar in (select theme_id from theme_labels)
), kept as (select * from gains where milli > 0
), backs as (select distinct person_id, item_id, occurred_at as moment from behaviours where kind in ({back})
), changes as (
  select person_id, theme_id, occurred_at as moment, milli, true as gain from kept
  union all
  select g.person_id, g.theme_id, t.moment, -g.milli, false from kept g asof join backs t
    on g.person_id = t.person_id and g.item_id = t.item_id and g.occurred_at < t.moment
), sums as (
  select person_id, theme_id, moment, sum(milli) as change, max(moment) filter (gain) as gained
  from changes group by all
), steps as (
  select person_id, theme_id, moment as since, sum(change) over w as evidence,
    least(coalesce(lead(moment) over w, {far}), {lapse}) as until from sums
  window w as (partition by person_id, theme_id order by moment)
), inside as (
  select *, coalesce(since > lag(until) over w, true) as opens
  from steps where evidence >= {threshold} and since < until
  window w as (partition by person_id, theme_id order by since)
), numbered as (
  select *, sum(opens::int) over (partition by person_id, theme_id order by since) as nth from inside
)
select person_id, theme_id, min(since) as since, max(until) as until from numbered group by person_id, theme_id, nth;
"""

_CLAIMS = """create or replace temp view protections as
select * from (values
  {protections}
) as p(protection, law, category, in_force, out_of_force);
create or replace temp view accepted as
select * from (values {accepted}) as a(protection, basis) where protection is not null;
create or replace temp view subjects as {subjects};
create or replace temp view claims as
select m.person_id, m.theme_id, p.protection, p.law, p.category,
  greatest(m.since, p.in_force) as since, least(coalesce(m.until, {far}), p.out_of_force) as until
from memberships m
join theme_labels l on l.theme_id = m.theme_id::varchar
join protections p using (category)
{under_law}
where {known} greatest(m.since, p.in_force) < least(coalesce(m.until, {far}), p.out_of_force)
  and greatest(m.since, p.in_force) < {as_of};
create or replace temp view stretches as
with held as (
  select person_id, purpose, protection, given_at as since, coalesce(withdrawn_at, {far}) as until
  from permissions join protections using (category) join accepted using (protection, basis)
  where given_at < coalesce(withdrawn_at, {far})
), marked as (
  select *, coalesce(since > max(until) over (partition by person_id, purpose, protection
    order by since, until rows between unbounded preceding and 1 preceding), true) as opens from held
), numbered as (
  select *, sum(opens::int) over (partition by person_id, purpose, protection order by since, until) as nth
  from marked
)
select person_id, purpose, protection, min(since) as since, max(until) as until
from numbered group by person_id, purpose, protection, nth;
"""

_EXPOSURES = """create or replace temp view exposures as
with reached as (
  select advertiser_id, person_id, protection, law, category,
    greatest(c.since, g.since) as since, least(c.until, coalesce(g.until, {far})) as until
  from claims c join grants g using (theme_id)
  where greatest(c.since, g.since) < least(c.until, coalesce(g.until, {far})) and g.since < {as_of} {known}
  {deliveries}
)
select r.*, s.person_id is not null as permitted from reached r left join stretches s
  on s.purpose = 'disclosure' and s.person_id = r.person_id and s.protection = r.protection
  and s.since <= r.since and r.until <= s.until and r.since < s.until;
"""

_DELIVERIES = """union all
  select advertiser_id, d.person_id, p.protection, p.law, p.category, delivered_at, delivered_at
  from deliveries d join theme_labels l on l.theme_id = d.theme_id::varchar join protections p using (category)
  {under_law}
  where {known} d.delivered_at >= p.in_force and d.delivered_at < least(p.out_of_force, {as_of})"""

_EMPTY: Final = {
    "memberships": ("person_id", "theme_id", "since", "until"),
    "grants": ("advertiser_id", "theme_id", "since", "until"),
    "permissions": ("person_id", "purpose", "category", "basis", "given_at", "withdrawn_at"),
}
"""What the views below read of a table, so that they can be made where the dataset lacks it."""

_IDENTIFIED_BY: Final = {
    "person_id": ("people", "behaviours", "memberships", "deliveries", "permissions"),
    "theme_id": ("themes",),
    "advertiser_id": ("advertisers", "deliveries"),
}


def setup(source: Mapping[str, str], prepare: Sequence[str], labels: Path) -> str:
    """Statements that name the dataset's tables and the labels of themes.

    Args:
        source: each table to the query that reads it.
        prepare: statements that must run before these queries can.
        labels: the themes.parquet of the report, as its user calls it.
    """
    views = [f"create or replace temp view {name} as\n{query};" for name, query in source.items()]
    begin = [
        "-- Paths are those of the audit's call: run this in the folder where it was made.",
        "set timezone = 'UTC';",
    ]
    return "\n".join(
        [
            *begin,
            *(f"{line};" for line in dict.fromkeys(prepare)),
            *views,
            _LABELS.format(labels=text(str(labels))),
        ]
    )


def claims_sql(
    source: Mapping[str, str],
    guards: Sequence[Protection],
    packs: Mapping[str, LawPack],
    evidence: EvidenceRule,
    as_of: datetime,
) -> str:
    """Statements for `claims`, `stretches` and `exposures`, to follow `setup`."""
    before = instant(as_of)
    under_law = (
        "join subjects u on u.person_id = {}.person_id and u.law = p.law" if "people" in source else ""
    )
    parts = []
    if "memberships" not in source and {"behaviours", "item_themes"} <= set(source):
        parts.append(_computed(evidence))
    absent = [name for name in _EMPTY if name not in source and not (name == "memberships" and parts)]
    parts += [_absent(name, source) for name in absent]
    parts.append(
        _CLAIMS.format(
            protections=",\n  ".join(
                f"({g.number}, '{g.law}', '{g.category}', {instant(g.in_force)}, {instant(g.out_of_force)})"
                for g in guards
            ),
            accepted=", ".join(f"({g.number}, '{b}')" for g in guards for b in g.bases) or "(null, null)",
            subjects=_subjects(source, packs),
            under_law=under_law.format("m"),
            known=_known(source, "m", ("theme_id", "themes")),
            far=_FAR,
            as_of=before,
        )
    )
    deliveries = ""
    if "deliveries" in source:
        deliveries = _DELIVERIES.format(
            under_law=under_law.format("d"),
            known=_known(source, "d", ("theme_id", "themes"), ("advertiser_id", "advertisers")),
            as_of=before,
        )
    known = _known(source, "g", ("advertiser_id", "advertisers"))
    parts.append(
        _EXPOSURES.format(
            deliveries=deliveries, far=_FAR, as_of=before, known=f"and {known[:-5]}" if known else ""
        )
    )
    return "\n".join(parts)


def _absent(table: str, source: Mapping[str, str]) -> str:
    """An empty view in place of a table; its identifiers have the type that they have elsewhere."""
    columns = []
    for column in _EMPTY[table]:
        homes = [home for home in _IDENTIFIED_BY.get(column, ()) if home in source]
        kind = "timestamp" if column in {"since", "until", "given_at", "withdrawn_at"} else "varchar"
        value = f"(select any_value({column}) from {homes[0]} where false)" if homes else f"null::{kind}"
        columns.append(f'{value} as "{column}"')
    return f"create or replace temp view {table} as select {', '.join(columns)} where false;"


def _computed(rule: EvidenceRule) -> str:
    lapse = _FAR if rule.lapse_days is None else f"max(gained) over w + interval {rule.lapse_days} day"
    return _COMPUTED.format(
        weights=" ".join(f"when '{kind}' then {value}" for kind, value in rule.kind_thousandths.items()),
        back=", ".join(f"'{kind}'" for kind in TAKES_BACK),
        threshold=rule.threshold_thousandths,
        lapse=lapse,
        far=_FAR,
    )


def _subjects(source: Mapping[str, str], packs: Mapping[str, LawPack]) -> str:
    if "people" not in source:
        return "select null::varchar as person_id, null::varchar as law where false"
    places = ", ".join(
        f"('{law}', '{country}', {'null' if region is None else repr(region)})"
        for law, country, region in jurisdiction_rows(packs)
    )
    laws = ", ".join(f"('{law}')" for law in packs)
    return (
        f"\nselect person_id, law from people p join (values {places}) as j(law, country, region)\n"
        "  on j.country = p.country and (j.region is null or j.region = p.region)\n"
        f"union all select person_id, law from people, (values {laws}) as n(law) where country is null"
    )


def _known(source: Mapping[str, str], alias: str, *references: tuple[str, str]) -> str:
    """Conditions that set aside rows naming an identifier that its table lacks; people are joined anyway."""
    return "".join(
        f"{alias}.{column} in (select {column} from {table}) and "
        for column, table in references
        if table in source
    )
