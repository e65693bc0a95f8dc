"""Where each table of a dataset lives: by the convention of names in a folder, or as `haechi.toml` says."""

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from haechi.errors import UsageError
from haechi.records import show
from haechi.records.convention import by_convention, tell_near_misses
from haechi.records.entries import a, entries
from haechi.records.forms import Form
from haechi.records.place import TOML, Place, join, open_url
from haechi.records.settings import Settings, TableSpec, read_settings
from haechi.records.stated import stated
from haechi.terms.schemas import SCHEMAS


@dataclass(frozen=True, slots=True)
class Located:
    """Everything a location says before a table is opened: each table's form and spec, and the settings."""

    forms: dict[str, Form]
    specs: dict[str, TableSpec]
    settings: Settings


def locate(location: str, notice: Callable[[str], None]) -> Located:
    """Find every table of the dataset at `location`, a folder or a `haechi.toml`.

    Raises:
        UsageError: nothing is there, the required table is missing, a table is there twice, or `haechi.toml`
            cannot be followed.
    """
    system, path = open_url(location)
    location = show.masked(location)
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
        kind = entries(system, folder.path).get(TOML)
        if kind == "file":
            text = system.cat_file(f"{folder.path}/{TOML}")
            specs, settings = read_settings(text, join(folder.shown, TOML))
        elif kind is not None:
            raise UsageError(f"{join(folder.shown, TOML)} is {a(kind)}; expected a file, or none.")
    forms = _forms(folder, specs, notice)
    if "themes" not in forms:
        raise UsageError(
            f"{location} has no table themes, the one that every audit needs; expected themes.parquet, a folder "
            "themes of Parquet files, themes.csv or themes.jsonl (also .gz, .zst), or [tables.themes] in haechi.toml."
        )
    return Located(forms, specs, _from_here(settings, folder))


def _from_here(settings: Settings, folder: Place) -> Settings:
    """The settings with the file of decisions as the caller would name it, who calls the folder as he did."""
    file = settings.policy.decisions
    if file is None:
        return settings
    if not folder.local:
        raise UsageError(
            f"[policy] decisions in {join(folder.shown, TOML)} is beside a dataset that is not on this machine; "
            "expected --decisions with a file that is."
        )
    policy = msgspec.structs.replace(settings.policy, decisions=posixpath.join(folder.path, file))
    return msgspec.structs.replace(settings, policy=policy)


def _forms(folder: Place, specs: Mapping[str, TableSpec], notice: Callable[[str], None]) -> dict[str, Form]:
    there = dict(sorted(entries(folder.system, folder.path).items()))
    forms: dict[str, Form] = {}
    for table in SCHEMAS:
        spec = specs.get(table)
        if spec is not None and (spec.path or spec.table or spec.sql):
            forms[table] = stated(folder, table, spec, notice)
        elif (found := by_convention(folder, table, there, notice)) is not None:
            forms[table] = found
        elif spec is not None:
            raise UsageError(
                f"[tables.{table}] in haechi.toml says nothing of where the table is, and {folder.shown or '.'} has "
                f"no {table}.parquet, {table}.csv or {table}.jsonl; expected path, table or sql."
            )
    tell_near_misses(there, forms, notice)
    return forms
