"""What an audit of the example must find, worked out from the written tables without any of the audit's code.

The definitions are those of the records contract, read once more and written down another way: SQL over whole
seconds, a nearest-later join for what was taken back, and yes-or-no joins where the audit counts intervals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from haechi.example.people import CA_PLACE, EU_PLACES, JP_PLACE, KR_PLACE, PLACES, WA_PLACE
from haechi.example.themes import CATEGORIES, Themes


@dataclass(frozen=True, slots=True)
class _Law:
    """What the example's own little law book says of one law.

    Attributes:
        places: places in `people.PLACES` whose people are under it.
        since: first day in force, for every category not named in `later`.
        protects: the planted categories that it protects.
        bases: the bases of permission that it accepts.
        later: categories protected only from a later day.
    """

    places: tuple[int, ...]
    since: str
    protects: tuple[str, ...]
    bases: tuple[str, ...]
    later: Mapping[str, str] | None = None


_GDPR_CATEGORIES = tuple(c for c in CATEGORIES if c != "origin-status")

LAWS: Final[dict[str, _Law]] = {
    "kr-pipa": _Law(
        (KR_PLACE,),
        "2011-09-30",
        CATEGORIES,
        ("explicit_consent", "legal_obligation"),
        {"race-ethnicity": "2020-08-05"},
    ),
    "eu-gdpr": _Law(EU_PLACES, "2018-05-25", _GDPR_CATEGORIES, ("explicit_consent",)),
    "eu-dsa": _Law(EU_PLACES, "2024-02-17", _GDPR_CATEGORIES, ()),
    "jp-appi": _Law((JP_PLACE,), "2017-05-30", (), ()),
    "us-ca-cpra": _Law(
        (CA_PLACE,),
        "2023-01-01",
        ("religion", "sexual-orientation", "health", "union-membership", "race-ethnicity"),
        ("consent", "explicit_consent"),
    ),
    "us-wa-mhmda": _Law((WA_PLACE,), "2024-03-31", ("health",), ("consent", "explicit_consent")),
}
"""PIPA Art. 23(1) with Decree Art. 18 (race and ethnicity from 5 August 2020), GDPR Art. 9(1), DSA Art. 26(3),
CPRA s. 1798.140(ae), RCW 19.373. APPI: inferred data is outside the law."""

_FAR: Final = 253_402_214_400_000_000

_TABLES = """
create view behaviours as
    select person_id, item_id, kind, epoch_us(occurred_at) as moment from read_parquet('{folder}/behaviours.parquet');
create table grants as
    select advertiser_id, theme_id, epoch_us(since) as gs, coalesce(epoch_us("until"), {far}) as gu
    from read_parquet('{folder}/grants.parquet') semi join planted using (theme_id);
create table deliveries as
    select advertiser_id, theme_id, person_id, epoch_us(delivered_at) as moment
    from read_parquet('{folder}/deliveries.parquet') semi join planted using (theme_id);
create table subjects as
    select person_id, law from read_parquet('{folder}/people.parquet') p
    join places on places.country = p.country and (places.region is null or places.region = p.region);
create table links as
    select item_id, theme_id, cast(round(coalesce(weight, 1) * 1e9) as bigint) as nano
    from read_parquet('{folder}/item_themes.parquet') semi join planted using (theme_id);
"""

_EVIDENCE = """
create table weights(kind varchar, milli bigint);
insert into weights values ('like', 1000), ('follow', 1000), ('share', 1000), ('purchase', 1000),
    ('comment', 1000), ('click', 500), ('view', 100);
create table taken as
    select distinct person_id, item_id, moment from behaviours semi join links using (item_id)
    where kind in ('unlike', 'hide');
create table traces as
    select person_id, theme_id, item_id, moment,
        (w.milli * l.nano + 500000000) // 1000000000 as milli
    from behaviours b join links l using (item_id) join weights w using (kind);
-- A pair that gathers less than the threshold in all is never a membership.
create table gains as
    select * from traces semi join (
        select person_id, theme_id from traces group by all having sum(milli) >= 1000
    ) using (person_id, theme_id);
