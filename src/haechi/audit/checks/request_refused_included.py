"""Were requests refused although the law expressly includes what was asked for?

PIPC found no just cause where access was refused as "not covered" (decision of 2024-11-04): the Enforcement
Decree, Art. 41(1), names the retention period, the provision to third parties and the record of consent.
"""

from typing import Final

from haechi.audit.checks.base import Check, finding, sentence
from haechi.audit.checks.refusals import refusals, refusals_sql
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{never} of {all:refusal|refusals}, whole or partial, stood on a ground that never holds, because the law "
    "includes what was asked for ({grounds}).",
    "ko": "전부 또는 일부 거절 {all}건 중 {never}건은 법이 명시한 요구 대상이어서 거절 사유가 "
    "될 수 없는 사유({grounds})를 들었습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    refused = refusals(inquiry)
    # Grounds that never hold are words of the pack, so this is a short list whatever people wrote.
    ground = refused.never.ifelse(refused.ground, "")
    counted = refused.group_by("law", ground=ground).agg(refused=refused.count())
    figures: dict[str, dict[str, int]] = {}
    for row in counted.order_by("ground").to_pyarrow().to_pylist():
        figures.setdefault(row["law"], {})[row["ground"]] = row["refused"]
    found = []
    for law, pack in inquiry.packs.items():
        rule, by_ground = rule_for(pack, "request-refused-included", inquiry.as_of), figures.get(law, {})
        grounds = {name: count for name, count in by_ground.items() if name}
        if rule is None or not grounds:
            continue
        never = sum(grounds.values())
        query = f"{inquiry.setup}{refusals_sql(inquiry, law)}\nselect count(*) from refusals where never;"
        told = sentence(
            inquiry, _STATEMENT, all=sum(by_ground.values()), never=never, grounds=", ".join(grounds)
        )
        found.append(finding(inquiry, law, rule, statement=told, count=never, query=query))
    return found


CHECK: Final = Check(
    id="request-refused-included",
    asks={
        "en": "Were requests refused although the law expressly includes what was asked for?",
        "ko": "법이 명시적으로 포함한 사항을 거절한 요구가 있습니까?",
    },
    needs=("requests",),
    run=_run,
)
