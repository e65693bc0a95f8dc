"""`haechi example pipc`: what a user types and sees."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

CALL = (sys.executable, "-c", "from haechi.cli.example import app; app()", "pipc")


def test_the_command_makes_the_case_and_says_that_it_is_synthetic(tmp_path: Path) -> None:
    """If this fails, somebody may take made-up people for real ones, or a log fills with progress bars."""
    scale = ("--people", "50", "--themes", "80", "--advertisers", "3", "--behaviours", "1000", "--seed", "9")
    done = subprocess.run(
        [*CALL, *scale, "--out", str(tmp_path / "case")], capture_output=True, text=True, check=True
    )
    assert "Synthetic: no person" in done.stdout
    assert "expected.json" in done.stdout
    assert done.stderr == ""
    assert pq.read_metadata(tmp_path / "case" / "behaviours.parquet").num_rows == 1000


def test_the_default_is_small_enough_for_a_first_look(tmp_path: Path) -> None:
    subprocess.run([*CALL, "--out", str(tmp_path / "case")], capture_output=True, check=True, timeout=120)
    assert sum(p.stat().st_size for p in (tmp_path / "case").iterdir()) < 5_000_000
