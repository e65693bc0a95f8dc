"""Were people put in sensitive themes without permission?

PIPC found the processing itself unlawful, before any advertiser used it (decision of 2024-11-04, PIPA Art. 23(1)).
"""

from collections.abc import Sequence
from typing import Final

import ibis.expr.types as ir

from haechi.audit.checks.base import MEMBERSHIPS, SAMPLE, Check, finding, guards_something, sentence
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
    held = inquiry.done.profiled_by_theme
    held = held.filter(((held.laws & inquiry.law_bit(law)) != 0) & held.category.isin(concerned))
    people = _people(inquiry, law, concerned)
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
                people=people,
                themes=int(held.theme_id.nunique().execute()),
                categories=", ".join(named[category].lower() for category in concerned),
            ),
            count=people,
            themes=_widest(held),
            query=query,
        )
    ]


def _people(inquiry: Inquiry, law: str, concerned: Sequence[str]) -> int:
    """How many people, each counted once over the categories."""
    found = {category for of, category in inquiry.category_figures if of == law}
    if found <= set(concerned):
        return inquiry.law_figures[law]["people_profiled_unpermitted"]
    refused = inquiry.done.refused
    refused = refused.filter((refused.law_bit == inquiry.law_bit(law)) & refused.category.isin(concerned))
    return int(refused.person_id.nunique().execute())


def _widest(held: ir.Table) -> list[str]:
    """The themes with most people in one category of theirs, widest first."""
    each = held.group_by("theme_id", "category").agg(people=held.people.sum())
    by_theme = each.group_by("theme_id").agg(people=each.people.max())
    first = by_theme.order_by(by_theme.people.desc(), "theme_id").limit(SAMPLE).select("theme_id")
    return [str(row["theme_id"]) for row in first.to_pyarrow().to_pylist()]


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
