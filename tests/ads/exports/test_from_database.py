"""What goes out is made from the database: exactly what was decided and shown, and nobody's name. Texts synthetic."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, insert

from haechi.errors import UsageError
from haechi.review.outgoing.prevalence import draw, estimate
from haechi.review.outgoing.record import Platform
from haechi.review.outgoing.record_rules import faults
from haechi.review.outgoing.repository import Entry
from haechi.stores import schema
from haechi.stores.clock import micros
from haechi.stores.review import figures as stored
from haechi.stores.review.notice_answers import answer_notice, answers_told, waiting_answers
from haechi.stores.review.notices import NewNotice, receive_notice
from haechi.stores.review.outgoing import Outgoing, statements
from haechi.stores.review.parties import Party
from haechi.stores.review.repository import entries
from haechi.stores.review.showings import showings
from haechi.stores.rows import reading
from tests.ads.store.worlds import NOW, Desk

PLATFORM = Platform(complaint_url="", dispute_url="")
EU = {"country": "DE"}


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine).found()


def made(desk: Desk, **more: Any) -> Outgoing:
    with reading(desk.engine) as connection:
        return statements(connection, PLATFORM, **more)


def listed(desk: Desk, later: dt.timedelta = dt.timedelta()) -> list[Entry]:
    with reading(desk.engine) as connection:
        return entries(connection, now=desk.now() + later)


def report(desk: Desk, *ad_ids: str, source: Any = "ART16", **more: Any) -> str:
    new = NewNotice(source=source, ad_ids=ad_ids, contact="mary@example.org", text="that is me", **more)
    return receive_notice(desk.engine, new, by="key", now=desk.now()).notice_id


def test_only_what_restricts_has_a_statement(desk: Desk) -> None:
    """An approval or a first hold told as a restriction would accuse people of what nobody found."""
    desk.submit("good", **EU)
    desk.submit("waits", "[hold]", **EU)
    desk.submit("bad", "[reject]", **EU)
    desk.submit("far", "[reject] far")
    found = made(desk)
    assert [(one.ad_id, one.restriction) for one in found.statements] == [
        ("bad", "never-shown"),
        ("far", "never-shown"),
    ]
    assert found.elsewhere == 1
    assert found.faults == ()
    (envelope,) = found.envelopes
    (record,) = envelope["statements"]
    assert faults(record) == []
    assert record["territorial_scope"] == ["DE"]
    assert record["automated_detection"] == "Yes"
    assert record["automated_decision"] == "AUTOMATED_DECISION_FULLY"


def test_an_ad_taken_down_after_a_notice(desk: Desk) -> None:
    """Source, person and earlier showing are facts of the record: wrong ones are wrong told to the Commission."""
    desk.submit("a1", **EU)
    desk.ads.run("a1", "live", now=desk.now())
    report(desk, "a1", source="TRUSTED_FLAGGER")
    desk.decide("reject", "a1", by="ann")
    held, taken = made(desk).statements
    assert (held.restriction, held.source, held.automation) == ("suspended", "trusted-flagger", "fully")
    assert (taken.restriction, taken.source, taken.automation) == ("taken-down", "trusted-flagger", "not")
    assert (held.detected_by_machine, taken.detected_by_machine) == (False, False)
    said = msgspec.json.encode([held, taken]).decode()
    assert "ann" not in said.replace("language", "")
    assert "seen" not in said


def test_the_time_counts_and_faults_keep_nothing_else_back(desk: Desk) -> None:
    """An instant at the border told twice or never, or one decision that stops all, breaks monthly reporting."""
    for number in range(3):
        desk.submit(f"a{number}", f"[reject] {number}", **EU)
    at = [one.decided_at for one in made(desk).statements]
    assert [one.ad_id for one in made(desk, since=at[1]).statements] == ["a1", "a2"]
    assert [one.ad_id for one in made(desk, until=at[1]).statements] == ["a0"]
    party = Party(party_id="p", kind="person", names=("reject-mark",), domains=())
    report(desk, party=party)
    desk.submit("a9", "[reject] of nobody", **EU)
    found = made(desk)
    assert len(found.faults) == 4
    assert found.statements == ()
    assert "reject-mark" not in str(found.faults)


def test_a_hundred_and_one_records_need_two_envelopes(desk: Desk) -> None:
    """The database refuses an envelope of more than 100."""
    for number in range(101):
        desk.submit(f"a{number}", f"[reject] {number}", **EU)
    assert [len(one["statements"]) for one in made(desk).envelopes] == [100, 1]


def test_the_repository_shows_what_ran(desk: Desk) -> None:
    """An ad that never ran is nobody's business; one that ran stays visible for a year, whoever stopped it."""
    desk.submit("never", "[hold]")
    desk.submit("a1", "Shoes", payer="The Payer")
    begun = desk.clock
    desk.ads.run("a1", "paused", now=desk.now())
    ended = desk.clock
    (entry,) = listed(desk, dt.timedelta(days=300))
    assert (entry.ad_id, entry.first_shown, entry.last_shown) == ("a1", begun, ended)
    assert (entry.on_behalf_of, entry.payer, entry.reached) == ("Acme", "The Payer", 0)
    assert listed(desk, dt.timedelta(days=366)) == []
    desk.ads.run("a1", "live", now=desk.now())
    assert [one.ad_id for one in listed(desk, dt.timedelta(days=900))] == ["a1"]


