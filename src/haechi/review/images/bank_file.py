"""The one file of a bank.

    HAECHIPB            8 bytes
    version             4 bytes, little-endian
    length of header    4 bytes
    header              JSON: of each array its shape, where it starts and its SHA-256
    SHA-256 of header   32 bytes
    arrays              little-endian, each at a multiple of 64 bytes

A checksum tells damage, not forgery: whoever can write the file can write its checksums.
"""

import hashlib
import mmap
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from haechi.errors import KnowledgeError, MissingError
from haechi.review.images.buckets import Buckets
from haechi.review.images.segment import Segment
from haechi.sensitivity.write_answers import in_place_of

_MAGIC: Final = b"HAECHIPB"
VERSION: Final = 2
"""Raised when marks are taken otherwise, too: a bank of the old ones would find fewer copies and say nothing."""
_DTYPES: Final = {
    "names": "u1",
    "name_ends": "<u8",
    "mark_ends": "<u8",
    "whole": "u1",
    "grey": "u1",
    "thumbs": "u1",
    "bits": "u1",
    "places": "<u2",
    "starts": "<u4",
    "order": "<u4",
}
_START: Final = len(_MAGIC) + 8
_CHECKSUM: Final = 32
_LONGEST_HEADER: Final = 65_536


class _Array(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shape: tuple[int, ...]
    start: int
    sha256: str


def write_segment(what: Segment, path: Path) -> None:
    """Writes a segment; `path` is replaced at once at the end.

    Raises:
        OutputError: it cannot be written; what stood there is untouched.
    """
    arrays = {name: np.ascontiguousarray(array, _DTYPES[name]) for name, array in _arrays(what).items()}
    header = _header(arrays)
    with in_place_of(path) as file:
        file.write(_MAGIC + VERSION.to_bytes(4, "little") + len(header).to_bytes(4, "little") + header)
        file.write(hashlib.sha256(header).digest())
        for array in arrays.values():
            file.write(b"\0" * (-file.tell() % 64))
            file.write(array.data)


def read_segment(path: Path) -> Segment:
    """Maps a written segment and checks all of it.

    Raises:
        MissingError: there is no such file.
        KnowledgeError: it is no bank, of another version, or damaged.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise MissingError(f"Bank of pictures {path}: found no file; expected a saved bank.") from None
    except (OSError, ValueError) as fault:
        raise KnowledgeError(
            f"Bank of pictures {path}: cannot be read ({fault}); expected a saved bank."
        ) from None
    read = {name: _array(path, mapped, name, one) for name, one in _described(path, mapped).items()}
    try:
        return _checked(path, read)
    except (ValueError, IndexError):
        raise _damaged(path, "shapes", "arrays that fit together") from None


def _arrays(what: Segment) -> dict[str, NDArray[Any]]:
    kept: dict[str, NDArray[Any]] = {
        name: getattr(what, name) for name in _DTYPES if name not in ("starts", "order")
    }
    return {**kept, "starts": what.buckets.starts, "order": what.buckets.order}


def _header(arrays: dict[str, NDArray[Any]]) -> bytes:
    """The header; where the arrays start depends on its own length, so it is padded to a fixed one."""
    sums = {name: hashlib.sha256(array.data).hexdigest() for name, array in arrays.items()}
    length = 4096 - _START - _CHECKSUM
    start, told = 4096, {}
    for name, array in arrays.items():
        start += -start % 64
        told[name] = _Array(array.shape, start, sums[name])
        start += array.nbytes
    return msgspec.json.encode(told).ljust(length)


def _described(path: Path, mapped: mmap.mmap) -> dict[str, _Array]:
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise _damaged(path, "start", f"{_MAGIC.decode()}; this is no bank of pictures")
    version = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + 4], "little")
    if version != VERSION:
        raise KnowledgeError(
            f"Bank of pictures {path}: found version {version}; expected {VERSION}. Build it anew from its pictures."
        )
    length = int.from_bytes(mapped[_START - 4 : _START], "little")
    header = mapped[_START : _START + min(length, _LONGEST_HEADER)]
    if hashlib.sha256(header).digest() != mapped[_START + length : _START + length + _CHECKSUM]:
        raise _damaged(path, "header", "one with its checksum")
    try:
        told = msgspec.json.decode(header, type=dict[str, _Array])
    except msgspec.MsgspecError:
        raise _damaged(path, "header", "JSON of its schema") from None
    if list(told) != list(_DTYPES):
        raise _damaged(path, "header", f"the arrays {', '.join(_DTYPES)}")
    return told


def _array(path: Path, mapped: mmap.mmap, name: str, told: _Array) -> NDArray[Any]:
    dtype = np.dtype(_DTYPES[name])
    many = int(np.prod(told.shape, dtype=object))
    if min((told.start, *told.shape)) < 0 or told.start + many * dtype.itemsize > len(mapped):
        raise _damaged(
            path, name, f"{many * dtype.itemsize:,} bytes from {told.start:,}; the file is cut off"
        )
    array = np.frombuffer(mapped, dtype, many, told.start).reshape(told.shape)
    if hashlib.sha256(array.data).hexdigest() != told.sha256:
        raise _damaged(path, name, "bytes with their checksum")
    return array


def _checked(path: Path, read: dict[str, NDArray[Any]]) -> Segment:
    made = Buckets(read.pop("starts"), read.pop("order"))
    what = Segment(**read, buckets=made)
    ends = (int(what.name_ends[-1]), int(what.mark_ends[-1])) if len(what) else (0, 0)
    counts = {len(what.name_ends), len(what.mark_ends), len(what.grey), len(what.thumbs), len(what.whole)}
    marks = {len(what.bits), len(what.places), made.order.shape[1], ends[1]}
    if len(counts) > 1 or len(marks) > 1 or ends[0] != len(what.names):
        raise _damaged(path, "shapes", "arrays that fit together")
    return what


def _damaged(path: Path, place: str, expected: str) -> KnowledgeError:
    return KnowledgeError(
        f"Bank of pictures {path}, {place}: damaged; expected {expected}. Restore it from a copy."
    )
