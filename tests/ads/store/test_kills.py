"""Processes killed midway: nothing is lost, nothing runs undecided."""

import datetime as dt
import signal
import subprocess
import sys

import pytest
from sqlalchemy import Engine

from haechi.stores import review_schema as tables
from haechi.stores.review.decided import check_decisions
from haechi.stores.review.notices import NewNotice, receive_notice
from haechi.stores.review.parties import Party
from haechi.stores.review.publishing import waiting
from haechi.stores.review.sweeps import go_on, progress_of
from haechi.stores.rows import reading
from tests.ads.store.worlds import Desk


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


def kill(world: Desk, database: str, step: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ads.store.killed", database, step, world.now().isoformat()],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("step", ["examined", "decided"])
def test_killed_before_the_commit_the_ad_waits_and_is_taken_up(world: Desk, database: str, step: str) -> None:
    """An ad between examination and decision: it is there, does not run, and is judged by the next process."""
    kill(world, database, step)
    assert (world.state(), world.runs(), world.rows(tables.decisions)) == ("screening", False, [])
    assert waiting(world.engine) == []
    assert world.ads.resume(now=world.now()) == 0
    world.clock += dt.timedelta(minutes=5)
    assert world.ads.resume(now=world.now()) == 1
    assert world.runs()
    assert [told.may_run for told in waiting(world.engine)] == [True]
    with reading(world.engine) as connection:
        assert list(check_decisions(connection)) == []


def test_killed_after_the_commit_the_ad_server_is_told(world: Desk, database: str) -> None:
    """Between decision and publication: the message is there with the decision, whoever fetches it."""
    kill(world, database, "committed")
    (told,) = waiting(world.engine)
    assert (told.ad_id, told.may_run, world.runs(ad_hash=told.ad_hash)) == ("a1", True, True)
    assert world.submit("a1", text="shoes").repeated
    assert world.ads.resume(now=world.now() + dt.timedelta(hours=1)) == 0


def test_a_sweep_that_was_killed_goes_on(world: Desk, database: str) -> None:
    """Half of the ads were judged when the process went: the rest is, and none twice."""
    for number in range(10):
        world.submit(f"a{number}", text="Taro Yamada")
    party = Party(party_id="taro", names=("Taro Yamada",))
    receive_notice(world.engine, NewNotice(source="VICTIM", party=party), by="desk", now=world.now())
    kill(world, database, "swept")
    (row,) = world.rows(tables.sweeps)
    half = progress_of(world.engine, row.sweep)
    assert (half.judged, half.held, half.left) == (5, 5, 5)
    (told,) = go_on(world.engine, world.ads.screening, now=world.now())
    assert (told.judged, told.held, told.left) == (10, 10, 0)
    assert {len(world.decisions(f"a{number}")) for number in range(10)} == {2}
