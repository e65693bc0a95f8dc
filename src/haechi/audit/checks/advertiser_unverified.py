"""Could advertisers whom nobody verified use sensitive themes?

CJEU C-492/23 (Russmedia) asks an operator to know who advertises where sensitive data is at stake; Japan's
ministry asked the same of platforms on 2024-06-21.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

from haechi.audit.checks.base import SAMPLE, Check, finding, sentence
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.literals import instant, text, texts
from haechi.audit.model import Finding
from haechi.law import Rule, rule_for

_STATEMENT: Final[dict[Lang, str]] = {
    "en": "{all:advertiser|advertisers} could use sensitive themes, {unverified} of them unverified.",
    "ko": "민감한 테마를 이용할 수 있었던 광고주 {all}곳 중 {unverified}곳은 신원이 확인되지 않았습니다.",
}


def _lacks(inquiry: Inquiry) -> list[str]:
    """Where the platform wrote down nobody's verification, it cannot be told whom it left unverified."""
    advertisers = inquiry.tables["advertisers"]
    told = advertisers.aggregate(rows=advertisers.count(), known=advertisers.verified.count())
    row = told.to_pyarrow().to_pylist()[0]
    return ["advertisers.verified"] if row["rows"] and not row["known"] else []


def _run(inquiry: Inquiry) -> list[Finding]:
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, "advertiser-unverified", inquiry.as_of)
        categories = sorted({guard.category for guard in inquiry.guards if guard.law == law})
        if rule is not None and categories:
            found += _under(inquiry, law, rule, categories)
    return found


def _under(inquiry: Inquiry, law: str, rule: Rule, categories: list[str]) -> list[Finding]:
    advertisers = inquiry.tables["advertisers"]
    used = advertisers.semi_join(_users(inquiry, law, rule, categories), "advertiser_id")
    verified = used.verified.fill_null(False)
    counted = used.aggregate(all=used.count(), unverified=used.count(where=~verified))
    row = counted.to_pyarrow().to_pylist()[0]
    if not row["unverified"]:
        return []
    unverified = used.filter(~verified).order_by("advertiser_id").limit(SAMPLE).select("advertiser_id")
    return [
        finding(
            inquiry,
            law,
            rule,
            statement=sentence(inquiry, _STATEMENT, all=row["all"], unverified=row["unverified"]),
            count=row["unverified"],
            advertisers=[str(r["advertiser_id"]) for r in unverified.to_pyarrow().to_pylist()],
            query=_query(inquiry, law, rule, categories),
        )
    ]


def _users(inquiry: Inquiry, law: str, rule: Rule, categories: list[str]) -> ir.Table:
    """The advertisers who could use a theme that the law guards, or did, since the rule came into force."""
    prepared, numbered = inquiry.prepared, inquiry.prepared.advertisers
    if numbered is None:
        raise AssertionError("grants or deliveries name advertisers, so they are numbered")
    since = ibis.timestamp(rule.effective_from.isoformat(sep=" "))
    numbers = []
    if prepared.grants is not None:
        guarded = inquiry.labels.filter(inquiry.labels.category.isin(categories))
        granted = prepared.grants.filter(prepared.grants.until > since)
        numbers.append(granted.semi_join(guarded, "theme_id").select("advertiser"))
    if prepared.delivered is not None:
        shown = prepared.delivered
        shown = shown.filter((shown.law_bit == inquiry.law_bit(law)) & (shown.delivered_at >= since))
        numbers.append(shown.select("advertiser"))
    used = ibis.union(*numbers, distinct=True) if numbers[1:] else numbers[0]
    return numbered.semi_join(used, "advertiser")


def _query(inquiry: Inquiry, law: str, rule: Rule, categories: list[str]) -> str:
    since = instant(rule.effective_from)
    themes = f"theme_id::varchar in (select theme_id from theme_labels where category in {texts(categories)})"
    parts = []
    if "grants" in inquiry.tables:
        parts.append(
            f"select advertiser_id from grants where {themes}\n"
            f'    and coalesce("until", {instant(None)}) > greatest(since, {since})\n'
            f"    and since < {instant(inquiry.as_of)}"
        )
    if "deliveries" in inquiry.tables:
        # An exposure that ends at the instant at which it begins is a delivery.
        parts.append(
            f"select advertiser_id from exposures where law = {text(law)}\n"
            f'    and since = "until" and since >= {since}'
        )
    union = "\n  union ".join(parts)
    return (
        f"{inquiry.setup}{inquiry.claims_sql}select count(*) from advertisers\n"
        f"where not coalesce(verified, false) and advertiser_id in (\n  {union});"
    )


CHECK: Final = Check(
    id="advertiser-unverified",
    asks={
        "en": "Could advertisers whom nobody verified use sensitive themes?",
        "ko": "확인되지 않은 광고주가 민감한 테마를 이용할 수 있었습니까?",
    },
    needs=("advertisers", (("grants",), ("deliveries",))),
    run=_run,
    lacks=_lacks,
)
