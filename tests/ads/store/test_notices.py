"""What was reported: protected at once, every ad judged again, and provable later what was known when."""

import datetime as dt
import threading
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select

from haechi.errors import KnowledgeError, MissingError, UsageError
from haechi.review.ads import Decision, Licence
from haechi.review.case import World
from haechi.stores import review_schema as tables
from haechi.stores import schema
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger import entries
from haechi.stores.review import queue
from haechi.stores.review.blobs import forget_blobs
from haechi.stores.review.clocks import due, read_clocks
from haechi.stores.review.decided import check_decisions
from haechi.stores.review.notice_answers import answer_notice, answers_told, waiting_answers
from haechi.stores.review.notices import NewNotice, Notice, open_notices, receive_notice
from haechi.stores.review.parties import (
    Party,
    SignedAuthorisation,
    authorise,
    end_party,
    parties_of,
    put_party,
    revoke_authorisation,
)
from haechi.stores.review.registers import Register, claim_licence, licences_of, take_register
from haechi.stores.review.sweep_begun import sweep_expired
from haechi.stores.review.sweeps import Progress, go_on, progress_of, step, sweeps_of_notice
from haechi.stores.review.views import overdue, show_job
from haechi.stores.rows import reading
from haechi.stores.schema import METADATA
from tests.ads.store.worlds import NOW, Desk, examine, hours

TARO = Party(party_id="taro", names=("Taro Yamada",))


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


def report(world: Desk, **more: Any) -> Notice:
    return receive_notice(
        world.engine,
        NewNotice(**{"source": "VICTIM", "contact": "taro@example.jp", "country": "JP", **more}),
        by="desk",
        now=world.now(),
    )


def sweep(world: Desk, limit: int = 100) -> Progress:
    (told,) = go_on(world.engine, world.ads.screening, limit=limit, now=world.now())
    return told


def test_a_victim_is_protected_at_once_and_everywhere(world: Desk) -> None:
    """The heart of it: a report, and from then on no ad wears the name, neither new ones nor those that ran."""
    world.submit("old", text="Taro Yamada tells how")
    world.submit("plain", text="shoes")
    assert world.runs("old")
    told = report(world, party=TARO, text="I do not advertise anything.")
    assert told.due_at - told.received_at == dt.timedelta(days=7)
    assert world.submit("new", text="By Taro Yamada").state == "held"
    progress = sweep(world)
    assert (progress.judged, progress.held, progress.rejected, progress.left) == (2, 1, 0, 0)
    assert progress.finished_at is not None
    assert (world.runs("old"), world.runs("plain")) == (False, True)
    newest = world.decisions("old")[0]
    assert (newest.cause, newest.outcome) == ("sweep", "hold")
    assert go_on(world.engine, world.ads.screening, now=world.now()) == []
    assert [row.priority for row in world.rows(tables.jobs)] == [0, 0]


def test_notice_knowledge_and_action_are_on_the_ledger(world: Desk) -> None:
    """What the platform knew, and when, decides in court; nobody is named in it."""
    world.submit("a1", text="Taro Yamada tells how")
    report(world, party=TARO, ad_ids=("a1",), text="secret words of the victim")
    world.clock += hours(1)
    sweep(world)
    second = report(world, party_id="taro", source="AUTHORITY")
    assert second.known["earlier_notices_of_party"] == 1
    assert second.known["party_protected"]
    sweep(world)
    with reading(world.engine) as connection:
        found = [entry for _, entry in entries(connection)]
    kinds = [entry.kind for entry in found]
    assert kinds.index("notice-received") < kinds.index("notice-acted")
    first, later = (entry.public for entry in found if entry.kind == "notice-received")
    assert (first["party_protected"], first["earlier_notices_of_party"], first["ads"]) == (False, 0, 1)
    assert (later["party_protected"], later["earlier_notices_of_party"]) == (True, 1)
    said = str([entry.public for entry in found])
    for secret in ("Taro", "taro", "secret words", "example.jp"):
        assert secret not in said


def test_an_ad_that_a_victim_names_stops_at_once(world: Desk) -> None:
    """Waiting for the sweep, or for an examiner that finds nothing, lets the fraud run on."""
    world.submit("a1", text="an ad that nothing is found in")
    told = report(world, ad_ids=("a1",))
    assert not world.runs("a1")
    job = str(world.job_of("a1"))
    shown = show_job(world.engine, job, now=world.now())
    assert (shown.job.due_at, shown.job.priority) == (told.due_at, 0)
    assert [one.notice_id for one in shown.notices] == [told.notice_id]
    assert (shown.decisions[0].cause, shown.decisions[0].rules) == ("notice", ("reported",))
    assert world.change("a1", text="something else").state == "held"
    world.decide("approve", "a1")
    assert world.runs("a1")


