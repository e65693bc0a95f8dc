"""The records contract by brute force: time is a finite set of instants, and an interval is the set of those in it.

Nothing here comes from the package, and no rule about intervals is used but one: an instant belongs to
`[since, until)` or it does not. Overlap is intersection, "contained in one merged stretch" is being a subset of
all instants that are permitted, "touches a month" is having an instant in it. Every bound of every interval is an
instant, and one between each two neighbours stands for what lies between.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
Instants: TypeAlias = frozenset[int]
Stretch: TypeAlias = tuple[datetime, datetime | None]

REFERENCES = {
    "item_themes": (("item_id", "items"), ("theme_id", "themes")),
    "behaviours": (("person_id", "people"), ("item_id", "items")),
    "memberships": (("person_id", "people"), ("theme_id", "themes")),
    "grants": (("advertiser_id", "advertisers"), ("theme_id", "themes")),
    "deliveries": (("advertiser_id", "advertisers"), ("theme_id", "themes"), ("person_id", "people")),
    "permissions": (("person_id", "people"),),
}


@dataclass
class World:
    """A small dataset: tables by name (one that is not there is absent) and what each theme gives away."""

    tables: dict[str, list[Row]]
    labels: dict[Any, set[str]]


@dataclass(frozen=True)
class Rule:
    """A law protects a category and accepts some bases, while it is in force."""

    category: str
    bases: tuple[str, ...]
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Law:
    name: str
    places: tuple[str, ...]
    protects_inferred: bool
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Setting:
    """What is asked of a dataset."""

    laws: tuple[Law, ...]
    named: tuple[str, ...]
    inferred: tuple[str, ...]
    as_of: datetime
    kinds: Mapping[str, int]
    threshold: int
    lapse: timedelta | None

    @property
    def rules(self) -> list[tuple[str, Rule]]:
        """Each law's rules that count by now."""
        return [
            (law.name, rule)
            for law in self.laws
            if law.protects_inferred or law.name in self.inferred
            for rule in law.rules
            if rule.since <= self.as_of
        ]


@dataclass(frozen=True)
class Exposed:
    person: Any
    advertiser: Any
    law: str
    category: str
    months: frozenset[str]
    permitted: bool


@dataclass
class Facts:
    """What is true of some worlds."""

    memberships: list[tuple[Any, Any, float, datetime, datetime | None]] = field(default_factory=list)
    profiled: set[tuple[Any, str, str]] = field(default_factory=set)
    exposed: set[Exposed] = field(default_factory=set)
    labels: set[tuple[Any, str]] = field(default_factory=set)
    laws: set[str] = field(default_factory=set)
    sizes: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Facts") -> None:
        self.memberships += other.memberships
        self.profiled |= other.profiled
        self.exposed |= other.exposed
        self.labels |= other.labels
        self.laws |= other.laws
        self.sizes += other.sizes
        self.aside += other.aside


def facts_of(world: World, setting: Setting) -> Facts:
    """Everything the contract says of one world."""
    tables = {name: _known(name, rows, world.tables) for name, rows in world.tables.items()}
    found = Facts(
        aside=Counter({name: len(world.tables[name]) - len(rows) for name, rows in tables.items()}),
        sizes=_sizes(world.tables),
        laws=_laws_of(tables, setting),
    )
    rules = [(law, rule) for law, rule in setting.rules if law in found.laws]
    found.labels = {(t["theme_id"], label) for t in tables["themes"] for label in world.labels[t["theme_id"]]}
    if "memberships" not in tables:
        found.memberships = computed_memberships(tables, setting)
    Timeline(world, tables, rules, found, setting).judge()
    return found


def _known(name: str, rows: list[Row], tables: dict[str, list[Row]]) -> list[Row]:
    for column, other in REFERENCES.get(name, ()):
        if other in tables:
            identifiers = {row[column] for row in tables[other]}
            rows = [row for row in rows if row[column] in identifiers]
    return rows


def _sizes(tables: dict[str, list[Row]]) -> Counter[str]:
    def count(table: str, column: str, elsewhere: tuple[str, ...]) -> int:
        if table in tables:
            return len(tables[table])
        return len({row[column] for name in elsewhere for row in tables.get(name, [])})

    return Counter(
        people=count("people", "person_id", ("memberships", "behaviours", "deliveries")),
        themes=len(tables["themes"]),
        advertisers=count("advertisers", "advertiser_id", ("grants", "deliveries")),
    )


def laws_over(place: Row | None, setting: Setting) -> set[str]:
    """The audited laws that one person is under; None: a person of whom no table says anything."""
    if place is None or place["country"] is None:
        return set(setting.named)
    over = {law.name for law in setting.laws if {place["country"], place["region"]} & set(law.places)}
    return over & set(setting.named) if setting.named else over


