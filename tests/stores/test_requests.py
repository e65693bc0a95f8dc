"""Requests of people in a real database: obeyed at once, answered by the law, and nobody comes back by accident."""

import datetime as dt
import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from haechi.errors import MissingError, UsageError
from haechi.ledger.seal import Master
from haechi.release.gate import Snapshot
from haechi.rights.controller import Retention
from haechi.rights.effect import COOLING_OFF, Wanted
from haechi.stores import schema
from haechi.stores.disclosures import Delivery, report
from haechi.stores.holding import facts_of
from haechi.stores.ingest import Behaviour
from haechi.stores.ledger import entries
from haechi.stores.people import Person, put_people
from haechi.stores.permissions import Grant
from haechi.stores.request_rows import open_requests, requests_of
from haechi.stores.requests import Requests
from haechi.stores.retention import expire
from haechi.stores.rows import reading
from haechi.stores.snapshots import SnapshotMaker
from haechi.themes.evidence import DEFAULT_EVIDENCE
from tests.stores.platforms import PACKS, Platform
from tests.stores.worlds import at

MASTER = Master(b"k" * 32)


@pytest.fixture
def platform(engine: Engine) -> Platform:
    """Ann and Ben like a golf page and a church page; both permitted the church theme."""
    made = Platform(engine, master=MASTER)
    made.propose("golf", "Golf")
    made.propose("church", "Church service")
    made.open_sensitive("church", "religion")
    made.people(["ann", "ben"])
    for person in ("ann", "ben"):
        for purpose in ("profiling", "disclosure"):
            made.permit(person, purpose)
    made.items(("i1", "golf"), ("i2", "church"))
    made.likes(["ann", "ben"], "i1")
    made.likes(["ann", "ben"], "i2", minute=2)
    assert made.members("golf") == made.members("church") == {"ann", "ben"}
    return made


def ask(platform: Platform, kind: Any, wanted: Wanted | None = None, person: str = "ann") -> Any:
    return platform.requests.receive(person, kind, wanted, via="desk", now=platform.now())


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_who_objects_is_out_of_everything_at_once(platform: Platform, kind: Any) -> None:
    """Fails when an objection or restriction waits for anybody, or leaves a theme, ordinary ones included."""
    done = ask(platform, kind)
    assert done.outcome == "granted"
    assert platform.members("golf") == platform.members("church") == {"ben"}
    platform.likes(["ann", "ben"], "i1", minute=3)
    platform.permit("ann")
    assert platform.members("golf") == platform.members("church") == {"ben"}
    rest = platform.requests.take_back(done.request_id, "ann", now=platform.now())
    assert rest.outcome == "granted"
    assert platform.members("golf") == {"ann", "ben"}


def test_time_that_was_stopped_counts_for_nothing_afterwards(platform: Platform) -> None:
    """Fails when lifting a stop opens a membership for the time in which the person had stopped it."""
    done = ask(platform, "objection")
    lifted = platform.now()
    platform.requests.take_back(done.request_id, "ann", now=lifted)
    m, p = schema.memberships, schema.people
    with platform.engine.connect() as connection:
        since = connection.execute(
            select(func.min(m.c.since))
            .join_from(m, p, m.c.person == p.c.person)
            .where(p.c.person_id == "ann")
        ).scalar_one()
    assert since == int(lifted.replace(tzinfo=dt.UTC).timestamp() * 1_000_000)


def test_an_objection_reaches_the_gate_with_the_next_snapshot(platform: Platform, tmp_path: Any) -> None:
    """Fails when the real-time gate does not know by its next snapshot (half a minute) that somebody objected."""
    from haechi.sensitivity import load  # noqa: PLC0415 - only this test needs the engine

    ask(platform, "objection", Wanted(purposes=("disclosure",)))
    path = tmp_path / "snapshot"
    SnapshotMaker(platform.engine, load(), PACKS, "haechi").write(path, now=platform.now())
    opened = Snapshot(path)
    place = opened.standing("ann")
    assert place is not None
    assert b'"disclosure"' in bytes(opened.header.standings[place]).split(b'"objected"')[1]
    assert platform.members("golf") == {"ann", "ben"}


