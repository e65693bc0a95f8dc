"""An advertiser's appeal against its suspension: once, in time, and decided by a third person."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from haechi.errors import MissingError, UsageError
from haechi.stores import open_store, schema
from haechi.stores import review_schema as tables
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger import entries
from haechi.stores.opened import migrate
from haechi.stores.review import queue
from haechi.stores.review.advertisers import advertiser_number, advertisers_of
from haechi.stores.review.clocks import appeal_until
from haechi.stores.review.grounds import expect_grounds, grounds_in
from haechi.stores.review.own_suspensions import OwnSuspension, own_suspensions
from haechi.stores.review.parties import Party, put_party
from haechi.stores.review.publishing import waiting
from haechi.stores.review.rechecks import EVERY, recheck_due
from haechi.stores.review.suspension_appeals import (
    SuspensionAppeal,
    appeal_suspension,
    appeals_of_advertiser,
    decide_suspension_appeal,
)
from haechi.stores.review.suspensions import decide_suspension, lift_suspension, propose_suspension
from haechi.stores.review.sweeps import go_on
from haechi.stores.review.views import overdue, show_job
from haechi.stores.review.waiting_list import barred_from
from haechi.stores.review.words import TakenError
from haechi.stores.rows import reading
from haechi.terms.words import LANGUAGES
from tests.ads.store.worlds import TOLD, Desk, hours, pages, waiting_jobs


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


def number(world: Desk, advertiser_id: str = "acme") -> int:
    with reading(world.engine) as connection:
        return advertiser_number(connection, advertiser_id)


def seen(world: Desk, advertiser_id: str = "acme") -> list[OwnSuspension]:
    of = number(world, advertiser_id)
    with reading(world.engine) as connection:
        return own_suspensions(connection, of)


def ask(world: Desk, suspension_id: str | None = None, **more: Any) -> SuspensionAppeal:
    about = suspension_id or seen(world)[0].suspension_id
    of = number(world, more.pop("advertiser_id", "acme"))
    return appeal_suspension(
        world.engine, of, about, text=more.get("text", "It was hijacked."), by="acme key", now=world.now()
    )


def job_of(world: Desk) -> str:
    (found,) = [
        one.job_id
        for one in waiting_jobs(world.engine, by="cat", now=world.now())
        if one.kind == "suspension-appeal"
    ]
    return found


def settle(world: Desk, outcome: Any, by: str = "cat") -> SuspensionAppeal:
    job = job_of(world)
    queue.claim(world.engine, job, by=by, now=world.now())
    return decide_suspension_appeal(
        world.engine, job, outcome, reason="looked at anew", by=by, now=world.now()
    )


def told(world: Desk) -> dict[str, bool]:
    """What the ad server knows at the end."""
    return {one.ad_id: one.may_run for one in waiting(world.engine)}


def test_an_appeal_that_is_right_lets_the_advertiser_in_and_publishes_nothing_undecided(world: Desk) -> None:
    """If it fails, an advertiser stays shut out after it won, or an ad that nobody decided runs because of it."""
    world.submit("runs")
    world.submit("waits", text="[hold]")
    world.submit("stopped", text="[hold] two")
    world.submit("paused")
    world.ads.run("paused", "live", now=world.now())
    world.ads.run("paused", "paused", now=world.now())
    world.suspend()
    world.decide("reject", "stopped", by="cat")
    (before,) = seen(world)
    assert (before.lifted_at, before.appeal, before.told_in) == (None, None, "ja")
    assert before.appeal_until == appeal_until(before.since)
    asked = ask(world)
    assert (asked.outcome, asked.due_at - asked.at) == (None, hours(72))
    assert not any(world.runs(one) for one in ("runs", "waits", "stopped", "paused"))
    done = settle(world, "lift")
    assert (done.outcome, done.reason) == ("lift", "looked at anew")
    assert [world.runs(one) for one in ("runs", "waits", "stopped", "paused")] == [True, False, False, False]
    assert [world.state(one) for one in ("waits", "stopped", "paused")] == ["held", "rejected", "paused"]
    assert told(world) == {"runs": True, "waits": False, "stopped": False, "paused": False}
    assert world.submit("new").state == "approved", "it may submit again"
    with reading(world.engine) as connection:
        assert advertisers_of(connection)["acme"].display_names == ("Acme",), "and has its name still"
    (after,) = seen(world)
    assert (after.lifted_at, after.appeal, after.appeal_until) == (done.decided_at, done, None)
    with reading(world.engine) as connection:
        kept = [
            (entry.kind, dict(entry.public))
            for _, entry in entries(connection)
            if entry.kind.startswith(("appeal", "advertiser"))
        ]
    about = {"suspension_id": after.suspension_id}
    assert kept == [
        ("advertiser-restricted", {**about, "suspended": True, "ads": 2}),
        ("appeal-received", {**about, "appeal_id": asked.appeal_id}),
        ("appeal-decided", {"appeal_id": asked.appeal_id, "outcome": "lift"}),
        ("advertiser-restricted", {**about, "suspended": False, "ads": 2}),
    ]


def test_what_changed_while_an_advertiser_was_out_does_not_run_when_it_comes_back(engine: Engine) -> None:
    """If it fails, the page behind an ad is exchanged in quiet, or an impersonation that was reported runs again."""
    address = "https://acme.example/"
    web = {address: "shoes"}
    world = Desk(engine, visit=pages(web)).found()
    world.submit("swapped", landing_url=address)
    world.submit("named", text="Jiro Reikawa tells")
    world.submit("honest")
    world.suspend()
    ask(world)
    web[address] = "[hold] your savings"
    put_party(engine, Party(party_id="jiro", names=("Jiro Reikawa",)), by="desk", now=world.now())
    world.clock += EVERY
    assert recheck_due(world.ads, now=world.now()) == 1
    go_on(engine, world.ads.screening, now=world.now())
    settle(world, "lift")
    names = ("swapped", "named", "honest")
    assert [world.state(one) for one in names] == ["held", "held", "approved"]
    assert [world.runs(one) for one in names] == [False, False, True]
    assert told(world) == {"swapped": False, "named": False, "honest": True}


def test_an_appeal_that_is_wrong_leaves_the_advertiser_out(world: Desk) -> None:
    """If it fails, the advertiser gets no person's answer, appeals without end, or runs all the same."""
    world.submit()
    world.suspend()
    ask(world)
    done = settle(world, "uphold")
    assert not world.runs()
    (after,) = seen(world)
    assert (after.lifted_at, after.appeal, after.appeal_until) == (None, done, None)
    with pytest.raises(ConflictError):
        ask(world)
    lift_suspension(world.engine, "acme", by="ann", words="new facts", now=world.now())
    assert world.runs(), "people may still let it in later"
    assert seen(world)[0].appeal == done, "and what was answered stays"


