"""What waits for a person: one has it at a time, for a time; who decides, decides what they saw."""

import contextlib
import threading
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from sqlalchemy import Engine

from haechi.errors import MissingError, UsageError
from haechi.review.ads import Advertiser, Reason, Targeting
from haechi.stores import review_schema as tables
from haechi.stores.ledger import entries
from haechi.stores.review import desk, golden, queue
from haechi.stores.review.beside import beside_job
from haechi.stores.review.publishing import waiting
from haechi.stores.review.suspensions import decide_suspension, lift_suspension, propose_suspension
from haechi.stores.review.twins import Settled, settled
from haechi.stores.review.views import oldest_and_count, overdue, show_job
from haechi.stores.review.words import StaleError, TakenError
from haechi.stores.rows import reading
from tests.ads.store.worlds import TOLD, Desk, ad, hours, pages, waiting_jobs


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


def test_one_has_a_job_at_a_time_and_for_a_time(world: Desk) -> None:
    """Two who look at one ad waste a person; one who left must not keep it for ever."""
    world.submit(text="[hold]")
    job = world.take("ann")
    assert job is not None
    assert world.take("bob") is None
    with pytest.raises(TakenError):
        queue.claim(world.engine, job, by="bob", now=world.now())
    with pytest.raises(TakenError):
        world.say(job, "approve", by="bob")
    begun = world.clock
    world.clock += queue.LEASE
    assert world.take("bob") == job
    with pytest.raises(TakenError):
        world.say(job, "approve", by="ann")
    assert world.say(job, "approve", by="bob") is not None
    claims = show_job(world.engine, job, now=world.now()).claims
    assert [(one.by, one.how) for one in claims] == [("ann", "expired"), ("bob", "decided")]
    assert claims[0].ended_at is not None
    assert claims[0].ended_at <= begun + queue.LEASE
    assert world.runs()


def test_a_lease_that_is_over_decides_nothing_also_where_nobody_else_came(world: Desk) -> None:
    """What somebody looked at yesterday is not what they decide on today."""
    world.submit(text="[hold]")
    job = str(world.take("ann"))
    world.clock += queue.LEASE
    with pytest.raises(TakenError):
        world.say(job, "approve")
    assert world.state() == "held"
    assert world.take("ann") == job
    assert world.say(job, "approve") is not None


def test_a_lease_is_as_long_again_for_who_asks(world: Desk) -> None:
    """A reviewer who needs longer keeps the job, as one claim."""
    world.submit(text="[hold]")
    job = world.take("ann")
    assert job is not None
    world.clock += queue.LEASE / 2
    queue.claim(world.engine, job, by="ann", now=world.now())
    world.clock += queue.LEASE * 0.9
    assert world.say(job, "approve") is not None
    assert len(world.rows(tables.claims)) == 1


def test_the_most_pressing_comes_first_and_what_was_skipped_last(world: Desk) -> None:
    """An order that starves the oldest, or hands back what was just skipped, makes the queue useless."""
    for number in (1, 2, 3):
        world.submit(f"a{number}", text=f"[hold] {number}")
    first = world.take("ann")
    assert first == world.job_of("a1")
    assert first is not None
    queue.skip(world.engine, first, by="ann", reason="I know this advertiser", now=world.now())
    second, third = world.take("ann"), world.take("ann")
    assert (second, third) == (world.job_of("a2"), world.job_of("a3"))
    assert world.take("ann") == first
    assert show_job(world.engine, first, now=world.now()).claims[0].reason == "I know this advertiser"
    with pytest.raises(UsageError):
        queue.skip(world.engine, first, by="ann", reason=" ", now=world.now())
    queue.release(world.engine, first, by="ann", now=world.now())
    assert world.take("bob") == first
    since, count = oldest_and_count(world.engine)
    assert (count, since) == (3, waiting_jobs(world.engine, by="bob", now=world.now())[0].enqueued_at)


