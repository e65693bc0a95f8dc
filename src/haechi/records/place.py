"""A folder and what is in it, wherever it is, with the words that the user has for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import fsspec

from haechi.errors import UsageError
from haechi.records import show
from haechi.records.entries import is_local
from haechi.records.forms import FileKind, Files

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

TOML: Final = "haechi.toml"


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


def join(folder: str, name: str) -> str:
    """`name` as the user would call it, who calls its folder `folder`."""
    return f"{folder.rstrip('/')}/{name}" if folder and not name.startswith("/") else name


def open_url(url: str) -> tuple["AbstractFileSystem", str]:
    """The file system of a path or URL, and the path in it.

    Raises:
        UsageError: nothing that is installed opens it.
    """
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        scheme = url.partition("://")[0]
        extra = "`pip install '.[s3]'`" if scheme in {"s3", "s3a"} else f"fsspec's package for {scheme}"
        shown = show.masked(url)
        raise UsageError(f"{shown} cannot be opened: {error}; expected {extra} to be installed.") from error
    except ValueError as error:
        raise UsageError(f"{show.masked(url)} cannot be opened: {show.masked(str(error))}.") from error
    return system, path


def files_of(folder: Place, kind: FileKind, paths: list[str], label: str) -> Files:
    """Files in a folder, each as the user would call it."""
    root = folder.path.rstrip("/") + "/"
    shown = [
        join(folder.shown, path.removeprefix(root)) if path.startswith(root) else _url(folder, path)
        for path in paths
    ]
    return Files(kind, tuple(_url(folder, path) for path in paths), tuple(shown), label)


def _url(folder: Place, path: str) -> str:
    return path if folder.local else str(folder.system.unstrip_protocol(path))