def test_a_theme_that_is_wrong_is_left_and_not_entered_again(platform: Platform) -> None:
    """Fails when somebody who says that a theme is not true of them stays in it, or leaves others with it."""
    done = ask(platform, "rectification", Wanted(theme_id="church"))
    assert done.outcome == "granted"
    platform.likes(["ann"], "i2", minute=5)
    assert platform.members("church") == {"ben"}
    assert platform.members("golf") == {"ann", "ben"}


def test_a_corrected_place_changes_the_law_when_it_is_granted(platform: Platform) -> None:
    """Fails when a correction is made unexamined, or does not count once it is granted."""
    wanted = Wanted(country="DE", birth_date="1990-02-03")
    done = ask(platform, "rectification", wanted)
    assert done.outcome == "open"
    platform.requests.answer(done.request_id, "granted", now=platform.now())
    p = schema.people
    with platform.engine.connect() as connection:
        row = connection.execute(select(p).where(p.c.person_id == "ann")).one()
    assert (row.country, str(row.birth_date)) == ("DE", "1990-02-03")
    assert ask(platform, "access").laws == ("eu-dsa", "eu-gdpr")


def test_withdrawal_by_request_is_withdrawal(platform: Platform) -> None:
    """Fails when a permission that was withdrawn by a request still opens a theme."""
    done = ask(platform, "withdrawal", Wanted(purpose="profiling", category="religion"))
    assert done.outcome == "granted"
    assert platform.members("church") == {"ben"}
    assert platform.members("golf") == {"ann", "ben"}


def test_not_in_scope_cannot_be_said(platform: Platform) -> None:
    """Meta's answer to access requests: refused by the list, and by name."""
    done = ask(platform, "access")
    for ground in ("NOT_IN_SCOPE", "DERIVED_DATA", "because", None):
        with pytest.raises(UsageError, match="ground"):
            platform.requests.answer(
                done.request_id, "refused", ground=ground, reason="outside of the right of access",
                now=platform.now(),
            )  # fmt: skip
    with pytest.raises(UsageError, match="without a reason"):
        platform.requests.answer(
            done.request_id, "partly", ground="HARM_TO_OTHERS", reason=" ", now=platform.now()
        )
    kept = platform.requests.answer(
        done.request_id, "partly", ground="HARM_TO_OTHERS", reason="names another person", now=platform.now()
    )
    assert (kept.outcome, kept.ground) == ("partly", "HARM_TO_OTHERS")
    with pytest.raises(UsageError, match="answered already"):
        platform.requests.answer(done.request_id, "granted", now=platform.now())


def test_deadlines_are_the_laws_and_putting_off_is_told_in_time(platform: Platform) -> None:
    """Fails when a request is due on another day than PIPA's ten, or is put off where the law has no such thing."""
    access = ask(platform, "access")
    # Received on 1 November 2026 in Seoul: the tenth day after is the 11th, whole; in UTC it ends at 15:00.
    assert access.due_at == dt.datetime.fromisoformat("2026-11-11T15:00:00")
    longer = platform.requests.put_off(
        access.request_id, "the file is with another office", now=platform.now()
    )
    assert longer.due_at is None
    with pytest.raises(UsageError, match="put off before"):
        platform.requests.put_off(access.request_id, "the file is with another office", now=platform.now())
    wrong = ask(platform, "rectification", Wanted(words="my name is spelt wrongly"))
    with pytest.raises(UsageError, match=r"PIPA Art\. 36"):
        platform.requests.put_off(wrong.request_id, "the file is with another office", now=platform.now())


def test_the_list_tells_what_is_late(platform: Platform) -> None:
    """Fails when a request that nobody answered does not show as late once its time is over."""
    done = ask(platform, "access")
    assert done.due_at is not None
    with reading(platform.engine) as connection:
        for moment, urgency in (
            (done.due_at - dt.timedelta(days=5), "in-time"),
            (done.due_at - dt.timedelta(days=2), "due-soon"),
            (done.due_at, "late"),
        ):
            assert [one.urgency for one in open_requests(connection, now=moment)] == [urgency]


def test_the_same_request_twice_is_one(platform: Platform) -> None:
    """Fails when somebody who asks again and again makes work that grows."""
    first, again = ask(platform, "access"), ask(platform, "access")
    assert first.request_id == again.request_id
    assert ask(platform, "access", person="ben").request_id != first.request_id


