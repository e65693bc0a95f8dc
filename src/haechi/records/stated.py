"""Tables that `haechi.toml` says where to find."""

# ruff: noqa: S608  every name in the SQL is quoted here

import glob
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from haechi.errors import UsageError
from haechi.records import show
from haechi.records.convention import parquet_inside
from haechi.records.entries import a, holds_rows, inside, kind_of
from haechi.records.forms import CatalogTable, DuckTable, FileKind, Files, Form, Postgres
from haechi.records.place import TOML, Place, files_of, join, open_url
from haechi.records.settings import TableSpec

_ALREADY_QUOTED: Final = re.compile(r'"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")*')


def stated(folder: Place, table: str, spec: TableSpec, notice: Callable[[str], None]) -> Form:
    """The form of a table as its `[tables.NAME]` says.

    Args:
        folder: where relative paths start.
        table: the contract's name of the table.
        spec: what is said of it.
        notice: told what is passed over.

    Raises:
        UsageError: nothing is there, or it is of a form that is not read.
    """
    if spec.path is not None:
        return _stated_files(folder, table, spec.path, notice)
    if spec.database is None and spec.sql is None:
        return CatalogTable(str(spec.table), str(spec.table))
    scheme = (spec.database or "").partition("://")[0]
    if spec.database is not None and scheme in {"postgresql", "postgres"}:
        return _stated_postgres(table, spec, spec.database)
    if spec.database is not None and scheme != spec.database:
        raise UsageError(
            f"[tables.{table}] database {show.masked(spec.database)} is of a kind that is not read; expected a "
            "DuckDB file or a postgresql:// URL, or path to exported files."
        )
    if not folder.local:
        raise UsageError(
            f"[tables.{table}] in {join(folder.shown, TOML)} names a database or a query; "
            "expected the haechi.toml on this machine."
        )
    what = spec.table or f"[tables.{table}] sql"
    if spec.database is None:
        return DuckTable(None, None, spec.sql, folder.path, f"{join(folder.shown, TOML)} {what}")
    database = Path(folder.path, spec.database)
    if not database.is_file():
        raise UsageError(
            f"[tables.{table}] database {show.masked(spec.database)} does not exist; expected a DuckDB file."
        )
    quoted = None if spec.table is None else _quoted(spec.table)
    return DuckTable(
        str(database), quoted, spec.sql, folder.path, f"{join(folder.shown, spec.database)} {what}"
    )


def _stated_postgres(table: str, spec: TableSpec, url: str) -> Postgres:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UsageError(
            f"[tables.{table}] database {show.masked(url)} is no URL; expected postgresql://user@host/database."
        ) from error
    shown = show.masked(f"postgresql://{parts.hostname or ''}{parts.path}")
    query = spec.sql or f"SELECT * FROM {_quoted(str(spec.table))}"
    return Postgres(url, query, f"{shown} {spec.table or f'[tables.{table}] sql'}")


def _quoted(name: str) -> str:
    """`schema.name` as SQL reads it, whatever the letters; an already quoted name stays."""
    if _ALREADY_QUOTED.fullmatch(name):
        return name
    parts = (part.replace('"', '""') for part in name.split("."))
    return ".".join(f'"{part}"' for part in parts)


def _stated_files(
    folder: Place, table: str, stated: str | tuple[str, ...], notice: Callable[[str], None]
) -> Files:
    patterns = (stated,) if isinstance(stated, str) else stated
    parts = [_matched(folder, table, pattern, notice) for pattern in patterns]
    kinds = {files.kind for files in parts}
    if len(kinds) != 1:
        raise UsageError(
            f"[tables.{table}] path names {' and '.join(sorted(kinds)) or 'nothing'}; expected one form."
        )
    # Patterns may overlap, and a file that is read twice has every row twice.
    files = {path: shown for part in parts for path, shown in zip(part.paths, part.shown, strict=True)}
    return Files(parts[0].kind, tuple(files), tuple(files.values()), show.masked(", ".join(patterns)))


def _matched(folder: Place, table: str, pattern: str, notice: Callable[[str], None]) -> Files:
    shown = show.masked(pattern)
    if "://" in pattern:
        system, path = open_url(pattern)
        there, signs = Place(system, posixpath.dirname(path), posixpath.dirname(shown)), path
    else:
        there, path = folder, posixpath.join(folder.path, pattern)
        # Signs in the folder's own name are letters.
        signs = path if path == pattern else posixpath.join(glob.escape(folder.path), pattern)
    kind = kind_of(there.system, path)
    if kind == "folder":
        paths = parquet_inside(there, table, path, shown, notice)
    elif kind == "file" or not any(sign in path for sign in "*?["):
        paths = [path] if kind == "file" else []
    else:
        paths = _globbed(there, signs)
    if not paths:
        what = "is a link that leads nowhere" if kind.startswith("link") else "matches no file"
        raise UsageError(f"[tables.{table}] path {shown} {what}; expected at least one file.")
    kinds = {_kind(path, table) for path in paths}
    if len(kinds) > 1:
        raise UsageError(
            f"[tables.{table}] path {shown} matches {' and '.join(sorted(kinds))}; expected one form."
        )
    return files_of(there, kinds.pop(), paths, shown)


def _globbed(there: Place, pattern: str) -> list[str]:
    """The files that the pattern matches, and the Parquet files of the folders that it matches."""
    paths: set[str] = set()
    for path, entry in there.system.glob(pattern, detail=True).items():
        kind = kind_of(there.system, path, entry["type"])
        if kind == "folder":
            paths.update(inside(there.system, path).parquet)
        elif kind == "file":
            paths.add(path)
        elif holds_rows(path):
            raise UsageError(f"{path} is {a(kind)}; expected a file.")
    return sorted(paths)


def _kind(path: str, table: str) -> FileKind:
    name = path.lower()
    for pack in (".gz", ".zst"):
        name = name.removesuffix(pack)
    for kind, endings in (
        ("parquet", (".parquet", ".pq")),
        ("csv", (".csv",)),
        ("jsonl", (".jsonl", ".ndjson")),
    ):
        if name.endswith(endings):
            return kind  # type: ignore[return-value]
    raise UsageError(
        f"[tables.{table}] path {path} ends in none of .parquet, .csv, .jsonl (also .gz, .zst); "
        "expected one of them, or sql with DuckDB's function for another form."
    )
