"""Our numbers for identifiers: looked up at once, made where there are none, remembered after the commit."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Table, select, text

from haechi.stores.rows import temporary

_REMEMBERED: Final = 1_500_000


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

    def of(self, connection: Connection, identifiers: Sequence[str]) -> list[int]:
        """The number of each identifier, in their order; new identifiers get one."""
        missing = {one for one in identifiers if one not in self._known and one not in self._new}
        if missing:
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


def number_of(connection: Connection, table: Table, number: str, identifier: str, value: str) -> int | None:
    """The number of one identifier, or None where it is not known."""
    found = connection.execute(select(table.c[number]).where(table.c[identifier] == value)).scalar()
    return None if found is None else int(found)
