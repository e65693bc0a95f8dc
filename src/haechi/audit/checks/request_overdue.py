"""Were requests left without an answer in time?"""

from typing import Final

from haechi.audit.asked import asked_sql
from haechi.audit.checks.base import Check, finding, present, sentence
from haechi.audit.checks.deadlines import MACROS, deadlines_sql, with_deadlines
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.literals import instant
from haechi.audit.model import Finding
from haechi.law import rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{late} of {all:request|requests} with a deadline missed it, {silent} of them without any answer by "
    "{day}.",
    "ko": "답변 기한이 있는 요구 {all}건 중 {late}건이 기한을 넘겼으며, "
    "그중 {silent}건은 {day}까지 답변이 없었습니다.",
}


def _run(inquiry: Inquiry) -> list[Finding]:
    timed = with_deadlines(present(inquiry.asked), inquiry.packs)
    silent = timed.outcome == "open"
    late = (timed.late_from <= inquiry.as_of) & (silent | (timed.answered_at >= timed.late_from))
    counted = timed.group_by("law").agg(
        all=timed.count(), late=timed.count(where=late), silent=timed.count(where=late & silent)
    )
    figures = {row["law"]: row for row in counted.to_pyarrow().to_pylist()}
    found = []
    for law, pack in inquiry.packs.items():
        rule, row = rule_for(pack, "request-overdue", inquiry.as_of), figures.get(law)
        if rule is None or row is None or not row["late"]:
            continue
        query = (
            f"{inquiry.setup}{MACROS}{asked_sql(inquiry.tables, inquiry.packs, law)}{deadlines_sql(pack)}\n"
            f"select count(*) from timed where late_from <= {instant(inquiry.as_of)}\n"
            "  and (outcome = 'open' or answered_at >= late_from);"
        )
        told = sentence(
            inquiry,
            _STATEMENT,
            all=row["all"],
            late=row["late"],
            silent=row["silent"],
            day=inquiry.as_of.date(),
        )
        found.append(finding(inquiry, law, rule, statement=told, count=row["late"], query=query))
    return found


CHECK: Final = Check(
    id="request-overdue",
    asks={
        "en": "Were requests left without an answer in time?",
        "ko": "기한 안에 답하지 않은 요구가 있습니까?",
    },
    needs=("requests",),
    run=_run,
)
