"""Ads under every order of what can happen to them, against a small model of what may run."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select

from haechi.errors import HaechiError
from haechi.stores import review_schema as tables
from haechi.stores.ingest import ConflictError
from haechi.stores.review import desk, queue
from haechi.stores.review.appeals import appeal, decide_appeal
from haechi.stores.review.decided import check_decisions
from haechi.stores.review.notices import NewNotice, receive_notice
from haechi.stores.review.parties import Party
from haechi.stores.review.publishing import waiting
from haechi.stores.review.sweeps import go_on
from haechi.stores.review.views import show_job
from haechi.stores.rows import reading
from haechi.stores.schema import METADATA
from tests.ads.store.worlds import Desk, waiting_jobs

TEXTS = ("shoes", "hats", "[hold] shoes", "[reject] savings", "Taro Yamada tells")
PEOPLE = ("ann", "bob", "cat")
IDS = ("a1", "a2")


class Machine(RuleBasedStateMachine):
    """`approved` is the model: for each ad the hash that was last approved and not stopped since, or None."""

    engine: Engine

    @initialize()
    def begin(self) -> None:
        with self.engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())
        self.world = Desk(self.engine).found()
        self.texts: dict[str, str] = {}
        self.approved: dict[str, str | None] = {}
        self.paused: set[str] = set()
        self.decisions = 0
        self.protected = False
        self.appeals: set[str] = set()

    def outcome(self, text: str) -> str:
        if "[reject]" in text:
            return "reject"
        return "hold" if "[hold]" in text or ("Taro" in text and self.protected) else "approve"

    @rule(ad_id=st.sampled_from(IDS), text=st.sampled_from(TEXTS))
    def submit(self, ad_id: str, text: str) -> None:
        if ad_id in self.texts and self.texts[ad_id] != text:
            with pytest.raises(ConflictError):
                self.world.submit(ad_id, text)
            return
        told = self.world.submit(ad_id, text)
        assert told.repeated == (ad_id in self.texts)
        if not told.repeated:
            self.texts[ad_id] = text
            self.approved[ad_id] = told.ad_hash if self.outcome(text) == "approve" else None

    @rule(ad_id=st.sampled_from(IDS), text=st.sampled_from(TEXTS))
    def change(self, ad_id: str, text: str) -> None:
        if ad_id not in self.texts:
            return
        told = self.world.change(ad_id, text)
        if told.repeated:
            assert self.texts[ad_id] == text
            return
        self.texts[ad_id] = text
        # What a person rejected stays so: the decision itself is the oracle for that, the machine's for the rest.
        assert told.decision is not None
        if self.outcome(text) != "approve":
            assert told.decision.decision != "approve"
        self.approved[ad_id] = told.ad_hash if told.decision.decision == "approve" else None

    @rule(by=st.sampled_from(PEOPLE), verdict=st.sampled_from(("approve", "reject")), late=st.booleans())
    def decide(self, by: str, verdict: Any, late: bool) -> None:
        job = queue.claim_next(self.engine, by=by, now=self.world.now(), golden_every=None)
        if job is None:
            return
        shown = show_job(self.engine, job, now=self.world.now())
        if shown.job.kind == "appeal":
            return
        assert shown.ad is not None
        if late:
            self.world.clock += queue.LEASE
        said = desk.Said(verdict=verdict, ad_hash=str(shown.ad_hash), words="w")
        try:
            desk.decide_job(self.engine, job, said, by=by, now=self.world.now())
        except HaechiError:
            assert late
            return
        assert not late
        self.approved[shown.ad.ad_id] = shown.ad_hash if verdict == "approve" else None

    @rule(ad_id=st.sampled_from(IDS), text=st.sampled_from(TEXTS), by=st.sampled_from(PEOPLE))
    def change_under_the_reviewer(self, ad_id: str, text: str, by: str) -> None:
        job = self.world.job_of(ad_id)
        if job is None:
            return
        try:
            queue.claim(self.engine, job, by=by, now=self.world.now())
        except ConflictError:
            return
        shown = show_job(self.engine, job, now=self.world.now())
        before = self.texts[ad_id]
        self.change(ad_id, text)
        if self.texts[ad_id] != before:
            said = desk.Said(verdict="approve", ad_hash=str(shown.ad_hash), words="w")
            with pytest.raises(ConflictError):
                desk.decide_job(self.engine, job, said, by=by, now=self.world.now())

    @rule(ad_id=st.sampled_from(IDS), run=st.sampled_from(("paused", "idle", "live")))
    def run_or_pause(self, ad_id: str, run: Any) -> None:
        if ad_id not in self.texts:
            return
        try:
            self.world.ads.run(ad_id, run, now=self.world.now())
        except HaechiError:
            assert run == "live"
            assert self.approved[ad_id] is None
            return
        (self.paused.add if run == "paused" else self.paused.discard)(ad_id)

    @precondition(lambda self: not self.protected)
    @rule()
    def protect(self) -> None:
        party = Party(party_id="taro", names=("Taro Yamada",))
        receive_notice(self.engine, NewNotice(source="VICTIM", party=party), by="d", now=self.world.now())
        self.protected = True

    @rule()
    def sweep(self) -> None:
        go_on(self.engine, self.world.ads.screening, now=self.world.now())
        for ad_id, text in self.texts.items():
            newest = self.world.decisions(ad_id)[0]
            if newest.cause == "sweep":
                assert self.outcome(text) == newest.outcome != "approve"
                self.approved[ad_id] = None

    @rule(
        ad_id=st.sampled_from(IDS),
        outcome=st.sampled_from(("uphold", "overturn")),
        by=st.sampled_from(PEOPLE),
    )
    def appeal_and_decide(self, ad_id: str, outcome: Any, by: str) -> None:
        if ad_id not in self.texts:
            return
        before = self.world.decisions(ad_id)
        try:
            told = appeal(
                self.engine, ad_id, before[0].decision_id, text="no", by="key", now=self.world.now()
            )
        except HaechiError:
            assert before[0].outcome == "approve" or before[0].decision_id in self.appeals
            return
        self.appeals.add(told.decision_id)
        j, p = tables.jobs, tables.appeals
        with reading(self.engine) as connection:
            # An older version's appeal may be open too.
            job = connection.execute(
                select(j.c.job_id).join_from(j, p, p.c.appeal == j.c.appeal).where(
                    p.c.appeal_id == told.appeal_id
                )
            ).scalar_one()  # fmt: skip
        assert job in {one.job_id for one in waiting_jobs(self.engine, by=by, now=self.world.now())}
        try:
            queue.claim(self.engine, job, by=by, now=self.world.now())
        except HaechiError:
            assert by in {one.actor for one in before}
            return
        assert by not in {one.actor for one in before}
        decide_appeal(
            self.engine,
            job,
            outcome,
            decision_id=before[0].decision_id,
            reason="r",
            by=by,
            now=self.world.now(),
        )
        self.approved[ad_id] = self.world.ads.standing(ad_id).ad_hash if outcome == "overturn" else None

    @rule(minutes=st.sampled_from((1, 31, 600)))
    def time_passes(self, minutes: int) -> None:
        self.world.clock += dt.timedelta(minutes=minutes)

    @invariant()
    def only_what_was_approved_runs(self) -> None:
        for ad_id in getattr(self, "texts", {}):
            about = self.approved[ad_id]
            assert self.world.runs(ad_id) == (about is not None and ad_id not in self.paused)
            if about is not None:
                assert self.world.ads.standing(ad_id).ad_hash == about

    @invariant()
    def what_the_ad_server_heard_last_is_so(self) -> None:
        if not hasattr(self, "texts"):
            return
        last = {told.ad_id: told for told in waiting(self.engine, limit=10_000)}
        for ad_id in self.texts:
            assert last[ad_id].may_run == self.world.runs(ad_id)

    @invariant()
    def decisions_are_only_added_and_hold(self) -> None:
        if not hasattr(self, "texts"):
            return
        with reading(self.engine) as connection:
            assert list(check_decisions(connection)) == []
        count = len(self.world.rows(tables.decisions))
        assert count >= self.decisions
        self.decisions = count

    @invariant()
    def who_waits_for_a_person_is_in_the_queue(self) -> None:
        for ad_id in getattr(self, "texts", {}):
            if self.world.state(ad_id) == "held":
                assert self.world.job_of(ad_id) is not None
        if hasattr(self, "texts"):
            j = tables.jobs
            with reading(self.engine) as connection:
                several = connection.execute(
                    select(j.c.ad).where(j.c.kind == "review", j.c.state == "open")
                ).scalars().all()  # fmt: skip
            assert len(several) == len(set(several))


def test_whatever_happens_only_what_was_approved_runs(engine: Engine) -> None:
    """One order of events in which an ad runs that nobody approved as it is, is one too many."""
    machine = type("OverADatabase", (Machine,), {"engine": engine})
    examples = 12 if engine.dialect.name == "sqlite" else 6
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_whatever_happens_for_long(engine: Engine) -> None:
    """The same, with many more orders."""
    machine = type("OverADatabase", (Machine,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
