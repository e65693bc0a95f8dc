"""One served page for each database, shared by the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.databases import new_database
from tests.service.people.world import Site, serving


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("people")
    database = str(folder)
    if request.param == "postgresql":
        database = new_database(request.getfixturevalue("postgres_server"))
    with serving(database, folder) as one:
        yield one