def test_what_does_not_go_with_a_kind_is_refused(platform: Platform) -> None:
    """Fails when a request is taken in that says something else than its kind, and would be obeyed by half."""
    for kind, wanted in (
        ("access", Wanted(theme_id="golf")),
        ("objection", Wanted(country="DE")),
        ("rectification", Wanted()),
        ("rectification", Wanted(theme_id="nowhere")),
    ):
        with pytest.raises(UsageError):
            ask(platform, kind, wanted)
    with pytest.raises(MissingError):
        ask(platform, "access", person="nobody")
    with platform.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(schema.requests)).scalar_one() == 0


def erase(platform: Platform, person: str = "ann") -> Any:
    done = ask(platform, "erasure", person=person)
    platform.clock += COOLING_OFF
    assert platform.requests.carry_out(now=platform.now()) == 1
    return done


def test_erasure_waits_and_stops_everything_meanwhile(platform: Platform) -> None:
    """Fails when an erasure destroys before its owner could stop it, or when anything goes on while it waits."""
    done = ask(platform, "erasure")
    assert platform.members("golf") == platform.members("church") == {"ben"}
    assert platform.requests.carry_out(now=platform.now()) == 0
    with pytest.raises(UsageError, match="waits"):
        platform.requests.answer(done.request_id, "granted", now=platform.now())
    platform.requests.take_back(done.request_id, "ann", now=platform.now())
    assert platform.members("golf") == {"ann", "ben"}
    platform.clock += 2 * COOLING_OFF
    assert platform.requests.carry_out(now=platform.now()) == 0


def test_after_erasure_nothing_is_left_and_nothing_comes_back(platform: Platform) -> None:
    """Fails when any table still knows the person, or when late records infer them again."""
    done = erase(platform)
    with platform.engine.connect() as connection:
        person = connection.execute(
            select(schema.people.c.person).where(schema.people.c.person_id == "ann")
        ).scalar()
        assert person is None
        (ben,) = connection.execute(select(schema.people.c.person)).scalars().all()
        for table in schema.METADATA.sorted_tables:
            if "person" in table.c and table.name != "people":
                others = connection.execute(
                    select(func.count()).select_from(table).where(table.c.person != ben)
                ).scalar_one()
                assert others == 0, table.name
        row = connection.execute(
            select(schema.requests).where(schema.requests.c.request_id == done.request_id)
        ).one()
        assert (row.person, row.detail, row.outcome) == (None, "{}", "granted")
    late = [Behaviour("ann", "i1", "like", at(1)), Behaviour("ben", "i1", "like", at(4))]
    receipt = platform.ingest(late, source="late", key="1", now=platform.now())
    assert receipt.of_erased == 1
    assert put_people(platform.engine, [Person(person_id="ann", country="KR")], master=MASTER) == 1
    assert platform.members("golf") == {"ben"}
    with platform.engine.connect() as connection:
        known = connection.execute(select(schema.people.c.person_id)).scalars().all()
    assert known == ["ben"]


def test_what_else_somebody_asked_for_ends_with_their_erasure(platform: Platform) -> None:
    """Fails when the desk's list breaks, or never empties, because somebody it names was destroyed meanwhile."""
    other = ask(platform, "access")
    erase(platform)
    with reading(platform.engine) as connection:
        assert open_requests(connection, now=platform.now()) == []
        row = connection.execute(
            select(schema.requests).where(schema.requests.c.request_id == other.request_id)
        ).one()
    assert (row.outcome, row.person) == ("granted", None)
    with pytest.raises(UsageError, match="answered already"):
        platform.requests.answer(other.request_id, "granted", now=platform.now())


def test_who_comes_back_by_a_permission_begins_anew(platform: Platform) -> None:
    """Fails when a new permission brings back what happened before the erasure, or can bring nobody back."""
    erase(platform)
    platform.permit("ann")
    returned = platform.clock
    old = Behaviour("ann", "i2", "like", at(2))
    new = Behaviour("ann", "i2", "like", returned + dt.timedelta(seconds=1))
    receipt = platform.ingest([old, new], source="again", key="1", now=platform.now())
    assert receipt.of_erased == 1
    with platform.engine.connect() as connection:
        b, p = schema.behaviours, schema.people
        kept = connection.execute(
            select(func.count())
            .select_from(b.join(p, p.c.person == b.c.person))
            .where(p.c.person_id == "ann")
        ).scalar_one()
    assert kept == 1


