"""Columns that a table lacks, or that cannot hold what they should: what its owner has to know to mend it."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

from collections.abc import Iterator, Sequence

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from haechi.errors import Fault
from haechi.records import conform, show, text
from haechi.records.relation import Relation, name, parquet_scan
from haechi.records.spool import Reader
from haechi.terms.schemas import Column


def absent(reader: Reader, relation: Relation, found: ir.Table, column: Column) -> Fault:
    """The column is not there: what is there instead, and which of it was perhaps meant."""
    called = relation.called(column)
    there = list(found.columns) if relation.text is None else text.there(reader.duck, relation.text)
    expected = f"a column {column.name} with {conform.EXPECTED[column.type]}"
    near = [other for other in there if other != called and _plain(other) == _plain(called)]
    if near:
        expected += (
            f"; {show.value(near[0])} is not quite it: give it that name, or say columns = "
            f"{{ {column.name} = {show.value(near[0])} }} in haechi.toml"
        )
    return Fault(relation.label, None, called, _shown(relation, there), expected)


def unfit(reader: Reader, relation: Relation, found: ir.Table, column: Column) -> Iterator[Fault]:
    """The column cannot hold what it means: of several Parquet files, in which of them."""
    called = relation.called(column)
    mapped = column.name in relation.spec.values
    kinds = relation.kinds.get(called, {})
    if not kinds:
        kind = found[called].type()
        # Writers give a column without any value whatever type they like.
        if not conform.fits(kind, column, mapped=mapped) and not (
            column.optional and int(found[called].count().execute()) == 0
        ):
            yield _wrong(relation.label, called, kind, conform.EXPECTED[column.type])
        return
    types = {conform.of_duckdb(of_file): path for of_file, path in kinds.items()}
    for kind, path in types.items():
        if not conform.fits(kind, column, mapped=mapped) and not _hollow(reader, path, called, column):
            yield _wrong(relation.file(path), called, kind, conform.EXPECTED[column.type])
    yield from _of_two_kinds(relation, called, types)


def _of_two_kinds(relation: Relation, called: str, types: dict[dt.DataType, str]) -> Iterator[Fault]:
    """A whole number and a UUID can each identify, but nothing can hold both."""
    texts = [kind for kind in types if kind.is_string()]
    uuids = [kind for kind in types if kind.is_uuid()]
    whole = [kind for kind in types if kind.is_numeric()]
    if uuids and whole and not texts:
        other = relation.file(types[uuids[0]])
        yield _wrong(relation.file(types[whole[0]]), called, whole[0], f"type uuid as in {other}")


def _hollow(reader: Reader, path: str, called: str, column: Column) -> bool:
    if not column.optional:
        return False
    query = f"SELECT count({name(called)}) FROM {parquet_scan((path,))}"
    return not reader.duck.execute(query).fetchall()[0][0]


def _wrong(file: str, called: str, kind: dt.DataType, expected: str) -> Fault:
    return Fault(file, None, called, f"type {kind}", expected)


def _shown(relation: Relation, there: Sequence[str]) -> str:
    """The names there; of a text file about people only the contract's: the rest may be a person's row."""
    if relation.text is None or relation.loose or not relation.of_people:
        return show.columns(there)
    meant = {
        _plain(word) for column in relation.schema.columns for word in (column.name, relation.called(column))
    }
    known = [column for column in there if _plain(column) in meant]
    others = len(there) - len(known)
    if not others:
        return show.columns(known)
    return (
        f"{show.columns(known)} and {others:,} more"
        if known
        else f"{others:,} columns, none of the contract's"
    )


def _plain(column: str) -> str:
    return "".join(sign for sign in column.casefold() if sign.isalnum())
