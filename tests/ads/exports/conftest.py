"""Databases for these tests: one of each kind, emptied before each test, since making one takes longer than most."""

from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture
def own_database(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of one test alone, of the same kind: for a server of its own process."""
    if "://" not in database:
        return str(tmp_path / "own")
    return new_database(request.getfixturevalue("postgres_server"))
