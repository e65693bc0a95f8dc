"""Rows of a file as the structures of `review.ads`, with every fault named."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from haechi.errors import DataError, Fault, FaultKind, UsageError
from haechi.review.reading.values import Value, value_of
from haechi.terms.row_files import Row, RowFile, short

_Form = TypeVar("_Form", bound=msgspec.Struct)

_SHOWN: Final = 20
"""Faults that are named; the rest are counted."""


class Table(Generic[_Form]):
    """A file of one kind of rows.

    Attributes:
        file: it.
        unread: columns that no part of the review reads, as far as rows were read.
    """

    def __init__(
        self, source: str, form: type[_Form], *, also: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """Names the file; nothing is read.

        Args:
            source: its path.
            form: what a row is.
            also: other names under which a column may stand; of lists, all of them are joined.

        Raises:
            UsageError: its form is not known.
        """
        self._fields = {one.name: one for one in msgspec.structs.fields(form)}
        self._values: dict[str, Value] = {
            name: value_of(name, one.type) for name, one in self._fields.items()
        }
        self._needed = [name for name, one in self._fields.items() if one.required]
        self._form = form
        self._named = {name: (name, *(also or {}).get(name, ())) for name in self._fields}
        wanted = ", ".join(self._needed) or "the columns of the reference"
        self.file = RowFile(source, title=f"{source}: rows that cannot be read", wanted=wanted)
        if self.file.form not in (".csv", ".jsonl", ".parquet"):
            raise UsageError(f"{source}: expected .jsonl, .csv or .parquet, also with .gz or .zst.")
        self.unread: set[str] = set()
        self._known = {other for others in self._named.values() for other in others}

    def __iter__(self) -> Iterator[_Form]:
        """The rows, each as the form.

        Raises:
            DataError: rows cannot be read: of the whole file all are counted, the first of them named.
        """
        columns = self.file.columns()
        if columns is not None:
            self._check_columns(columns)
        faults: list[Fault] = []
        count = 0
        for number, row in self.file.rows():
            made, found = self._made(number, row)
            count += len(found)
            faults += found[: _SHOWN - len(faults)]
            if made is not None and not count:
                yield made
        if count:
            raise DataError(
                [FaultKind(f"{self.file.source}: rows that cannot be read", count, tuple(faults))]
            )

    def _check_columns(self, columns: object) -> None:
        there = set(columns) if isinstance(columns, list) else set()
        for name in self._needed:
            if not there.intersection(self._named[name]):
                shown = short(", ".join(sorted(map(str, there)))) or "no columns"
                self.file.refuse(None, name, shown, f"a column {name}")

    def _made(self, number: int, row: Row) -> tuple[_Form | None, list[Fault]]:
        self.unread.update(row.keys() - self._known)
        given: dict[str, Any] = {}
        faults = []
        for name in self._fields:
            try:
                found = self._found(name, row)
            except ValueError as fault:
                value = next(row[other] for other in self._named[name] if _is_there(row.get(other)))
                faults.append(Fault(self.file.source, number, name, short(repr(value)), f"{fault}."))
                continue
            if found is not None:
                given[name] = found
            elif name in self._needed:
                faults.append(Fault(self.file.source, number, name, "nothing", f"a value in {name}."))
        return (None, faults) if faults else (self._form(**given), [])

    def _found(self, name: str, row: Row) -> object:
        found: object = None
        for other in self._named[name]:
            if not _is_there(row.get(other)):
                continue
            value = self._values[name](row[other])
            if isinstance(found, tuple) and isinstance(value, tuple):
                found = (*found, *(one for one in value if one not in found))
            elif found is None:
                found = value
        return found


def _is_there(found: object) -> bool:
    return found is not None and not (isinstance(found, str) and not found.strip())
