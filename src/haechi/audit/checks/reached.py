"""What the checks on disclosure share: which tables they need, and the finding under each law that has the rule."""

from collections.abc import Mapping
from typing import Final

from haechi.audit.checks.base import SAMPLE, finding, sentence
from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.law import rule_for

RECEIVED: Final[tuple[tuple[str, ...], ...]] = (
    ("grants", "memberships"),
    ("grants", "behaviours", "item_themes"),
    ("deliveries",),
)
"""What an advertiser could use (grants of themes with members) or did use (deliveries)."""


def exposure_findings(inquiry: Inquiry, check: str, statement: Mapping[Lang, str]) -> list[Finding]:
    """People exposed without permission, under every law that has a rule for the check.

    Args:
        inquiry: the audit.
        check: the check's name.
        statement: by language, with `people` and `advertisers` to fill in.
    """
    found = []
    for law, pack in inquiry.packs.items():
        rule = rule_for(pack, check, inquiry.as_of)
        figures = inquiry.law_figures[law]
        people = figures["people_exposed_unpermitted"]
        if rule is None or not people:
            continue
        told = sentence(
            inquiry, statement, people=people, advertisers=figures["advertisers_receiving_unpermitted"]
        )
        query = (
            f"{inquiry.setup}{inquiry.claims_sql}"
            f"select count(distinct person_id) from exposures where law = '{law}' and not permitted;"
        )
        sample = _most_reaching(inquiry, law)
        found.append(
            finding(inquiry, law, rule, statement=told, count=people, advertisers=sample, query=query)
        )
    return found


def _most_reaching(inquiry: Inquiry, law: str) -> list[str]:
    """The advertisers with the widest reach without permission in any one category, widest first."""
    table = inquiry.done.by_advertiser
    concerned = table.filter((table.unpermitted_laws & inquiry.law_bit(law)) != 0)
    each = concerned.group_by("category", "advertiser_id").agg(people=concerned.people.sum())
    widest = each.group_by("advertiser_id").agg(people=each.people.max())
    rows = widest.order_by(widest.people.desc(), "advertiser_id").limit(SAMPLE).to_pyarrow().to_pylist()
    return [str(row["advertiser_id"]) for row in rows]
