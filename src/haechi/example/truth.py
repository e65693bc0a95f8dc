"""What an audit of the example must find, worked out from the written tables without any of the audit's code.

The definitions are those of the records contract, read once more and written down another way: SQL over whole
seconds, a nearest-later join for what was taken back, and yes-or-no joins where the audit counts intervals.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from haechi.example.people import CA_PLACE, EU_PLACES, KR_PLACE, PLACES, WA_PLACE
from haechi.example.themes import CATEGORIES, Themes


@dataclass(frozen=True, slots=True)
class _Law:
    """What the example's own little law book says of one law.

    Attributes:
        places: places in `people.PLACES` whose people are under it.
        zone: where its days begin at midnight.
        since: planted category to the first day on which the law protects it.
        bases: the bases of permission that it accepts.
    """

    places: tuple[int, ...]
    zone: str
    since: Mapping[str, str]
    bases: tuple[str, ...]


def _days(day: str, *, without: tuple[str, ...] = (), **other: str) -> dict[str, str]:
    """The same day for every planted category, save those left out and those with a day of their own."""
    named = {category.replace("_", "-"): own for category, own in other.items()}
    return {c: named.get(c, day) for c in CATEGORIES if c not in without}


_CONSENT: Final = ("consent", "explicit_consent")

LAWS: Final[dict[str, _Law]] = {
    "kr-pipa": _Law(
        (KR_PLACE,),
        "Asia/Seoul",
        _days("2011-09-30", race_ethnicity="2020-08-05"),
        ("explicit_consent", "legal_obligation"),
    ),
    "eu-gdpr": _Law(
        EU_PLACES, "Europe/Brussels", _days("2018-05-25", without=("origin-status",)), ("explicit_consent",)
    ),
    "eu-dsa": _Law(EU_PLACES, "Europe/Brussels", _days("2024-02-17", without=("origin-status",)), ()),
    "us-ca-cpra": _Law(
        (CA_PLACE,),
        "America/Los_Angeles",
        _days("2023-01-01", without=("political-opinion", "gender-identity"), origin_status="2024-01-01"),
        _CONSENT,
    ),
    "us-wa-mhmda": _Law((WA_PLACE,), "America/Los_Angeles", {"health": "2024-03-31"}, _CONSENT),
}
"""PIPA Art. 23(1) with Decree Art. 18 (race and ethnicity from 5 August 2020), GDPR Art. 9(1), DSA Art. 26(3),
Cal. Civ. Code 1798.140(ae), RCW 19.373. Japan's APPI is left out: what is inferred is outside it."""

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
where from_ <= {as_of} and ms < epoch_us(cast(birth_date + interval 14 years as timestamp))
group by law order by law
"""


class Figures(TypedDict):
    """What an audit must find.

    Attributes:
        totals: as in `findings.json`, as far as they follow from the judgement.
        categories: as in `findings.json` without articles, for every law and category protected by then.
        minors_under_14: law to people who were not yet 14 when a membership in a sensitive theme began.
    """

    totals: dict[str, int]
    categories: list[dict[str, int | str]]
    minors_under_14: dict[str, int]


def derive(folder: Path, themes: Themes, as_of: Sequence[datetime]) -> list[Figures]:
    """The figures of the report, for the example in `folder`.

    Args:
        folder: the written tables.
        themes: the themes with the categories that they were planted with.
        as_of: when the audit is made; rules that come into force later do not count. A membership or grant
            without an end is still so on every day after.

    Returns:
        the figures for each day in `as_of`.
    """
    spill = folder / ".spill"
    with duckdb.connect(config={"temp_directory": str(spill), "memory_limit": "2GB"}) as con:
        con.execute("set preserve_insertion_order = false")
        _law_book(con, themes)
        quoted = str(folder).replace("'", "''")
        for step in (_TABLES, _EVIDENCE, _JUDGEMENT):
            con.execute(step.format(folder=quoted, far=_FAR))
        told = [_tell(con, quoted, themes, _micros(day)) for day in as_of]
    shutil.rmtree(spill, ignore_errors=True)
    return told


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
                {"law": name, "category": category, "since": _micros(_midnight(day, law.zone))}
                for name, law in LAWS.items()
                for category, day in law.since.items()
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


def _midnight(day: str, zone: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))


def _micros(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


def _tell(con: duckdb.DuckDBPyConnection, folder: str, themes: Themes, as_of: int) -> Figures:
    """Figures with a zero for every category that is protected by then and reached nobody."""
    found = con.execute(_FIGURES.format(as_of=as_of))
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    by_place = {(row.pop("law"), row.pop("category")): row for row in rows}
    nothing = dict.fromkeys(names[2:], 0)
    counts = {c: int((themes.category == place).sum()) for place, c in enumerate(CATEGORIES)}
    categories = [
        {
            "law": name,
            "category": category,
            "themes": counts[category],
            **by_place.get((name, category), nothing),
        }
        for name, law in LAWS.items()
        for category, day in law.since.items()
        if counts[category] and _micros(_midnight(day, law.zone)) <= as_of
    ]
    minors = dict(con.execute(_MINORS.format(folder=folder, as_of=as_of)).fetchall())
    return {"totals": by_place[None, None], "categories": categories, "minors_under_14": minors}
