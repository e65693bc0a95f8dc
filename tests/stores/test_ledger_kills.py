"""A process that is killed at any instant neither loses an acknowledged entry nor forks the tree.

A thousand kills take some minutes: `python -m tests.stores.ledger_kills DATABASE 1000 SEED`.
"""

import subprocess
import sys

import pytest

from tests.databases import new_database


def _kill(database: str, count: int, seed: int, timeout: float) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.stores.ledger_kills", database, str(count), str(seed)],
        capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{count} kills")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_random_instants(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A tree that a crash leaves half written is one that nobody can prove anything with."""
    if kind == "sqlite":
        _kill(str(tmp_path_factory.mktemp("killed")), 30, 1, 120)
    else:
        _kill(new_database(request.getfixturevalue("postgres_server")), 15, 1, 120)
