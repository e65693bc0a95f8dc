"""What stands in a folder: files, folders, and what is neither though its name says so."""

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

Kind = Literal["file", "folder", "link that leads nowhere", "neither a file nor a folder"]
_PARQUET: Final = (".parquet", ".pq")
_DATA: Final = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".orc", ".avro", ".arrow", ".feather", ".xlsx")
_PACKED: Final = (".gz", ".zst", ".bz2", ".xz", ".zip", ".lz4", ".snappy", ".br", ".parquet")


@dataclass(frozen=True, slots=True)
class Inside:
    """What a folder of Parquet files holds, however deep.

    Attributes:
        parquet: the Parquet files, sorted.
        broken: names of Parquet files that cannot be opened, and what they are.
        data: files of another form that hold rows.
        others: files that hold none.
    """

    parquet: tuple[str, ...]
    broken: tuple[tuple[str, Kind], ...]
    data: tuple[str, ...]
    others: tuple[str, ...]


def is_local(system: "AbstractFileSystem") -> bool:
    """Whether a file system is this machine's."""
    protocol = system.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def kind_of(system: "AbstractFileSystem", path: str, listed: str | None = None) -> Kind:
    """What stands at the path.

    Args:
        system: where it is.
        path: its path there.
        listed: what a listing called it, which does not look behind a link.
    """
    if listed == "file" or (listed != "directory" and system.isfile(path)):
        return "file"
    if listed == "directory" or system.isdir(path):
        return "folder"
    return (
        "link that leads nowhere"
        if is_local(system) and Path(path).is_symlink()
        else "neither a file nor a folder"
    )


def a(kind: Kind) -> str:
    """The kind in a sentence."""
    return kind if kind.startswith("neither") else f"a {kind}"


def entries(system: "AbstractFileSystem", folder: str) -> dict[str, Kind]:
    """What stands directly in the folder, by name."""
    found: list[dict[str, str]] = system.ls(folder, detail=True)
    paths = [(entry["name"].rstrip("/"), entry["type"]) for entry in found]
    return {posixpath.basename(path): kind_of(system, path, kind) for path, kind in paths}


def holds_rows(name: str) -> bool:
    """Whether the ending of a name is one of those in which people keep rows."""
    return name.lower().endswith((*_DATA, *_PARQUET, *_PACKED))


def passed_over(name: str) -> bool:
    """Whether Spark or another writer keeps it for itself: `_SUCCESS`, `_temporary`, `.part.crc`."""
    return name.startswith(".") or name.endswith(".crc") or (name.startswith("_") and "=" not in name)


def inside(system: "AbstractFileSystem", root: str) -> Inside:
    """Everything in the folder `root` and the folders in it, without what writers keep for themselves."""
    files = _walked(system, root) if is_local(system) else _found(system, root)
    parquet, broken, data, others = [], [], [], []
    for path, kind in files:
        if path.lower().endswith(_PARQUET):
            if kind == "file":
                parquet.append(path)
            else:
                broken.append((path, kind))
        elif holds_rows(path):
            data.append(path)
        else:
            others.append(path)
    return Inside(tuple(sorted(parquet)), tuple(sorted(broken)), tuple(sorted(data)), tuple(sorted(others)))


def _found(system: "AbstractFileSystem", root: str) -> list[tuple[str, Kind]]:
    """One listing, where a listing of each folder would be a request each."""
    paths = [path for path in system.find(root) if not path.endswith("/")]
    start = len(root.rstrip("/")) + 1
    return [(path, "file") for path in paths if not any(map(passed_over, path[start:].split("/")))]


def _walked(system: "AbstractFileSystem", root: str) -> list[tuple[str, Kind]]:
    """Behind links, too, but into no folder twice: a link may lead back."""
    found: list[tuple[str, Kind]] = []
    waiting, seen = [root.rstrip("/")], set()
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        for name, kind in entries(system, folder).items():
            if passed_over(name):
                continue
            if kind == "folder":
                waiting.append(f"{folder}/{name}")
            else:
                found.append((f"{folder}/{name}", kind))
    return found
