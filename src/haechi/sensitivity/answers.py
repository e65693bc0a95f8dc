"""An earlier answer of `haechi classify`, read back to be compared with today's."""

import hashlib
from dataclasses import dataclass
from typing import Final

import msgspec

from haechi.errors import DataError, Fault, FaultKind
from haechi.sensitivity.read_names import read_names
from haechi.sensitivity.stream import asked
from haechi.terms.row_files import Row

_COLUMNS: Final = ("categories", "arguable", "undecided")
_SHOWN: Final = 60


class Said(msgspec.Struct, frozen=True):
    """What an answer says of a name.

    Attributes:
        categories: decided.
        arguable: not decided.
        undecided: it cannot be told.
    """

    categories: tuple[str, ...]
    arguable: tuple[str, ...]
    undecided: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by question.

    Attributes:
        said: the mark of a question to its answer; equal answers are one object, so that many stay small.
        versions: what had judged, in the order met; empty where the file is older than that column.
    """

    said: dict[bytes, Said]
    versions: tuple[str, ...]


def mark(name: str, path: str | None, lang: str | None) -> bytes:
    """What stands for a question to the engine: 16 bytes, however long the name is."""
    text = f"{len(name)}:{name}{len(path or '')}:{path or ''}{lang or ''}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def said_of(row: Row) -> Said:
    """The answer in a row that was just answered.

    Raises:
        ValueError: it holds none.
    """
    return Said(_words(row["categories"]), _words(row["arguable"]), row["undecided"] not in (None, ""))


def read_answers(source: str) -> Answers:
    """The answers in a file that `haechi classify --out` wrote, in any of its forms.

    Raises:
        UsageError: there is no such file.
        DataError: it is no such answer; file, row and column are named.
    """
    said: dict[bytes, Said] = {}
    once: dict[Said, Said] = {}
    versions: dict[str, None] = {}
    number = 0
    for batch in read_names(source, answered=True):
        for row, question in zip(batch, asked(batch), strict=True):
            number += 1
            answer = _answer(source, number, row)
            said[mark(*question)] = once.setdefault(answer, answer)
            if isinstance(row.get("judged_by"), str):
                versions[str(row["judged_by"])] = None
    return Answers(said, tuple(versions))


def _answer(source: str, number: int, row: Row) -> Said:
    for column in _COLUMNS:
        if column not in row:
            _refuse(source, number, column, None, "a column that haechi classify --out writes")
    for column in _COLUMNS[:2]:
        try:
            _words(row[column])
        except ValueError:
            _refuse(
                source,
                number,
                column,
                str(row[column])[:_SHOWN],
                'a list of categories, such as ["religion"]',
            )
    return said_of(row)


def _words(value: object) -> tuple[str, ...]:
    """A list of words, or its JSON text as CSV holds it."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError as error:
            raise ValueError(value) from error
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError(value)
    return tuple(value)


def _refuse(source: str, row: int, column: str, value: str | None, expected: str) -> None:
    fault = Fault(source, row, column, value, expected + ".")
    raise DataError([FaultKind("Answers that cannot be read", 1, (fault,))])