def _laws_of(tables: dict[str, list[Row]], setting: Setting) -> set[str]:
    found = set(setting.named)
    for person in tables.get("people", []):
        found |= laws_over(person, setting)
    return found


def computed_memberships(
    tables: dict[str, list[Row]], setting: Setting
) -> list[tuple[Any, Any, float, datetime, datetime | None]]:
    """Who is in which theme, asked anew at each instant at which anything can change."""
    behaviours, speaking = tables.get("behaviours", []), tables.get("item_themes", [])
    if "people" in tables:
        people = {p["person_id"] for p in tables["people"]}
        behaviours = [b for b in behaviours if b["person_id"] in people]
    found = []
    for person in {b["person_id"] for b in behaviours}:
        own = [b for b in behaviours if b["person_id"] == person]
        changes = {b["occurred_at"] for b in own}
        if setting.lapse is not None:
            changes |= {moment + setting.lapse for moment in changes}
        moments = sorted(changes)
        for theme in {s["theme_id"] for s in speaking}:
            pieces = [
                (b["item_id"], b["occurred_at"], _evidence(b["kind"], s["weight"], setting))
                for b in own
                for s in speaking
                if s["theme_id"] == theme and s["item_id"] == b["item_id"]
            ]
            inside = [_is_in(moment, pieces, own, setting) for moment in moments]
            for since, until in _runs(moments, inside):
                last = moments[-1] if until is None else moments[moments.index(until) - 1]
                score = _sum(last, pieces, own) / 1000
                found.append((person, theme, score, since, until))
    return found


def _evidence(kind: str, weight: float | None, setting: Setting) -> int:
    nano = floor((1.0 if weight is None else weight) * 1e9 + 0.5)
    return floor(Fraction(setting.kinds.get(kind, 0) * nano, 10**9) + Fraction(1, 2))


def _sum(moment: datetime, pieces: list[tuple[Any, datetime, int]], own: list[Row]) -> int:
    return sum(
        evidence
        for item, at, evidence in pieces
        if at <= moment
        and not any(
            b["kind"] in {"unlike", "hide"} and b["item_id"] == item and at < b["occurred_at"] <= moment
            for b in own
        )
    )


def _is_in(
    moment: datetime, pieces: list[tuple[Any, datetime, int]], own: list[Row], setting: Setting
) -> bool:
    fresh = setting.lapse is None or any(
        evidence > 0 and moment - setting.lapse < at <= moment for _, at, evidence in pieces
    )
    return fresh and _sum(moment, pieces, own) >= setting.threshold


def _runs(moments: list[datetime], inside: list[bool]) -> list[Stretch]:
    """The stretches from the first instant inside to the next one outside."""
    runs: list[Stretch] = []
    began = None
    for moment, is_in in zip(moments, inside, strict=True):
        if is_in and began is None:
            began = moment
        elif not is_in and began is not None:
            runs.append((began, moment))
            began = None
    return runs if began is None else [*runs, (began, None)]


class Timeline:
    """One world's instants, and its intervals as sets of them."""

    def __init__(
        self,
        world: World,
        tables: dict[str, list[Row]],
        rules: list[tuple[str, Rule]],
        found: Facts,
        setting: Setting,
    ) -> None:
        self.world, self.tables, self.rules, self.found, self.setting = world, tables, rules, found, setting
        self.memberships = [
            (m["person_id"], m["theme_id"], (m["since"], m["until"])) for m in tables.get("memberships", [])
        ] + [(person, theme, (since, until)) for person, theme, _, since, until in found.memberships]
        bounds = {v for rows in tables.values() for row in rows for v in row.values() if type(v) is datetime}
        bounds |= {end for _, _, stretch in self.memberships for end in stretch if end is not None}
        bounds |= {end for _, rule in rules for end in (rule.since, rule.until) if end is not None}
        self.points = _sampled(bounds, setting.as_of)
        self.sets: dict[Stretch, Instants] = {}
        self.people = {p["person_id"]: p for p in tables.get("people", [])}

    def judge(self) -> None:
        """Fill in who was profiled and who was exposed."""
        for person, theme, stretch in self.memberships:
            for law, rule in self._rules_over(person, theme):
                claim = self._set(stretch) & self._set((rule.since, rule.until))
                if not self._begun(claim):
                    continue
                if claim - self._permitted(person, rule, "profiling"):
                    self.found.profiled.add((person, law, rule.category))
                for grant in self.tables.get("grants", []):
                    if grant["theme_id"] == theme:
                        open_then = claim & self._set((grant["since"], grant["until"]))
                        self._expose(person, grant["advertiser_id"], law, rule, open_then)
        for delivery in self.tables.get("deliveries", []):
            for law, rule in self._rules_over(delivery["person_id"], delivery["theme_id"]):
                then = frozenset({self.points.index(delivery["delivered_at"])})
                within = then & self._set((rule.since, rule.until))
                self._expose(delivery["person_id"], delivery["advertiser_id"], law, rule, within)

    def _expose(self, person: Any, advertiser: Any, law: str, rule: Rule, instants: Instants) -> None:
        if self._begun(instants):
            permitted = instants <= self._permitted(person, rule, "disclosure")
            last = f"{self.setting.as_of - timedelta(microseconds=1):%Y-%m}"
            months = {month for i in instants if (month := f"{self.points[i]:%Y-%m}") <= last}
            self.found.exposed.add(
                Exposed(person, advertiser, law, rule.category, frozenset(months), permitted)
            )

    def _begun(self, instants: Instants) -> bool:
        """Whether it had begun when the audit was made; what comes later is nobody's fact yet."""
        return bool(instants) and self.points[min(instants)] < self.setting.as_of

    def _rules_over(self, person: Any, theme: Any) -> Iterable[tuple[str, Rule]]:
        over = laws_over(self.people.get(person), self.setting)
        labels = self.world.labels.get(theme, set())
        return [(law, rule) for law, rule in self.rules if law in over and rule.category in labels]

    def _permitted(self, person: Any, rule: Rule, purpose: str) -> Instants:
        covered: Instants = frozenset()
        for given in self.tables.get("permissions", []):
            if (given["person_id"], given["purpose"]) == (person, purpose) and (
                given["category"] == rule.category and given["basis"] in rule.bases
            ):
                covered |= self._set((given["given_at"], given["withdrawn_at"]))
        return covered

    def _set(self, stretch: Stretch) -> Instants:
        if stretch not in self.sets:
            since, until = stretch
            self.sets[stretch] = frozenset(
                i for i, p in enumerate(self.points) if since <= p and (until is None or p < until)
            )
        return self.sets[stretch]


