-- The audit's totals and monthly exposures of the reference case, in the fastest DuckDB SQL we could write by hand.
-- It knows what the audit must find out: which columns are clean, which laws apply, which themes are sensitive
-- ({themes}), and that everything is Parquet. Its figures are compared with the audit's.
set timezone = 'UTC';
create temp table labels as select distinct theme_id, category from read_parquet('{themes}');
create temp table rules as select * from (values {rules}) r(rule, law_bit, category, in_force, out_of_force);
create temp table accepted as select * from (values {accepted}) a(rule, basis);
create temp table places as select * from (values {places}) p(law_bit, country, region);
create temp table categories as select category, row_number() over (order by category) as cno
  from (select distinct category from labels);
create temp table speaking as
  select item_id, theme_id, floor(coalesce(weight, 1) * 1e9 + 0.5)::bigint as nano
  from read_parquet('{data}/item_themes.parquet') semi join labels using (theme_id);
create temp table traces as
  select person_id, theme_id, item_id, occurred_at as moment, kind in ('unlike', 'hide') as back,
    (case kind when 'click' then 500 when 'view' then 100 when 'unlike' then 0 when 'hide' then 0 else 1000 end
      * nano + 500000000) // 1000000000 as milli
  from read_parquet('{data}/behaviours.parquet') join speaking using (item_id);
create temp table pairs as
  select person_id, theme_id, coalesce(sum(milli) filter (milli < 1000), 0) < 1000 and not bool_or(back) as plain,
    min(moment) filter (milli >= 1000) as since
  from traces group by all having sum(milli) >= 1000;
create temp table contested as
  with pieces as (
    select person_id, theme_id, item_id, moment, sum(milli) as milli
    from traces semi join (from pairs where not plain) using (person_id, theme_id) where milli > 0 group by all
  ), backs as (select distinct person_id, item_id, moment from traces where back
  ), changes as (
    select person_id, theme_id, moment, milli from pieces
    union all
    select p.person_id, p.theme_id, b.moment, -p.milli from pieces p asof join backs b
      on p.person_id = b.person_id and p.item_id = b.item_id and p.moment < b.moment
  ), steps as (select person_id, theme_id, moment, sum(milli) as change from changes group by all
  ), sums as (
    select *, sum(change) over w >= 1000 as inside from steps window w as (partition by person_id, theme_id order by moment)
  ), turns as (
    select * from sums
    qualify inside <> lag(inside, 1, false) over (partition by person_id, theme_id order by moment)
  )
  select person_id, theme_id, moment as since, inside,
    lead(moment) over (partition by person_id, theme_id order by moment) as until
  from turns;
create temp table subjects as
  select person_id, law_bit from read_parquet('{data}/people.parquet') p join places l
  on l.country = p.country and (l.region is null or l.region = p.region);
create temp table claims as
  select m.person_id, theme_id, rule, r.law_bit, cno, greatest(since, in_force) as since,
    least(coalesce(until, timestamptz '9999-12-31'), out_of_force) as until
  from (
    select person_id, theme_id, since, null::timestamptz as until from pairs where plain
    union all select person_id, theme_id, since, until from contested where inside
  ) m join labels using (theme_id) join rules r using (category) join categories using (category)
  semi join subjects s on s.person_id = m.person_id and s.law_bit = r.law_bit
  where greatest(since, in_force) < least(coalesce(until, timestamptz '9999-12-31'), out_of_force);
create temp table stretches as
  with held as (
    select person_id, purpose, rule, given_at as since, coalesce(withdrawn_at, timestamptz '9999-12-31') as until
    from read_parquet('{data}/permissions.parquet') join rules using (category) join accepted using (rule, basis)
    where given_at < coalesce(withdrawn_at, timestamptz '9999-12-31')
  ), marked as (
    select *, coalesce(since > max(until) over (partition by person_id, purpose, rule order by since, until
      rows between unbounded preceding and 1 preceding), true) as opens from held
  ), numbered as (
    select *, sum(opens::int) over (partition by person_id, purpose, rule order by since, until) as nth from marked
  )
  select person_id, purpose, rule, min(since) as since, max(until) as until from numbered
  group by person_id, purpose, rule, nth;
