"""Our numbers for identifiers: looked up at once, made where there are none, remembered after the commit."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Table, select, text

from haechi.errors import DataError, Fault, FaultKind
from haechi.stores.rows import temporary
from haechi.terms.identifiers import EXPECTED, is_identifier

_REMEMBERED: Final = 1_500_000
_MOST_FAULTS: Final = 20


class Numbers:
    """The numbers of one table's identifiers.

    Args:
        table: which has both.
        number: the column of the number.
        identifier: the column of the identifier.
    """

    def __init__(self, table: Table, number: str, identifier: str) -> None:
        self._table = table
        self._number = number
        self._identifier = identifier
        self._known: dict[str, int] = {}
        self._new: dict[str, int] = {}

    def expect(self, identifiers: Sequence[str], *, said_in: str | None = None) -> None:
        """Refuses what is no identifier; a known one is one, and costs nothing.

        Args:
            identifiers: one a row.
            said_in: the table whose rows they are, for errors; the identifiers' own without it.

        Raises:
            DataError: one is none that the platform takes.
        """
        known, new = self._known, self._new
        if not all(is_identifier(one) for one in identifiers if one not in known and one not in new):
            expect_identifiers(said_in or self._table.name, self._identifier, identifiers)

    def of(
        self, connection: Connection, identifiers: Sequence[str], *, said_in: str | None = None
    ) -> list[int]:
        """The number of each identifier, in their order; new identifiers get one.

        Args:
            connection: in a transaction.
            identifiers: one a row.
            said_in: the table whose rows they are, for errors; the identifiers' own without it.

        Raises:
            DataError: one is none that the platform takes.
        """
        missing = {one for one in identifiers if one not in self._known and one not in self._new}
        if missing:
            self.expect(identifiers, said_in=said_in)
            self._new |= self._made(connection, missing)
        known, new = self._known, self._new
        return [known[one] if one in known else new[one] for one in identifiers]

    def forget_new(self) -> None:
        """Forgets what was looked up for a transaction that was undone."""
        self._new = {}

    def forget(self) -> None:
        """Forgets everything: somebody was erased, and a number may be nobody's now."""
        self._known.clear()
        self._new = {}

    def keep(self) -> None:
        """Remembers what was looked up since; to be called after the commit, since an undone number is none."""
        if len(self._known) + len(self._new) > _REMEMBERED:
            self._known.clear()
        self._known.update(self._new)
        self._new = {}

    def _made(self, connection: Connection, missing: set[str]) -> dict[str, int]:
        name, number = self._table.name, self._number
        temporary(connection, "identifiers", f"{self._identifier} TEXT", [(one,) for one in sorted(missing)])
        connection.execute(
            text(
                f"INSERT INTO {name} ({self._identifier}) SELECT {self._identifier} FROM temp_identifiers "  # noqa: S608
                f"WHERE true ON CONFLICT ({self._identifier}) DO NOTHING"
            )
        )
        rows = connection.execute(
            text(
                f"SELECT t.{self._identifier}, t.{number} FROM temp_identifiers i CROSS JOIN {name} t "  # noqa: S608
                f"WHERE i.{self._identifier} = t.{self._identifier}"
            )
        ).all()
        return {row[0]: row[1] for row in rows}


def expect_identifiers(table: str, column: str, identifiers: Sequence[str]) -> None:
    """Refuses what is no identifier; the value is not told, since it may say who a person is.

    Args:
        table: whose rows they are.
        column: which of its columns.
        identifiers: one a row.

    Raises:
        DataError: one or several are none; the first twenty are named by their rows.
    """
    wrong = [row for row, one in enumerate(identifiers, 1) if not is_identifier(one)]
    if wrong:
        first = tuple(Fault(table, row, column, None, f"{EXPECTED}.") for row in wrong[:_MOST_FAULTS])
        raise DataError([FaultKind("Identifiers that cannot be", len(wrong), first)])


def number_of(connection: Connection, table: Table, number: str, identifier: str, value: str) -> int | None:
    """The number of one identifier, or None where it is not known."""
    if not is_identifier(value):
        # None such has a number, and PostgreSQL does not even take the question.
        return None
    found = connection.execute(select(table.c[number]).where(table.c[identifier] == value)).scalar()
    return None if found is None else int(found)