def test_without_the_master_key_nobody_who_was_erased_slips_in(platform: Platform) -> None:
    """Fails when a process that lost its key takes erased people in again unnoticed."""
    erase(platform)
    blind = Platform(platform.engine)
    with pytest.raises(UsageError, match="master key"):
        blind.ingest([Behaviour("ann", "i1", "like", at(1))], source="b", key="1", now=platform.now())
    with pytest.raises(UsageError, match="master key"):
        blind.requests.receive("ben", "erasure", via="desk", now=platform.now())


def test_the_ledger_tells_of_requests_and_forgets_the_person(platform: Platform) -> None:
    """Fails when a request leaves no entry, or when an erased person's entries can still be opened or found."""
    erase(platform)
    with reading(platform.engine) as connection:
        kinds = [entry.kind for _, entry in entries(connection)]
        assert kinds[-3:] == ["request-received", "request-answered", "person-erased"]
        k = schema.ledger_keys
        assert connection.execute(select(func.count()).select_from(k)).scalar_one() == 1


def book(platform: Platform, expression: Any) -> str:
    """A booking without its size's questions: what is tested here comes after."""
    advertiser = platform.advertiser("golf-club")
    with platform.engine.begin() as connection:
        question = connection.execute(
            schema.questions.insert().values(
                advertiser=advertiser, canonical="c", expression="{}", period=0, asked_at=0, answered="{}"
            )
        ).inserted_primary_key[0]  # type: ignore[index]
        connection.execute(
            schema.bookings.insert().values(
                handle="h1", advertiser=advertiser, question=question, expression=expression, since=0
            )
        )
    return "h1"


def delivered(platform: Platform, *people: str) -> Any:
    now = platform.now()
    found = [Delivery(handle="h1", person_id=person, delivered_at=now) for person in people]
    return report(platform.engine, found, PACKS, master=MASTER, now=now), found


def test_a_delivery_is_a_disclosure_once_and_on_the_ledger(platform: Platform) -> None:
    """Fails when an advertiser can learn a theme of somebody without an entry, or one delivery counts twice."""
    book(platform, '{"and": [{"theme": "golf"}, {"not": {"theme": "church"}}]}')
    ask(platform, "rectification", Wanted(theme_id="church"))
    told, found = delivered(platform, "ann", "nobody")
    assert (told.recorded, told.refused) == (1, 1)
    again = report(platform.engine, found, PACKS, master=MASTER, now=platform.now())
    assert again.recorded == 1
    d, t = schema.disclosures, schema.themes
    with reading(platform.engine) as connection:
        rows = connection.execute(
            select(t.c.theme_id, d.c.within).join_from(d, t, t.c.theme == d.c.theme).order_by(t.c.theme_id)
        ).all()
        # She is in one theme, and not in the one that was left out: the advertiser learned both.
        assert [tuple(row) for row in rows] == [("church", False), ("golf", True)]
        assert sum(entry.kind == "theme-disclosed" for _, entry in entries(connection)) == 2


def test_a_permission_that_names_advertisers_is_for_them_alone(platform: Platform) -> None:
    """PIPA Art. 17(2): fails when an advertiser that the person was not told of gets a sensitive theme of theirs."""
    book(platform, '{"theme": "church"}')
    assert delivered(platform, "ann")[0].recorded == 1
    ask(platform, "withdrawal", Wanted(purpose="disclosure"))
    platform.permit("ann", "disclosure", recipients=("another-club",))
    assert delivered(platform, "ann", "ben")[0].refused == 1
    audiences = platform.audiences
    assert audiences.handles_for("ann", now=platform.now()) == []
    assert audiences.handles_for("ben", now=platform.now()) == ["h1"]
    platform.permit("ann", "disclosure", recipients=("golf-club",))
    assert audiences.handles_for("ann", now=platform.now()) == ["h1"]
    with reading(platform.engine) as connection:
        (facts,) = facts_of(connection, {1}).values()
        # Whoever bids at an exchange was not named either.
        kept = facts.standing(platform.now()).held
    assert {held.purpose for held in kept} == {"profiling"}