@pytest.mark.parametrize("by", ["vic", "nobody", "screening", "key"])
def test_only_people_who_may_decide_do(world: Desk, by: str) -> None:
    """A key of a program, a viewer or nobody at all must not decide in a person's place."""
    world.submit(text="[hold]")
    with pytest.raises(UsageError):
        world.take(by)
    job = str(world.take("ann"))
    with pytest.raises(UsageError):
        world.say(job, "approve", by=by)
    with pytest.raises(UsageError):
        queue.comment(world.engine, job, by=by, text="x", now=world.now())


def test_a_person_rejects_with_words_and_reasons(world: Desk) -> None:
    """A rejection without a reason tells the advertiser nothing."""
    world.submit(text="[hold]")
    job = str(world.take())
    about = str(world.ads.standing("a1").ad_hash)
    with pytest.raises(UsageError):
        desk.decide_job(
            world.engine, job, desk.Said(verdict="reject", ad_hash=about), by="ann", now=world.now()
        )
    own = Reason(code="impersonation", laws=("DSA Art. 17",), text="It wears a name.", fix="Take it off.")
    world.say(job, "reject", reasons=(own,))
    newest, before = world.decisions()
    assert newest.reasons == (own,)
    assert (newest.actor, newest.automated, newest.supersedes) == ("ann", "NOT", before.decision_id)
    assert newest.signals == before.signals
    with pytest.raises(TakenError):
        world.say(job, "approve")


def test_an_ad_changed_while_somebody_looks_is_looked_at_again(world: Desk) -> None:
    """The classic swap: held, shown to a reviewer, changed, and approved as what it no longer is."""
    old = world.submit(text="[hold] shoes")
    job = str(world.take())
    world.change(text="[hold] savings")
    with pytest.raises(StaleError):
        world.say(job, "approve", ad_hash=old.ad_hash)
    assert (world.state(), len(world.decisions())) == ("held", 2)
    shown = show_job(world.engine, job, now=world.now())
    assert shown.ad is not None
    assert (shown.ad.text, shown.stale, shown.job.holder) == ("[hold] savings", False, "ann")
    world.say(job, "approve")
    assert world.runs()
    world.submit("a2", text="[hold]")
    second = str(world.take())
    world.change("a2", text="fine now")
    with pytest.raises(TakenError):
        world.say(second, "reject", "a2")
    assert [one.how for one in show_job(world.engine, second, now=world.now()).claims] == ["dropped"]