def test_each_content_that_ran_is_an_entry(desk: Desk) -> None:
    """A scam swapped for a harmless text afterwards must not vanish, nor the text that never ran appear."""
    desk.submit("a1", "First text")
    desk.change("a1", "[reject] never shown")
    desk.change("a1", "Second text")
    texts = [None if one.content is None else one.content.text for one in listed(desk)]
    assert texts == ["First text", "Second text"]


def test_a_removed_ad_keeps_reasons_alone(desk: Desk) -> None:
    """Art. 39(3): content and names of what was taken down do not stay in public."""
    desk.submit("a1", "Shoes of a stranger", payer="The Payer")
    report(desk, "a1", source="VICTIM")
    desk.decide("reject", "a1", by="ann")
    (entry,) = listed(desk)
    assert (entry.content, entry.on_behalf_of, entry.payer) == (None, None, None)
    assert entry.removed
    said = msgspec.json.encode(entry).decode()
    for secret in ("stranger", "Payer", "mary", "that is me", '"ann'):
        assert secret not in said


def test_a_clock_set_back_does_not_end_before_it_began(desk: Desk) -> None:
    """One entry that contradicts itself would take the whole repository down."""
    desk.submit("a1")
    desk.ads.run("a1", "paused", now=NOW - dt.timedelta(hours=1))
    (entry,) = listed(desk)
    assert entry.first_shown == entry.last_shown


def test_japan_is_told_of_notices_and_decisions(desk: Desk) -> None:
    """A request, a removal or an answer that is missing makes the published figures false."""
    desk.submit("a1")
    desk.submit("a2", "[reject]")
    acted, open_one = report(desk, "a1", source="VICTIM"), report(desk, "a1")
    answer_notice(desk.engine, acted, "acted", reason="taken down", by="ann", now=desk.now())
    answers_told(desk.engine, [one.message for one in waiting_answers(desk.engine)], now=desk.now())
    with reading(desk.engine) as connection:
        found = stored.yearly_figures(connection, 2026, now=desk.now() + dt.timedelta(days=9))
        before = stored.yearly_figures(connection, 2025, now=desk.now())
        with pytest.raises(UsageError, match="year"):
            stored.yearly_figures(connection, 1, now=desk.now())
    assert (found.all.requests, found.all.removed, found.all.open) == (2, 1, 1)
    assert (found.all.told_removed, found.all.overdue) == (1, 1)
    assert (found.review.rejected, found.review.held) == (1, 1)
    assert before.all.requests == before.review.rejected == 0
    assert open_one not in msgspec.json.encode(found).decode()


def test_a_sample_is_uniform_and_can_be_drawn_again(desk: Desk) -> None:
    """A sample that nobody can draw again, or that leaves ads out, estimates nothing."""
    for number in range(20):
        desk.submit(f"a{number:02}")
    desk.submit("held", "[hold]")
    desk.submit("seen", "[hold] but good")
    desk.decide("approve", "seen")
    since, until = NOW, desk.now()
    with reading(desk.engine) as connection:
        found = stored.sample(connection, 21, seed=5, since=since, until=until)
        again = stored.sample(connection, 7, seed=5, since=since, until=until)
        assert stored.sample(connection, 7, seed=5, since=since, until=until) == again
        assert stored.frame_of(connection, until, until + dt.timedelta(days=1)).ads == found.frame.ads
        with pytest.raises(UsageError, match="no ad ran"):
            stored.sample(connection, 1, seed=1, since=NOW - dt.timedelta(days=9), until=NOW)
    assert sorted(found.sample.drawn) == [*(f"a{number:02}" for number in range(20)), "seen"]
    assert found.verdicts == {"seen": "approve"}
    assert again.sample == draw(found.frame, 7, seed=5)
    labels = dict.fromkeys(found.sample.drawn, False)
    assert estimate(found.frame, found.sample, labels).hits == 0


def test_showings_follow_the_messages(desk: Desk) -> None:
    """Against another way of counting: what the ad server would show, message by message."""
    desk.submit("a1")
    desk.ads.run("a1", "paused", now=desk.now())
    desk.ads.run("a1", "live", now=desk.now())
    desk.change("a1", "Other")
    with desk.engine.begin() as connection:
        # A message of another kind is none of ours.
        connection.execute(
            insert(schema.outbox).values(
                kind="deletion", recipient="x", body=json.dumps({}), created_at=micros(NOW)
            )
        )
    with reading(desk.engine) as connection:
        ran = showings(connection)["a1"]
    assert [one.ended is None for one in ran] == [False, False, True]
    assert ran[0].content_hash == ran[1].content_hash != ran[2].content_hash
