"""Did memberships in sensitive themes last longer than the platform itself said?

The limit is the caller's, because no law names a number of days; without one there is nothing to hold the
memberships against.
"""

from typing import Final

import ibis

from haechi.audit.checks.base import MEMBERSHIPS, Check, finding, sentence, widest
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.literals import instant, text
from haechi.audit.model import Finding
from haechi.law import Rule, rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{kept:membership|memberships} of {people:person|people} in "
    "{themes:sensitive theme|sensitive themes} lasted longer than the stated "
    "{days:day|days}, {still} of them still so on {day}.",
    "ko": "민감한 테마 {themes}개에서 {people}명의 소속 기록 {kept}건이 정해진 보유기간 {days}일을 넘겼으며, "
    "그중 {still}건은 {day} 현재도 남아 있습니다.",
}


def _lacks(inquiry: Inquiry) -> list[str]:
    return ["--retention"] if inquiry.retention_days is None else []


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "retention", inquiry.as_of)
        if rule is not None and inquiry.retention_days is not None:
            found += _under(inquiry, law, rule, inquiry.retention_days)
    return found


def _under(inquiry: Inquiry, law: str, rule: Rule, days: int) -> list[Finding]:
    claimed = inquiry.prepared.claimed
    as_of = ibis.timestamp(inquiry.as_of.isoformat(sep=" "))
    lasted = ibis.least(claimed.until, as_of) > claimed.since + ibis.interval(days=days)
    kept = claimed.filter((claimed.law_bit == inquiry.law_bit(law)) & lasted)
    # One membership may be there for several categories, and a person may have been in a theme several times.
    each = kept.group_by("person_id", "theme_id").agg(still=(kept.until > as_of).any())
    counted = each.aggregate(
        kept=each.count(),
        still=each.count(where=each.still),
        people=each.person_id.nunique(),
        themes=each.theme_id.nunique(),
    )
    row = counted.to_pyarrow().to_pylist()[0]
    if not row["kept"]:
        return []
    query = (
        f"{inquiry.setup}{inquiry.claims_sql}select count(*) from (\n"
        f"  select distinct person_id, theme_id from claims where law = {text(law)}\n"
        f"  and least(until, {instant(inquiry.as_of)}) > since + interval {days} day);"
    )
    told = sentence(inquiry, _STATEMENT, **row, days=days, day=inquiry.as_of.date())
    return [finding(inquiry, law, rule, statement=told, count=row["kept"], themes=widest(each), query=query)]


CHECK: Final = Check(
    id="retention",
    asks={
        "en": "Did memberships in sensitive themes last longer than the stated limit?",
        "ko": "정해진 보유기간보다 오래 남아 있는 민감한 테마 소속 기록이 있습니까?",
    },
    needs=(MEMBERSHIPS,),
    run=_run,
    lacks=_lacks,
)
