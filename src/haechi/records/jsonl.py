"""JSON lines: reading them as text without taking one kind of value for another, and naming what is broken."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from haechi.errors import Fault, FaultKind
from haechi.records import conform, show
from haechi.records.relation import Relation, file_list, literal, name
from haechi.terms.schemas import Column

_LONGEST_LINE: Final = 32 * 1024 * 1024
_LOOKED_AT: Final = 100
"""Lines whose names are shown where a column is missing."""
_FIRST: Final = 200
_NO_OBJECT: Final = "json IS NULL OR json_type(json) <> 'OBJECT'"
_WHOLE: Final = "^-?[0-9]+$"


def taken(relation: Relation) -> dict[str, frozenset[str]]:
    """What a table's columns, as they are called there, may hold in JSON."""
    found: dict[str, frozenset[str]] = {}
    for column in relation.schema.columns:
        fits = conform.json_fits(column, mapped=column.name in relation.spec.values)
        called = relation.called(column)
        found[called] = found.get(called, fits) & fits
    return found


def query(path: str, wanted: Mapping[str, frozenset[str]]) -> str:
    """DuckDB SQL that reads the wanted columns as text, in the order of the lines; fails on a wrong kind of value."""
    columns = ", ".join(f"{literal(column)}: 'JSON'" for column in wanted)
    values = ", ".join(
        # A JSON string is read without its quotes; a number keeps every digit that it was written with.
        f"CASE WHEN {_wrong(name(column), kinds)} THEN error('a wrong kind of value') "
        f"ELSE {name(column)} ->> '$' END AS {name(column)}"
        for column, kinds in wanted.items()
    )
    return (
        f"SELECT {values} FROM read_json({file_list((path,))}, format = 'newline_delimited', "
        f"columns = {{{columns}}}, maximum_object_size = {_LONGEST_LINE})"
    )


def keys(duck: duckdb.DuckDBPyConnection, path: str) -> list[str]:
    """The names that the first lines give, as they come."""
    try:
        rows = duck.execute(
            f"SELECT json_keys(json) FROM {_objects(path)} WHERE json_type(json) = 'OBJECT' LIMIT {_LOOKED_AT}"
        ).fetchall()
    except duckdb.Error:
        return []
    return list(dict.fromkeys(key for (found,) in rows for key in found))


def faults(duck: duckdb.DuckDBPyConnection, path: str, shown: str, relation: Relation) -> list[FaultKind]:
    """Every line that is no object, names a column twice or holds a wrong kind of value.

    Args:
        duck: the connection.
        path: where the file is.
        shown: what the user calls it.
        relation: the table it belongs to.
    """
    try:
        for title, wrong, expected in (
            ("lines that are not JSON", _NO_OBJECT, "one JSON object on the line"),
            ("lines that name a column twice", _twice(relation.wanted), "each name once"),
        ):
            if found := _named(duck, path, wrong, shown=shown, title=title, expected=expected):
                return found
        return [
            kind for column in relation.schema.columns for kind in _of(duck, path, shown, relation, column)
        ]
    except duckdb.Error:
        return []


def _of(
    duck: duckdb.DuckDBPyConnection, path: str, shown: str, relation: Relation, column: Column
) -> list[FaultKind]:
    called = relation.called(column)
    value = f"json_extract(json, {literal(_pointer(called))})"
    return _named(
        duck,
        path,
        _wrong(value, taken(relation)[called]),
        shown=shown,
        title=f"{relation.schema.name}.{column.name}: values of a wrong type",
        expected=conform.EXPECTED[column.type],
        called=called,
        value=None if column.name in show.WITHHELD else value,
    )


def _twice(wanted: Sequence[str]) -> str:
    """SQL: an object has a wanted name twice; DuckDB does not say which of the values it read."""
    known = f"list_filter(json_keys(json), lambda key: key IN ({', '.join(map(literal, wanted))}))"
    return f"len({known}) <> len(list_distinct({known}))"


def _named(  # noqa: D417  what is common to all is told by `faults`
    duck: duckdb.DuckDBPyConnection,
    path: str,
    wrong: str,
    *,
    shown: str,
    title: str,
    expected: str,
    called: str | None = None,
    value: str | None = None,
) -> list[FaultKind]:
    """The first lines of which `wrong` is true, and how many there are.

    Args:
        wrong: SQL over `json`.
        called: the column to name, or None: the line is wrong as a whole.
        value: SQL of what to show of it, or None: nothing.
    """
    numbered = f"SELECT json, row_number() OVER () AS row FROM {_objects(path)}"
    rows = duck.execute(
        f"SELECT row, count(*) OVER (), substr(({value or 'NULL'})::VARCHAR, 1, {_FIRST}) FROM ({numbered}) "
        f"WHERE {wrong} ORDER BY row LIMIT {show.MOST}"
    ).fetchall()
    named = [
        Fault(shown, int(row), called, None if value is None else show.value(found, quoted=False), expected)
        for row, _, found in rows
    ]
    return [show.fault_kind(title, named, int(rows[0][1]))] if rows else []


def _objects(path: str) -> str:
    return (
        f"read_json_objects({file_list((path,))}, format = 'newline_delimited', ignore_errors = true, "
        f"maximum_object_size = {_LONGEST_LINE})"
    )


def _wrong(value: str, kinds: frozenset[str]) -> str:
    """SQL: the value is there and is of none of these kinds."""
    right = ["'NULL'", "'VARCHAR'"]
    if "whole" in kinds:
        right += ["'BIGINT'", "'UBIGINT'"]
    if "number" in kinds:
        right += ["'DOUBLE'", "'HUGEINT'", "'UHUGEINT'"]
    if "flag" in kinds:
        right += ["'BOOLEAN'"]
    wrong = f"json_type({value}) NOT IN ({', '.join(right)})"
    if "whole" in kinds and "number" not in kinds:
        # A whole number beyond 64 bits is to DuckDB's JSON a real one that keeps its digits.
        wrong += f" AND NOT regexp_matches({value}::VARCHAR, {literal(_WHOLE)})"
    return f"coalesce({wrong}, false)"


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")