create table steps as
    select person_id, theme_id, moment, sum(change)::bigint as change from (
        select person_id, theme_id, moment, milli as change from gains
        union all
        select g.person_id, g.theme_id, t.moment, -g.milli
        from gains g asof join taken t on g.person_id = t.person_id and g.item_id = t.item_id and g.moment < t.moment
    ) group by all;
create table memberships as
    with sums as (
        select person_id, theme_id, moment,
            sum(change) over (partition by person_id, theme_id order by moment) >= 1000 as inside
        from steps
    ), turns as (
        select person_id, theme_id, moment, inside from sums
        qualify inside <> lag(inside, 1, false) over (partition by person_id, theme_id order by moment)
    ), spans as (
        select person_id, theme_id, moment as ms, inside,
            coalesce(lead(moment) over (partition by person_id, theme_id order by moment), {far}) as mu
        from turns
    )
    select person_id, theme_id, ms, mu from spans where inside;
"""

_JUDGEMENT = """
create table claims as
    select m.person_id, m.theme_id, p.category, r.law, r.since as from_, greatest(ms, r.since) as ms, mu
    from memberships m join planted p using (theme_id) join rules r using (category)
    join subjects s on s.person_id = m.person_id and s.law = r.law
    where greatest(ms, r.since) < mu;
create table held as
    select person_id, purpose, r.law, category, epoch_us(given_at) as hs,
        coalesce(epoch_us(withdrawn_at), {far}) as hu
    from read_parquet('{folder}/permissions.parquet') join accepted using (basis)
    join rules r using (law, category) where category is not null and hs < hu;
create table stretches as
    with marked as (
        select *, coalesce(hs > max(hu) over (partition by person_id, purpose, law, category order by hs, hu
            rows between unbounded preceding and 1 preceding), true)::int as fresh from held
    ), numbered as (
        select *, sum(fresh) over (partition by person_id, purpose, law, category order by hs, hu
            rows unbounded preceding) as number from marked
    )
    select person_id, purpose, law, category, min(hs) as hs, max(hu) as hu
    from numbered group by person_id, purpose, law, category, number;
create table profiled as
    select distinct person_id, law, category from claims c anti join (
        select * from stretches where purpose = 'profiling'
    ) s on s.person_id = c.person_id and s.law = c.law and s.category = c.category and hs <= ms and mu <= hu;
create table holders as select distinct person_id, law, category from stretches where purpose = 'disclosure';
-- Who never gave anything that counts needs no look moment permissions: any overlap is without one.
create table plain as select * from claims anti join holders using (person_id, law, category);
create table careful as
    select c.*, g.advertiser_id, greatest(ms, gs) as os, least(mu, gu) as ou,
    from claims c semi join holders using (person_id, law, category)
    join grants g on g.theme_id = c.theme_id and gs < mu and ms < gu;
create table shown as
    select d.advertiser_id, d.person_id, r.law, p.category, d.moment as os, d.moment + 1 as ou
    from deliveries d join planted p using (theme_id) join rules r using (category)
    join subjects s on s.person_id = d.person_id and s.law = r.law where d.moment >= r.since;
create table judged as
    select e.*, exists (
        from stretches s where s.purpose = 'disclosure' and s.person_id = e.person_id and s.law = e.law
            and s.category = e.category and s.hs <= e.os and e.ou <= s.hu
    ) as permitted
    from (
        select person_id, advertiser_id, law, category, os, ou from careful
        union all select person_id, advertiser_id, law, category, os, ou from shown
    ) e;
create table exposed as
    select person_id, law, category, bool_or(unpermitted) as unpermitted from (
        select person_id, law, category, true as unpermitted from plain c
        semi join grants g on g.theme_id = c.theme_id and gs < mu and ms < gu
        union all select person_id, law, category, not permitted from judged
    ) group by all;
create table receiving as
    select advertiser_id, law, category, bool_or(unpermitted) as unpermitted from (
        select advertiser_id, g.law, g.category, true as unpermitted
        from (
            select g.*, r.law, r.category from grants g join planted using (theme_id) join rules r using (category)
        ) g semi join plain c on g.theme_id = c.theme_id and g.law = c.law and gs < mu and ms < gu
        union all select advertiser_id, law, category, not permitted from judged
    ) group by all;
