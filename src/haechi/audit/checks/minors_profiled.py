"""Were children put in sensitive themes?

Below the age of the law, somebody else's permission is needed, or none helps (PIPA Art. 22-2, GDPR Art. 8, DSA
Art. 28(2), Cal. Civ. Code 1798.120(c)). The records do not say who gave a permission, so only where the law lets
young people opt in themselves does a permission clear them, and only from that age on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from haechi.audit.checks.base import MEMBERSHIPS, Check, finding, sentence, widest
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.literals import instant, text
from haechi.audit.model import Finding
from haechi.exposure import unpermitted_claims
from haechi.law import LawPack, MinorsRule, Rule, birthday, midnight, rule_for
from haechi.terms.instants import FAR

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{people:person was|people were} in {themes:sensitive theme|sensitive themes} while younger than {age}.",
    "ko": "만 {age}세가 되지 않은 동안 민감한 테마 {themes}개에 속했던 사람이 {people}명입니다.",
}


@dataclass(frozen=True, slots=True)
class _Young:
    """A stretch of young life during which the law forbids something.

    Attributes:
        fact: the law's rule on minors.
        from_age: first birthday of the stretch; 0 from birth.
        own: the person's own permission clears it.
    """

    fact: MinorsRule
    from_age: int
    own: bool

    def below(self, country: str | None) -> int:
        """The birthday that ends it, in a country."""
        opt_in = self.fact.own_opt_in_from
        return self.fact.age_in(country) if self.own or opt_in is None else opt_in


def _lacks(inquiry: Inquiry) -> list[str]:
    people = inquiry.tables["people"]
    row = people.aggregate(rows=people.count(), born=people.birth_date.count()).to_pyarrow().to_pylist()[0]
    return ["people.birth_date"] if row["rows"] and not row["born"] else []


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "minors-profiled", inquiry.as_of)
        if rule is not None:
            found += _under(inquiry, law, pack, rule)
    return found


def _under(inquiry: Inquiry, law: str, pack: LawPack, rule: Rule) -> list[Finding]:
    claimed = inquiry.prepared.claimed
    claimed = claimed.filter(claimed.law_bit == inquiry.law_bit(law))
    first = claimed.aggregate(first=claimed.since.min()).to_pyarrow().to_pylist()[0]["first"]
    stretches = _stretches(pack, inquiry.as_of)
    if first is None or not stretches:
        return []
    parts = [_within(inquiry, claimed, pack, young, first) for young in stretches]
    young = ibis.union(*parts) if parts[1:] else parts[0]
    counted = young.aggregate(people=young.person_id.nunique(), themes=young.theme_id.nunique())
    row = counted.to_pyarrow().to_pylist()[0]
    if not row["people"]:
        return []
    ages = sorted({stretch.fact.age for stretch in stretches})
    return [
        finding(
            inquiry,
            law,
            rule,
            statement=sentence(inquiry, _STATEMENT, **row, age=ages[-1]),
            count=row["people"],
            themes=widest(young),
            query=_query(inquiry, law, pack, stretches),
        )
    ]


def _stretches(pack: LawPack, as_of: datetime) -> list[_Young]:
    """Every rule that came into force by now, each with the part of youth that own permission clears apart."""
    found = []
    for fact in pack.minors:
        if fact.effective_from <= as_of:
            found.append(_Young(fact, 0, own=False))
            if fact.own_opt_in_from is not None:
                found.append(_Young(fact, fact.own_opt_in_from, own=True))
    return found


def _within(inquiry: Inquiry, claimed: ir.Table, pack: LawPack, young: _Young, first: datetime) -> ir.Table:
    """The memberships, cut to when the rule was in force and the person was that young: `person_id, theme_id`."""
    people = inquiry.tables["people"]
    # Whoever was born earlier was grown before anybody was in any theme; no country's age is above the oldest.
    oldest = max(young.fact.age, *young.fact.age_by_country.values(), 0)
    born_from = ibis.date(max(first.year - oldest - 1, 1), 1, 1)
    born = people.filter(people.birth_date >= born_from).select("person_id", "birth_date", "country")
    days = born.select("birth_date", "country").distinct().to_pyarrow().to_pylist()
    lives = ibis.memtable(
        list(_lives(pack, young, ((day["birth_date"], day["country"]) for day in days))),
        schema={"birth_date": "date", "home": "string", "young": "timestamp(6)", "grown": "timestamp(6)"},
    )
    children = (
        born.mutate(home=born.country.fill_null("")).drop("country").join(lives, ["birth_date", "home"])
    ).select("person_id", "young", "grown")
    in_force, out_of_force = _period(young.fact)
    cut = claimed.select("person_id", "theme_id", "protection", "since", "until").join(children, "person_id")
    cut = cut.mutate(
        since=ibis.greatest(cut.since, cut.young, _literal(in_force)),
        until=ibis.least(cut.until, cut.grown, _literal(out_of_force)),
    ).filter(lambda t: t.since < t.until)
    if young.own:
        cut = unpermitted_claims(cut, inquiry.prepared.disclosure)
    return cut.select("person_id", "theme_id")


def _lives(
    pack: LawPack, young: _Young, born: Iterator[tuple[date, str | None]]
) -> Iterator[dict[str, object]]:
    """When those born on a day are that young: from and to a local midnight of the law."""
    zone = ZoneInfo(pack.time_zone)
    for day, country in born:
        yield {
            "birth_date": day,
            "home": country or "",
            "young": midnight(birthday(day, young.from_age), zone),
            "grown": midnight(birthday(day, young.below(country)), zone),
        }


def _period(fact: MinorsRule) -> tuple[datetime, datetime]:
    return fact.effective_from, fact.effective_until or FAR


def _literal(at: datetime) -> ir.TimestampValue:
    return ibis.timestamp(at.isoformat(sep=" "))


def _query(inquiry: Inquiry, law: str, pack: LawPack, stretches: list[_Young]) -> str:
    parts = []
    for young in stretches:
        in_force, out_of_force = _period(young.fact)
        ages = " ".join(
            f"when '{country}' then {young.below(country)}" for country in young.fact.age_by_country
        )
        below = f"case country {ages} else {young.below(None)} end" if ages else str(young.below(None))
        part = (
            f"select c.person_id, birth_date, c.protection,\n"
            f"    greatest(c.since, {_midnight(str(young.from_age), pack)}, {instant(in_force)}) as since,\n"
            f"    least(c.until, {_midnight(below, pack)}, {instant(out_of_force)}) as until\n"
            f"  from claims c join people using (person_id) where c.law = {text(law)}"
        )
        cleared = (
            " and not exists (\n  select 1 from stretches s where s.purpose = 'disclosure'\n"
            "  and s.person_id = y.person_id and s.protection = y.protection\n"
            "  and s.since <= y.since and y.until <= s.until)"
        )
        parts.append(
            f"select person_id from (\n  {part}\n) y where birth_date is not null and since < until"
            + (cleared if young.own else "")
        )
    union = "\nunion\n".join(parts)
    return f"{inquiry.setup}{inquiry.claims_sql}select count(distinct person_id) from (\n{union}\n);"


def _midnight(age: str, pack: LawPack) -> str:
    """The birthday of an age as an instant; who was born on a leap day has it on 1 March in other years."""
    day = f"(birth_date + to_years({age}))::date"
    moved = f"({day} + case when strftime(birth_date, '%d') <> strftime({day}, '%d') then 1 else 0 end)"
    return f"({moved}::timestamp at time zone '{pack.time_zone}') at time zone 'UTC'"


CHECK: Final = Check(
    id="minors-profiled",
    asks={
        "en": "Were children put in sensitive themes?",
        "ko": "아동을 민감한 테마에 분류하였습니까?",
    },
    needs=("people", MEMBERSHIPS),
    run=_run,
    lacks=_lacks,
)