def test_of_two_who_decide_at_once_one_does(world: Desk) -> None:
    """Real threads, each with a claim it believes in: exactly one decision may come of it."""
    for number in range(6):
        ad_id = f"a{number}"
        world.submit(ad_id, text=f"[hold] {number}")
        job = str(world.job_of(ad_id))
        about = str(world.ads.standing(ad_id).ad_hash)
        now = world.now()
        found: list[str] = []
        together = threading.Barrier(4)

        def race(
            by: str, verdict: Any, *, job: str = job, about: str = about, now: Any = now, found: Any = found,
            together: Any = together,
        ) -> None:  # fmt: skip
            together.wait()
            try:
                queue.claim(world.engine, job, by=by, now=now)
                said = desk.Said(verdict=verdict, ad_hash=about, words="w")
                desk.decide_job(world.engine, job, said, by=by, now=now)
                found.append(by)
            except TakenError:
                found.append("taken")

        people: tuple[tuple[str, Any], ...] = (
            ("ann", "approve"), ("bob", "reject"), ("cat", "reject"), ("ann", "approve"),
        )  # fmt: skip
        threads = [threading.Thread(target=race, args=one) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(one == "taken" for one in found) == {True: 3, False: 1}
        made = world.decisions(ad_id)
        assert len(made) == 2
        assert made[0].actor in found


def test_changes_and_decisions_at_once_approve_nothing_unseen(world: Desk) -> None:
    """Whatever comes first, what runs in the end is what somebody or something approved as it is."""
    for number in range(6):
        ad_id = f"a{number}"
        world.submit(ad_id, text="[hold] shoes")
        job = str(world.job_of(ad_id))
        queue.claim(world.engine, job, by="ann", now=world.now())
        about = str(world.ads.standing(ad_id).ad_hash)
        now = world.now()
        together = threading.Barrier(2)

        def changing(ad_id: str = ad_id, together: Any = together, now: Any = now) -> None:
            together.wait()
            world.ads.change(ad(ad_id, "[reject] savings"), by="key", now=now)

        thread = threading.Thread(target=changing)
        thread.start()
        together.wait()
        said = desk.Said(verdict="approve", ad_hash=about, words="w")
        with contextlib.suppress(StaleError, TakenError):
            desk.decide_job(world.engine, job, said, by="ann", now=now)
        thread.join()
        assert (world.state(ad_id), world.runs(ad_id)) == ("rejected", False)


def test_a_cluster_is_decided_at_once_each_with_its_own_decision(world: Desk) -> None:
    """One campaign of many copies must not take as many people; each advertiser still gets a decision."""
    world.submit("a1", text="[hold] template")
    world.submit("a2", text="[hold] template [copy of a1]", advertiser="club")
    world.submit("a3", text="[hold] template [copy of a2]", advertiser="mall")
    world.submit("a4", text="[hold] template [copy of a3]", advertiser="mall")
    world.submit("b1", text="[hold] else")
    job = str(world.job_of("a2"))
    queue.claim(world.engine, job, by="ann", now=world.now())
    shown = show_job(world.engine, job, now=world.now())
    assert len(shown.copies) == 3
    left = str(world.job_of("a4"))
    said = desk.Said(verdict="reject", ad_hash=str(shown.ad_hash), words="one campaign")
    made = desk.decide_cluster(world.engine, job, said, by="ann", leave={left}, now=world.now())
    assert len(made) == 3
    assert [world.state(one) for one in ("a1", "a2", "a3", "a4", "b1")] == [*3 * ["rejected"], "held", "held"]
    first, copy = world.decisions("a2")[0], world.decisions("a1")[0]
    assert (first.decision_id, first.automated, first.refers_to) == (made[0], "NOT", None)
    assert (copy.cause, copy.automated, copy.refers_to, copy.actor) == (
        "cluster",
        "PARTIALLY",
        made[0],
        "ann",
    )
    assert copy.ad_hash == world.ads.standing("a1").ad_hash


def test_one_look_approves_only_what_is_the_same_in_all_that_is_judged(engine: Engine) -> None:
    """If it fails, a good ad lets pictures, pages, payers or targetings run that nobody looked at."""
    here, there = "https://acme.example/", "https://acme.example/other"
    world = Desk(engine, visit=pages({here: "shoes", there: "shoes"})).found()
    world.submit("a0", text="[hold] template")
    same: dict[str, Any] = {"text": "[hold] template [copy of a0]", "picture": b"one", "landing_url": here}
    world.submit("a1", **same)
    world.submit("twin", **same)
    others: dict[str, dict[str, Any]] = {
        "words": {"text": "[hold] template, too [copy of a0]"},
        "picture": {"picture": b"two"},
        "no-picture": {"picture": None},
        "page": {"landing_url": there},
        "no-page": {"landing_url": None},
        "advertiser": {"advertiser": "club"},
        "payer": {"payer": "somebody"},
        "country": {"country": "TW"},
        "language": {"language": "ko"},
        "name": {"display_name": "Another"},
    }
    for name, more in others.items():
        world.submit(name, **{**same, **more})
    targeted = msgspec.structs.replace(ad("aimed", same["text"], landing_url=here), targeting=Targeting())
    world.ads.submit(targeted, b"one", by="key", now=world.now())
    job = str(world.job_of("a1"))
    queue.claim(engine, job, by="ann", now=world.now())
    beside = beside_job(engine, job)
    assert (beside.copies, beside.twins) == (len(others) + 3, 1)
    said = desk.Said(verdict="approve", ad_hash=str(world.ads.standing("a1").ad_hash))
    made = desk.decide_cluster(engine, job, said, by="ann", now=world.now())
    assert len(made) == 2
    runs = {one: world.runs(one) for one in ("a0", "a1", "twin", "aimed", *others)}
    assert [one for one in runs if runs[one]] == ["a1", "twin"]
    with reading(engine) as connection:
        told = settled(connection, made[0], by="ann")
        assert told == Settled(ads=2, waiting=len(others) + 2)
        assert settled(connection, made[0], by="bob") is None
        assert settled(connection, "none", by="ann") is None


def test_a_page_that_was_seen_otherwise_is_another_page(engine: Engine) -> None:
    """If it fails, a page is exchanged between two copies, and the look at the first one lets the second one run."""
    here = "https://acme.example/"
    web = {here: "shoes"}
    world = Desk(engine, visit=pages(web)).found()
    world.submit("a0", text="[hold] template")
    same = {"text": "[hold] template [copy of a0]", "landing_url": here}
    world.submit("a1", **same)
    web[here] = "your savings"
    world.submit("a2", **same)
    job = str(world.job_of("a1"))
    queue.claim(engine, job, by="ann", now=world.now())
    said = desk.Said(verdict="approve", ad_hash=str(world.ads.standing("a1").ad_hash))
    assert len(desk.decide_cluster(engine, job, said, by="ann", now=world.now())) == 1
    assert not world.runs("a2")


def test_an_advertiser_is_suspended_by_two(world: Desk) -> None:
    """One person alone must not shut an advertiser out; once two did, nothing of it runs."""
    world.submit("a1")
    world.submit("b1", advertiser="club")
    world.submit("a9", text="[hold]")
    job = propose_suspension(world.engine, "acme", by="ann", reason="eight scams", now=world.now(), **TOLD)
    assert world.runs("a1")
    with pytest.raises(UsageError):
        queue.claim(world.engine, job, by="ann", now=world.now())
    assert world.take("ann") == world.job_of("a9")
    with pytest.raises(UsageError):
        propose_suspension(world.engine, "acme", by="bob", reason="again", now=world.now(), **TOLD)
    assert world.take("bob") == job
    shown = show_job(world.engine, job, now=world.now())
    assert shown.proposal == ("eight scams", "ann")
    decide_suspension(world.engine, job, confirm=True, by="bob", words="seen", now=world.now())
    assert (world.runs("a1"), world.runs("b1")) == (False, True)
    with pytest.raises(UsageError, match="suspended"):
        world.submit("a2")
    with pytest.raises(UsageError, match="suspended"):
        world.change("a1")
    assert {told.ad_id: told.may_run for told in waiting(world.engine)} == {
        "a1": False,
        "b1": True,
        "a9": False,
    }
    world.decide("approve", "a9", by="ann")
    assert {told.ad_id: told.may_run for told in waiting(world.engine)}["a9"] is False
    lift_suspension(world.engine, "acme", by="cat", words="it was hijacked", now=world.now())
    assert {told.ad_id: told.may_run for told in waiting(world.engine)} == {
        "a1": True,
        "b1": True,
        "a9": True,
    }
    assert world.runs("a1")
    with pytest.raises(MissingError):
        lift_suspension(world.engine, "acme", by="cat", words="again", now=world.now())
    with reading(world.engine) as connection:
        told = [entry.public["suspended"] for _, entry in entries(connection, kind="advertiser-restricted")]
    assert told == [True, False]


def test_a_suspension_that_is_refused_changes_nothing(world: Desk) -> None:
    """The second person may disagree."""
    world.submit()
    job = propose_suspension(world.engine, "acme", by="ann", reason="no", now=world.now(), **TOLD)
    queue.claim(world.engine, job, by="bob", now=world.now())
    decide_suspension(world.engine, job, confirm=False, by="bob", words="no grounds", now=world.now())
    assert world.runs()
    assert propose_suspension(world.engine, "acme", by="bob", reason="new facts", now=world.now(), **TOLD)


def known(world: Desk, ad_id: str, text: str, outcome: Any) -> None:
    one = ad(ad_id, text)
    golden.add_golden(
        world.engine,
        golden.Known(
            ad=one, advertiser=Advertiser(advertiser_id="acme"), found=world.ads.check(one, now=world.now())
        ),
        outcome,
        why="synthetic",
        by="cat",
        now=world.now(),
    )


def test_known_answers_are_mixed_in_and_look_like_the_others(world: Desk) -> None:
    """Reviewers who can tell a test from an ad behave otherwise in it."""
    for number in range(3):
        known(world, f"known-{number}", f"[hold] synthetic {number}", "reject" if number else "approve")
    world.submit(text="[hold]")
    jobs = [queue.claim_next(world.engine, by="ann", now=world.now(), golden_every=1) for _ in range(5)]
    assert len(set(jobs)) == 5
    assert jobs[3] == world.job_of("a1")
    assert jobs[4] is None
    for job in jobs[:3]:
        shown = show_job(world.engine, str(job), now=world.now())
        assert (shown.job.kind, shown.state) == ("review", "held")
        assert shown.advertiser is not None
        (found,) = shown.decisions
        assert (found.outcome, found.automated, found.cause) == ("hold", "FULLY", "submission")
        assert found.ad_hash == shown.ad_hash
        said = desk.Said(verdict="reject", ad_hash=str(shown.ad_hash), words="scam")
        assert desk.decide_job(world.engine, str(job), said, by="ann", now=world.now()) is None
    assert {one.ad_id for one in waiting_jobs(world.engine, by="bob", now=world.now())} == {"a1"}
    # Who made them knows the answers.
    assert queue.claim_next(world.engine, by="cat", now=world.now(), golden_every=1) is None
    (told,) = golden.agreement(world.engine)
    assert (told.by, told.answers, told.agreed, told.missed, told.kappa) == ("ann", 3, 2, 0, 0.0)
    assert len(world.decisions()) == 1


def test_known_answers_come_now_and_then(world: Desk) -> None:
    """One in so many claims, at places that nobody can tell beforehand."""
    for number in range(200):
        known(world, f"k{number}", "[hold] synthetic", "reject")
    given_ = 0
    world.submit(text="[hold]")
    for _ in range(120):
        job = str(queue.claim_next(world.engine, by="ann", now=world.now(), golden_every=5))
        given_ += job != world.job_of("a1")
        queue.release(world.engine, job, by="ann", now=world.now())
    assert 10 <= given_ <= 40


@given(st.lists(st.tuples(st.sampled_from("ar"), st.sampled_from("ar")), min_size=1, max_size=40))
def test_kappa_is_cohens(pairs: list[tuple[str, str]]) -> None:
    """A wrong kappa tells a good reviewer that they are bad; scikit-learn's is the oracle."""
    found = golden.kappa(pairs)
    if found is None:
        assert len({one for pair in pairs for one in pair}) == 1
        return
    one, other = ([pair[place] for pair in pairs] for place in (0, 1))
    assert found == pytest.approx(cohen_kappa_score(one, other))


def test_what_is_late_is_told(world: Desk) -> None:
    """A hold that nobody looks at costs an honest advertiser; it has to be seen."""
    world.submit(text="[hold]")
    assert overdue(world.engine, now=world.now()).jobs == ()
    world.clock += hours(4)
    (late,) = overdue(world.engine, now=world.now()).jobs
    assert (late.ad_id, late.late) == ("a1", True)
    world.decide("approve")
    assert overdue(world.engine, now=world.now()).jobs == ()


def test_comments_stay_with_the_job(world: Desk) -> None:
    """What one reviewer found out helps the next."""
    world.submit(text="[hold]")
    job = str(world.take())
    queue.comment(world.engine, job, by="ann", text="asked legal", now=world.now())
    (found,) = show_job(world.engine, job, now=world.now()).comments
    assert (found.by, found.text) == ("ann", "asked legal")
