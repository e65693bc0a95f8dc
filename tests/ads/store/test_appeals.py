"""An advertiser's appeal: in time, seen until it is decided, and decided by somebody new."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from haechi.errors import MissingError, UsageError
from haechi.review.ads import Reason
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger import entries
from haechi.stores.review import queue
from haechi.stores.review.appeals import Appeal, appeal, decide_appeal
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.decided import check_decisions
from haechi.stores.review.views import overdue, show_job
from haechi.stores.review.words import StaleError
from haechi.stores.rows import reading
from tests.ads.store.worlds import NOW, Desk, hours, waiting_jobs

OTHER = Reason(code="claims", laws=(), text="It promises too much.", fix="Say what is sure.")


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


def ask(world: Desk, ad_id: str = "a1", decision_id: str | None = None) -> Appeal:
    decision = decision_id or world.decisions(ad_id)[0].decision_id
    return appeal(world.engine, ad_id, decision, text="It is our own brand.", by="acme key", now=world.now())


def settle(world: Desk, outcome: Any, by: str = "bob", ad_id: str = "a1", **more: Any) -> Appeal:
    job = str(world.job_of(ad_id, "appeal"))
    queue.claim(world.engine, job, by=by, now=world.now())
    decision_id = show_job(world.engine, job, now=world.now()).decisions[0].decision_id
    return decide_appeal(
        world.engine, job, outcome, decision_id=decision_id, reason="looked at anew", by=by, now=world.now(),
        **more,
    )  # fmt: skip


def test_an_appeal_that_is_right_lets_the_ad_run(world: Desk) -> None:
    """From a person's rejection to the ad that runs, by another person."""
    world.submit(text="[hold]")
    world.decide("reject")
    asked = ask(world)
    assert (asked.outcome, asked.due_at - asked.at) == (None, hours(72))
    assert not world.runs()
    done = settle(world, "overturn")
    assert (done.outcome, done.reason) == ("overturn", "looked at anew")
    assert world.runs()
    newest = world.decisions()[0]
    assert (newest.cause, newest.automated, newest.actor) == ("appeal", "NOT", "bob")
    assert newest.supersedes == asked.decision_id
    with reading(world.engine) as connection:
        assert [
            entry.kind
            for _, entry in entries(connection)
            if entry.kind.startswith("appeal")
        ] == ["appeal-received", "appeal-decided"]  # fmt: skip
        assert list(check_decisions(connection)) == []


@pytest.mark.parametrize(("outcome", "reasons"), [("uphold", ()), ("modify", (OTHER,))])
def test_an_appeal_that_is_wrong_leaves_the_ad_stopped(
    world: Desk, outcome: str, reasons: tuple[Reason, ...]
) -> None:
    """The advertiser gets a person's answer, with the reasons that hold now."""
    world.submit(text="[reject]")
    ask(world)
    assert settle(world, outcome, "ann", reasons=reasons).outcome == outcome
    newest, before = world.decisions()
    assert (newest.outcome, newest.automated) == ("reject", "NOT")
    assert newest.reasons == (reasons or before.reasons)
    assert not world.runs()


def test_nobody_judges_their_own_decision(world: Desk) -> None:
    """The person who rejected would uphold: whoever ever decided on the ad is not offered, and may not take it."""
    world.submit(text="[hold]")
    world.decide("approve", by="cat")
    world.change(text="[hold] again")
    world.decide("reject", by="ann")
    ask(world)
    job = str(world.job_of("a1", "appeal"))
    for by in ("ann", "cat"):
        assert world.take(by) is None
        with pytest.raises(UsageError, match="did not decide"):
            queue.claim(world.engine, job, by=by, now=world.now())
    assert world.take("bob") == job


def test_who_decides_the_ad_while_they_have_its_appeal_loses_the_appeal(world: Desk) -> None:
    """Held, appealed, and rejected by the person who has the appeal in hand: somebody else answers it."""
    world.submit(text="[hold]")
    ask(world)
    job = str(world.job_of("a1", "appeal"))
    queue.claim(world.engine, job, by="bob", now=world.now())
    world.decide("reject", by="bob")
    with pytest.raises(UsageError, match="did not decide"):
        settle(world, "uphold", "bob")
    queue.release(world.engine, job, by="bob", now=world.now())
    assert settle(world, "uphold", "ann").outcome == "uphold"


