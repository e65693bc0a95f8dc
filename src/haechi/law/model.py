"""What a law pack says, once read: facts with their article, source, mark and the time they are in force."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from haechi.terms.words import Basis, Category, Purpose, RequestKind, Severity, Signal

Mark = Literal["V", "V2", "R", "UNVERIFIED"]
"""How far a fact was checked. V: read in the legal text. V2: read in a second-hand source. R: recalled, not
read again. UNVERIFIED: looked for and not confirmed."""

Check = Literal[
    "sensitive-processing",
    "sensitive-disclosure",
    "dsa-special-category-ads",
    "minors-profiled",
    "request-overdue",
    "request-refused-without-ground",
    "request-refused-included",
    "permission-without-evidence",
    "permission-not-separate",
    "retention",
    "advertiser-unverified",
    "penalty-ceiling",
]
BreachReceiver = Literal["people", "authority"]
BreachStage = Literal["only", "first", "final"]
BreachEvent = Literal["leak", "possible-leak"]
BreachCase = Literal[
    "sensitive-data",
    "unique-identifiers",
    "listed-data",
    "illegal-access",
    "data-traded",
    "property-damage",
    "wrongful-purpose",
    "high-risk",
    "risk-unlikely",
    "encrypted",
    "contained",
]
BreachItem = Literal[
    "outline",
    "nature",
    "items",
    "people",
    "records",
    "when-and-how",
    "cause",
    "consequences",
    "advice",
    "measures",
    "remedy",
    "contact",
    "rights",
    "further-notice",
    "response-to-people",
    "publication",
    "recurrence",
    "reasons-for-delay",
    "law-enforcement-delay",
]
PeriodUnit = Literal["calendar-days", "working-days", "months", "without-delay"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One statement in the languages of the report."""

    en: str
    ko: str


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where facts were read."""

    id: str
    title: str
    url: str


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anything the pack states, with what stands behind it.

    Attributes:
        mark: how far it was checked.
        sources: where it was read.
        checked: what was and what was not confirmed, in words.
    """

    mark: Mark
    sources: tuple[Source, ...]
    checked: str = ""


