"""Where each table of a dataset lives: by the convention of names in a folder, or as `haechi.toml` says."""

# ruff: noqa: S608  every name and literal in the SQL is quoted by haechi.records.relation

import difflib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import fsspec

from haechi.errors import UsageError
from haechi.records.forms import CatalogTable, DuckTable, FileKind, Files, Form, Postgres
from haechi.records.settings import Settings, TableSpec, read_settings
from haechi.terms.schemas import SCHEMAS

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_PACKED: Final = ("", ".gz", ".zst")
_TOML: Final = "haechi.toml"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, local or not.

    Attributes:
        system: what lists and opens it.
        path: its path in that system.
        shown: how the user calls it.
    """

    system: "AbstractFileSystem"
    path: str
    shown: str

    @property
    def local(self) -> bool:
        """Whether it is a folder of this machine."""
        return is_local(self.system)


@dataclass(frozen=True, slots=True)
class Located:
    """Everything a location says before a table is opened: each table's form and spec, and the settings."""

    forms: dict[str, Form]
    specs: dict[str, TableSpec]
    settings: Settings


def is_local(system: "AbstractFileSystem") -> bool:
    """Whether a file system is this machine's."""
    protocol = system.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def locate(location: str, notice: Callable[[str], None]) -> Located:
    """Find every table of the dataset at `location`, a folder or a `haechi.toml`.

    Raises:
        UsageError: nothing is there, the required table is missing, a table is there twice, or `haechi.toml`
            cannot be followed.
    """
    system, path = _open(location)
    specs: dict[str, TableSpec] = {}
    settings = Settings()
    if path.endswith(".toml") or not system.isdir(path):
        if not system.isfile(path):
            raise UsageError(f"{location} does not exist; expected a folder of tables or a haechi.toml.")
        if not path.endswith(".toml"):
            raise UsageError(f"{location} is a file; expected a folder of tables or a haechi.toml.")
        specs, settings = read_settings(system.cat_file(path), location)
        folder = Place(system, posixpath.dirname(path), posixpath.dirname(location))
    else:
        folder = Place(system, path.rstrip("/"), location.rstrip("/") or "/")
        if system.isfile(f"{folder.path}/{_TOML}"):
            text = system.cat_file(f"{folder.path}/{_TOML}")
            specs, settings = read_settings(text, join(folder.shown, _TOML))
    forms = _forms(folder, specs, notice)
    if "themes" not in forms:
        raise UsageError(
            f"{location} has no table themes, the one that every audit needs; expected themes.parquet, a folder "
            "themes of Parquet files, themes.csv or themes.jsonl (also .gz, .zst), or [tables.themes] in haechi.toml."
        )
    return Located(forms, specs, settings)


