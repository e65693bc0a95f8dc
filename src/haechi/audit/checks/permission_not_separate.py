"""Was consent given for everything at once where the law wants it separate?

The records do not show the screen on which consent was asked. What they show is consent to several purposes, or
for several categories, at one and the same instant: one act for all of it.
"""

from typing import Final

from haechi.audit.agreed import consents_sql, under
from haechi.audit.checks.base import Check, finding, present, sentence
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import Rule, rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{people:person|people} gave consent to several purposes or for several categories at one and "
    "the same instant ({permissions:permission|permissions}).",
    "ko": "{people}명이 여러 목적 또는 여러 범주에 대하여 같은 시각에 "
    "한꺼번에 동의한 것으로 기록되어 있습니다(동의 {permissions}건).",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "permission-not-separate", inquiry.as_of)
        if rule is not None:
            found += _under(inquiry, law, rule)
    return found


def _under(inquiry: Inquiry, law: str, rule: Rule) -> list[Finding]:
    given = under(present(inquiry.agreed), inquiry.law_bit(law), rule)
    category = given.category.fill_null("")
    acts = given.group_by("person_id", "given_at").agg(
        several=(given.purpose.min() != given.purpose.max()) | (category.min() != category.max()),
        permissions=given.count(),
    )
    acts = acts.filter(acts.several)
    counted = acts.aggregate(people=acts.person_id.nunique(), permissions=acts.permissions.sum())
    row = counted.to_pyarrow().to_pylist()[0]
    if not row["people"]:
        return []
    query = (
        f"{inquiry.setup}{inquiry.claims_sql}{consents_sql(law, rule, placed=inquiry.subjects is not None)}\n"
        "select count(distinct person_id) from (\n"
        "  select person_id from consents group by person_id, given_at\n"
        "  having count(distinct (purpose, coalesce(category, ''))) > 1);"
    )
    told = sentence(inquiry, _STATEMENT, people=row["people"], permissions=int(row["permissions"]))
    return [finding(inquiry, law, rule, statement=told, count=row["people"], query=query)]


CHECK: Final = Check(
    id="permission-not-separate",
    asks={
        "en": "Was consent given for everything at once where the law wants it separate?",
        "ko": "법이 별도의 동의를 요구하는데 한꺼번에 받은 동의가 있습니까?",
    },
    needs=("permissions",),
    run=_run,
)
