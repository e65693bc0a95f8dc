"""The learned model: what a word that no knowledge file has gives away, by the letters in it.

It generalises over word families ("endocrinologist", "Minarchism"), never over people: personal names are among
what it learned to leave alone. It is asked only about words that neither the knowledge nor everyday language has.
"""

import hashlib
import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

from haechi.errors import KnowledgeError
from haechi.sensitivity.letters import BUCKETS, buckets, tells_by_letters
from haechi.terms.words import Category

MAGIC: Final = b"haechi words 1\n"
_HEADER_BYTES: Final = 4


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands before the numbers.

    Attributes:
        categories: of the columns of weights after the first, which stands for nothing sensitive.
        calibration: steps: from which margin on a word gives its category away with which probability (thousandths).
        unremarkable: how many words are not guessed at: they give nothing away, or the knowledge has them.
        words: how many English words are known.
        body: SHA-256 of the numbers.
    """

    categories: tuple[Category, ...]
    calibration: tuple[tuple[int, int], ...]
    unremarkable: int
    words: int
    body: str


class Model:
    """Judges words. Pure: a word always gets the same answer.

    Attributes:
        header: what it was made with.
        version: first 12 hexadecimal digits of the SHA-256 of the whole file.
    """

    def __init__(self, header: Header, body: bytes, version: str) -> None:
        self.header = header
        self.version = version
        self._body = body
        self._columns = len(header.categories) + 1
        weights = BUCKETS * self._columns
        self._weights = memoryview(body)[:weights].cast("b")
        self._unremarkable = _numbers(body[weights : weights + 4 * header.unremarkable])
        self._words = _numbers(body[weights + 4 * header.unremarkable :])

    def __reduce__(self) -> tuple[type["Model"], tuple[Header, bytes, str]]:
        """Pickled as its file's content."""
        return (Model, (self.header, self._body, self.version))

    def is_english(self, word: str) -> bool:
        """Whether it is an English word."""
        return _holds(self._words, word)

    def is_word(self, word: str) -> bool:
        """Whether it is a word or name that is known, and so no misspelling of another."""
        return self.is_english(word) or self.is_unremarkable(word)

    def is_unremarkable(self, word: str) -> bool:
        """Whether it is not to be guessed at: it gives nothing away, or the knowledge has it."""
        return _holds(self._unremarkable, word)

    def judge(self, word: str) -> tuple[Category, float] | None:
        """The category that the word gives away most likely, and how likely; None where there is no opinion.

        Args:
            word: in plain form.
        """
        if not tells_by_letters(word) or self.is_unremarkable(word):
            return None
        margin, category = margin_of(self._sums(word), len(buckets(word)))
        likely = 0
        for at_least, thousandths in self.header.calibration:
            if margin < at_least:
                break
            likely = thousandths
        return (self.header.categories[category], likely / 1000) if likely else None

    def _sums(self, word: str) -> list[int]:
        width = self._columns
        rows = [self._weights[place * width : (place + 1) * width].tolist() for place in buckets(word)]
        return [sum(column) for column in zip(*rows, strict=True)]


def margin_of(sums: Sequence[int], pieces: int) -> tuple[int, int]:
    """How far the best category stands above nothing, in thousandths a piece, and which category it is."""
    best = max(range(1, len(sums)), key=sums.__getitem__)
    return (sums[best] - sums[0]) * 1000 // pieces, best - 1


@cache
def shipped() -> Model:
    """The model that comes with the package.

    Raises:
        KnowledgeError: its file is damaged.
    """
    return read(resources.files("haechi.knowledge").joinpath("model", "words-1.bin"))


def read(file: Traversable | Path) -> Model:
    """The model in a file.

    Raises:
        KnowledgeError: the file cannot be read, is none, or is not as it was made.
    """
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise KnowledgeError(f"{file}: expected a model that can be read; {fault.strerror}.") from None
    start = len(MAGIC) + _HEADER_BYTES
    if not data.startswith(MAGIC) or len(data) < start:
        raise KnowledgeError(f"{file}: expected a model that begins with {MAGIC!r}; found {data[:16]!r}.")
    body_at = start + int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        header = msgspec.json.decode(data[start:body_at], type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise KnowledgeError(f"{file}: expected the model's header; {fault}.") from None
    body = data[body_at:]
    if hashlib.sha256(body).hexdigest() != header.body:
        raise KnowledgeError(
            f"{file}: the model is damaged: its numbers are not those it was made with. Install the package anew."
        )
    return Model(header, body, hashlib.sha256(data).hexdigest()[:12])


def written(header: Header, body: bytes) -> bytes:
    """A model as it stands in a file."""
    told = msgspec.json.encode(msgspec.structs.replace(header, body=hashlib.sha256(body).hexdigest()))
    return MAGIC + len(told).to_bytes(_HEADER_BYTES, "little") + told + body


def number(word: str) -> int:
    """What stands for a word in the lists of known ones."""
    return crc32(word.encode())


def as_bytes(words: Sequence[str]) -> bytes:
    """A list of known words: their sorted numbers, little-endian."""
    return b"".join(found.to_bytes(4, "little") for found in sorted(set(map(number, words))))


def _numbers(data: bytes) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _holds(numbers: "array[int]", word: str) -> bool:
    wanted = number(word)
    place = bisect_left(numbers, wanted)
    return place < len(numbers) and numbers[place] == wanted
