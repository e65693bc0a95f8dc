"""A law pack as tables of words, for `haechi laws LAW`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from haechi import law
from haechi.law import BreachClock, Claim, Fact, LawPack, MinorsRule, PenaltyTier, RequestRule, Source

Rows = list[tuple[str, ...]]
Section = tuple[str, tuple[str, ...], Rows]
"""Title, headings, rows."""

_BEHIND = "article, mark, first day, sources"


def sections(pack: LawPack, at: datetime) -> Iterator[Section]:
    """Everything the pack says at the instant `at`, section by section."""
    yield from _protection(pack, at)
    yield from _requests(pack, at)
    yield from _consequences(pack, at)
    changes: Rows = [
        (c.status, c.from_date or "no day set", c.article, c.mark, c.summary.en) for c in pack.changes
    ]
    yield "Changes to know of", ("status", "day", "where", "mark", "what"), changes
    yield "Sources", ("name", "title", "address"), [(s.id, s.title, s.url) for s in _sources(pack)]


def _protection(pack: LawPack, at: datetime) -> Iterator[Section]:
    zone = ZoneInfo(pack.time_zone)
    categories: Rows = [
        (c.category, c.wording.en, ", ".join(c.bases) or "none", c.rule, c.severity, _behind(c, zone))
        for c in law.in_force(pack.categories, at)
    ]
    headings = ("category", "the law's words", "accepted bases", "rule", "severity", _BEHIND)
    yield "Protected categories", headings, categories
    left_out: Rows = [(n.category, n.reason.en, n.mark, _named(n)) for n in pack.not_protected]
    yield "Not protected", ("category", "why", "mark", "sources"), left_out
    bases: Rows = [
        (b.basis, "separate" if b.separate else "", b.requires.en, _behind(b, zone))
        for b in law.in_force(pack.permission_bases, at)
    ]
    yield "What makes a permission valid", ("basis", "", "requires", _BEHIND), bases
    rules: Rows = [
        (r.id, r.check, r.severity, r.title.en, r.remedy.en, _behind(r, zone))
        for r in law.in_force(pack.rules, at)
    ]
    yield "Rules", ("rule", "check", "severity", "what", "remedy", _BEHIND), rules
    minors: Rows = [(_ages(m), m.rule, m.forbids.en, _behind(m, zone)) for m in law.in_force(pack.minors, at)]
    yield "Minors", ("age", "rule", "forbidden", _BEHIND), minors
    signals: Rows = [
        (r.signal, ", ".join(r.purposes), r.themes, r.meaning.en, _behind(r, zone))
        for r in law.in_force(pack.signals, at)
    ]
    yield "Signals that refuse", ("signal", "ends", "themes", "meaning", _BEHIND), signals


def _requests(pack: LawPack, at: datetime) -> Iterator[Section]:
    zone = ZoneInfo(pack.time_zone)
    deadlines: Rows = [
        (", ".join(r.kinds), _deadline(r), _extension(r), _behind(r, zone))
        for r in law.in_force(pack.requests, at)
    ]
    yield "Requests", ("kinds", "deadline", "extension", _BEHIND), deadlines
    for title, grounds in (
        ("Grounds for refusal (closed list)", pack.refusal_grounds),
        ("Grounds that never hold", pack.forbidden_grounds),
    ):
        rows: Rows = [
            (g.code, ", ".join(g.kinds), g.meaning.en, _behind(g, zone)) for g in law.in_force(grounds, at)
        ]
        yield title, ("ground", "kinds", "meaning", _BEHIND), rows
    items: Rows = [
        (i.item, ", ".join(i.kinds), i.meaning.en, _behind(i, zone))
        for i in law.in_force(pack.included_items, at)
    ]
    yield "Expressly included", ("item", "kinds", "meaning", _BEHIND), items


def _consequences(pack: LawPack, at: datetime) -> Iterator[Section]:
    zone = ZoneInfo(pack.time_zone)
    clocks: Rows = [
        (
            b.to if b.stage == "only" else f"{b.to}, {b.stage}",
            b.unit if b.amount is None else f"{b.amount} {b.unit}",
            _breach_cases(b),
            ", ".join(b.contents),
            _behind(b, zone),
        )
        for b in law.in_force(pack.breach, at)
    ]
    yield "Breach", ("tell", "within", "when", "what", _BEHIND), clocks
    yearly: Rows = [
        (
            f"{n.sensitive_people:,} people with sensitive data, or {n.people:,} people. {n.counted.en}",
            ", ".join(n.contents),
            n.left_out.en,
            _behind(n, zone),
        )
        for n in law.in_force(pack.annual_notice, at)
    ]
    yield "Yearly notice to people", ("who owes it", "what", "left out", _BEHIND), yearly
    tiers: Rows = [
        (p.tier, _amount(p), p.when.en, _behind(p, zone)) for p in law.in_force(pack.penalties, at)
    ]
    yield "Penalties, upper ends", ("tier", "up to", "for", _BEHIND), tiers


def _ages(minors: MinorsRule) -> str:
    others = ", ".join(f"{country} {age}" for country, age in minors.age_by_country.items())
    return f"under {minors.age}" + (f" ({others})" if others else "")


def _behind(fact: Fact, zone: ZoneInfo) -> str:
    since = fact.effective_from.replace(tzinfo=UTC).astimezone(zone).date()
    mark = fact.mark if fact.day_mark in (None, fact.mark) else f"{fact.mark}, day {fact.day_mark}"
    return f"{fact.article}\n{mark} · {since} · {_named(fact)}"


def _named(claim: Claim) -> str:
    return ", ".join(source.id for source in claim.sources)


def _deadline(rule: RequestRule) -> str:
    return "without delay" if rule.amount is None else f"{rule.amount} {rule.unit}"


def _extension(rule: RequestRule) -> str:
    extension = rule.extension
    if extension is None:
        return "none"
    if extension.amount is None:
        return "while a just cause lasts"
    times = "" if extension.times == 1 else f", {extension.times} times"
    return f"{extension.amount} {rule.unit}{times}" + (", told in time" if extension.notify else "")


def _breach_cases(clock: BreachClock) -> str:
    cases: list[str] = list(clock.cases)
    if clock.people_at_least is not None:
        cases.append(f"{clock.people_at_least:,} people or more")
    parts = [clock.when.en, f"Any of: {', '.join(cases)}." if cases else ""]
    if clock.people_required:
        parts.append(f"Only with {clock.people_required:,} people or more.")
    if clock.unless:
        parts.append(f"Not where certain: {', '.join(clock.unless)}.")
    if clock.counted_from == "telling-people":
        parts.append("Counted from telling people.")
    return " ".join(part for part in parts if part)


def _amount(tier: PenaltyTier) -> str:
    share = "" if tier.percent is None else f"{tier.percent}% of {tier.turnover_base}"
    if tier.fixed is None:
        return share
    fixed = f"{tier.fixed.currency} {tier.fixed.amount:,}"
    return {
        "higher-of": f"the higher of {share} and {fixed}",
        "no-turnover": f"{share}; {fixed} where turnover cannot be told",
        "per-violation": f"{fixed} for each violation",
    }.get(tier.fixed_role, fixed)


def _sources(pack: LawPack) -> list[Source]:
    claims: list[Claim] = [pack.inferred_data, *pack.not_protected, *pack.changes]
    for facts in (
        pack.categories,
        pack.permission_bases,
        pack.rules,
        pack.requests,
        pack.minors,
        pack.signals,
        pack.breach,
        pack.annual_notice,
    ):
        claims.extend(facts)
    for more in (pack.refusal_grounds, pack.forbidden_grounds, pack.included_items, pack.penalties):
        claims.extend(more)
    named = {source.id: source for claim in claims for source in claim.sources}
    return sorted(named.values(), key=lambda source: source.id)
