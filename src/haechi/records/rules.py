"""What can be wrong with a row: each rule is one expression over the table as found.

A rule counts in the same scan as all others of its table; only a rule that counted something is asked again,
for the rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from haechi.records import conform
from haechi.records.footers import Facts
from haechi.records.relation import Relation
from haechi.terms import identifiers
from haechi.terms.countries import COUNTRIES
from haechi.terms.schemas import Column

_OLDEST_INSTANT: Final = datetime(1970, 1, 1)  # noqa: DTZ001  every instant inside is naive UTC
_OLDEST_BIRTH: Final = date(1875, 1, 1)
"""Nobody born earlier has lived into the time of advertising themes."""
_CLOCKS_DIFFER: Final = timedelta(days=1)
_AGREED_AHEAD: Final = timedelta(days=36525)
_COUNTRY: Final = "an ISO 3166-1 alpha-2 code, such as KR (the United Kingdom is GB, Greece is GR)"
_REGION: Final = "an ISO 3166-2 code of the row's country, such as US-CA"
_REGION_SHAPE: Final = "^[A-Z]{2}-[A-Z0-9]{1,3}$"
_UNSEEN_RE2: Final = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]"
"""`identifiers.UNSEEN` as RE2 writes it; DuckDB holds no halves of characters."""
_ANSWERS: Final = (("received_at", "extended_at"), ("received_at", "answered_at"))
"""Of a request: nobody answers what has not come."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a row can be wrong.

    Attributes:
        title: what such rows have in common, for the heading.
        column: the contract's column to name.
        wrong: true for the rows that are wrong, over the table as found.
        expected: what would have been right.
        settled: whether the footers of a Parquet file alone say that no row is wrong.
        listed: whether a value is compared with a closed list, which a filter answers from dictionaries.
    """

    title: str
    column: Column
    wrong: ir.BooleanValue
    expected: str
    settled: Callable[[Facts], bool] = lambda _: False
    listed: bool = False


def rules(
    raw: ir.Table, relation: Relation, id_types: Mapping[str, str], now: datetime, *, platform: bool = False
) -> Iterator[Rule]:
    """Every rule of a table.

    Args:
        raw: the table as found.
        relation: how its columns and values are called.
        id_types: identifier column to its type in every table.
        now: the instant of the audit, naive UTC.
        platform: also what the platform asks of identifiers, which an audit never addresses.
    """
    values: dict[str, ir.Value] = {}
    for column in relation.schema.columns:
        if relation.called(column) not in raw.columns:
            continue
        found = conform.as_found(raw, relation, column)
        value = conform.conformed(found, column, id_types.get(column.name, "string"))
        values[column.name] = value
        if not column.optional:
            yield _absent(found, column)
        if _may_not_read(found, column):
            wrong = found.notnull() & value.isnull()
            yield Rule("values that cannot be read", column, wrong, conform.EXPECTED[column.type])
        yield from _of_type(value, column, now)
        if platform and column.type == "id" and value.type().is_string():
            yield _of_platform(value, column)
        yield from _of_place(values, column)
    yield from _of_interval(values, relation)
    if relation.schema.name == "requests":
        for received, answered in _ANSWERS:
            yield from _of_order(values, relation, received, answered)


def _absent(found: ir.Value, column: Column) -> Rule:
    return Rule(
        "nothing where a value is required",
        column,
        found.isnull(),
        conform.EXPECTED[column.type],
        lambda facts: facts.nulls == 0,
    )


def _may_not_read(found: ir.Value, column: Column) -> bool:
    if column.type in {"id", "string"}:
        return False
    return bool(found.type().is_string() or (column.type == "bool" and found.type().is_integer()))


def _of_type(value: ir.Value, column: Column, now: datetime) -> Iterator[Rule]:
    match column.type:
        case "id" if value.type().is_string():
            yield Rule(
                "empty identifiers",
                column,
                value.strip() == "",
                conform.EXPECTED["id"],
                # The least value of a row group starts with no space, so no value is empty or only spaces.
                lambda facts: facts.least is not None and facts.least > "!",
            )
        case "string" if column.allowed:
            expected = f"one of {', '.join(column.allowed)}, or a mapping under values in haechi.toml"
            yield Rule("values outside the list", column, value.notin(column.allowed), expected, listed=True)
        case "instant":
            yield from _of_time(value, column, now)
        case "date":
            past, ahead = _OLDEST_BIRTH, (now + _CLOCKS_DIFFER).date()
            wrong = (value < ibis.literal(past)) | (value > ibis.literal(ahead))
            yield Rule(
                "dates out of range", column, wrong, f"a date from {past} to {ahead}", _within(past, ahead)
            )
        case "weight":
            wrong = value.isnan() | (value < 0.0) | (value > 1.0)
            yield Rule("weights out of range", column, wrong, conform.EXPECTED["weight"])
        case "number":
            yield Rule(
                "numbers that are not finite",
                column,
                value.isnan() | value.isinf(),
                conform.EXPECTED["number"],
            )


def _of_platform(value: ir.StringValue, column: Column) -> Rule:
    wrong = value.re_search(_UNSEEN_RE2) | (value.length() > identifiers.LONGEST) | value.isin((".", ".."))
    return Rule("identifiers that the platform cannot take", column, wrong, identifiers.EXPECTED)


def _of_time(value: ir.Value, column: Column, now: datetime) -> Iterator[Rule]:
    past = _OLDEST_INSTANT
    ahead = now + (_AGREED_AHEAD if column.scheduled else _CLOCKS_DIFFER)
    expected = f"an instant from {past:%Y-%m-%d} to {ahead:%Y-%m-%dT%H:%M:%SZ}"
    if column.scheduled and column.optional:
        expected += ", or nothing for still so"
    wrong = (value < _instant(past)) | (value > _instant(ahead))
    yield Rule("instants out of range", column, wrong, expected, _within(past, ahead))


def _instant(at: datetime) -> ir.TimestampValue:
    return ibis.literal(at.isoformat(sep=" ")).cast(conform.INSTANT)


def _within(past: date, ahead: date) -> Callable[[Facts], bool]:
    def settled(facts: Facts) -> bool:
        return (
            facts.earliest is not None
            and facts.latest is not None
            and facts.earliest >= datetime(past.year, past.month, past.day)  # noqa: DTZ001  naive UTC
            and facts.latest <= datetime(ahead.year, ahead.month, ahead.day)  # noqa: DTZ001  naive UTC
        )

    return settled


def _of_place(values: Mapping[str, ir.Value], column: Column) -> Iterator[Rule]:
    value = values[column.name]
    if column.name == "country":
        yield Rule("unknown countries", column, value.notin(COUNTRIES), _COUNTRY, listed=True)
    if column.name == "region":
        wrong = ~value.re_search(_REGION_SHAPE)
        if "country" in values:
            wrong = wrong | (value.substr(0, 2) != values["country"]).fill_null(False)
        yield Rule("unknown regions", column, wrong, _REGION)


def _of_interval(values: Mapping[str, ir.Value], relation: Relation) -> Iterator[Rule]:
    if relation.schema.interval is None:
        return
    since, until = relation.schema.interval
    if since in values and until in values:
        expected = f"nothing, or an instant not before {relation.called(since)}"
        column = relation.schema.column(until)
        yield Rule("intervals that end before they begin", column, values[until] < values[since], expected)


def _of_order(values: Mapping[str, ir.Value], relation: Relation, first: str, then: str) -> Iterator[Rule]:
    if first in values and then in values:
        expected = f"nothing, or an instant not before {relation.called(first)}"
        wrong = values[then] < values[first]
        yield Rule("answers before the request", relation.schema.column(then), wrong, expected)


def without_zone(raw: ir.Table, relation: Relation) -> Iterator[tuple[Column, ir.BooleanValue | None]]:
    """The columns of instants that may lack an offset from UTC: true where a value does; None: all of them do."""
    for column in relation.schema.columns:
        if column.type != "instant" or relation.called(column) not in raw.columns:
            continue
        found = conform.as_found(raw, relation, column)
        kind = found.type()
        of_files = [conform.of_duckdb(name) for name in relation.kinds.get(relation.called(column), ())]
        if any(_unzoned(of_file) for of_file in of_files or [kind]):
            yield column, None
        elif kind.is_string():
            yield column, ~found.re_search(conform.NAMED_ZONE)


def _unzoned(kind: dt.DataType) -> bool:
    return kind.is_date() or (kind.is_timestamp() and not kind.timezone)
