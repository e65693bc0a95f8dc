"""Were requests refused on no ground that the law knows?

A ground that never holds belongs to the check `request-refused-included`, so that a refusal is reported once.
"""

from typing import Final

from haechi.audit.checks.base import Check, finding, sentence
from haechi.audit.checks.refusals import refusals, refusals_sql
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{without} of {all:refusal|refusals}, whole or partial, named no ground that the law knows; {silent} of "
    "them named none at all.",
    "ko": "전부 또는 일부 거절 {all}건 중 {without}건은 법이 정한 거절 사유를 들지 않았고, 그중 {silent}건은 "
    "사유를 아예 밝히지 않았습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    refused = refusals(inquiry)
    without = ~refused.listed & ~refused.never
    named = (refused.ground.strip() != "").fill_null(False)
    counted = refused.group_by("law").agg(
        all=refused.count(),
        without=refused.count(where=without),
        silent=refused.count(where=without & ~named),
    )
    figures = {row["law"]: row for row in counted.to_pyarrow().to_pylist()}
    found = []
    for law, pack in inquiry.packs.items():
        rule, row = rule_for(pack, "request-refused-without-ground", inquiry.as_of), figures.get(law)
        if rule is None or row is None or not row["without"]:
            continue
        query = (
            f"{inquiry.setup}{refusals_sql(inquiry, law)}\n"
            "select count(*) from refusals where not listed and not never;"
        )
        told = sentence(inquiry, _STATEMENT, all=row["all"], without=row["without"], silent=row["silent"])
        found.append(finding(inquiry, law, rule, statement=told, count=row["without"], query=query))
    return found


CHECK: Final = Check(
    id="request-refused-without-ground",
    asks={
        "en": "Were requests refused on no ground that the law knows?",
        "ko": "법이 정한 사유 없이 거절한 요구가 있습니까?",
    },
    needs=("requests",),
    run=_run,
)