def test_who_objected_is_delivered_nothing(platform: Platform) -> None:
    """Fails when an ad server may go on delivering to somebody who objected a moment ago."""
    book(platform, '{"theme": "golf"}')
    assert delivered(platform, "ann")[0].recorded == 1
    ask(platform, "objection", Wanted(purposes=("disclosure",)))
    assert delivered(platform, "ann", "ben")[0].refused == 1


def test_what_should_not_have_been_delivered_is_told_all_the_same(platform: Platform) -> None:
    """Fails when an advertiser keeps what it got just before an objection, because nobody wrote it down."""
    book(platform, '{"and": [{"theme": "golf"}, {"not": {"theme": "church"}}]}')
    before = platform.now()
    ask(platform, "objection")
    found = [Delivery(handle="h1", person_id="ann", delivered_at=before)]
    told = report(platform.engine, found, PACKS, master=MASTER, now=platform.now())
    assert (told.recorded, told.refused) == (0, 1)
    d, t, o = schema.disclosures, schema.themes, schema.outbox
    with reading(platform.engine) as connection:
        rows = connection.execute(
            select(t.c.theme_id, d.c.within, d.c.rightful)
            .join_from(d, t, t.c.theme == d.c.theme)
            .order_by(t.c.theme_id)
        ).all()
        assert [tuple(row) for row in rows] == [("church", False, False), ("golf", True, False)]
        assert connection.execute(select(func.count()).select_from(o)).scalar_one() == 1


def test_a_delivery_before_somebody_was_in_the_theme_is_no_rightful_one(platform: Platform) -> None:
    """Fails when a delivery counts as allowed because the person entered the theme afterwards."""
    book(platform, '{"theme": "golf"}')
    found = [Delivery(handle="h1", person_id="ann", delivered_at=at(0))]
    assert report(platform.engine, found, PACKS, master=MASTER, now=platform.now()).refused == 1


def test_who_disowned_a_theme_disowned_what_it_becomes(platform: Platform) -> None:
    """Fails when a theme comes back under another name by a merge."""
    ask(platform, "rectification", Wanted(theme_id="golf"))
    platform.propose("golf2", "Golf clubs")
    platform.themes.merge("golf", "golf2", by="ann", reason="the same", now=platform.now())
    for by in ("ann", "bob"):
        platform.decide("golf2", by, "approved")
    platform.likes(["ann", "ben"], "i1", minute=9)
    assert platform.members("golf2") == {"ben"}


def test_who_is_known_wrongly_after_erasures_and_returns(platform: Platform) -> None:
    """Fails when a process takes an old number for somebody: what one did would be filed under another."""
    for person in ("ann", "ben"):
        erase(platform, person)
    platform.permit("ben")
    soon = platform.clock + dt.timedelta(seconds=1)
    platform.clock += dt.timedelta(minutes=1)
    platform.ingest([Behaviour("ben", "i1", "like", soon)], source="a", key="1", now=platform.now())
    erase(platform, "ben")
    platform.permit("ann")
    platform.clock += dt.timedelta(minutes=1)
    late = [Behaviour("ben", "i1", "like", platform.clock)]
    assert platform.ingest(late, source="a", key="2", now=platform.now()).of_erased == 1
    b = schema.behaviours
    with platform.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(b)).scalar_one() == 0


def test_only_their_own_consent_brings_somebody_back(platform: Platform) -> None:
    """Fails when an import on another basis brings back who asked to be forgotten."""
    erase(platform)
    grant = Grant(person_id="ann", purpose="profiling", basis="contract", notice="n", evidence="imported")
    with pytest.raises(UsageError, match="erased"):
        platform.permissions.give(grant, now=platform.now())