def test_what_others_report_is_looked_at_while_it_runs(world: Desk) -> None:
    """Otherwise every competitor stops every ad by a click."""
    world.submit("a1")
    report(world, source="USER", ad_ids=("a1",))
    assert world.runs("a1")
    assert world.job_of("a1") is not None
    world.decide("reject", "a1")
    assert not world.runs("a1")


def test_a_job_gets_never_less_pressing_nor_later(world: Desk) -> None:
    """A second reason to look must not put off the first."""
    world.submit("a1", text="[hold]")
    (held,) = world.rows(tables.jobs)
    report(world, ad_ids=("a1",))
    (pressing,) = world.rows(tables.jobs)
    assert (pressing.priority, pressing.due_at) == (0, held.due_at)
    world.change("a1", text="[hold] again")
    (again,) = world.rows(tables.jobs)
    assert (again.priority, again.due_at) == (0, held.due_at)
    world.submit("a2")
    report(world, ad_ids=("a2",), source="USER")
    late = show_job(world.engine, str(world.job_of("a2")), now=world.now()).job
    world.change("a2", text="[hold]")
    sooner = show_job(world.engine, str(world.job_of("a2")), now=world.now()).job
    assert (late.priority, sooner.priority, sooner.due_at < late.due_at) == (1, 1, True)


def test_an_ad_reported_while_it_is_examined_does_not_run(engine: Engine) -> None:
    """The report came between submission and approval: the approval did not know of it."""
    world = Desk(engine)

    def slow(one: Any, **more: Any) -> Decision:
        if not world.rows(tables.notices):
            report(world, ad_ids=("a1",))
        return examine(one, **more)

    world.ads = Desk(engine, slow).found().ads
    assert world.submit("a1").state == "held"


def test_a_sweep_goes_on_where_it_was(world: Desk) -> None:
    """Steps of three, another process in between, and everything is judged exactly once."""
    for number in range(10):
        world.submit(f"a{number}", text="Taro Yamada" if number % 2 else "shoes")
    world.submit("gone", text="[reject] Taro Yamada")
    report(world, party=TARO)
    first = sweep(world, limit=3)
    assert (first.judged, first.left, first.finished_at) == (3, 7, None)
    world.submit("later", text="Taro Yamada")
    other = Desk(world.engine)
    other.clock = world.clock
    told = [step(other.engine, other.ads.screening, first.sweep, limit=3, now=other.now()) for _ in range(3)]
    assert [one.judged for one in told] == [6, 9, 10]
    assert (told[-1].held, told[-1].left) == (5, 0)
    assert told[-1].finished_at is not None
    assert progress_of(world.engine, first.sweep) == told[-1]
    assert len(world.decisions("a0")) == 1
    with pytest.raises(MissingError):
        progress_of(world.engine, 10**9)


