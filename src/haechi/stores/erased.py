"""Who was erased: a keyed hash of the identifier, so that what comes late about them is not taken in again.

Without it a batch that was on its way, or an old dataset that is loaded once more, would bring a person back who
asked to be forgotten. The hash is kept for that alone (GDPR Art. 17(1)); its key is the master key, which is not in
the database.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text, update

from haechi.errors import UsageError
from haechi.ledger.seal import Master
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.rows import fetch

_PURPOSE: Final = b"haechi erased person\0"
_VERSION: Final = "erased"
"""In the settings: grows with each change, so that what a process remembers of numbers is never taken for true."""
GONE: Final = -1
"""Instant of return of somebody who has not come back."""


class Erased:
    """The people who were erased. One a process; it notices what other processes add.

    Args:
        master: the key of the hashes; None: nobody can be erased, and nobody was.
    """

    def __init__(self, master: Master | None) -> None:
        self._key = None if master is None else master.key
        self._version: str | None = None
        self._returned: dict[bytes, int] = {}

    def look(self, connection: Connection) -> bool:
        """Reads anew where somebody was erased or came back.

        Returns:
            whether anything changed since the last look: what a process remembers of numbers may be wrong.

        Raises:
            UsageError: people were erased, and there is no key by which to know them.
        """
        rows = fetch(connection, f"SELECT value FROM settings WHERE name = '{_VERSION}'")  # noqa: S608 - ours
        version = rows[0][0] if rows else ""
        if version == self._version:
            return False
        if version and self._key is None:
            raise UsageError(
                "people were erased from this database; expected the master key, without which they would come back "
                "unnoticed: set HAECHI_LEDGER_MASTER or HAECHI_LEDGER_MASTER_FILE."
            )
        self._returned = {
            bytes(mark): GONE if returned_at is None else int(returned_at)
            for mark, returned_at in fetch(connection, "SELECT mark, returned_at FROM erased")
        }
        self._version = version
        return True

    def since(self, person_ids: Iterable[str]) -> dict[str, int]:
        """The erased among some people: when each came back, in microseconds, or `GONE`."""
        if not self._returned:
            return {}
        found = {}
        for person_id in person_ids:
            returned = self._returned.get(self._mark(person_id))
            if returned is not None:
                found[person_id] = returned
        return found

    def remember(self, connection: Connection, person_id: str, *, now: datetime) -> None:
        """Writes down that a person was erased, once more where they had come back.

        Raises:
            UsageError: there is no master key.
        """
        e, mark = schema.erased, self._mark(person_id)
        again = update(e).where(e.c.mark == mark).values(erased_at=micros(now), returned_at=None)
        if not connection.execute(again).rowcount:
            connection.execute(e.insert().values(mark=mark, erased_at=micros(now)))
        _changed(connection)

    def welcome(self, connection: Connection, person_id: str, *, now: datetime) -> bool:
        """Writes down that an erased person came back by their own act; what happened before stays out.

        Returns:
            whether the person had been erased and not yet come back.
        """
        if self._key is None:
            return False
        e = schema.erased
        which = (e.c.mark == self._mark(person_id)) & e.c.returned_at.is_(None)
        returned = connection.execute(update(e).where(which).values(returned_at=micros(now))).rowcount
        if returned:
            _changed(connection)
        return bool(returned)

    def _mark(self, person_id: str) -> bytes:
        if self._key is None:
            raise UsageError(
                "nobody can be erased without a master key, by which late records about them are known; set "
                "HAECHI_LEDGER_MASTER or HAECHI_LEDGER_MASTER_FILE (haechi ledger key)."
            )
        return hmac.digest(self._key, _PURPOSE + person_id.encode(), hashlib.sha256)


def _changed(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO settings (name, value) VALUES (:name, '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(CAST(settings.value AS INTEGER) + 1 AS TEXT)"
        ),
        {"name": _VERSION},
    )