def test_what_was_corrected_wins_and_another_age_is_felt_at_once(platform: Platform) -> None:
    """Fails when a later import undoes a correction, or a child stays in a theme that an adult entered."""
    done = ask(platform, "rectification", Wanted(birth_date="1990-02-03"))
    platform.requests.answer(done.request_id, "granted", now=platform.now())
    child = platform.now().date()
    people = [Person(person_id=one, country="KR", birth_date=child) for one in ("ann", "ben")]
    keep = partial(platform.ingest.keep_anew, now=platform.now())
    put_people(platform.engine, people, master=MASTER, keep=keep)
    p = schema.people
    with platform.engine.connect() as connection:
        born = connection.execute(select(p.c.birth_date).where(p.c.person_id == "ann")).scalar_one()
    assert str(born) == "1990-02-03"
    assert platform.members("church") == {"ann"}


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(country="ZZ"),
        Wanted(birth_date="9999-01-01"),
        Wanted(birth_date="2014-02-31"),
        Wanted(country="DE", region="US-CA"),
    ],
)
def test_a_correction_is_a_place_and_a_day(platform: Platform, wanted: Wanted) -> None:
    """Fails when a correction that cannot be leaves somebody without a law, or a request that cannot be granted."""
    with pytest.raises(UsageError, match="expected"):
        ask(platform, "rectification", wanted)


def test_who_showed_who_they_are_is_not_told_that_nobody_knows(platform: Platform) -> None:
    """Fails when a request on the person's own page can be refused because of their identity."""
    done = platform.requests.receive("ann", "access", via="page", now=platform.now())
    with pytest.raises(UsageError, match="showed who they are"):
        platform.requests.answer(
            done.request_id, "refused", ground="IDENTITY_UNCONFIRMED", reason="we could not confirm who you are",
            now=platform.now(),
        )  # fmt: skip


def test_two_erasures_and_a_release_at_once(platform: Platform) -> None:
    """Fails when an erasure that races another, or a delivery, fails or leaves a disclosure of somebody erased."""
    book(platform, '{"theme": "golf"}')
    for person in ("ann", "ben"):
        ask(platform, "erasure", person=person)
    platform.clock += COOLING_OFF
    now = platform.now()
    faults: list[BaseException] = []

    def run(work: Any) -> None:
        try:
            work()
        except UsageError:
            pass
        except BaseException as fault:  # noqa: BLE001 - looked at below
            faults.append(fault)

    def deliver() -> None:
        found = [Delivery(handle="h1", person_id=one, delivered_at=now) for one in ("ann", "ben")]
        report(platform.engine, found, PACKS, master=MASTER, now=now)

    def carry_out() -> None:
        Requests(platform.engine, PACKS, master=MASTER).carry_out(now=now)

    threads = [
        threading.Thread(target=run, args=(work,)) for work in (carry_out, deliver, carry_out, deliver)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with reading(platform.engine) as connection:
        for table in (schema.people, schema.disclosures, schema.behaviours):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert requests_of(connection, 1, now=now) == []


def test_what_is_restricted_or_asked_for_is_kept(platform: Platform) -> None:
    """Fails when the daily command destroys what somebody restricted to keeping, or still waits to see."""
    ask(platform, "restriction")
    ask(platform, "access", person="ben")
    retention = Retention(behaviours=1, memberships=1, permissions=1, disclosures=1, requests=1)
    gone: dict[str, int] = {}
    expire(
        platform.engine, PACKS, DEFAULT_EVIDENCE, retention, now=platform.clock + dt.timedelta(days=400),
        step=lambda what, rows: gone.__setitem__(what, gone.get(what, 0) + rows),
    )  # fmt: skip
    assert gone["people left out"] == 2
    b = schema.behaviours
    with platform.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(b)).scalar_one() == 4


def test_what_is_over_its_time_goes_with_what_came_of_it(platform: Platform) -> None:
    """Fails when data is kept longer than people are told, or a theme outlives the behaviours behind it."""
    platform.likes(["ann"], "i1", minute=400_000)
    ask(platform, "objection", Wanted(purposes=("disclosure",)), person="ben")
    gone: dict[str, int] = {}
    retention = Retention(behaviours=100, memberships=100, permissions=100, disclosures=100, requests=1)
    later = platform.clock + dt.timedelta(days=2)
    expire(
        platform.engine, PACKS, DEFAULT_EVIDENCE, retention, now=later,
        step=lambda what, rows: gone.__setitem__(what, gone.get(what, 0) + rows),
    )  # fmt: skip
    assert gone["behaviours"] == 4
    assert platform.members("golf") == {"ann"}
    assert platform.members("church") == set()
    with reading(platform.engine) as connection:
        assert len(requests_of(connection, 2, now=later)) == 1
        e = schema.evidence
        assert connection.execute(select(func.count()).select_from(e)).scalar_one() == 1