def test_two_who_sweep_at_once_count_each_ad_once(world: Desk) -> None:
    """Two processes of one platform take the same sweep up."""
    for number in range(12):
        world.submit(f"a{number}", text="Taro Yamada")
    report(world, party=TARO)
    others = [Desk(world.engine) for _ in range(2)]
    threads = [
        threading.Thread(target=go_on, args=(world.engine, one.ads.screening), kwargs={"now": world.clock})
        for one in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (row,) = world.rows(tables.sweeps)
    told = progress_of(world.engine, row.sweep)
    assert (told.judged, told.left) == (12, 0)
    assert {len(world.decisions(f"a{number}")) for number in range(12)} == {2}


def test_a_sweep_does_not_undo_what_a_person_saw(world: Desk) -> None:
    """A reviewer who let an ad go, knowing that it names the party, is not asked again by every report."""
    put_party(world.engine, TARO, by="desk", now=world.now())
    sweep(world)
    world.submit("a1", text="The news: Taro Yamada wins")
    world.decide("approve", "a1")
    world.submit("a2", text="[hold]")
    report(world, party_id="taro")
    assert (sweep(world).held, world.runs("a1"), world.state("a2")) == (0, True, "held")
    report(world, party=Party(party_id="hana", names=("The news",)))
    sweep(world)
    assert not world.runs("a1")


def test_an_ad_that_cannot_be_examined_in_a_sweep_is_held(engine: Engine) -> None:
    """It ran, and nobody knows whether it wears the name: a person looks."""
    broken = False

    def breaking(one: Any, **more: Any) -> Decision:
        if broken and one.ad_id == "a2":
            raise ValueError
        return examine(one, **more)

    world = Desk(engine, breaking).found()
    for number in (1, 2, 3):
        world.submit(f"a{number}")
    broken = True
    report(world, party=TARO)
    told = sweep(world)
    assert (told.judged, told.failed, told.held) == (3, 1, 1)
    assert [world.runs(f"a{number}") for number in (1, 2, 3)] == [True, False, True]


def test_the_reporter_is_told_result_and_reason(world: Desk) -> None:
    """Japan's ministry asks for it, and whoever is not told reports again."""
    told = report(world, party=TARO)
    silent = report(world, party_id="taro", contact=None)
    done = answer_notice(
        world.engine, told.notice_id, "acted", reason="Three ads are gone.", by="ann", now=world.now()
    )
    assert (done.result, done.reason, done.late) == ("acted", "Three ads are gone.", False)
    answer_notice(
        world.engine, silent.notice_id, "refused", reason="No ad was found.", by="ann", now=world.now()
    )
    o = schema.outbox
    with reading(world.engine) as connection:
        (message,) = connection.execute(select(o).where(o.c.kind == "ad-notice-answer")).all()
        assert open_notices(connection, now=world.now()) == []
    (answer,) = waiting_answers(world.engine)
    assert (answer.contact, answer.result, answer.reason) == (
        "taro@example.jp", "acted", "Three ads are gone.",
    )  # fmt: skip
    assert answers_told(world.engine, [message.message], now=world.now()) == 1
    assert (
        waiting_answers(world.engine),
        answers_told(world.engine, [message.message], now=world.now()),
    ) == ([], 0)
    with reading(world.engine) as connection:
        everything = [list(row) for t in METADATA.sorted_tables for row in connection.execute(t.select())]
    assert "taro@example.jp" not in str(everything)
    with pytest.raises(ConflictError):
        answer_notice(world.engine, told.notice_id, "refused", reason="r", by="ann", now=world.now())
    with pytest.raises(UsageError):
        answer_notice(world.engine, told.notice_id, "refused", reason="r", by="key", now=world.now())


def test_late_notices_are_told_by_each_countrys_clock(world: Desk) -> None:
    """Japan about a week, Taiwan a day: an overdue answer must be seen before an authority asks."""
    world.submit("a1")
    japan = report(world, ad_ids=("a1",))
    taiwan = report(world, ad_ids=("a1",), country="TW", source="AUTHORITY")
    other = report(world, ad_ids=("a1",), country="US", source="USER")
    assert [(one.clock, one.due_at - one.received_at) for one in (japan, taiwan, other)] == [
        ("jp-impersonated", hours(168)), ("tw-fraud-crime", hours(24)), ("notice", hours(72)),
    ]  # fmt: skip
    world.clock += hours(24)
    assert [one.notice_id for one in overdue(world.engine, now=world.now()).notices] == [taiwan.notice_id]
    world.clock += hours(150)
    assert len(overdue(world.engine, now=world.now()).notices) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"party": TARO, "party_id": "taro"},
        {"ad_ids": ("nothing",)},
        {"party_id": "nobody"},
        {"party": Party(party_id="x", names=(" ",))},
        {"ad_ids": ("a1",), "received_at": NOW + dt.timedelta(days=1)},
        {"ad_ids": ("a1",), "text": "x" * 4_001},
    ],
)
def test_a_notice_that_cannot_be_leaves_nothing(world: Desk, wrong: dict[str, Any]) -> None:
    """Half a notice would stop ads for nothing, or protect nobody."""
    world.submit("a1")
    with pytest.raises(UsageError):
        report(world, **wrong)
    assert world.rows(tables.notices) == world.rows(tables.parties) == world.rows(tables.sweeps) == []
    assert world.runs("a1")


