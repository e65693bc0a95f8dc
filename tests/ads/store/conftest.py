"""Databases for these tests: one of each kind, emptied before each test, since making one takes longer than most."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from haechi.stores import open_store
from haechi.stores.schema import METADATA
from tests.databases import new_database, postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What --database takes."""
    if request.param == "sqlite":
        return str(tmp_path_factory.mktemp("ads"))
    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(scope="session")
def opened(database: str) -> Iterator[Engine]:
    engine = open_store(database)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(opened: Engine) -> Engine:
    """The database without a row."""
    with opened.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
    return opened
