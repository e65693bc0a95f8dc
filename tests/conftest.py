"""What several tests share: one small example and one audit of it, made once a session."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from haechi.example import Scale, write_pipc

# A shell that starts something in the background lets it ignore Ctrl-C, and so whatever that starts in turn: the
# programs under test could not be interrupted.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Spark on small data: most of its time is compiling what runs a few times.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
os.environ.setdefault("SPARK_CONF_DIR", str(Path(__file__).with_name("spark_small")))

HAECHI = Path(sys.executable).with_name("haechi")


def run_haechi(*arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """The installed command, as a user calls it."""
    return subprocess.run(
        [HAECHI, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: at the end, one worker would be left alone with the longest."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "pipc"
    write_pipc(Scale(people=2000, themes=600, advertisers=60, behaviours=200_000, seed=7), folder)
    return folder


@pytest.fixture(scope="session")
def expected(example: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((example / "expected.json").read_text())
    return found


@pytest.fixture(scope="session")
def report(example: Path, expected: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `haechi audit` wrote about the example."""
    out = tmp_path_factory.mktemp("audit") / "report"
    done = run_haechi(
        "audit", example, "--out", out, "--as-of", expected["as_of"], "--turnover", "KRW:1900000000000"
    )
    assert done.returncode == 1, done.stderr
    return out
