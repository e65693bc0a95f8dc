"""What a check is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from haechi.audit.inquiry import Inquiry, Lang
from haechi.audit.model import Finding
from haechi.audit.wording import Count
from haechi.law import Rule


@dataclass(frozen=True, slots=True)
class Check:
    """One question put to the records under every audited law.

    Attributes:
        id: its name, as law packs name it in `rules`.
        asks: the question, by language.
        needs: tables it cannot do without; a tuple inside means that any one group of its tables is enough.
        run: answers it.
        lacks: names what else it would need and this audit does not have: a column that is empty, an option that
            was not given. None where the tables are all it needs.
    """

    id: str
    asks: Mapping[Lang, str]
    needs: tuple[str | tuple[tuple[str, ...], ...], ...]
    run: Callable[[Inquiry], Sequence[Finding]]
    lacks: Callable[[Inquiry], list[str]] | None = None

    def missing(self, tables: Mapping[str, object]) -> list[str]:
        """The tables for want of which it cannot run; empty when it can."""
        lacking: list[str] = []
        for need in self.needs:
            groups = ((need,),) if isinstance(need, str) else need
            if not any(all(name in tables for name in group) for group in groups):
                # The group that is nearest to being whole; of nothing at all, the usual one, which stands first.
                begun = [group for group in groups if any(name in tables for name in group)]
                nearest = min(
                    begun or groups[:1], key=lambda group: sum(name not in tables for name in group)
                )
                lacking.extend(name for name in nearest if name not in tables)
        return lacking


def present(table: ir.Table | None) -> ir.Table:
    """A table that a check which runs can rely on: `needs` says that it cannot run without."""
    if table is None:
        raise AssertionError("a check ran without a table that it needs")
    return table


def guards_something(inquiry: Inquiry) -> list[str]:
    """What is lacking where the audited laws guard no theme only because they see inferred data as outside them."""
    outside = any(not pack.inferred_protected for pack in inquiry.packs.values())
    return ["--include-inferred"] if outside and not inquiry.guards else []


SAMPLE: Final = 10
"""Themes or advertisers named in a finding."""


def widest(held: ir.Table) -> list[str]:
    """The themes with most people in a table of `person_id, theme_id`, widest first."""
    by_theme = held.group_by("theme_id").agg(people=held.person_id.nunique())
    first = by_theme.order_by(by_theme.people.desc(), "theme_id").limit(SAMPLE).select("theme_id")
    return [str(row["theme_id"]) for row in first.to_pyarrow().to_pylist()]


MEMBERSHIPS: tuple[tuple[str, ...], ...] = (("memberships",), ("behaviours", "item_themes"))
"""Who is in which theme: as the platform says, or computed from behaviours."""


def sentence(inquiry: Inquiry, statements: Mapping[Lang, str], **parts: object) -> str:
    """A statement in the inquiry's language, with its figures in place."""
    told = {name: Count(part) if isinstance(part, int) else part for name, part in parts.items()}
    return statements[inquiry.lang].format(**told)


def finding(
    inquiry: Inquiry,
    law: str,
    rule: Rule,
    *,
    statement: str,
    count: int,
    query: str,
    themes: Sequence[str] = (),
    advertisers: Sequence[str] = (),
) -> Finding:
    """A finding under a law's rule, with the rule's article, severity and remedy.

    Its sample is of themes or of advertisers, never of people, and may be empty.
    """
    return Finding(
        rule=rule.id,
        law=law,
        article=rule.article,
        severity=rule.severity,
        statement=statement,
        count=count,
        sample=(*themes, *advertisers),
        sample_of="themes" if themes else "advertisers" if advertisers else None,
        remedy=getattr(rule.remedy, inquiry.lang),
        query=query,
    )
