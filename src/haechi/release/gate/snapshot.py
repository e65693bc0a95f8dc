"""The gate's state in one file: which segments give away what, and what people permitted.

Mapped into memory, so that any number of processes share it and opening it takes no time; looked up by a keyed hash,
so that the file holds no identifier of a person. It is never changed: a newer one takes its place under the same
name, and who reads the old one goes on reading it until it lets go.

    line 1      HAECHI-GATE-1, a blank, the length of the header in bytes
    header      JSON: `Header`
    arrays      hashes of segments (uint64, ascending), their masks (uint32), padding to 8 bytes,
                hashes of people (uint64, ascending), their standings (uint32)
"""

import hashlib
import mmap
import os
import secrets
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from haechi.errors import OutputError, UsageError

_MAGIC: Final = b"HAECHI-GATE-1 "
_ALIGNED: Final = 8
_LONGEST_LINE: Final = 64

Pairs = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot says of itself.

    Attributes:
        made_at: naive UTC.
        judged_by: version of the sensitivity engine and of the decisions that made the masks.
        laws: the law packs it was made for.
        standings: what people permitted, each distinct standing once, as JSON that the permission step reads.
        segments: how many.
        people: how many.
        key: of the hashes, new with each snapshot.
        digest: SHA-256 of this header without it and of the arrays.
    """

    made_at: datetime
    judged_by: str
    laws: tuple[str, ...]
    standings: tuple[msgspec.Raw, ...] = ()
    segments: int = 0
    people: int = 0
    key: str = ""
    digest: str = ""


class Snapshot:
    """An opened snapshot. Look-ups are pure.

    Attributes:
        header: what it says of itself.
    """

    def __init__(self, path: Path) -> None:
        """Opens and checks a snapshot.

        Raises:
            UsageError: there is none, or it is damaged.
        """
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as fault:
            raise UsageError(f"{path}: expected a snapshot made by haechi; {fault}.") from None
        try:
            self.header, begin = _header(self._map)
            self._key = bytes.fromhex(self.header.key)
        except (ValueError, msgspec.MsgspecError):
            raise UsageError(f"{path}: damaged; expected a snapshot made by haechi.") from None
        whole = memoryview(self._map)
        sizes = _sizes(self.header.segments, self.header.people)
        if (
            len(whole) - begin != sum(sizes)
            or _digest(self.header, whole[begin:]) != self.header.digest
            or self._map[:begin] != _head(self.header)
        ):
            raise UsageError(f"{path}: damaged; it is not what was written.")
        ends = np.cumsum([begin, *sizes]).tolist()
        self._segments, self._masks, self._people, self._standings = (
            whole[start : start + count * width].cast("Q" if width == _ALIGNED else "I")
            for start, (count, width) in zip(
                ends, _shape(self.header.segments, self.header.people), strict=False
            )
        )

    def segment(self, taxonomy: str, identifier: str) -> int | None:
        """The mask of a segment, or None where it is not known."""
        place = _found(self._segments, _hash(self._key, taxonomy, identifier))
        return None if place is None else self._masks[place]

    def standing(self, person_id: str) -> int | None:
        """The index in `header.standings` of what a person permitted, or None for a person not known."""
        if not self.header.people:
            return None
        place = _found(self._people, _hash(self._key, "person", person_id))
        return None if place is None else self._standings[place]


def write_snapshot(
    path: Path,
    header: Header,
    segments: Iterable[tuple[str, str, int]],
    people: Iterable[tuple[str, int]] = (),
) -> Header:
    """Writes a snapshot beside `path` and then puts it in its place, so that no reader sees half of one.

    Args:
        path: where it is looked for.
        header: its counts, key and digest are filled in here.
        segments: taxonomy, identifier, mask.
        people: identifier and index in `header.standings`.

    Returns:
        the header as written.

    Raises:
        OutputError: it could not be written; what stood there is untouched.
    """
    key = secrets.token_bytes(16)
    by_segment = _sorted((_hash(key, taxonomy, word), mask) for taxonomy, word, mask in segments)
    by_person = _sorted((_hash(key, "person", word), standing) for word, standing in people)
    arrays = b"".join(
        array.tobytes() + b"\0" * (-array.nbytes % _ALIGNED)
        for pair in (by_segment, by_person)
        for array in pair
    )
    header = msgspec.structs.replace(
        header,
        segments=len(by_segment[0]),
        people=len(by_person[0]),
        key=key.hex(),
    )
    header = msgspec.structs.replace(header, digest=_digest(header, arrays))
    _replace(path, _head(header) + arrays)
    return header


class Watched:
    """A snapshot that is looked at again whenever its file was replaced.

    Args:
        path: where it is looked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark: tuple[int, ...] | None = None

    def newer(self) -> Snapshot | None:
        """The snapshot, where it is another than at the last call; None where it is the same.

        Raises:
            UsageError: there is none, or it is damaged; the next call tries again.
        """
        try:
            stat = self._path.stat()
        except OSError as fault:
            raise UsageError(f"{self._path}: expected a snapshot made by haechi; {fault.strerror}.") from None
        mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if mark == self._mark:
            return None
        opened = Snapshot(self._path)
        self._mark = mark
        return opened


def _head(header: Header) -> bytes:
    """The first line and the header, up to where the arrays begin."""
    text = msgspec.json.encode(header)
    first = _MAGIC + str(len(text)).encode() + b"\n"
    return first + text + b" " * (-(len(first) + len(text)) % _ALIGNED)


def _digest(header: Header, arrays: bytes | memoryview) -> str:
    digest = hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(header, digest="")))
    digest.update(arrays)
    return digest.hexdigest()


def _header(data: mmap.mmap) -> tuple[Header, int]:
    end = data.find(b"\n", 0, _LONGEST_LINE)
    if end < 0 or data[: len(_MAGIC)] != _MAGIC:
        raise ValueError
    length = int(data[len(_MAGIC) : end])
    stop = end + 1 + length
    return msgspec.json.decode(data[end + 1 : stop], type=Header), stop + (-stop % _ALIGNED)


def _shape(segments: int, people: int) -> tuple[tuple[int, int], ...]:
    return (segments, 8), (segments, 4), (people, 8), (people, 4)


def _sizes(segments: int, people: int) -> list[int]:
    return [-(-count * width // _ALIGNED) * _ALIGNED for count, width in _shape(segments, people)]


def _hash(key: bytes, *words: str) -> int:
    text = "\0".join(words).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8, key=key).digest(), "little")


def _found(hashes: Sequence[int], wanted: int) -> int | None:
    place = bisect_left(hashes, wanted)
    return place if place < len(hashes) and hashes[place] == wanted else None


def _sorted(pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Ascending by hash; of a key given twice the last counts."""
    unique = dict(pairs)
    hashes = np.fromiter(unique, dtype="<u8", count=len(unique))
    values = np.fromiter(unique.values(), dtype="<u4", count=len(unique))
    order = np.argsort(hashes)
    return hashes[order], values[order]


def _replace(path: Path, data: bytes) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise OutputError(f"{path}: the snapshot could not be written; {fault.strerror}.") from None
