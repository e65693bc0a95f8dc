"""A database, opened and brought up to date."""

import errno
import os
import sqlite3
from importlib import resources
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from haechi.errors import UsageError

_BUSY_MILLISECONDS: Final = 10_000
_CACHE_KIB: Final = 262_144
SQLITE_FILE: Final = "haechi.sqlite"
ENVIRONMENT: Final = "HAECHI_DATABASE"
"""Environment variable that names the database where no command does: secrets do not belong in commands."""
PASSWORD_FILE: Final = "HAECHI_DATABASE_PASSWORD_FILE"  # noqa: S105 - the variable's name
"""Environment variable that names a file with the password, for a URL without one."""
DEFAULT: Final = "haechi-data"


def database_url(database: str) -> URL:
    """Where the database is.

    Args:
        database: a folder, in which SQLite keeps one file, or a `postgresql://` URL.

    Raises:
        UsageError: it is neither, or the password's file cannot be read.
    """
    if database == DEFAULT:
        database = os.environ.get(ENVIRONMENT) or database
    if "://" not in database:
        return URL.create("sqlite", database=str(Path(database) / SQLITE_FILE))
    try:
        url = make_url(database)
    except ArgumentError:
        # The text may hold a password: it is not repeated.
        raise UsageError("expected a folder or a URL such as postgresql://user@host/name.") from None
    if url.get_backend_name() != "postgresql":
        raise UsageError(
            f"a database of kind {url.get_backend_name()!r}; expected a folder or a postgresql:// URL."
        )
    if "@" in (url.host or ""):
        # What stands before it is the rest of the password, and every message about the database names the host.
        raise UsageError("the database's URL has an @ in its password; expected %40 in its place.")
    return _with_password(url).set(drivername="postgresql+psycopg")


def _with_password(url: URL) -> URL:
    file = os.environ.get(PASSWORD_FILE)
    if not file or url.password is not None:
        return url
    try:
        return url.set(password=Path(file).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{PASSWORD_FILE}: expected a readable text file.") from None


def open_store(database: str) -> Engine:
    """The database, made where there is none, with today's tables.

    Args:
        database: a folder or a `postgresql://` URL.

    Raises:
        UsageError: it cannot be opened, does not answer, or was made by a newer version.
    """
    url = database_url(database)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Other users of the machine read nobody's records; the files beside it get the same rights from it.
            # Never opened where it is there: closing it would drop the locks of this process's other connections
            # (POSIX; sqlite.org/howtocorrupt.html, 2.2).
            if not file.exists():
                os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
            elif not os.access(file, os.R_OK | os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as fault:
            raise UsageError(
                f"{file.parent}: expected a folder that can be written; {fault.strerror}."
            ) from None
    engine = connect(database)
    try:
        migrate(engine, "head")
    except OperationalError:
        # What the driver says may hold the password.
        raise UsageError(
            f"the database {url.host or url.database!r} does not answer or lets nobody in; expected one that runs, "
            f"and a user and password of its own ({ENVIRONMENT}, {PASSWORD_FILE})."
        ) from None
    return engine


def connect(database: str) -> Engine:
    """The database as it is: nothing is made, its tables are untouched.

    Raises:
        UsageError: there is none.
    """
    url = database_url(database)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        if not file.is_file():
            raise UsageError(f"{file}: expected a database; haechi serve makes one.")
        engine = create_engine(url, connect_args={"timeout": _BUSY_MILLISECONDS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)


def migrate(engine: Engine, to: str) -> None:
    """Brings the tables to a revision: `head`, `base`, or the name of one.

    Raises:
        UsageError: the tables are of a revision that is not known here.
    """
    config = Config()
    config.set_main_option("script_location", str(resources.files("haechi.stores").joinpath("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            if to == "base" or to.startswith("-"):
                command.downgrade(config, to)
            else:
                command.upgrade(config, to)
        except CommandError:
            raise UsageError(
                "the database was made by a newer version of Haechi; expected that version, or an older database."
            ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """Durable (a commit is on the disk when it returns), many readers beside one writer."""
    # SQLAlchemy begins transactions itself (see below): the module's own guessing is turned off.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"cache_size=-{_CACHE_KIB}",
        "temp_store=MEMORY",
        # The log is copied into the file less often, so that a page that is written again and again is copied once.
        "wal_autocheckpoint=16384",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
    """A transaction that will write takes its lock at once, so that it never fails half-way for want of it."""
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
