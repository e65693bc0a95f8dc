"""Pictures that are known: rejected creatives, and reference pictures of protected parties.

A picture's identifier says what it is: `rejected:AD_ID`, or `party:PARTY_ID#NUMBER`. What is kept of a picture is
its fingerprint of about 9 KB, a small grey thumb among it: whoever may read the file can see roughly what is in it.
Pictures that leave (a decision was reversed, a party withdrew) are out of every look-up at once and out of the file
with the next save. One bank is for one thread at a time.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

from haechi.errors import UsageError
from haechi.review.images.bank_file import read_segment, write_segment
from haechi.review.images.fingerprint import Asked, Fingerprint
from haechi.review.images.segment import Segment, segment, shown

BankKind = Literal["rejected", "party"]
_KINDS: Final = ("rejected", "party")
_MOST_PENDING: Final = 2_000
_MOST_SEGMENTS: Final = 6


class Known(NamedTuple):
    """What an identifier says.

    Attributes:
        kind: a rejected creative, or a party's reference picture.
        of: ad_id or party_id.
    """

    kind: BankKind
    of: str


def known(identifier: str) -> Known:
    """Reads an identifier of the bank.

    Raises:
        UsageError: it is none.
    """
    kind, _, rest = identifier.partition(":")
    if kind == "rejected" and rest:
        return Known("rejected", rest)
    party, hash_sign, number = rest.rpartition("#")
    if kind == "party" and party and hash_sign and number.isdecimal():
        return Known("party", party)
    raise UsageError(
        "Picture of the bank: expected an identifier `rejected:AD_ID` or `party:PARTY_ID#NUMBER`."
    )


def rejected(ad_id: str) -> str:
    """Identifier of a rejected ad's creative."""
    return f"rejected:{ad_id}"


def of_party(party_id: str, number: int) -> str:
    """Identifier of a protected party's reference picture."""
    return f"party:{party_id}#{number}"


class LooksUp(Protocol):
    """Whoever knows pictures."""

    def look_up(self, picture: Asked) -> tuple[tuple[str, float], ...]:
        """Known pictures that a picture shows; see `Bank.look_up`."""


class Bank:
    """Known pictures. Empty when made; `Bank.load` reads a saved one."""

    def __init__(self) -> None:
        self._segments: list[Segment] = []
        self._pending: dict[str, Fingerprint] = {}
        self._gone: set[tuple[int, int]] = set()
        self._where: dict[str, tuple[int, int]] | None = {}

    def __len__(self) -> int:
        return sum(len(one) for one in self._segments) - len(self._gone) + len(self._pending)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The parts that are in order, for whoever measures how pictures are told apart."""
        return tuple(self._segments)

    @property
    def marks(self) -> int:
        """How many marks' hashes are kept, without those still to be put in order."""
        return sum(len(one.bits) for one in self._segments)

    def add(self, identifier: str, picture: Fingerprint) -> None:
        """Adds a picture, or replaces the one of that identifier.

        Raises:
            UsageError: the identifier is none of the bank's.
        """
        known(identifier)
        self.remove(identifier)
        self._pending[identifier] = picture
        if len(self._pending) >= _MOST_PENDING:
            self._settle()

    def remove(self, identifier: str) -> bool:
        """Takes a picture out; whether there was one."""
        if self._pending.pop(identifier, None) is not None:
            return True
        where = self._places().pop(identifier, None)
        if where is not None:
            self._gone.add(where)
        return where is not None

    def look_up(self, picture: Asked) -> tuple[tuple[str, float], ...]:
        """Known pictures that a picture shows.

        Returns:
            identifier and how sure, 0 to 1, the surest first; from 0.95 on it is evidence by itself, below it is a
            hint for a person.
        """
        self._settle()
        found = [
            (one.name(number), score)
            for place, one in enumerate(self._segments)
            for number, score in shown(one, picture)
            if (place, number) not in self._gone
        ]
        return tuple(sorted(found, key=lambda one: (-one[1], one[0])))

    def save(self, path: Path) -> None:
        """Writes all pictures to one file, which is replaced at once at the end.

        Raises:
            OutputError: it cannot be written; what stood there is untouched.
        """
        self._settle()
        whole = len(self._segments) == 1 and not self._gone
        write_segment(self._segments[0] if whole else segment(self._all()), path)

    @classmethod
    def load(cls, path: Path) -> "Bank":
        """Reads a saved bank; the file stays mapped and must not be changed in place.

        Raises:
            MissingError: there is no such file.
            KnowledgeError: it is no bank, of another version, or damaged.
        """
        bank = cls()
        bank._segments = [read_segment(path)]
        bank._where = None
        return bank

    def _places(self) -> dict[str, tuple[int, int]]:
        """Where each picture of the segments is; made when first needed."""
        if self._where is None:
            self._where = {
                one.name(number): (place, number)
                for place, one in enumerate(self._segments)
                for number in range(len(one))
                if (place, number) not in self._gone
            }
        return self._where

    def _settle(self) -> None:
        """Puts pending pictures in order; many small segments become one."""
        if not self._pending:
            return
        self._append(self._pending.items())
        self._pending = {}
        if len(self._segments) > _MOST_SEGMENTS:
            everything = list(self._all())
            self._segments, self._gone, self._where = [], set(), {}
            self._append(everything)

    def _append(self, pictures: Iterable[tuple[str, Fingerprint]]) -> None:
        made = segment(pictures)
        place = len(self._segments)
        self._segments.append(made)
        if self._where is not None:
            self._where.update({made.name(number): (place, number) for number in range(len(made))})

    def _all(self) -> Iterator[tuple[str, Fingerprint]]:
        for place, one in enumerate(self._segments):
            for number in range(len(one)):
                if (place, number) not in self._gone:
                    yield one.name(number), one.known(number)