def test_a_signed_authorisation_lets_its_advertiser_alone(world: Desk) -> None:
    """A permission for one advertiser must not open the name for all, and ends when it is revoked."""
    put_party(world.engine, TARO, by="desk", now=world.now())
    given = SignedAuthorisation(
        party_id="taro", advertiser_id="acme", scope="spring", signed_at=NOW, signature_ref="vault/7"
    )
    authorisation = authorise(world.engine, given, by="desk", now=world.now())
    assert world.submit("a1", text="Taro Yamada").state == "approved"
    assert world.submit("b1", text="Taro Yamada", advertiser="club").state == "held"
    revoke_authorisation(world.engine, authorisation, by="desk", now=world.now())
    assert world.submit("a2", text="Taro Yamada").state == "held"
    assert sweep(world).held == 1
    assert not world.runs("a1")
    with pytest.raises(MissingError):
        revoke_authorisation(world.engine, authorisation, by="desk", now=world.now())
    for wrong in (
        {"signature_ref": " "}, {"signed_at": NOW + hours(9)}, {"expires_at": NOW - hours(1)},
    ):  # fmt: skip
        with pytest.raises(UsageError, match="not signed"):
            authorise(world.engine, msgspec.structs.replace(given, **wrong), by="d", now=world.now())
    end_party(world.engine, "taro", reason="They asked.", by="desk", now=world.now())
    assert world.submit("a3", text="Taro Yamada").state == "approved"


def test_an_authorisation_that_ends_by_its_date_stops_its_ads(engine: Engine) -> None:
    """Nobody does anything on that day: the ads have to be judged again all the same, and as of that day."""

    def by_date(one: Any, **more: Any) -> Decision:
        held = more["world"].authorised.get(("taro", one.advertiser_id), ())
        holds = any(each.expires_at is None or one.submitted_at < each.expires_at for each in held)
        known = more["world"] if holds else World(parties=more["world"].parties)
        return examine(one, **{**more, "world": known})

    world = Desk(engine, by_date).found()
    put_party(engine, TARO, by="desk", now=world.now())
    given = SignedAuthorisation(
        party_id="taro", advertiser_id="acme", scope="s", signed_at=NOW, signature_ref="v",
        expires_at=NOW + hours(5),
    )  # fmt: skip
    authorise(engine, given, by="desk", now=world.now())
    sweep(world)
    assert world.submit("a1", text="Taro Yamada").state == "approved"
    assert not sweep_expired(engine, now=world.now())
    world.clock += hours(5)
    assert sweep_expired(engine, now=world.now())
    assert sweep(world).held == 1
    assert not world.runs("a1")
    assert not sweep_expired(engine, now=world.now())


def test_many_reports_wait_for_one_sweep(world: Desk) -> None:
    """A flood of reports about one person must not judge every ad once for each of them."""
    world.submit("a1", text="Taro Yamada")
    first = report(world, party=TARO)
    world.submit("a2", text="shoes")
    others = [report(world, party_id="taro") for _ in range(20)]
    told = sweep(world)
    assert (told.judged, told.held) == (2, 1)
    for one in (first, *others):
        assert sweeps_of_notice(world.engine, one.notice_id) == [told]
    with reading(world.engine) as connection:
        acted = [entry.public["notice_id"] for _, entry in entries(connection, kind="notice-acted")]
    assert sorted(map(str, acted)) == sorted(one.notice_id for one in (first, *others))
    with pytest.raises(MissingError):
        sweeps_of_notice(world.engine, "none")


def test_reference_pictures_go_when_protection_ends(world: Desk) -> None:
    """The face of somebody who is no longer protected must not stay; that of somebody who is must."""
    for name in ("taro", "hana"):
        party = Party(party_id=name, names=(name,))
        put_party(world.engine, party, images=(b"both", name.encode()), by="desk", now=world.now())
    assert forget_blobs(world.engine, now=NOW + dt.timedelta(days=9_000)) == 0
    end_party(world.engine, "taro", reason="They asked.", by="desk", now=world.now())
    assert forget_blobs(world.engine, now=world.now()) == 1
    assert {bytes(row.bytes) for row in world.rows(tables.blobs)} == {b"both", b"hana"}


def test_of_registers_the_newest_counts(world: Desk) -> None:
    """A firm that lost its licence must not be found in an older register."""

    def row(number: str) -> Licence:
        return Licence(regulator="jp-fsa", number=number, registered_name=f"Firm {number}", domains=("f.jp",))

    def take(*numbers: str, day: int) -> int:
        register = Register(
            regulator="jp-fsa", taken_at=NOW + dt.timedelta(days=day), source="https://example.jp/register",
            licences=tuple(row(number) for number in numbers),
        )  # fmt: skip
        return int(take_register(world.engine, register, by="desk", now=world.now()))

    first = take("1", "2", day=-3)
    assert take("1", "2", day=-3) == first
    take("2", "3", day=-1)
    with pytest.raises(UsageError, match="older"):
        take("1", day=-2)
    mine = Licence(regulator="jp-fsa", number="9", registered_name="Acme", advertiser_id="acme")
    claim_licence(world.engine, mine, by="key", now=world.now())
    with reading(world.engine) as connection:
        assert [(one.number, one.advertiser_id) for one in licences_of(connection)] == [
            ("2", None), ("3", None), ("9", "acme"),
        ]  # fmt: skip
        assert len(list(entries(connection, kind="register-taken"))) == 2
    with pytest.raises(UsageError):
        take(day=3)


