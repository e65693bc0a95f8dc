"""A list of one theme of each kind, the file in which it is decided, and the law pack of the how-to guide."""

from pathlib import Path

import pytest

from tests.law.conftest import user_pack
from tests.review.sheets import ARGUABLE, DIRECT, PLAIN, names_of

__all__ = ["user_pack"]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    return names_of(tmp_path, [DIRECT, ARGUABLE, PLAIN, {"name": "Catholic school", "path": "Education"}])


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"