def join(folder: str, name: str) -> str:
    """`name` as the user would call it, who calls its folder `folder`."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _open(url: str) -> tuple["AbstractFileSystem", str]:
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        scheme = url.partition("://")[0]
        extra = "`pip install 'haechi[s3]'`" if scheme in {"s3", "s3a"} else f"fsspec's package for {scheme}"
        raise UsageError(f"{url} cannot be opened: {error}; expected {extra} to be installed.") from error
    except ValueError as error:
        raise UsageError(f"{url} cannot be opened: {error}.") from error
    return system, path


def _forms(folder: Place, specs: Mapping[str, TableSpec], notice: Callable[[str], None]) -> dict[str, Form]:
    entries = {posixpath.basename(entry["name"].rstrip("/")): entry["type"] for entry in _entries(folder)}
    forms: dict[str, Form] = {}
    for table in SCHEMAS:
        spec = specs.get(table)
        if spec is not None and (spec.path or spec.table or spec.sql):
            forms[table] = _stated(folder, table, spec)
        elif (found := _by_convention(folder, table, entries)) is not None:
            forms[table] = found
        elif spec is not None:
            raise UsageError(
                f"[tables.{table}] in haechi.toml says nothing of where the table is, and {folder.shown or '.'} has "
                f"no {table}.parquet, {table}.csv or {table}.jsonl; expected path, table or sql."
            )
    _tell_near_misses(entries, forms, notice)
    return forms


def _entries(folder: Place) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = folder.system.ls(folder.path, detail=True)
    return entries


def _by_convention(folder: Place, table: str, entries: Mapping[str, str]) -> Files | None:
    found: list[Files] = []
    for name in (table, f"{table}.parquet"):
        if entries.get(name) == "directory":
            inside = [
                p for p in folder.system.ls(f"{folder.path}/{name}", detail=False) if p.endswith(".parquet")
            ]
            if inside:
                found.append(
                    _files(folder, "parquet", sorted(inside), join(folder.shown, f"{name}/*.parquet"))
                )
    kinds: list[tuple[FileKind, str]] = [("parquet", f"{table}.parquet")]
    kinds += [(kind, f"{table}.{kind}{pack}") for kind in ("csv", "jsonl") for pack in _PACKED]
    for kind, name in kinds:
        if entries.get(name) == "file":
            found.append(_files(folder, kind, [f"{folder.path}/{name}"], join(folder.shown, name)))
    if len(found) > 1:
        raise UsageError(
            f"the table {table} is there twice: {' and '.join(files.label for files in found)}; "
            f"expected one of them, or [tables.{table}] in haechi.toml to say which."
        )
    return found[0] if found else None


def _files(folder: Place, kind: FileKind, paths: list[str], label: str) -> Files:
    root = folder.path.rstrip("/") + "/"
    shown = [
        join(folder.shown, path.removeprefix(root)) if path.startswith(root) else _url(folder, path)
        for path in paths
    ]
    return Files(kind, tuple(_url(folder, path) for path in paths), tuple(shown), label)


def _url(folder: Place, path: str) -> str:
    return path if folder.local else str(folder.system.unstrip_protocol(path))


def _stated(folder: Place, table: str, spec: TableSpec) -> Form:
    if spec.path is not None:
        return _stated_files(folder, table, spec.path)
    if spec.database is None and spec.sql is None:
        return CatalogTable(str(spec.table), str(spec.table))
    if spec.database is not None and urlsplit(spec.database).scheme in {"postgresql", "postgres"}:
        parts = urlsplit(spec.database)
        shown = f"postgresql://{parts.hostname or ''}{parts.path}"
        query = spec.sql or f"SELECT * FROM {_quoted(str(spec.table))}"
        return Postgres(spec.database, query, f"{shown} {spec.table or f'[tables.{table}] sql'}")
    if not folder.local:
        raise UsageError(
            f"[tables.{table}] in {join(folder.shown, _TOML)} names a database or a query; "
            "expected the haechi.toml on this machine."
        )
    what = spec.table or f"[tables.{table}] sql"
    if spec.database is None:
        return DuckTable(None, None, spec.sql, folder.path, f"{join(folder.shown, _TOML)} {what}")
    database = Path(folder.path, spec.database)
    if not database.is_file():
        raise UsageError(f"[tables.{table}] database {spec.database} does not exist; expected a DuckDB file.")
    quoted = None if spec.table is None else _quoted(spec.table)
    return DuckTable(
        str(database), quoted, spec.sql, folder.path, f"{join(folder.shown, spec.database)} {what}"
    )


def _quoted(name: str) -> str:
    """`schema.name` as SQL reads it, whatever the letters; an already quoted name stays."""
    if '"' in name:
        return name
    return ".".join(f'"{part}"' for part in name.split("."))


def _stated_files(folder: Place, table: str, stated: str | tuple[str, ...]) -> Files:
    patterns = (stated,) if isinstance(stated, str) else stated
    parts = [_matched(folder, table, pattern) for pattern in patterns]
    kinds = {files.kind for files in parts}
    if len(kinds) != 1:
        raise UsageError(
            f"[tables.{table}] path names {' and '.join(sorted(kinds)) or 'nothing'}; expected one form."
        )
    return Files(
        parts[0].kind,
        tuple(path for files in parts for path in files.paths),
        tuple(shown for files in parts for shown in files.shown),
        ", ".join(patterns),
    )


def _matched(folder: Place, table: str, pattern: str) -> Files:
    if "://" in pattern:
        system, path = _open(pattern)
        there = Place(system, posixpath.dirname(path), posixpath.dirname(pattern))
    else:
        there, path = folder, posixpath.join(folder.path, pattern)
    if any(sign in path for sign in "*?["):
        paths = sorted(there.system.glob(path))
    elif there.system.isdir(path):
        paths = sorted(there.system.glob(f"{path.rstrip('/')}/*.parquet"))
    else:
        paths = [path] if there.system.isfile(path) else []
    if not paths:
        raise UsageError(f"[tables.{table}] path {pattern} matches no file; expected at least one.")
    kinds = {_kind(path, table) for path in paths}
    if len(kinds) > 1:
        raise UsageError(
            f"[tables.{table}] path {pattern} matches {' and '.join(sorted(kinds))}; expected one form."
        )
    return _files(there, kinds.pop(), paths, pattern)


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


def _tell_near_misses(
    entries: Mapping[str, str], forms: Mapping[str, Form], notice: Callable[[str], None]
) -> None:
    """`behaviors.parquet` is not a table of the contract, but its owner thinks that it is."""
    absent = [table for table in SCHEMAS if table not in forms]
    for name in sorted(entries):
        stem = name.partition(".")[0]
        near = difflib.get_close_matches(stem.lower(), absent, n=1, cutoff=0.85)
        if stem not in SCHEMAS and near:
            notice(f"{name} is not read: did you mean {near[0]}?")
