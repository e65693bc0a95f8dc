"""Were people put in sensitive themes without permission?

PIPC found the processing itself unlawful, before any advertiser used it (decision of 2024-11-04, PIPA Art. 23(1)).
"""

from typing import Final

from haechi.audit.checks.base import MEMBERSHIPS, Check, finding, guards_something, sentence, widest
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import Rule, in_force
from haechi.terms.names import category_names

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{people:person was|people were} put in {themes:sensitive theme|sensitive themes} ({categories}) "
    "without permission for profiling.",
    "ko": "{people}명이 프로파일링에 대한 동의 등 허용 근거 없이 "
    "민감한 테마 {themes}개({categories})에 분류되었습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        for rule in in_force(pack.rules, inquiry.as_of):
            if rule.check == "sensitive-processing":
                found += _under(inquiry, law, rule)
    return found


def _under(inquiry: Inquiry, law: str, rule: Rule) -> list[Finding]:
    """The finding under one rule: a law may have several, each for its own categories (GDPR Arts. 9 and 10)."""
    categories = sorted({c.category for c in inquiry.packs[law].categories if c.rule == rule.id})
    concerned = [
        c for c in categories if inquiry.category_figures.get((law, c), {}).get("people_profiled_unpermitted")
    ]
    if not concerned:
        return []
    refused = inquiry.done.refused
    refused = refused.filter((refused.law_bit == inquiry.law_bit(law)) & refused.category.isin(concerned))
    counted = refused.aggregate(people=refused.person_id.nunique(), themes=refused.theme_id.nunique())
    row = counted.to_pyarrow().to_pylist()[0]
    named = category_names(inquiry.lang)
    names = ", ".join(f"'{c}'" for c in concerned)
    query = (
        f"{inquiry.setup}{inquiry.claims_sql}select count(distinct person_id) from claims c\n"
        f"where law = '{law}' and category in ({names}) and not exists (\n"
        "  select 1 from stretches s where s.purpose = 'profiling' and s.person_id = c.person_id\n"
        "  and s.protection = c.protection and s.since <= c.since and c.until <= s.until);"
    )
    return [
        finding(
            inquiry,
            law,
            rule,
            statement=sentence(
                inquiry,
                _STATEMENT,
                people=row["people"],
                themes=row["themes"],
                categories=", ".join(named[category].lower() for category in concerned),
            ),
            count=row["people"],
            themes=widest(refused),
            query=query,
        )
    ]


CHECK: Final = Check(
    id="sensitive-processing",
    asks={
        "en": "Were people put in sensitive themes without permission?",
        "ko": "허용 근거 없이 민감한 테마에 분류된 사람이 있습니까?",
    },
    needs=(MEMBERSHIPS,),
    run=_run,
    lacks=guards_something,
)