def test_the_two_who_suspended_do_not_judge_their_own_suspension(world: Desk) -> None:
    """If it fails, who proposed or confirmed upholds; DSA, Art. 20(4) asks for a decision that is not arbitrary."""
    world.suspend(by="ann", confirmed_by="bob")
    ask(world)
    job = job_of(world)
    for by in ("ann", "bob"):
        assert world.take(by) is None
        assert "Somebody who did neither" in barred_from(world.engine, job, by=by)
        with pytest.raises(UsageError, match="did not decide"):
            queue.claim(world.engine, job, by=by, now=world.now())
    for by in ("screening", "acme key", "vic"):
        with pytest.raises(UsageError, match="only a person"):
            queue.claim(world.engine, job, by=by, now=world.now())
    # Whatever gave them the job: they do not decide it.
    with world.engine.begin() as connection:
        lease = {"holder": "ann", "lease_until": 2**60}
        connection.execute(tables.jobs.update().where(tables.jobs.c.job_id == job).values(**lease))
    with pytest.raises(UsageError, match="neither proposed nor confirmed"):
        decide_suspension_appeal(world.engine, job, "uphold", reason="r", by="ann", now=world.now())
    queue.release(world.engine, job, by="ann", now=world.now())
    with pytest.raises(UsageError, match="appeal's job"):
        lift_suspension(world.engine, "acme", by="ann", words="enough of it", now=world.now())
    assert barred_from(world.engine, job, by="cat") == ""
    assert world.take("cat") == job


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What calls give that begin together; of one that fails the exception."""
    ready = threading.Barrier(len(calls))
    given: list[object] = [None] * len(calls)

    def call(place: int) -> None:
        ready.wait()
        try:
            given[place] = calls[place]()
        except Exception as fault:  # noqa: BLE001 - told to the test
            given[place] = fault

    threads = [threading.Thread(target=call, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


def test_of_two_who_decide_at_once_one_does(world: Desk) -> None:
    """If it fails, an appeal is upheld and lifted at once: the advertiser reads one, and the ads do the other."""
    world.submit()
    for turn in range(4):
        world.suspend(by=("ann", "bob")[turn % 2], confirmed_by=("bob", "ann")[turn % 2])
        ask(world)
        job = job_of(world)
        queue.claim(world.engine, job, by="cat", now=world.now())
        now = world.now()

        def decide(outcome: Any, job: str = job, now: Any = now) -> SuspensionAppeal:
            return decide_suspension_appeal(world.engine, job, outcome, reason=outcome, by="cat", now=now)

        given = at_once(lambda: decide("lift"), lambda: decide("uphold"))
        (done,) = [one for one in given if isinstance(one, SuspensionAppeal)]
        assert [type(one) for one in given if one is not done] == [TakenError]
        (kept, *_) = seen(world)
        assert kept.appeal == done
        assert world.runs() == (done.outcome == "lift") == (kept.lifted_at is not None)
        if done.outcome == "lift":
            # Those two do not propose again: the next turns would need others.
            break
        lift_suspension(world.engine, "acme", by="cat", words="for the next turn", now=world.now())


def test_of_two_appeals_at_once_one_is_taken(world: Desk) -> None:
    """If it fails, two programs of one advertiser get two answers, or a failure of the server."""
    world.suspend()
    of, about, now = number(world), seen(world)[0].suspension_id, world.now()

    def send() -> SuspensionAppeal:
        return appeal_suspension(world.engine, of, about, text="It was hijacked.", by="k", now=now)

    given = at_once(send, send, send)
    assert sorted(type(one).__name__ for one in given) == [
        "AppealedError",
        "AppealedError",
        "SuspensionAppeal",
    ]
    assert len(world.rows(tables.suspension_appeals)) == 1
    assert job_of(world)


def test_nobody_appeals_for_another_or_sees_it(world: Desk) -> None:
    """If it fails, a competitor spends the one appeal, or reads why somebody is suspended."""
    world.suspend()
    about = seen(world)[0].suspension_id
    assert seen(world, "club") == []
    with pytest.raises(MissingError) as another:
        ask(world, about, advertiser_id="club")
    with pytest.raises(MissingError) as none:
        ask(world, "0" * 24)
    assert str(another.value) == str(none.value)
    with reading(world.engine) as connection:
        assert appeals_of_advertiser(connection, number(world)) == []
    first = ask(world)
    with reading(world.engine) as connection:
        assert appeals_of_advertiser(connection, number(world)) == [first]
        assert appeals_of_advertiser(connection, number(world, "club")) == []


def test_what_cannot_be_appealed(world: Desk) -> None:
    """Only proposed, refused, lifted, too late, or without a word."""
    job = propose_suspension(world.engine, "acme", by="ann", reason="r", now=world.now(), **TOLD)
    (only_proposed,) = [one.suspension_id for one in world.rows(tables.suspensions)]
    assert seen(world) == [], "an advertiser that learns of a proposal hides what there is to see"
    with pytest.raises(MissingError):
        ask(world, only_proposed)
    queue.claim(world.engine, job, by="bob", now=world.now())
    decide_suspension(world.engine, job, confirm=False, by="bob", words="no", now=world.now())
    with pytest.raises(MissingError):
        ask(world, only_proposed)
    world.suspend(by="cat")
    with pytest.raises(UsageError, match="0 characters"):
        ask(world, text="")
    lift_suspension(world.engine, "acme", by="ann", words="w", now=world.now())
    with pytest.raises(UsageError, match="nothing to appeal"):
        ask(world)
    world.suspend(by="cat")
    until = seen(world)[0].appeal_until
    assert until is not None
    world.clock = until
    with pytest.raises(UsageError, match="six months"):
        ask(world)
    world.clock -= hours(1)
    assert ask(world).outcome is None


def test_an_appeal_stays_in_the_queue_with_its_clock(world: Desk) -> None:
    """If it fails, an appeal is there and nobody ever sees it, or sees that it is late."""
    world.suspend()
    due = ask(world).due_at
    job = job_of(world)
    shown = show_job(world.engine, job, now=world.now())
    assert (shown.job.kind, shown.job.due_at, shown.ad, shown.proposal) == (
        "suspension-appeal", due, None, ("eight scams", "ann"),
    )  # fmt: skip
    assert shown.advertiser is not None
    assert shown.advertiser.advertiser_id == "acme"
    assert overdue(world.engine, now=world.now()).jobs == ()
    world.clock = due
    assert [one.job_id for one in overdue(world.engine, now=world.now()).jobs] == [job]
    assert job_of(world) == job


def test_who_was_found_wrong_does_not_propose_again(world: Desk) -> None:
    """If it fails, one person proposes until somebody gives in, or two undo the next day what an appeal decided."""
    job = propose_suspension(world.engine, "acme", by="ann", reason="r", now=world.now(), **TOLD)
    queue.claim(world.engine, job, by="bob", now=world.now())
    decide_suspension(world.engine, job, confirm=False, by="bob", words="no grounds", now=world.now())
    with pytest.raises(UsageError, match="somebody else to propose it"):
        propose_suspension(
            world.engine,
            "acme",
            by="ann",
            reason="r",
            now=world.now(),
            grounds=["other"],
            told="Something else.",
        )
    assert propose_suspension(world.engine, "club", by="ann", reason="r", now=world.now(), **TOLD)
    world.suspend(by="bob", confirmed_by="ann")
    ask(world)
    settle(world, "lift")
    for by in ("ann", "bob"):
        with pytest.raises(UsageError, match="somebody else to propose it"):
            propose_suspension(world.engine, "acme", by=by, reason="r", now=world.now(), **TOLD)
    assert propose_suspension(world.engine, "acme", by="cat", reason="new", now=world.now(), **TOLD)


def test_who_was_overruled_does_not_judge_the_advertiser_again(world: Desk) -> None:
    """If it fails, whom an appeal found wrong about an advertiser confirms the next suspension or upholds it."""
    for name in ("dan", "fay"):
        with world.engine.begin() as connection:
            connection.execute(
                schema.users.insert().values(subject=name, name=name, role="reviewer", created_at=0)
            )
    world.suspend(by="ann", confirmed_by="bob")
    ask(world)
    settle(world, "lift")
    about = {"grounds": TOLD["grounds"], "told": TOLD["told"], "reason": "new"}
    job = propose_suspension(world.engine, "acme", by="cat", now=world.now(), **about)
    other = propose_suspension(world.engine, "club", by="cat", now=world.now(), **about)

    def refused(job: str, decide: Callable[[str], object]) -> None:
        for by in ("ann", "bob"):
            assert "that you proposed or confirmed" in barred_from(world.engine, job, by=by)
            with pytest.raises(UsageError, match="no appeal overruled"):
                queue.claim(world.engine, job, by=by, now=world.now())
            # Whatever gave them the job: they do not decide it.
            with world.engine.begin() as connection:
                lease = {"holder": by, "lease_until": 2**60}
                connection.execute(tables.jobs.update().where(tables.jobs.c.job_id == job).values(**lease))
            with pytest.raises(UsageError, match="no appeal overruled"):
                decide(by)
            queue.release(world.engine, job, by=by, now=world.now())

    refused(
        job,
        lambda by: decide_suspension(world.engine, job, confirm=True, by=by, words="w", now=world.now()),
    )
    assert barred_from(world.engine, other, by="ann") == "", (
        "they were wrong about one advertiser, not about all"
    )
    assert world.take("ann") == other
    assert world.take("dan") == job
    decide_suspension(world.engine, job, confirm=True, by="dan", words="w", now=world.now())
    ask(world)
    job = job_of(world)
    refused(
        job,
        lambda by: decide_suspension_appeal(world.engine, job, "uphold", reason="r", by=by, now=world.now()),
    )
    assert settle(world, "uphold", by="fay").outcome == "uphold"


def test_nobody_is_suspended_without_being_told_why(world: Desk) -> None:
    """DSA, Art. 17(3): the ground and what happened; each ground in each language in which advertisers are told."""
    for more in ({"grounds": ()}, {"grounds": ("no-such",)}, {"told": " "}, {"told": "x" * 4_001}):
        with pytest.raises(UsageError):
            propose_suspension(
                world.engine, "acme", by="ann", reason="r", now=world.now(), **{**TOLD, **more}
            )
    assert world.rows(tables.suspensions) == []
    codes = [one.code for one in grounds_in("en")]
    assert expect_grounds({codes[2], codes[0]}) == (codes[0], codes[2])
    for language in LANGUAGES:
        texts = [one.text for one in grounds_in(language)]
        assert len(set(texts)) == len(codes)
        assert all(texts)
    world.suspend()
    (own,) = seen(world)
    assert [one.text for one in own.grounds] == [one.text for one in grounds_in("ja", ["impersonation"])]
    assert own.told == TOLD["told"]
    assert "eight scams" not in str(own), "what is written for a colleague is not for the advertiser"
    assert grounds_in("de", ["of-a-later-version"])[0].text == "of-a-later-version"


def test_suspensions_of_before_can_be_appealed(own_database: str) -> None:
    """If it fails, an upgrade takes the appeal from those who are suspended, or shows lifted ones as holding."""
    engine = open_store(own_database)
    world = Desk(engine).found()
    world.submit()
    world.suspend()
    lift_suspension(engine, "acme", by="cat", words="by mistake", now=world.now())
    lifted = seen(world)[0].lifted_at
    world.suspend()
    ask(world)
    migrate(engine, "-1")
    with engine.begin() as connection:
        states = connection.execute(text("SELECT kind, state FROM review_jobs ORDER BY job")).all()
        assert states[-1] == ("suspension-appeal", "dropped")
        # As that version kept it.
        connection.execute(text("UPDATE review_suspensions SET words = 'by mistake' WHERE state = 'lifted'"))
    migrate(engine, "head")
    holds, before = seen(world)
    assert (before.lifted_at, holds.lifted_at, holds.grounds, holds.told) == (lifted, None, (), "")
    with reading(engine) as connection:
        t = tables.suspensions
        row = connection.execute(select(t).where(t.c.state == "lifted")).one()
    assert (row.lifted_by, row.lifted_words) == ("cat", "by mistake")
    assert not world.runs()
    ask(world)
    assert settle(world, "lift").outcome == "lift"
    assert world.runs()
    engine.dispose()
