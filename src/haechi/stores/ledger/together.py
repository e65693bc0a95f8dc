"""Many callers' transactions as one commit, so that waiting for the disk is shared.

A commit waits for the disk, whatever is in it. Callers that come while another's commit waits are taken together into
the next one: each has its own savepoint, so that what fails of one is undone alone, and each returns only when the
commit is on the disk.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from haechi.errors import LedgerError
from haechi.stores.rows import writing

Result = TypeVar("Result")
_MOST: Final = 256
"""Callers in one commit: the first must not wait for ever."""


class Together:
    """Runs callers' work in transactions that are shared. One a process; any number of threads call it.

    Args:
        engine: the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Callable[[Connection], Any], Future[Any]]] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def __call__(self, work: Callable[[Connection], Result]) -> Result:
        """Runs work and commits it.

        Args:
            work: writes on the connection it is given; it must not commit. It may run in another caller's thread.

        Returns:
            What the work returned, after the commit.

        Raises:
            Exception: what the work raised, and then nothing of it was kept; or what the commit raised.
        """
        done: Future[Result] = Future()
        with self._list:
            self._waiting.append((work, done))
        # Whoever has the turn works for all who wait; the others mostly find their work done.
        with self._turn:
            if not done.done():
                self._run_some()
        return done.result()

    def _run_some(self) -> None:
        with self._list:
            some, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        try:
            with writing(self._engine) as connection:
                answers = [_attempt(connection, work, done) for work, done in some]
        except BaseException as fault:
            for _, done in some:
                done.set_exception(fault)
            raise
        for answer in answers:
            answer()


def _attempt(
    connection: Connection, work: Callable[[Connection], Any], done: Future[Any]
) -> Callable[[], None]:
    """Runs one caller's work; how it is answered is only known to hold after the commit."""
    shared = connection.get_transaction()
    # Written out: SQLAlchemy's own nested transaction takes longer than the entry.
    connection.exec_driver_sql("SAVEPOINT together")
    failure: Exception | None = None
    result = None
    try:
        result = work(connection)
    except Exception as fault:  # noqa: BLE001 - the caller's own
        failure = fault
    if connection.get_transaction() is not shared:
        raise LedgerError("a caller ended the transaction that others share: none is acknowledged.")
    if failure is not None:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT together")
    connection.exec_driver_sql("RELEASE SAVEPOINT together")
    if failure is not None:
        return partial(done.set_exception, failure)
    return partial(done.set_result, result)
