"""What a check may read: the records, the laws, and the figures that were counted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import ibis.expr.types as ir

from haechi.audit.figures import Histories
from haechi.audit.prepared import Prepared
from haechi.audit.protections import Protection
from haechi.law import LawPack, Money

Lang = Literal["en", "ko"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One audit, with everything that was counted before the checks ran.

    Attributes:
        tables: the dataset's tables by name.
        packs: the audited laws, in order.
        guards: their protections.
        subjects: `person_id, laws`; None where everyone is under every audited law.
        labels: `theme_id, category`, the decided labels of themes.
        asked: see `asked`; None without the table `requests`.
        agreed: see `consents`; None without the table `permissions`.
        prepared: see `prepare`.
        done: see `histories`.
        law_figures: see `by_law`.
        category_figures: see `by_law_and_category`.
        as_of: the instant at which clocks are read, naive UTC.
        turnover: the turnover that a penalty is measured by, or None.
        retention_days: the longest a membership may last, or None where nobody stated it.
        lang: the language of statements and remedies.
        setup: SQL that names the dataset's tables, so that every finding's query runs as it stands.
        claims_sql: SQL for claims, stretches of permission and exposures, to follow `setup`.
    """

    tables: Mapping[str, ir.Table]
    packs: Mapping[str, LawPack]
    guards: tuple[Protection, ...]
    subjects: ir.Table | None
    labels: ir.Table
    asked: ir.Table | None
    agreed: ir.Table | None
    prepared: Prepared
    done: Histories
    law_figures: Mapping[str, Mapping[str, int]]
    category_figures: Mapping[tuple[str, str], Mapping[str, int]]
    as_of: datetime
    turnover: Money | None
    retention_days: int | None
    lang: Lang
    setup: str
    claims_sql: str

    def law_bit(self, law: str) -> int:
        """The bit of a law in tables that carry laws as bits."""
        return 1 << list(self.packs).index(law)
