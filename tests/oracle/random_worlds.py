"""Random small datasets whose bounds often coincide, for that is where definitions part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.oracle.brute_force import Law, Row, Rule, Setting, World

if TYPE_CHECKING:
    from collections.abc import Callable

GUARDED = ("religion", "health", "sexual-orientation")
BASES = ("explicit_consent", "consent", "legal_obligation", "legitimate_interest")
OPTIONAL = (
    "people",
    "items",
    "memberships",
    "behaviours",
    "item_themes",
    "advertisers",
    "grants",
    "deliveries",
    "permissions",
)
POSITIVE = ("like", "follow", "share", "purchase", "comment", "click", "click", "view")
WEIGHTS = (1.0, 1.0, None, 0.5, 0.9995, 0.0005, 0.00049999, 1 / 3, 2 / 3, 0.1, 0.7, 0.0)
PLACES = (
    ("KR", None),
    ("DE", None),
    ("FR", "FR-IDF"),
    ("US", "US-CA"),
    ("US", "US-NY"),
    ("JP", None),
    ("XX", None),
)


@dataclass(frozen=True)
class Shape:
    """What the worlds of one dataset have in common: the tables there are, and how identifiers look."""

    tables: frozenset[str]
    numbers: frozenset[str]
    stateless: bool
    calendar: tuple[datetime, ...]


def setting_and_shape(chance: Random) -> tuple[Setting, Shape]:
    """What a dataset is asked, and its shape."""
    calendar = _calendar(chance)
    absent = {name for name in OPTIONAL if chance.random() < 0.12}
    if chance.random() < 0.5:
        absent |= {"memberships"}
    laws = _laws(chance, calendar)
    everyone = [law.name for law in laws]
    named = chance.sample(everyone, chance.randint(1, len(everyone))) if chance.random() < 0.6 else []
    if "people" in absent and not named:
        named = everyone
    setting = Setting(
        laws=laws,
        named=tuple(named),
        inferred=("jp-appi",) if chance.random() < 0.5 else (),
        as_of=chance.choice(calendar[-4:]) + timedelta(days=chance.choice((0, 0, 3, 40))),
        kinds={
            "like": 1000,
            "follow": 1000,
            "share": 1000,
            "purchase": 1000,
            "comment": 1000,
            "click": 500,
            "view": 100,
        },
        threshold=chance.choice((1000, 1000, 1000, 500, 1)),
        lapse=chance.choice((None, None, timedelta(days=1), timedelta(days=2), timedelta(days=31))),
    )
    numbers = frozenset(
        n for n in ("person_id", "theme_id", "advertiser_id", "item_id") if chance.random() < 0.3
    )
    tables = frozenset({"themes", *OPTIONAL} - absent)
    return setting, Shape(tables, numbers, stateless=bool(named), calendar=calendar)


def _calendar(chance: Random) -> tuple[datetime, ...]:
    """A dozen instants, neighbours a microsecond, a day or months apart."""
    now = datetime(chance.choice((2014, 2021)), chance.randint(1, 12), chance.choice((1, 1, 15, 28)))  # noqa: DTZ001
    steps = (
        timedelta(microseconds=1),
        timedelta(hours=7, microseconds=5),
        timedelta(days=1),
        timedelta(days=1),
        timedelta(days=31),
        timedelta(days=chance.choice((59, 365))),
    )
    instants = [now]
    while len(instants) < 12:
        now += chance.choice(steps)
        instants.append(now)
        if chance.random() < 0.3:
            now = (
                now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)
            ).replace(day=1)
            instants.append(now)
    return tuple(instants)


def _laws(chance: Random, calendar: tuple[datetime, ...]) -> tuple[Law, ...]:
    long_ago = calendar[0] - timedelta(days=4000)

    def rules(categories: tuple[str, ...], bases: tuple[str, ...]) -> tuple[Rule, ...]:
        found = []
        for category in categories:
            fate = chance.random()
            change = chance.choice(calendar)
            if fate < 0.5:
                found.append(Rule(category, bases, long_ago, None))
            elif fate < 0.7:
                found.append(Rule(category, bases, change, None))
            elif fate < 0.8:
                found.append(Rule(category, bases, long_ago, change))
            else:
                found.append(Rule(category, bases, long_ago, change))
                found.append(Rule(category, bases[:1] if chance.random() < 0.7 else BASES[2:3], change, None))
        return tuple(found)

    every = (
        Law("kr-pipa", ("KR",), True, rules(GUARDED, ("explicit_consent", "legal_obligation"))),
        Law("eu-gdpr", ("DE", "FR"), True, rules(GUARDED, ("explicit_consent", "consent"))),
        Law("eu-dsa", ("DE", "FR"), True, rules(GUARDED, ())),
        Law("jp-appi", ("JP",), False, rules(GUARDED[:2], ("consent",))),
        Law("us-ca-cpra", ("US-CA",), True, rules(GUARDED[1:], ("consent", "legitimate_interest"))),
    )
    return tuple(law for law in every if chance.random() < 0.85) or every[:1]


def world(chance: Random, number: int, shape: Shape) -> World:
    """One small dataset whose identifiers no other number has."""

    def identifier(column: str, place: int) -> Any:
        return 100 * number + place if column in shape.numbers else f"{column[0]}{number}.{place}"

    instants = chance.sample(shape.calendar, 7)
    people = range(chance.randint(1, 3))
    themes = range(chance.randint(1, 3))

    def some(column: str, known: range) -> Any:
        # Now and then one that its table lacks.
        return identifier(column, 9 if chance.random() < 0.06 else chance.choice(known))

    def person() -> Any:
        return some("person_id", people)

    def theme() -> Any:
        return some("theme_id", themes)

    def span(since: str, until: str, *, wide: bool = False) -> Row:
        a, b = sorted((chance.choice(instants), chance.choice(instants)))
        if wide and chance.random() < 0.5:
            a = min(instants)
        return {since: a, until: None if chance.random() < (0.5 if wide else 0.3) else b}

    def advertiser() -> Any:
        return some("advertiser_id", range(2))

    def item() -> Any:
        return some("item_id", range(3))

    makers: dict[str, tuple[int, Callable[[], Row]]] = {
        "memberships": (
            4,
            lambda: {"person_id": person(), "theme_id": theme(), "score": None, **span("since", "until")},
        ),
        "grants": (4, lambda: {"advertiser_id": advertiser(), "theme_id": theme(), **span("since", "until")}),
        "deliveries": (
            3,
            lambda: {
                "advertiser_id": advertiser(),
                "theme_id": theme(),
                "person_id": person(),
                "delivered_at": chance.choice(instants),
            },
        ),
        "permissions": (
            9,
            lambda: {
                "person_id": person(),
                **_permission(chance),
                **span("given_at", "withdrawn_at", wide=True),
            },
        ),
        "item_themes": (
            4,
            lambda: {"item_id": item(), "theme_id": theme(), "weight": chance.choice(WEIGHTS)},
        ),
        "behaviours": (
            9,
            lambda: {
                "person_id": person(),
                "item_id": item(),
                "kind": chance.choice(("unlike", "hide") if chance.random() < 0.2 else POSITIVE),
                "occurred_at": chance.choice(instants),
            },
        ),
    }
    tables: dict[str, list[Row]] = {
        "themes": [{"theme_id": identifier("theme_id", n), "name": f"theme {n}"} for n in themes],
        "people": [{"person_id": identifier("person_id", n), **_home(chance, shape)} for n in people],
        "items": [{"item_id": identifier("item_id", n), "kind": "page", "name": "item"} for n in range(3)],
        "advertisers": [{"advertiser_id": identifier("advertiser_id", n), "name": "shop"} for n in range(2)],
    }
    for name, (most, make) in makers.items():
        tables[name] = [make() for _ in range(chance.randint(0, most))]
        if tables[name] and chance.random() < 0.1:
            tables[name].append(dict(tables[name][0]))
    labels = {
        t["theme_id"]: set(chance.sample((*GUARDED, "children"), chance.choice((0, 1, 1, 1, 2))))
        for t in tables["themes"]
    }
    return World({name: rows for name, rows in tables.items() if name in shape.tables}, labels)


def _home(chance: Random, shape: Shape) -> Row:
    country, region = chance.choice(PLACES)
    if shape.stateless and chance.random() < 0.2:
        return {"country": None, "region": region}
    return {"country": country, "region": region}


def _permission(chance: Random) -> Row:
    usual = chance.random() < 0.7
    return {
        "purpose": chance.choice(
            ("profiling", "disclosure") if usual else ("advertising", "profiling", "disclosure")
        ),
        "category": chance.choice(GUARDED if usual else (None, *GUARDED)),
        "basis": chance.choice(BASES[:2] if usual else BASES),
    }