class Fact(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim about the law in a stretch of time.

    Attributes:
        article: what a report cites.
        effective_from: first instant in force, naive UTC; the law's own midnight of the day the pack gives.
        effective_until: first instant no longer in force, or None.
        day_mark: how far the days were checked, where that differs from `mark`.
    """

    article: str
    effective_from: datetime
    effective_until: datetime | None = None
    day_mark: Mark | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether the fact holds at the naive UTC instant `at`."""
        return self.effective_from <= at and (self.effective_until is None or at < self.effective_until)


class Rule(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an audit's check reports under this law.

    Attributes:
        id: the rule's name in findings, such as KR-PIPA-23-1.
        check: the check that applies it.
        severity: violation, risk or note.
        title: what the law demands, in a few words.
        remedy: what to do, whatever the figures are.
    """

    id: str
    check: Check
    severity: Severity
    title: Text
    remedy: Text


class CategoryFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protected category as the pack writes it.

    Attributes:
        category: our word.
        wording: under which of the law's own words it falls.
        rule: the rule that processing it without permission breaks.
        bases: the bases of permission the law accepts; empty where no permission helps.
        dpv: identifiers in the Data Privacy Vocabulary; empty where it has none.
    """

    category: Category
    wording: Text
    rule: str
    bases: tuple[Basis, ...]
    dpv: tuple[str, ...]


class ProtectedCategory(CategoryFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protected category with its rule's severity and remedy (by language) at hand."""

    severity: Severity
    remedy: dict[str, str]


class Unprotected(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A category that this law does not protect in advertising themes, and why."""

    category: Category
    reason: Text


class InferredData(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the law reaches what a platform only inferred, as nearly every advertising theme is."""

    protected: bool
    article: str


class PermissionBasis(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One basis of permission and what the law asks of it.

    Attributes:
        basis: our word.
        separate: it must be asked apart from everything else.
        requires: what makes it valid.
        dpv: its identifier in the Data Privacy Vocabulary, or "".
    """

    basis: Basis
    separate: bool
    requires: Text
    dpv: str = ""


class Extension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an answer may be put off.

    Attributes:
        amount: length of one extension in the deadline's unit; None where the law sets no end.
        times: how often.
        notify: the person must be told, with reasons, before the first deadline ends.
    """

    amount: int | None
    times: int = 1
    notify: bool


class RequestRule(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fast a request must be answered.

    Attributes:
        kinds: the kinds of request.
        amount: length of the deadline; None for without-delay.
        unit: its unit.
        extension: how it may be put off, or None where it may not.
        weekend_rolls: a deadline that ends on a Saturday or Sunday ends with the next Monday.
    """

    kinds: tuple[RequestKind, ...]
    amount: int | None
    unit: PeriodUnit
    extension: Extension | None
    weekend_rolls: bool


class Ground(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground on which a request may be refused (or, under `forbidden_grounds`, may never be).

    Attributes:
        code: the ground's name in `requests.ground`.
        kinds: the kinds of request it is about.
        meaning: in words.
        dpv: its identifier in the Data Privacy Vocabulary, or "".
    """

    code: str
    kinds: tuple[RequestKind, ...]
    meaning: Text
    dpv: str = ""


class IncludedItem(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something the law expressly says a person may ask for: it can never be outside the right."""

    item: str
    kinds: tuple[RequestKind, ...]
    meaning: Text


class MinorsRule(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must not happen to a person below an age.

    Attributes:
        rule: the rule of the check minors-profiled.
        age: the person must be younger than this, in whole years.
        age_by_country: where a country sets another age.
        guardian_below: below this age only a guardian can permit it; None where nobody can.
        own_opt_in_from: from this age the person's own opt-in permits it, or None.
        forbids: what is forbidden, and without what.
    """

    rule: str
    age: int
    age_by_country: dict[str, int] = {}
    guardian_below: int | None
    own_opt_in_from: int | None
    forbids: Text

    def age_in(self, country: str | None) -> int:
        """The age in a country (ISO 3166-1 alpha-2); the law's general age where none is named."""
        return self.age if country is None else self.age_by_country.get(country, self.age)


class SignalRule(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signal by which a person refuses, and what it ends.

    Attributes:
        signal: our word for it.
        purposes: what may no longer be done.
        themes: with every theme (`any`), or with those that bear a category the law protects (`protected`).
        meaning: in words.
    """

    signal: Signal
    purposes: tuple[Purpose, ...]
    themes: Literal["any", "protected"]
    meaning: Text


class BreachClock(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to tell of a breach, by when, in which cases, and what the notice must say.

    Attributes:
        to: people or authority.
        stage: which of several reports, or the only one.
        events: it is known to have happened, it may have, or either.
        cases: any one of them starts the clock, as does `people_at_least`; neither given: every breach does.
        people_at_least: so many people concerned start it, whatever the case.
        people_required: below so many people concerned it does not run.
        unless: any one of them, where it is certain, stops it.
        counted_from: knowing of the breach, or having told people.
        amount: length of the period; None for without-delay.
        unit: its unit.
        when: the cases in words.
        contents: what the notice must say, in the law's order.
        contents_article: where the law lists them; "" where `article` does.
    """

    to: BreachReceiver
    stage: BreachStage = "only"
    events: tuple[BreachEvent, ...] = ("leak", "possible-leak")
    cases: tuple[BreachCase, ...] = ()
    people_at_least: int | None = None
    people_required: int = 0
    unless: tuple[BreachCase, ...] = ()
    counted_from: Literal["knowing", "telling-people"] = "knowing"
    amount: int | None
    unit: Literal["hours", "calendar-days", "without-delay"]
    when: Text
    contents: tuple[BreachItem, ...] = ()
    contents_article: str = ""


class AnnualNotice(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who owes every person a yearly notice of what was done with the data, and what it says.

    Attributes:
        sensitive_people: sensitive or unique-identifier data of so many people oblige.
        people: data of so many people oblige.
        counted: how the law counts them.
        contents: what the notice must say, in the law's order.
        left_out: who need not be told.
    """

    sensitive_people: int
    people: int
    counted: Text
    contents: tuple[Literal["purposes", "items", "recipients", "recipient-purposes", "recipient-items"], ...]
    left_out: Text


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in whole units of an ISO 4217 currency."""

    amount: int
    currency: str


class PenaltyTier(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How high one kind of penalty can be.

    Attributes:
        tier: its name in the pack.
        when: for what it is imposed.
        percent: of the turnover described by `turnover_base`, or None.
        turnover_base: which turnover.
        fixed: an amount beside or instead of the percentage.
        fixed_role: `higher-of` (the ceiling is the higher of both), `no-turnover` (instead, where there is no
            turnover or it cannot be told), `total` (the ceiling itself), `per-violation`.
    """

    tier: str
    when: Text
    percent: Decimal | None
    turnover_base: str = ""
    fixed: Money | None
    fixed_role: Literal["higher-of", "no-turnover", "total", "per-violation", "none"]


class Change(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of the law that readers should know of.

    Attributes:
        status: in-force, adopted (a date is set) or proposed.
        from_date: local day as the pack writes it, or "" where none is set.
        article: where.
        summary: what changes, and whether the pack's other facts already follow it.
    """

    status: Literal["in-force", "adopted", "proposed"]
    from_date: str
    article: str
    summary: Text


class LawPack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One law, as data.

    Attributes:
        id: the word that `--law` takes.
        name: by language (en, ko).
        authority: who enforces it.
        time_zone: the IANA zone in which its days begin and end.
        jurisdictions: ISO 3166-1 countries or ISO 3166-2 regions whose people it protects.
        dpv: the law's identifier in the Data Privacy Vocabulary, or "".
    """

    id: str
    name: dict[str, str]
    authority: str
    time_zone: str
    jurisdictions: tuple[str, ...]
    dpv: str = ""
    inferred_data: InferredData
    categories: tuple[ProtectedCategory, ...]
    not_protected: tuple[Unprotected, ...]
    permission_bases: tuple[PermissionBasis, ...]
    rules: tuple[Rule, ...]
    requests: tuple[RequestRule, ...]
    refusal_grounds: tuple[Ground, ...]
    forbidden_grounds: tuple[Ground, ...]
    included_items: tuple[IncludedItem, ...]
    minors: tuple[MinorsRule, ...]
    signals: tuple[SignalRule, ...] = ()
    breach: tuple[BreachClock, ...]
    annual_notice: tuple[AnnualNotice, ...] = ()
    penalties: tuple[PenaltyTier, ...]
    changes: tuple[Change, ...]

    @property
    def inferred_protected(self) -> bool:
        """Whether the law protects what was only inferred about a person."""
        return self.inferred_data.protected
