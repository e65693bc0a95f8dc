"""Tables found by their names in a folder, and files that are called as tables but cannot be taken for them."""

import difflib
from collections.abc import Callable, Mapping
from typing import Final

from haechi.errors import UsageError
from haechi.records.entries import Kind, a, holds_rows, inside, passed_over
from haechi.records.forms import FileKind, Files, Form
from haechi.records.place import Place, files_of, join
from haechi.terms.schemas import SCHEMAS

_FORMS: Final[dict[str, FileKind]] = {
    "": "parquet",
    ".parquet": "parquet",
    **{f".csv{pack}": "csv" for pack in ("", ".gz", ".zst")},
    **{f".jsonl{pack}": "jsonl" for pack in ("", ".gz", ".zst")},
}
"""How the names of a table end, and what they hold."""
_BY_NAME: Final = (
    "{table}.parquet, a folder {table} of Parquet files, {table}.csv or {table}.jsonl (also .gz, .zst)"
)


def by_convention(
    folder: Place, table: str, there: Mapping[str, Kind], notice: Callable[[str], None]
) -> Files | None:
    """The files of a table that are called by its name; None: nothing is.

    Args:
        folder: the dataset's.
        table: the contract's name of the table.
        there: what stands in the folder.
        notice: told what is passed over.

    Raises:
        UsageError: something is called so and cannot be read, or the table is there twice.
    """
    found: list[Files] = []
    passed: list[str] = []
    for name, kind in there.items():
        ending = name[len(table) :].lower()
        if not name.startswith(table) or ending[:1] not in {"", "."} or passed_over(name):
            continue
        form = _FORMS.get(ending)
        shown = join(folder.shown, name)
        if form == "parquet" and kind == "folder":
            paths = parquet_inside(folder, table, f"{folder.path}/{name}", shown, notice)
            found.append(files_of(folder, "parquet", paths, join(shown, "*.parquet")))
        elif form is not None and ending and kind == "file":
            found.append(files_of(folder, form, [f"{folder.path}/{name}"], shown))
        elif form is not None:
            hint = f'path = "{name}/*"' if kind == "folder" else "path"
            raise UsageError(
                f"{shown} is {a(kind)}; expected {_BY_NAME.format(table=table)}, or [tables.{table}] in haechi.toml "
                f"with {hint}."
            )
        else:
            passed.append(name)
    if len(found) > 1:
        raise UsageError(
            f"the table {table} is there twice: {' and '.join(files.label for files in found)}; "
            f"expected one of them, or [tables.{table}] in haechi.toml to say which."
        )
    _tell_passed(folder, table, passed, notice, alone=not found)
    return found[0] if found else None


def _tell_passed(
    folder: Place, table: str, names: list[str], notice: Callable[[str], None], *, alone: bool
) -> None:
    """A file that is called as the table but not taken for it is the table to whoever put it there."""
    for name in names:
        said = f"{join(folder.shown, name)} is not read: expected {_BY_NAME.format(table=table)}"
        if alone and holds_rows(name):
            raise UsageError(f"{said}, or [tables.{table}] in haechi.toml with path or sql.")
        notice(f"{said}.")


def parquet_inside(
    folder: Place, table: str, path: str, shown: str, notice: Callable[[str], None]
) -> list[str]:
    """The Parquet files of a folder, which must hold some and no other rows.

    Raises:
        UsageError: it holds none, other rows, or a file that cannot be opened.
    """
    held = inside(folder.system, path)
    below = len(path.rstrip("/")) + 1
    if held.broken:
        broken, kind = held.broken[0]
        raise UsageError(f"{join(shown, broken[below:])} is {a(kind)}; expected a Parquet file.")
    if held.data or not held.parquet:
        what = f"has {held.data[0][below:]}" if held.data else "is a folder without any Parquet file"
        raise UsageError(
            f"{shown} {what}; expected Parquet files only, or [tables.{table}] in haechi.toml with path."
        )
    if held.others:
        more = f" and {len(held.others) - 1:,} more" if len(held.others) > 1 else ""
        notice(f"{join(shown, held.others[0][below:])}{more} is not read: expected Parquet files.")
    return list(held.parquet)


def tell_near_misses(
    there: Mapping[str, Kind], forms: Mapping[str, Form], notice: Callable[[str], None]
) -> None:
    """`behaviors.parquet` is not a table of the contract, but its owner thinks that it is."""
    absent = [table for table in SCHEMAS if table not in forms]
    for name in sorted(there):
        stem = name.partition(".")[0]
        near = difflib.get_close_matches(stem.lower(), absent, n=1, cutoff=0.85)
        if stem not in SCHEMAS and near:
            notice(f"{name} is not read: did you mean {near[0]}?")
