"""The folder appears whole or not at all, and never over something that is not an example."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from haechi.errors import OutputError, UsageError
from haechi.example import Scale, write_pipc

TINY = Scale(people=20, themes=40, advertisers=2, behaviours=200)


def test_an_earlier_example_is_replaced(tmp_path: Path) -> None:
    write_pipc(TINY, tmp_path / "case")
    (tmp_path / "case" / "left-over.txt").write_text("x")
    write_pipc(TINY, tmp_path / "case")
    assert not (tmp_path / "case" / "left-over.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_an_empty_folder_and_missing_parents_are_welcome(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_pipc(TINY, tmp_path / "empty")
    write_pipc(TINY, tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c" / "expected.json").exists()


def test_a_folder_that_holds_something_else_is_refused_untouched(tmp_path: Path) -> None:
    """If this fails, a slip in --out deletes somebody's files."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match=r"mine: is not empty and holds no earlier example"):
        write_pipc(TINY, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    with pytest.raises(UsageError, match="is a file"):
        write_pipc(TINY, tmp_path / "mine" / "thesis.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_stood_there_stays_when_the_work_breaks_off(tmp_path: Path, error: BaseException) -> None:
    """If this fails, an interrupted run destroys the earlier example or leaves half of a new one."""
    write_pipc(TINY, tmp_path / "case")
    before = (tmp_path / "case" / "expected.json").read_bytes()

    def break_off(what: str, done: int, of: int) -> None:
        if what == "behaviours" and done > of // 2:
            raise error

    expected = OutputError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        write_pipc(Scale(people=30, themes=40, advertisers=2, behaviours=500), tmp_path / "case", break_off)
    assert (tmp_path / "case" / "expected.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file: cannot be written to"):
        write_pipc(TINY, tmp_path / "file" / "case")


def test_ctrl_c_leaves_no_trace(tmp_path: Path) -> None:
    """If this fails, a run stopped by hand leaves gigabytes beside the folder."""
    run = (
        "from pathlib import Path; from haechi.example import Scale, write_pipc; "
        f"write_pipc(Scale(behaviours=30_000_000), Path({str(tmp_path / 'case')!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", run], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and not list(tmp_path.glob(".case.*.part/behaviours.parquet")):
        time.sleep(0.05)
    assert list(tmp_path.glob(".case.*.part/behaviours.parquet")), "the run never began to write"
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=120) != 0
    assert list(tmp_path.iterdir()) == []