def test_clocks_say_where_they_are_from() -> None:
    """A clock without a general rule would leave some notice without a date."""
    assert due("hold", NOW)[1].binding is False
    with pytest.raises(KnowledgeError, match="holds everywhere"):
        read_clocks(
            "format: review-clocks-1\nclocks: []\n"
            "appeal_window: {months: 6, source: s, url: u, checked: 2026-01-01}",
            file="f",
        )
    with pytest.raises(KnowledgeError):
        read_clocks("format: other", file="f")


def test_after_everything_the_decisions_hold(world: Desk) -> None:
    """Sweeps, notices and people together leave a chain that proves itself."""
    world.submit("a1", text="Taro Yamada")
    report(world, party=TARO, ad_ids=("a1",))
    sweep(world)
    queue.claim(world.engine, str(world.job_of("a1")), by="ann", now=world.now())
    world.decide("reject", "a1")
    with reading(world.engine) as connection:
        assert list(check_decisions(connection)) == []
    assert [one.cause for one in world.decisions("a1")] == [
        "review", "sweep", "notice", "submission",
    ]  # fmt: skip


def test_a_report_changes_nobody_s_names(world: Desk) -> None:
    """If it fails, whoever reports an impersonation can end a party's protection by giving it other names."""
    report(world, party=Party(party_id="hana", names=("Hana Tanabe",), domains=("hana.example",)))
    report(world, source="USER", party=Party(party_id="hana", names=("Somebody Else",), kind="brand"))
    with reading(world.engine) as connection:
        hana = parties_of(connection)["hana"]
    assert (hana.kind, hana.names, hana.domains) == ("person", ("Hana Tanabe",), ("hana.example",))


def test_who_is_new_was_reported_by_nobody_before(world: Desk) -> None:
    """If it fails, the ledger says that the platform knew of a party of which nobody had told it."""
    world.submit("a1")
    report(world, source="USER", ad_ids=("a1",))
    told = report(world, party=Party(party_id="new", names=("Nana Mori",)))
    assert (told.known["earlier_notices_of_party"], told.known["first_notice_of_party"]) == (0, None)


def test_a_wrong_identifier_refuses_no_victim(world: Desk) -> None:
    """If it fails, a slip of the pen leaves somebody unprotected, and the clock does not run."""
    world.submit("a1", text="an ad that nothing is found in")
    told = report(world, party=Party(party_id="new", names=("Nana Mori",)), ad_ids=("a1", "typo"))
    assert (told.ad_ids, told.known["unknown_ad_ids"]) == (("a1",), ["typo"])
    assert not world.runs("a1")
    with pytest.raises(MissingError, match="no ad has any of these"):
        receive_notice(world.engine, NewNotice(source="VICTIM", ad_ids=("typo",)), by="ann", now=world.now())


def test_a_notice_came_in_living_memory(world: Desk) -> None:
    """If it fails, a mistyped year stands first in the queue, twenty thousand days late."""
    with pytest.raises(UsageError, match="before 2000"):
        report(world, received_at=dt.datetime(1, 1, 1), ad_ids=("a1",))  # noqa: DTZ001 - naive UTC


def test_a_report_brings_an_ended_party_back_with_its_own_names(world: Desk) -> None:
    """If it fails, a report about somebody who had left gives their identifier to another name."""
    report(world, party=Party(party_id="hana", names=("Hana Tanabe",)))
    end_party(world.engine, "hana", reason="They asked.", by="ann", now=world.now())
    report(world, source="USER", party=Party(party_id="hana", names=("Somebody Else",)))
    with reading(world.engine) as connection:
        assert parties_of(connection)["hana"].names == ("Hana Tanabe",)


@pytest.mark.parametrize("name", ["\u200b\u2060", "x", "--", "林"], ids=ascii)
def test_a_name_that_nobody_can_look_for_protects_nobody(world: Desk, name: str) -> None:
    """If it fails, somebody believes to be protected who is not."""
    with pytest.raises(UsageError, match="can be looked for"):
        report(world, party=Party(party_id="new", names=(name,)))
