"""Can every recorded consent be shown?

Whoever relies on consent must be able to show it (GDPR Art. 7(1)), and a person may ask to see it (PIPA
Enforcement Decree Art. 41(1) no. 5).
"""

from typing import Final

from haechi.audit.agreed import consents_sql, under
from haechi.audit.checks.base import Check, finding, present, sentence
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import Rule, rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{bare} of {all:recorded consent|recorded consents}, from {people:person|people}, came with no evidence.",
    "ko": "기록된 동의 {all}건 중 {bare}건({people}명)에 동의를 증명하는 자료가 없습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "permission-without-evidence", inquiry.as_of)
        if rule is not None:
            found += _under(inquiry, law, rule)
    return found


def _under(inquiry: Inquiry, law: str, rule: Rule) -> list[Finding]:
    given = under(present(inquiry.agreed), inquiry.law_bit(law), rule)
    bare = ~given.evidenced
    counted = given.aggregate(
        all=given.count(), bare=given.count(where=bare), people=given.person_id.nunique(where=bare)
    )
    row = counted.to_pyarrow().to_pylist()[0]
    if not row["bare"]:
        return []
    query = (
        f"{inquiry.setup}{inquiry.claims_sql}{consents_sql(law, rule, placed=inquiry.subjects is not None)}\n"
        "select count(*) from consents where coalesce(trim(evidence), '') = '';"
    )
    told = sentence(inquiry, _STATEMENT, all=row["all"], bare=row["bare"], people=row["people"])
    return [finding(inquiry, law, rule, statement=told, count=row["bare"], query=query)]


CHECK: Final = Check(
    id="permission-without-evidence",
    asks={
        "en": "Can every recorded consent be shown?",
        "ko": "기록된 모든 동의를 증명할 수 있습니까?",
    },
    needs=("permissions",),
    run=_run,
)
