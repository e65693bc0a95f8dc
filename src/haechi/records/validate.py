"""Name every fault of every table before any work begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb
import ibis
import ibis.expr.types as ir

from haechi.errors import DataError, Fault, FaultKind
from haechi.records import conform, show
from haechi.records.dataset import Dataset, Notice
from haechi.records.engine import FILE, ROW, located_table
from haechi.records.failures import damaged, no_room, unreadable
from haechi.records.footers import UNKNOWN, facts
from haechi.records.relation import Relation
from haechi.records.rules import Rule, rules, without_zone
from haechi.records.spool import Reader
from haechi.terms.schemas import Column

_FIRST: Final = 200
"""Letters of a long value that are fetched to show it."""


def validate(
    con: ibis.BaseBackend,  # noqa: ARG001  a dataset is validated where it was found, whatever the engine
    dataset: Dataset,
    *,
    now: datetime,
    notice: Notice,
    platform: bool = False,
) -> None:
    """Check every rule of the records contract on every row.

    The cost is at most one scan of the columns that the footers of the files do not settle, and a count of
    equal identifiers; rows are looked for only where something was counted.

    Args:
        con: the engine that opened the dataset.
        dataset: from `open_dataset`.
        now: the instant of the audit, naive UTC; what happened cannot be later.
        notice: told once how instants without a time zone were read.
        platform: also what the platform asks of identifiers (`haechi.terms.identifiers`).

    Raises:
        DataError: every fault of every table, at most 20 of each kind named, all counted.
        UsageError: the engine's memory is full.
        OutputError: a disk is full.
    """
    kinds: list[FaultKind] = []
    unzoned: list[str] = []
    for name, relation in dataset.relations.items():
        found = dataset.found[name]
        table = _Table(dataset.reader, found, relation, dataset.id_types, now, dataset.rows[name], platform)
        try:
            counted = _counted(table)
            kinds += _named(table, counted)
        except duckdb.Error as error:
            if (instead := no_room(error)) is not None:
                raise instead from error
            whole = Fault(relation.label, None, None, show.reason(error), "files that are whole")
            kinds.append(unreadable(relation, damaged(dataset.reader.duck, relation) or [whole]))
            continue
        unzoned += [f"{name}.{called}" for called in counted.unzoned]
    if unzoned:
        notice(f"instants without a time zone are read as UTC: {', '.join(unzoned)}.")
    if kinds:
        raise DataError(kinds)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table under validation: where it is counted, where it came from, and what it is judged by."""

    reader: Reader
    raw: ir.Table
    relation: Relation
    id_types: Mapping[str, str]
    now: datetime
    rows: int
    platform: bool

    def rules(self, raw: ir.Table) -> list[Rule]:
        return list(rules(raw, self.relation, self.id_types, self.now, platform=self.platform))

    def key(self, raw: ir.Table) -> tuple[Column, ir.Value] | None:
        """The identifier that no two rows share, and its value over `raw`."""
        if self.relation.schema.key is None:
            return None
        column = self.relation.schema.column(self.relation.schema.key)
        found = conform.as_found(raw, self.relation, column)
        return column, conform.conformed(found, column, self.id_types[column.name])


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many rows break each rule (by its place among the rules), repeat an identifier, or lack a zone."""

    wrong: Mapping[int, int]
    repeated: int
    unzoned: Sequence[str]


def _counted(table: _Table) -> _Counted:
    """Count what is wrong: the footers first, then filters on closed lists, then one scan for all the rest."""
    if not table.rows:
        return _Counted({}, 0, [])
    known = facts(table.reader.duck, table.relation, table.rows)
    wrong: dict[int, int] = {}
    asked: dict[str, ir.Scalar] = {}
    for place, rule in enumerate(table.rules(table.raw)):
        if rule.settled(known.get(table.relation.called(rule.column), UNKNOWN)):
            continue
        if rule.listed and table.relation.parquet:
            # 100 million rows: 0.03 s as a filter, which looks at a dictionary; 1 s as a conditional count.
            wrong[place] = table.reader.numbers(table.raw.filter(rule.wrong).aggregate(rows=ibis._.count()))[
                "rows"
            ]
        else:
            asked[f"rule {place}"] = table.raw.count(where=rule.wrong)
    zones = list(without_zone(table.raw, table.relation))
    asked |= {
        f"zone {column.name}": table.raw.count(where=lacks) for column, lacks in zones if lacks is not None
    }
    if (key := table.key(table.raw)) is not None:
        asked["repeated"] = key[1].count() - key[1].nunique()
    counts = table.reader.numbers(table.raw.aggregate(**asked)) if asked else {}
    wrong |= {int(name.removeprefix("rule ")): n for name, n in counts.items() if name.startswith("rule ")}
    unzoned = [column for column, lacks in zones if lacks is None or counts[f"zone {column.name}"]]
    return _Counted(
        wrong={place: count for place, count in sorted(wrong.items()) if count},
        repeated=counts.get("repeated", 0),
        unzoned=[table.relation.called(column) for column in unzoned],
    )


def _named(table: _Table, counted: _Counted) -> Iterator[FaultKind]:
    """The faults with their places; looks at rows only where something was counted."""
    name = table.relation.schema.name
    if name == "themes" and table.rows == 0:
        yield show.fault_kind(
            "themes: an empty table",
            [Fault(table.relation.label, None, None, "no row", "at least one theme")],
        )
    if not counted.wrong and not counted.repeated:
        return
    located = located_table(table.reader, table.raw, table.relation)
    all_rules = table.rules(located)
    for place, count in counted.wrong.items():
        rule = all_rules[place]
        title = f"{name}.{rule.column.name}: {rule.title}"
        yield show.fault_kind(title, _rows(table, located, rule), count)
    if counted.repeated:
        key = table.key(located)
        if key is not None:
            title = f"{name}.{key[0].name}: identifiers used more than once"
            yield show.fault_kind(title, _repeated(table, located, *key), counted.repeated)


def _rows(table: _Table, located: ir.Table, rule: Rule) -> list[Fault]:
    called = table.relation.called(rule.column)
    text = located[called].cast("string")
    found = (
        located.filter(rule.wrong)
        .select(file=located[FILE], row=located[ROW], value=text.substr(0, _FIRST), length=text.length())
        .order_by("file", "row")
        .limit(show.MOST)
    )
    quoted = bool(located[called].type().is_string())
    faults = []
    for row in found.to_pyarrow().to_pylist():
        value: str | None = show.value(row["value"], length=row["length"], quoted=quoted)
        if rule.column.name in show.WITHHELD and row["value"] is not None and row["value"].strip():
            value = None
        faults.append(_fault(table, row, called, value, rule.expected))
    return faults


def _repeated(table: _Table, located: ir.Table, column: Column, value: ir.Value) -> list[Fault]:
    """The second and later rows of each identifier, each with the row it repeats."""
    keyed = located.select(file=located[FILE], row=located[ROW], key=value).filter(lambda t: t.key.notnull())
    twice = keyed.group_by("key").aggregate(times=lambda t: t.count()).filter(lambda t: t.times > 1)
    window = ibis.window(group_by="key", order_by=("file", "row"))
    found = (
        keyed.semi_join(twice, "key")
        .mutate(
            nth=ibis.row_number().over(window),
            first_file=lambda t: t.file.first().over(window),
            first_row=lambda t: t.row.first().over(window),
        )
        .filter(lambda t: t.nth > 0)
        .mutate(text=lambda t: t.key.cast("string"))
        .mutate(value=lambda t: t.text.substr(0, _FIRST), length=lambda t: t.text.length())
        .order_by("file", "row")
        .limit(show.MOST)
    )
    quoted = bool(value.type().is_string())
    faults = []
    for row in found.to_pyarrow().to_pylist():
        shown = None
        if column.name not in show.WITHHELD:
            shown = show.value(row["value"], length=row["length"], quoted=quoted)
        expected = "an identifier of its own"
        if row["first_row"] is not None:
            where = (
                "" if row["first_file"] == row["file"] else f" of {table.relation.file(row['first_file'])}"
            )
            expected += f"; row {row['first_row']:,}{where} has the same"
        faults.append(_fault(table, row, table.relation.called(column), shown, expected))
    return faults


def _fault(table: _Table, row: Mapping[str, object], called: str, value: str | None, expected: str) -> Fault:
    number = row["row"]
    return Fault(
        table.relation.file(row["file"]), number if isinstance(number, int) else None, called, value, expected
    )
