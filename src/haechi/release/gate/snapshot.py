"""The gate's state in one file: which segments give away what, and what people permitted.

Mapped into memory, so that any number of processes share it and opening it takes no time; looked up by a keyed hash,
so that the file holds no identifier of a person. It is never changed: a newer one takes its place under the same
name, and who reads the old one goes on reading it until it lets go.

    line 1      HAECHI-GATE-2, a blank, the length of the header in bytes
    header      JSON: `Header`
    arrays      slots of segments: hashes (uint64), masks (uint32), padding to 8 bytes;
                slots of people: hashes (uint64), standings (uint32)

Each hash stands at the slot that its first bits name or, where that is taken, in one of the next; the hashes ascend,
and an empty slot holds 0. At least half of the slots are empty, so that a look-up reads one or two, however many
people there are.
"""

import hashlib
import mmap
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from haechi.errors import OutputError, UsageError

_MAGIC: Final = b"HAECHI-GATE-2 "
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
        segment_slots: places for segments.
        people_slots: places for people.
        key: of the hashes, new with each snapshot.
        digest: SHA-256 of this header without it and of the arrays.
    """

    made_at: datetime
    judged_by: str
    laws: tuple[str, ...]
    standings: tuple[msgspec.Raw, ...] = ()
    segments: int = 0
    people: int = 0
    segment_slots: int = 0
    people_slots: int = 0
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
            self._hasher = _keyed(bytes.fromhex(self.header.key))
        except (ValueError, msgspec.MsgspecError):
            raise UsageError(f"{path}: damaged; expected a snapshot made by haechi.") from None
        whole = memoryview(self._map)
        shape = _shape(self.header)
        sizes = [_padded(count * width) for count, width in shape]
        if (
            len(whole) - begin != sum(sizes)
            or _digest(self.header, whole[begin:]) != self.header.digest
            or self._map[:begin] != _head(self.header)
        ):
            raise UsageError(f"{path}: damaged; it is not what was written.")
        ends = np.cumsum([begin, *sizes]).tolist()
        self._segments, self._masks, self._people, self._standings = (
            whole[start : start + count * width].cast("Q" if width == _ALIGNED else "I")
            for start, (count, width) in zip(ends, shape, strict=False)
        )
        self._segments_shift = _shift(self.header.segments)
        self._people_shift = _shift(self.header.people)

    def segment(self, taxonomy: str, identifier: str) -> int | None:
        """The mask of a segment, or None where it is not known."""
        place = _found(self._segments, self._segments_shift, _hash(self._hasher, taxonomy, identifier))
        return None if place is None else self._masks[place]

    def standing(self, person_id: str) -> int | None:
        """The index in `header.standings` of what a person permitted, or None for a person not known."""
        if not self.header.people:
            return None
        place = _found(self._people, self._people_shift, _hash(self._hasher, "person", person_id))
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
    hasher = _keyed(key)
    by_segment = {_hash(hasher, taxonomy, word): mask for taxonomy, word, mask in segments}
    by_person = {_hash(hasher, "person", word): standing for word, standing in people}
    slots = _slots(by_segment), _slots(by_person)
    arrays = b"".join(
        array.tobytes() + b"\0" * (-array.nbytes % _ALIGNED) for pair in slots for array in pair
    )
    header = msgspec.structs.replace(
        header,
        segments=len(by_segment),
        people=len(by_person),
        segment_slots=len(slots[0][0]),
        people_slots=len(slots[1][0]),
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


def _shape(header: Header) -> tuple[tuple[int, int], ...]:
    """How many values of how many bytes each array has."""
    segments, people = header.segment_slots, header.people_slots
    return (segments, 8), (segments, 4), (people, 8), (people, 4)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _keyed(key: bytes) -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=_ALIGNED, key=key)


def _hash(keyed: "hashlib.blake2b", *words: str) -> int:
    hasher = keyed.copy()
    hasher.update("\0".join(words).encode("utf-8", "surrogatepass"))
    # 0 is what an empty slot holds.
    return int.from_bytes(hasher.digest(), "little") or 1


def _shift(count: int) -> int:
    """How far a hash is shifted to name its slot: there are more than twice as many slots as things."""
    return 64 - 1 - count.bit_length()


def _found(hashes: Sequence[int], shift: int, wanted: int) -> int | None:
    place = wanted >> shift
    while 0 < hashes[place] < wanted:
        place += 1
    return place if hashes[place] == wanted else None


def _slots(values: Mapping[int, int]) -> Pairs:
    """Hashes and their values, each in its slot; the last slot is empty, so that every look-up ends."""
    hashes = np.fromiter(values, dtype="<u8", count=len(values))
    order = np.argsort(hashes)
    hashes = hashes[order]
    shift = _shift(len(values))
    numbers = np.arange(len(values))
    # Where the slot is taken, the next one: each place is at least one after the one before.
    places = numbers + np.maximum.accumulate((hashes >> np.uint64(shift)).astype(np.int64) - numbers)
    size = max(1 << 64 - shift, int(places[-1]) + 1 if len(values) else 0) + 1
    slots = np.zeros(size, dtype="<u8"), np.zeros(size, dtype="<u4")
    slots[0][places] = hashes
    slots[1][places] = np.fromiter(values.values(), dtype="<u4", count=len(values))[order]
    return slots


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