"""

_FIGURES = """
select law, category,
    count(distinct person_id) filter (what = 'profiled') as people_profiled_unpermitted,
    count(distinct person_id) filter (what = 'exposed') as people_exposed,
    count(distinct person_id) filter (what = 'exposed' and unpermitted) as people_exposed_unpermitted,
    count(distinct advertiser_id) as advertisers_receiving,
    count(distinct advertiser_id) filter (unpermitted) as advertisers_receiving_unpermitted
from (
    select 'profiled' as what, person_id, null as advertiser_id, law, category, true as unpermitted from profiled
    union all select 'exposed', person_id, null, law, category, unpermitted from exposed
    union all select 'receiving', null, advertiser_id, law, category, unpermitted from receiving
) join rules using (law, category) where since <= {as_of}
group by grouping sets ((), (law, category))
"""

_MINORS = """
select law, count(distinct person_id) from claims join read_parquet('{folder}/people.parquet') p using (person_id)
where ms < epoch_us(cast(birth_date + interval 14 years as timestamp)) group by law
"""


def derive(folder: Path, themes: Themes, as_of: datetime) -> dict[str, object]:
    """The figures of the report, for the example in `folder`.

    Args:
        folder: the written tables.
        themes: the themes with the categories that they were planted with.
        as_of: rules that come into force later do not count.

    Returns:
        `totals` and `categories` as in `findings.json`, save that `categories` has no articles, and
        `minors_under_14`: law to people who were not yet 14 when a membership in a sensitive theme began.
    """
    with duckdb.connect(config={"temp_directory": str(folder / ".spill"), "memory_limit": "2GB"}) as con:
        con.execute("set preserve_insertion_order = false")
        _law_book(con, themes)
        for step in (_TABLES, _EVIDENCE, _JUDGEMENT):
            con.execute(step.format(folder=folder, far=_FAR))
        found = con.execute(_FIGURES.format(as_of=_micros(as_of)))
        names = [column[0] for column in found.description or ()]
        figures = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        minors = dict(con.execute(_MINORS.format(folder=folder)).fetchall())
    return {**_tell(figures, themes), "minors_under_14": minors}


def _law_book(con: duckdb.DuckDBPyConnection, themes: Themes) -> None:
    """The tables `planted`, `places`, `rules` and `accepted`: what is sensitive, and which law says what."""
    sensitive = themes.sensitive
    books = {
        "planted": pa.table(
            {
                "theme_id": [themes.ids[i] for i in sensitive],
                "category": [CATEGORIES[themes.category[i]] for i in sensitive],
            }
        ),
        "places": pa.Table.from_pylist(
            [
                {"law": name, "country": PLACES[place][0], "region": PLACES[place][1]}
                for name, law in LAWS.items()
                for place in law.places
            ],
            pa.schema({"law": pa.string(), "country": pa.string(), "region": pa.string()}),
        ),
        "rules": pa.Table.from_pylist(
            [
                {"law": name, "category": category, "since": _micros(_in_force(law, category))}
                for name, law in LAWS.items()
                for category in law.protects
            ]
        ),
        "accepted": pa.Table.from_pylist(
            [{"law": name, "basis": basis} for name, law in LAWS.items() for basis in law.bases]
        ),
    }
    for name, rows in books.items():
        con.register("book", rows)
        con.execute(f"create table {name} as select * from book")  # noqa: S608  the names stand just above
        con.unregister("book")


def _in_force(law: _Law, category: str) -> datetime:
    day = (law.later or {}).get(category, law.since)
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _micros(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


def _tell(figures: list[dict[str, int | str | None]], themes: Themes) -> dict[str, object]:
    """Figures with a zero for every protected category that reached nobody."""
    named = {(row["law"], row["category"]): row for row in figures}
    names = [name for name in figures[0] if name not in {"law", "category"}]

    def of(law: str | None, category: str | None) -> dict[str, int]:
        row = named.get((law, category), {})
        return {name: int(row.get(name) or 0) for name in names}

    counts = {c: int((themes.category == place).sum()) for place, c in enumerate(CATEGORIES)}
    categories = [
        {"law": name, "category": category, "themes": counts[category], **of(name, category)}
        for name, law in LAWS.items()
        for category in law.protects
        if counts[category]
    ]
    return {"totals": of(None, None), "categories": categories}