def _sampled(bounds: set[datetime], as_of: datetime) -> list[datetime]:
    """The bounds, the first instant of every month, and an instant between each two and after the last."""
    first, last = min({as_of, *bounds}), max({as_of, *bounds})
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month <= last:
        bounds = bounds | {month}
        month = (month + timedelta(days=31)).replace(day=1)
    known = sorted(bounds)
    between = {a + (b - a) / 2 for a, b in itertools.pairwise(known)}
    return sorted({*known, *between, known[-1] + timedelta(microseconds=1)})


def figures(facts: Facts, setting: Setting) -> dict[str, Any]:
    """The figures of findings.json and of the monthly tables."""
    laws = sorted(facts.laws)
    rules = [(law, rule) for law, rule in setting.rules if law in laws]
    everything = {rule.category for _, rule in rules}
    categories = {}
    for law, rule in rules:
        themes = {theme for theme, category in facts.labels if category == rule.category}
        if themes:
            categories[law, rule.category] = {
                "themes": len(themes),
                **_counts(facts, {law}, {rule.category}, overall=False),
            }
    sizes = {name: facts.sizes[name] for name in ("people", "themes", "advertisers")}
    return {
        "totals": {
            **sizes,
            "sensitive_themes": len({theme for theme, category in facts.labels if category in everything}),
            **_counts(facts, set(laws), everything, overall=True),
        },
        "set_aside": {name: count for name, count in facts.aside.items() if count},
        "categories": categories,
        "laws": {law: _counts(facts, {law}, everything, overall=False) for law in laws},
        "monthly_exposures": _monthly(facts, ("category", "advertiser")),
        "monthly_people": _monthly(facts, ()),
        "memberships": sorted(facts.memberships, key=repr),
    }


def _counts(facts: Facts, laws: set[str], categories: set[str], *, overall: bool) -> dict[str, int]:
    seen = [e for e in facts.exposed if e.law in laws and e.category in categories]
    counts = {
        "people_profiled_unpermitted": len(
            {person for person, law, category in facts.profiled if law in laws and category in categories}
        ),
        "people_exposed_unpermitted": len({e.person for e in seen if not e.permitted}),
        "advertisers_receiving_unpermitted": len({e.advertiser for e in seen if not e.permitted}),
    }
    if overall:
        counts["people_exposed"] = len({e.person for e in seen})
        counts["advertisers_receiving"] = len({e.advertiser for e in seen})
    return counts


def _monthly(facts: Facts, by: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, int]]:
    people: dict[tuple[Any, ...], set[Any]] = {}
    unpermitted: dict[tuple[Any, ...], set[Any]] = {}
    for e in facts.exposed:
        for month in e.months:
            key = (*(getattr(e, name) for name in by), month)
            people.setdefault(key, set()).add(e.person)
            unpermitted.setdefault(key, set()).update(() if e.permitted else (e.person,))
    return {key: (len(who), len(unpermitted[key])) for key, who in people.items()}
