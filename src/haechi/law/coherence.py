"""What a schema cannot say: names that must exist, periods that must not overlap, numbers that belong together."""

from collections.abc import Callable, Iterator

import msgspec

from haechi.law.yaml_text import Place
from haechi.terms.words import CATEGORIES

Entry = dict[str, object]
Fault = tuple[Place, str]

_LISTS = (
    "protected_categories",
    "not_protected",
    "permission_bases",
    "rules",
    "requests",
    "refusal_grounds",
    "forbidden_grounds",
    "included_items",
    "minors",
    "signals",
    "breach",
    "annual_notice",
    "penalties",
    "changes",
)
_CATEGORY_CHECKS = ("sensitive-processing", "dsa-special-category-ads")


def incoherences(pack: dict[str, object]) -> Iterator[Fault]:
    """Everything in which a pack that follows the schema contradicts itself."""
    lists = {name: msgspec.convert(pack.get(name, []), list[Entry]) for name in _LISTS}
    yield from _unknown_sources(pack, lists)
    yield from _turned_periods(lists)
    yield from _rules(lists)
    yield from _categories(lists)
    yield from _requests(lists["requests"])
    yield from _minors(lists["minors"])
    yield from _periods("breach", lists["breach"])
    yield from _overlaps("annual_notice", lists["annual_notice"], lambda _: ["annual_notice"])
    yield from _overlaps("signals", lists["signals"], lambda entry: [(entry["signal"], entry["themes"])])
    yield from _penalties(lists["penalties"])


def _unknown_sources(pack: dict[str, object], lists: dict[str, list[Entry]]) -> Iterator[Fault]:
    known = msgspec.convert(pack["sources"], dict[str, Entry])
    inferred = msgspec.convert(pack["inferred_data"], Entry)
    claims: list[tuple[Place, Entry]] = [(("inferred_data",), inferred)]
    claims += [
        ((name, number), entry) for name, entries in lists.items() for number, entry in enumerate(entries)
    ]
    for place, entry in claims:
        for number, source in enumerate(msgspec.convert(entry["source"], list[str])):
            if source not in known:
                yield (*place, "source", number), f"found {source!r}; expected a name given under sources"


def _turned_periods(lists: dict[str, list[Entry]]) -> Iterator[Fault]:
    for name, entries in lists.items():
        for number, entry in enumerate(entries):
            if "effective_until" in entry and str(entry["effective_until"]) <= str(entry["effective_from"]):
                place: Place = (name, number, "effective_until")
                yield (
                    place,
                    f"found {entry['effective_until']}; expected a day after {entry['effective_from']}",
                )


def _rules(lists: dict[str, list[Entry]]) -> Iterator[Fault]:
    ids: set[object] = set()
    for number, rule in enumerate(lists["rules"]):
        if rule["id"] in ids:
            yield ("rules", number, "id"), f"found {rule['id']} again; expected an identifier of its own"
        ids.add(rule["id"])
    yield from _rule_names(lists, "protected_categories", _CATEGORY_CHECKS)
    yield from _rule_names(lists, "minors", ("minors-profiled",))


def _rule_names(lists: dict[str, list[Entry]], name: str, checks: tuple[str, ...]) -> Iterator[Fault]:
    rules = {rule["id"] for rule in lists["rules"] if rule["check"] in checks}
    for number, entry in enumerate(lists[name]):
        if entry["rule"] not in rules:
            expected = f"expected the id of a rule whose check is {' or '.join(checks)}"
            yield (name, number, "rule"), f"found {entry['rule']}; {expected}"


def _categories(lists: dict[str, list[Entry]]) -> Iterator[Fault]:
    protected = lists["protected_categories"]
    yield from _overlaps("protected_categories", protected, lambda entry: [entry["category"]])
    yield from _overlaps("permission_bases", lists["permission_bases"], lambda entry: [entry["basis"]])
    named = {entry["category"] for entry in protected}
    left_out = {entry["category"] for entry in lists["not_protected"]}
    for number, entry in enumerate(lists["not_protected"]):
        if entry["category"] in named:
            place: Place = ("not_protected", number, "category")
            yield place, f"found {entry['category']}, which is protected; expected one or the other"
    missing = [category for category in CATEGORIES if category not in named | left_out]
    if missing:
        expected = "expected every category under protected_categories or, with its reason, here"
        yield ("not_protected",), f"found nothing about {', '.join(missing)}; {expected}"
    bases = {entry["basis"] for entry in lists["permission_bases"]}
    for number, entry in enumerate(protected):
        for at, basis in enumerate(msgspec.convert(entry["bases"], list[str])):
            if basis not in bases:
                place = ("protected_categories", number, "bases", at)
                yield place, f"found {basis}; expected a basis described under permission_bases"


def _requests(requests: list[Entry]) -> Iterator[Fault]:
    yield from _overlaps("requests", requests, lambda entry: msgspec.convert(entry["kinds"], list[object]))
    yield from _periods("requests", requests)


def _minors(minors: list[Entry]) -> Iterator[Fault]:
    yield from _overlaps("minors", minors, lambda _: ["minors"])


def _periods(name: str, entries: list[Entry]) -> Iterator[Fault]:
    for number, entry in enumerate(entries):
        if (entry["amount"] is None) != (entry["unit"] == "without-delay"):
            found = f"found {entry['amount']} with unit {entry['unit']}"
            yield (name, number, "amount"), f"{found}; expected null with without-delay, else a number"


def _penalties(penalties: list[Entry]) -> Iterator[Fault]:
    yield from _overlaps("penalties", penalties, lambda entry: [entry["tier"]])
    for number, entry in enumerate(penalties):
        role, percent, fixed = entry["fixed_role"], entry["percent"], entry["fixed"]
        needs_percent, needs_fixed = role in ("higher-of", "no-turnover", "none"), role != "none"
        if (percent is not None) != needs_percent or (fixed is not None) != needs_fixed:
            expected = (
                "expected percent and fixed with higher-of or no-turnover, fixed alone with total or "
                "per-violation, percent alone with none"
            )
            yield ("penalties", number, "fixed_role"), f"found {role}; {expected}"


def _overlaps(name: str, entries: list[Entry], keys: Callable[[Entry], list[object]]) -> Iterator[Fault]:
    """Entries about the same thing that are in force on the same day."""
    periods: dict[object, list[tuple[str, str]]] = {}
    for number, entry in enumerate(entries):
        since, until = str(entry["effective_from"]), str(entry.get("effective_until", "9999-12-31"))
        for key in keys(entry):
            if any(
                since < other_until and other_since < until
                for other_since, other_until in periods.get(key, [])
            ):
                yield (
                    (name, number, "effective_from"),
                    f"found {since} for {key}, when an earlier entry is in force; expected another period",
                )
            periods.setdefault(key, []).append((since, until))