create temp table refused as
  select person_id, cno, law_bit from claims c where not exists (
    select 1 from stretches s where s.purpose = 'profiling' and s.person_id = c.person_id and s.rule = c.rule
    and s.since <= c.since and c.until <= s.until);
create macro month_bits(a, b) as
  ((1::hugeint << (least(({last}), (year(b - interval 1 microsecond) * 12 + month(b - interval 1 microsecond))) - {first} + 1))
    - (1::hugeint << ((year(a) * 12 + month(a)) - {first})))::bigint;
create temp table numbers as
  select row_number() over (order by advertiser_id) as ano, advertiser_id
  from (select advertiser_id from read_parquet('{data}/grants.parquet') union
        select advertiser_id from read_parquet('{data}/deliveries.parquet'));
create temp table grants as
  select ano, theme_id, since, coalesce(until, timestamptz '9999-12-31') as until,
    month_bits(since, coalesce(until, timestamptz '9999-12-31')) as months
  from read_parquet('{data}/grants.parquet') join numbers using (advertiser_id) semi join labels using (theme_id);
create temp table reached as
  with dated as (select *, month_bits(since, until) as months from claims
  ), asking as (select distinct person_id, rule from stretches where purpose = 'disclosure'
  ), unasked as (
    select cno * 4294967296 + ano as audience, person_id, law_bit, c.months & g.months as months, false as permitted
    from dated c join grants g using (theme_id) anti join asking a on a.person_id = c.person_id and a.rule = c.rule
    where greatest(c.since, g.since) < least(c.until, g.until)
  ), weighed as (
    select cno * 4294967296 + ano as audience, person_id, rule, law_bit, c.months & g.months as months,
      greatest(c.since, g.since) as since, least(c.until, g.until) as until
    from dated c join grants g using (theme_id) semi join asking a on a.person_id = c.person_id and a.rule = c.rule
    where greatest(c.since, g.since) < least(c.until, g.until)
    union all
    select cno * 4294967296 + ano, d.person_id, rule, r.law_bit,
      month_bits(delivered_at, delivered_at + interval 1 microsecond), delivered_at, delivered_at
    from read_parquet('{data}/deliveries.parquet') d join numbers using (advertiser_id) join labels using (theme_id)
    join rules r using (category) join categories using (category)
    semi join subjects s on s.person_id = d.person_id and s.law_bit = r.law_bit
    where delivered_at >= in_force and delivered_at < out_of_force
  )
  select audience, person_id, bit_or(law_bit) as laws, bit_or(case when permitted then 0 else law_bit end) as refused,
    bit_or(months) as months, bit_or(case when permitted then 0 else months end) as refused_months
  from (
    from unasked union all
    select audience, o.person_id, law_bit, months, s.person_id is not null from weighed o left join stretches s
      on s.purpose = 'disclosure' and s.person_id = o.person_id and s.rule = o.rule
      and s.since <= o.since and o.until <= s.until and o.since < s.until
  ) group by all;
create temp table people_once as
  select person_id, bit_or(refused) <> 0 as refused from reached group by all;
create temp table histories as
  select audience, laws, refused, months, refused_months, count(*) as people from reached group by all;
create temp table monthly as
  select audience, m, sum(people) as people, sum(people) filter (refused_months & (1::bigint << m) <> 0) as refused
  from histories, range({last} - {first} + 1) r(m) where months & (1::bigint << m) <> 0 group by all;
create temp table category_people as
  select cno, law_bit, count(distinct person_id) as n from refused group by all;
create temp table category_exposed as
  select audience // 4294967296 as cno, refused, count(distinct person_id) as n from reached where refused <> 0 group by all;
select (select count(distinct person_id) from refused), (select count(*) from people_once),
  (select count(*) from people_once where refused), (select count(distinct audience % 4294967296) from histories),
  (select count(distinct audience % 4294967296) from histories where refused <> 0), (select count(*) from monthly),
  (select sum(people) from monthly), (select count(*) from category_people), (select count(*) from category_exposed);
