"""What Haechi answers about worlds, in the words of the brute force."""

from collections.abc import Iterable
from datetime import UTC
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from haechi.audit import figures, run
from haechi.audit.prepared import Keep, known, prepare
from haechi.audit.protections import accepted_bases, guarded_themes, protections
from haechi.audit.subjects import audited_laws, subjects
from haechi.law import LawPack, load_packs
from haechi.terms.schemas import SCHEMAS, Column
from haechi.themes import EvidenceRule, memberships_from_behaviours
from tests.oracle.brute_force import Law, Row, Setting, World

if TYPE_CHECKING:
    from haechi.records import Dataset
    from haechi.terms.words import Basis, Category

_TYPES = {
    "instant": pa.timestamp("us"),
    "date": pa.date32(),
    "weight": pa.float64(),
    "number": pa.float64(),
    "bool": pa.bool_(),
}
_PACKS = load_packs()


def answer(keep: Keep, worlds: Iterable[World], setting: Setting, numbers: frozenset[str]) -> dict[str, Any]:
    """Every figure of an audit of all worlds as one dataset.

    Args:
        keep: the one holder of the default backend.
        worlds: each with identifiers of its own and the same tables.
        setting: what is asked.
        numbers: identifier columns that are integers.
    """
    worlds = list(worlds)
    rows: dict[str, list[Row]] = {name: [] for name in worlds[0].tables}
    for world in worlds:
        for name, found in world.tables.items():
            rows[name] += found
    tables = {name: keep(_table(name, found, numbers)) for name, found in rows.items()}
    dataset = cast("Dataset", SimpleNamespace(tables=tables, rows={name: len(r) for name, r in rows.items()}))
    packs = {law.name: _pack(law) for law in setting.laws}
    people = tables.get("people")
    laws = audited_laws(packs, setting.named, people)
    guards = protections(packs, laws, inferred=frozenset(setting.inferred), as_of=setting.as_of)
    under = None if people is None else keep(subjects(people, packs, laws))
    guarded = keep(guarded_themes(_labels(worlds, numbers), guards))
    evidence = EvidenceRule(
        kind_thousandths=setting.kinds,
        threshold_thousandths=setting.threshold,
        lapse_days=None if setting.lapse is None else setting.lapse.days,
    )
    prepared = prepare(
        tables, guarded, accepted_bases(guards), under, evidence=evidence, as_of=setting.as_of, keep=keep
    )
    done = figures.histories(prepared, keep)
    by_category = figures.by_law_and_category(done, guards)
    monthly = figures.monthly_exposures(done, prepared)
    monthly_people = figures.monthly_people(done, prepared)
    return {
        "totals": {**run._sizes(dataset, guarded), **figures.totals(done)},
        "set_aside": run._set_aside(dataset, ir.Table.to_pyarrow),
        "categories": run._categories(guarded, guards, by_category),
        "laws": figures.by_law(done, {law: 1 << place for place, law in enumerate(laws)}),
        "monthly_exposures": _by(monthly, ("category", "advertiser_id", "month")),
        "monthly_people": _by(monthly_people, ("month",)),
        "memberships": _memberships(tables, evidence, keep),
    }


def _memberships(tables: dict[str, ir.Table], evidence: EvidenceRule, keep: Keep) -> list[tuple[Any, ...]]:
    """Every membership of every theme, guarded or not."""
    if "memberships" in tables or not {"behaviours", "item_themes"} <= tables.keys():
        return []
    speaking = known(tables["item_themes"], tables, "item_themes")
    found = memberships_from_behaviours(tables["behaviours"], speaking, evidence, keep=keep)
    found = known(found, tables, "memberships").select("person_id", "theme_id", "score", "since", "until")
    return sorted((tuple(row.values()) for row in _rows(found)), key=repr)


def _by(table: ir.Table, key: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[int, int]]:
    rows = _rows(table)
    found = {tuple(r[name] for name in key): (r["people"], r["people_unpermitted"]) for r in rows}
    assert len(found) == len(rows), "one key in two rows"
    return found


def _rows(table: ir.Table) -> list[Row]:
    rows: list[Row] = table.to_pyarrow().to_pylist()
    for row in rows:
        for name, value in row.items():
            if getattr(value, "tzinfo", None) is not None:
                row[name] = value.astimezone(UTC).replace(tzinfo=None)
    return rows


def _table(name: str, rows: list[Row], numbers: frozenset[str]) -> ir.Table:
    columns = SCHEMAS[name].columns
    schema = pa.schema([(column.name, _type(column, numbers)) for column in columns])
    full = [{**row, "weight": 1.0} if row.get("weight", 0) is None else row for row in rows]
    return ibis.memtable(pa.Table.from_pylist(full, schema))


def _type(column: Column, numbers: frozenset[str]) -> pa.DataType:
    if column.name in numbers:
        return pa.int64()
    return _TYPES.get(column.type, pa.string())


def _labels(worlds: list[World], numbers: frozenset[str]) -> ir.Table:
    rows = [
        {"theme_id": theme, "category": category}
        for world in worlds
        for theme, categories in world.labels.items()
        for category in sorted(categories)
    ]
    kind = pa.int64() if "theme_id" in numbers else pa.string()
    schema = pa.schema([("theme_id", kind), ("category", pa.string())])
    return ibis.memtable(pa.Table.from_pylist(rows, schema))


def _pack(law: Law) -> LawPack:
    """A shipped law pack with this law's rules in place of its own."""
    pack = _PACKS[law.name]
    rules = tuple(
        msgspec.structs.replace(
            pack.categories[0],
            category=cast("Category", rule.category),
            bases=cast("tuple[Basis, ...]", rule.bases),
            effective_from=rule.since,
            effective_until=rule.until,
        )
        for rule in law.rules
    )
    inferred = msgspec.structs.replace(pack.inferred_data, protected=law.protects_inferred)
    return msgspec.structs.replace(pack, categories=rules, jurisdictions=law.places, inferred_data=inferred)