def test_no_machine_decides_an_appeal(world: Desk) -> None:
    """DSA, Art. 20(6): only a person who signs in may, not a program and not the screening."""
    world.submit(text="[reject]")
    ask(world)
    job = str(world.job_of("a1", "appeal"))
    for by in ("screening", "acme key", "vic"):
        with pytest.raises(UsageError, match="only a person"):
            queue.claim(world.engine, job, by=by, now=world.now())
    world.change(text="[reject] more")
    assert world.ads.resume(now=world.now() + hours(9)) == 0
    assert world.job_of("a1", "appeal") == job


def test_an_appealed_ad_stays_in_the_queue(world: Desk) -> None:
    """The bug that other desks had: the ad's state hides its appeal, and nobody ever answers it."""
    world.submit(text="[reject]")
    ask(world)
    job = world.job_of("a1", "appeal")

    def seen() -> bool:
        return job in {one.job_id for one in waiting_jobs(world.engine, by="bob", now=world.now())}

    assert seen()
    world.change(text="shoes")
    assert world.state() == "approved"
    assert seen()
    world.change(text="[hold] savings")
    world.decide("reject", by="cat")
    assert seen()
    world.ads.run("a1", "expired", now=world.now())
    assert seen()
    world.clock += hours(73)
    assert seen()
    assert job in {one.job_id for one in overdue(world.engine, now=world.now()).jobs}
    assert world.take("bob") == job


def test_an_appeal_about_an_older_version_approves_no_newer_one(world: Desk) -> None:
    """The advertiser appeals a harmless version and puts a scam in its place meanwhile."""
    first = world.submit(text="[reject] harmless after all")
    ask(world)
    world.change(text="[reject] your savings")
    job = str(world.job_of("a1", "appeal"))
    shown = show_job(world.engine, job, now=world.now())
    assert shown.stale
    assert shown.ad is not None
    assert shown.ad.text == "[reject] harmless after all"
    queue.claim(world.engine, job, by="bob", now=world.now())
    done = decide_appeal(
        world.engine, job, "overturn", decision_id=str(first.decision_id), reason="it is harmless", by="bob",
        now=world.now(),
    )  # fmt: skip
    assert done.outcome == "overturn"
    assert (world.state(), world.runs(), world.runs(ad_hash=first.ad_hash)) == ("rejected", False, False)
    assert world.change(text="[reject] harmless after all").state == "rejected"


def test_an_appeal_is_decided_on_what_is_known_last(world: Desk) -> None:
    """Another decision came while somebody looked: they have to see it before they overturn it."""
    held = world.submit(text="[hold]")
    ask(world)
    job = str(world.job_of("a1", "appeal"))
    queue.claim(world.engine, job, by="bob", now=world.now())
    world.decide("reject", by="ann")
    with pytest.raises(StaleError):
        decide_appeal(
            world.engine, job, "overturn", decision_id=str(held.decision_id), reason="r", by="bob",
            now=world.now(),
        )  # fmt: skip
    assert world.state() == "rejected"
    assert settle(world, "overturn").outcome == "overturn"
    assert world.runs()


def test_what_cannot_be_appealed(world: Desk) -> None:
    """Approved, replaced, appealed before, another's, or too late."""
    world.submit("a0", text="shoes")
    with pytest.raises(UsageError, match="nothing to appeal"):
        ask(world, "a0")
    held = world.submit(text="[hold]")
    world.decide("reject")
    with pytest.raises(UsageError, match="took the place"):
        ask(world, decision_id=str(held.decision_id))
    with pytest.raises(MissingError):
        ask(world, "a0", decision_id=str(held.decision_id))
    with pytest.raises(MissingError):
        ask(world, decision_id="0" * 24)
    asked = ask(world)
    with pytest.raises(ConflictError):
        ask(world)
    with pytest.raises(UsageError):
        appeal(world.engine, "a1", asked.decision_id, text=" ", by="k", now=world.now())
    with pytest.raises(UsageError, match="other reasons"):
        settle(world, "modify")
    world.submit("a2", text="[reject]")
    world.clock = NOW.replace(year=2027, month=5, day=2, hour=13)
    with pytest.raises(UsageError, match="six months"):
        ask(world, "a2")
    world.clock -= hours(2)
    assert ask(world, "a2").outcome is None


@given(st.datetimes(min_value=dt.datetime(2020, 1, 1), max_value=dt.datetime(2090, 1, 1)))  # noqa: DTZ001
def test_six_months_are_never_shorter(decided_at: dt.datetime) -> None:
    """The law's window is at least six months, also from the last day of a long month."""
    until = appeal_until(decided_at)
    assert dt.timedelta(days=181) <= until - decided_at <= dt.timedelta(days=185)
    assert (until.year * 12 + until.month) - (decided_at.year * 12 + decided_at.month) in (6, 7)
