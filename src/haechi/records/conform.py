"""From the columns as found to the columns of the contract: one type for each meaning, lazily."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.backends.sql.datatypes import DuckDBType

from haechi.records.relation import Relation
from haechi.terms.schemas import Column

INSTANT: Final = dt.Timestamp(scale=6)
_ZONED: Final = dt.Timestamp(timezone="UTC", scale=6)
_ISO_DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Nowhere on Earth is more than 14 hours from UTC, but engines also read +25:00.
_OFFSET: Final = "( ?[+-](0[0-9]|1[0-4])(:?[0-5][0-9]){0,2}| ?[A-Za-z][A-Za-z0-9_/+-]*)"
_ISO_INSTANT: Final = _ISO_DAY + "([T ][0-9]{2}:[0-9]{2}[0-9:.]*" + _OFFSET + "? *$|$)"
NAMED_ZONE: Final = ":[0-9.]+" + _OFFSET + " *$"
"""How an instant written as text ends when it says its offset from UTC, or the zone: `Z`, `+09:00`, `Asia/Seoul`."""

ZONED_NANOSECONDS: Final = "TIMESTAMPTZ_NS"
"""DuckDB's name of a type for which Ibis has none."""

EXPECTED: Final = {
    "id": "an identifier: a string or a whole number",
    "string": "text",
    "instant": "a UTC instant, such as 2024-05-01T12:00:00Z",
    "date": "a date, such as 1990-12-31",
    "weight": "a number from 0 to 1",
    "number": "a finite number",
    "bool": "true or false",
}
"""What a column of each type should hold, in words."""

_TRUE: Final = ("true", "t", "1")
_FALSE: Final = ("false", "f", "0")


def fits(found: dt.DataType, column: Column, *, mapped: bool) -> bool:
    """Whether a column found with this type can hold what the contract means.

    Args:
        found: its type where it was found.
        column: what it should be.
        mapped: whether `haechi.toml` maps its values, which are then compared as text.
    """
    if found.is_string() or (mapped and (found.is_integer() or found.is_boolean())):
        return True
    # Booleans count as numbers among Ibis's types, and no number here means yes or no.
    number = found.is_numeric() and not found.is_boolean()
    whole = found.is_integer() or (found.is_decimal() and found.scale == 0)
    holds = {
        "id": whole or found.is_uuid(),
        # OpenRTB numbers its taxonomies (segtax).
        "string": whole and column.name == "taxonomy",
        "instant": found.is_timestamp() or found.is_date(),
        "date": found.is_timestamp() or found.is_date(),
        "weight": number,
        "number": number,
        "bool": found.is_boolean() or found.is_integer(),
    }
    return bool(holds[column.type])


def json_fits(column: Column, *, mapped: bool) -> frozenset[str]:
    """Which JSON values can hold what the contract means, as `fits` says of typed columns.

    Returns:
        Of `text`, `whole` (a whole number), `number` (any other) and `flag` (true or false).
    """
    taken = {
        "id": {"whole"},
        "string": {"whole"} if column.name == "taxonomy" else set(),
        "weight": {"whole", "number"},
        "number": {"whole", "number"},
        "bool": {"whole", "flag"},
    }.get(column.type, set())
    return frozenset({"text", *taken, *(("whole", "flag") if mapped else ())})


def of_duckdb(name: str) -> dt.DataType:
    """The type that DuckDB calls so."""
    if name.startswith("GEOMETRY"):
        # With a system of coordinates, for which Ibis looks in vain.
        return dt.binary
    # Ibis has no word for zoned nanoseconds.
    return DuckDBType.from_string("TIMESTAMP WITH TIME ZONE" if name == ZONED_NANOSECONDS else name)


def id_fits_integer(found: dt.DataType) -> bool:
    """Whether every value of the type is a 64-bit integer."""
    return bool(found.is_integer() and found != dt.uint64)


def nothing(column: Column, id_type: str) -> ir.Value:
    """An absent optional column: null, and 1 for a weight, which is what its absence means."""
    if column.type == "weight":
        # The cast stays in the SQL; a literal 1.0 is a decimal to DuckDB, and overflows when it is scaled up.
        return ibis.literal(1).cast(dt.float64)
    return ibis.null(_TYPES.get(column.type, dt.dtype(id_type)))


_TYPES: Final[dict[str, dt.DataType]] = {
    "string": dt.string,
    "instant": INSTANT,
    "date": dt.date,
    "weight": dt.float64,
    "number": dt.float64,
    "bool": dt.boolean,
}


def as_found(raw: ir.Table, relation: Relation, column: Column) -> ir.Value:
    """The column as found, with the value mapping of `haechi.toml` applied."""
    found = raw[relation.called(column)]
    mapping = relation.spec.values.get(column.name)
    return found if not mapping else _mapped(found, mapping)


def _mapped(found: ir.Value, mapping: Mapping[str, str]) -> ir.StringValue:
    text = found.cast("string")
    null = ibis.null(dt.string)
    pairs = [(text == theirs, ibis.literal(ours) if ours else null) for theirs, ours in mapping.items()]
    return ibis.cases(*pairs, else_=text)


def conformed(found: ir.Value, column: Column, id_type: str) -> ir.Value:
    """The value as the contract means it; null where it cannot be read as that (validation names those)."""
    if column.type == "id":
        return found.cast(id_type)
    if column.type == "bool":
        return _as_bool(found)
    target = _TYPES[column.type]
    if not found.type().is_string() or column.type == "string":
        return found.cast(target)
    if column.type == "instant":
        return _iso(found, _ISO_INSTANT).try_cast(_ZONED).cast(INSTANT)
    if column.type == "date":
        return _iso(found, _ISO_DAY).try_cast(dt.date)
    return found.try_cast(dt.float64)


def _iso(found: ir.StringValue, pattern: str) -> ir.StringValue:
    """The text where it looks like ISO 8601: engines also read `epoch`, `infinity` and other shorthands."""
    return ibis.ifelse(found.re_search(pattern), found, ibis.null(dt.string))


def _as_bool(found: ir.Value) -> ir.BooleanValue:
    kind = found.type()
    if kind.is_boolean():
        return found
    text = found.cast(dt.string).lower()
    return ibis.cases((text.isin(_TRUE), True), (text.isin(_FALSE), False), else_=ibis.null(dt.boolean))


def canonical(raw: ir.Table, relation: Relation, id_types: Mapping[str, str]) -> ir.Table:
    """Exactly the contract's columns, in its types and order.

    Args:
        raw: the table as found; further columns are left out.
        relation: how its columns are called.
        id_types: identifier column to the one type it has in every table, `int64` or `string`.
    """
    columns = {}
    for column in relation.schema.columns:
        id_type = id_types.get(column.name, "string")
        if relation.called(column) not in raw.columns:
            columns[column.name] = nothing(column, id_type)
            continue
        value = conformed(as_found(raw, relation, column), column, id_type)
        if column.type == "weight":
            value = value.fill_null(1.0)
        columns[column.name] = value
    return raw.select(**columns)
