"""Which columns each Parquet file of a table has, and of which types, from the footers."""

# ruff: noqa: S608  every literal in the SQL is quoted by haechi.records.relation

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import duckdb

from haechi.errors import DataError, Fault
from haechi.records import show
from haechi.records.forms import Files
from haechi.records.relation import file_list

_Columns: TypeAlias = Mapping[str, Sequence[tuple[str, str]]]
"""Each file to its columns with their types, in the file's order."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What DuckDB must be told, or cannot be trusted with, to read the files.

    Attributes:
        columns: each file to the names of its columns, in the file's order.
        kinds: where the files are several, each wanted column's types and the first file of each.
        hive: whether a wanted column stands in the names of the folders.
        alike: whether a file has a column whose name differs from a wanted one only in case; DuckDB would take
            the one for the other.
    """

    columns: Mapping[str, Sequence[str]]
    kinds: Mapping[str, Mapping[str, str]]
    hive: bool
    alike: bool


def layout(duck: duckdb.DuckDBPyConnection, form: Files, wanted: Sequence[str]) -> Layout:
    """Read the schema of every file.

    Raises:
        DataError: a file has two columns of one name, or a wanted column stands in the names of some folders only.
    """
    found = _columns(duck, form)
    _refuse_twice(found, form)
    kinds: dict[str, dict[str, str]] = {}
    for path, columns in found.items() if len(found) > 1 else ():
        for column, kind in columns:
            # A column of nothing but null has no type that could be wrong.
            if column in wanted and kind != '"NULL"':
                kinds.setdefault(column, {}).setdefault(kind, path)
    names = {path: [column for column, _ in columns] for path, columns in found.items()}
    lowered = {column.lower() for column in wanted}
    alike = any(
        times > 1 and column in lowered
        for columns in names.values()
        for column, times in Counter(map(str.lower, columns)).items()
    )
    return Layout(names, kinds, _in_folders(names, form, wanted), alike)


def _columns(duck: duckdb.DuckDBPyConnection, form: Files) -> _Columns:
    rows = duck.execute(
        "SELECT file_name, name, duckdb_type, coalesce(num_children, 0) "
        f"FROM parquet_schema({file_list(form.paths)}) ORDER BY file_name, column_id"
    ).fetchall()
    return {
        str(path): list(_outermost(iter(list(group))))
        for path, group in groupby(rows, key=lambda row: row[0])
    }


def _outermost(rows: Iterator[tuple[str, str, str, int]]) -> Iterator[tuple[str, str]]:
    """The columns of a file; what is nested in one comes right after it, and how deep only the counts tell."""
    next(rows)
    inside = 0
    for _, column, kind, children in rows:
        if inside == 0:
            yield column, kind
        else:
            inside -= 1
        inside += children


def _refuse_twice(found: _Columns, form: Files) -> None:
    faults = []
    for path, columns in found.items():
        for column, times in Counter(column for column, _ in columns).items():
            if times > 1:
                shown = show.value(column) + " twice"
                faults.append(Fault(_shown(form, path), None, None, shown, "each column once"))
    if faults:
        raise DataError([show.fault_kind("files with two columns of one name", faults)])


def _in_folders(names: Mapping[str, Sequence[str]], form: Files, wanted: Sequence[str]) -> bool:
    """Whether names of folders, as Spark and Hive write them (`country=KR/`), give a wanted column."""
    keys = {path: _keys(path) for path in names}
    given = {
        key for path, columns in names.items() for key in keys[path] if key in wanted and key not in columns
    }
    if not given:
        return False
    common = set.intersection(*keys.values())
    faults = [
        Fault(
            _shown(form, path),
            None,
            key,
            f"no folder {key}=…",
            "the column in every file, or in every folder's name",
        )
        for key in sorted(given)
        for path in names
        if key not in keys[path]
    ]
    if not faults and any(found != common for found in keys.values()):
        odd = next(path for path, found in keys.items() if found != common)
        named = ", ".join(sorted(keys[odd] - common))
        faults = [
            Fault(_shown(form, odd), None, None, f"further folders {named}", "the same partitions everywhere")
        ]
    if faults:
        raise DataError([show.fault_kind("folders of different partitions", faults)])
    return True


def _keys(path: str) -> set[str]:
    folders = posixpath.dirname(path).split("/")
    return {folder.partition("=")[0] for folder in folders if "=" in folder}


def _shown(form: Files, path: str) -> str:
    return dict(zip(form.paths, form.shown, strict=True)).get(path, form.label)
