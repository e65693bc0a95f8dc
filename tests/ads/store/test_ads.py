"""An ad's way: nothing runs undecided, a change is judged again, a decision belongs to one version."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, text, update

from haechi.errors import DataError, MissingError, UsageError
from haechi.review.ads import Ad, Decision, Targeting
from haechi.review.hashes import content_hash
from haechi.stores import review_schema as tables
from haechi.stores.ingest import ConflictError
from haechi.stores.ledger import entries
from haechi.stores.review.advertisers import AdvertiserFacts, put_advertiser
from haechi.stores.review.blobs import LARGEST, forget_blobs, put_blob, read_blob
from haechi.stores.review.changes import changes_of
from haechi.stores.review.decided import Making, check_decisions, decided_since, write_decision
from haechi.stores.review.parties import Party, put_party
from haechi.stores.review.publishing import acknowledge, waiting
from haechi.stores.review.rechecks import EVERY, recheck_due
from haechi.stores.review.sweeps import go_on
from haechi.stores.review.words import StaleError
from haechi.stores.rows import reading, writing
from tests.ads.store.worlds import NOW, Desk, ad, examine, hours, pages


@pytest.fixture
def world(engine: Engine) -> Desk:
    return Desk(engine).found()


@pytest.mark.parametrize(
    ("words", "state", "runs"),
    [("shoes", "approved", True), ("[hold]", "held", False), ("[reject]", "rejected", False)],
)
def test_what_is_decided_holds(world: Desk, words: str, state: str, runs: bool) -> None:
    """A held or rejected ad that runs, or an approved one that does not, is what review is against."""
    standing = world.submit(text=words)
    assert (standing.state, world.runs(), world.runs(ad_hash=standing.ad_hash)) == (state, runs, runs)
    assert not world.runs(ad_hash="0" * 64)
    (told,) = waiting(world.engine)
    assert (told.ad_id, told.ad_hash, told.may_run) == ("a1", standing.ad_hash, runs)
    assert acknowledge(world.engine, [told.message], now=world.now()) == 1
    assert waiting(world.engine) == []


def test_the_same_ad_again_is_the_first(world: Desk) -> None:
    """A client that lost the answer sends again: a second judgement could differ from the first."""
    first = world.submit(picture=b"one")
    again = world.submit(picture=b"one")
    assert again.repeated
    assert (again.decision_id, again.ad_hash) == (first.decision_id, first.ad_hash)
    with pytest.raises(ConflictError):
        world.submit(picture=b"two")
    with pytest.raises(ConflictError):
        world.submit(advertiser="club", picture=b"one")
    assert len(world.decisions()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other"},
        {"picture": b"other"},
        {"picture": None},
        {"landing_url": "https://other.example/"},
        {"display_name": "Other"},
        {"country": "KR"},
        {"payer": "Other"},
    ],
)
def test_every_change_is_judged_again(world: Desk, change: dict[str, Any]) -> None:
    """A field whose change is not judged is the way in: approved first, swapped afterwards."""
    before = world.submit(text="shoes", picture=b"one")
    after = world.change(**{"text": "shoes", "picture": b"one", **change})
    assert after.version == 2
    assert after.ad_hash != before.ad_hash
    assert after.decision_id != before.decision_id
    assert world.runs(ad_hash=after.ad_hash)
    assert not world.runs(ad_hash=before.ad_hash)


def test_a_field_that_is_added_later_leaves_older_hashes(world: Desk) -> None:
    """An upgrade that changes what an ad hashes to would call every kept decision a forgery."""
    fields = [(one.name, one.type, one.default) for one in msgspec.structs.fields(Ad) if not one.required]
    newer = msgspec.defstruct(
        "Ad",
        [
            ("ad_id", str),
            ("advertiser_id", str),
            ("submitted_at", dt.datetime),
            *fields,
            ("sound", str | None, None),
        ],
        kw_only=True,
        frozen=True,
    )
    one = ad(text="shoes", landing_url="https://acme.example/")
    same: Any = newer(**{name: getattr(one, name) for name in one.__struct_fields__})
    assert content_hash(same, "p") == content_hash(one, "p")
    other: Any = msgspec.structs.replace(same, sound="song")
    assert content_hash(other, "p") != content_hash(one, "p")
    targeted = msgspec.structs.replace(one, targeting=Targeting(exclude=("JP",)))
    assert content_hash(targeted, "p") != content_hash(one, "p")


def test_an_approved_version_stops_when_a_change_comes(engine: Engine) -> None:
    """Between the change and its approval nothing runs, neither the old version nor the new one."""
    seen: list[bool] = []
    world = Desk(engine)

    def looking(one: Any, **more: Any) -> Decision:
        if one.text == "hats":
            seen.append(world.runs())
        return examine(one, **more)

    world.ads = Desk(engine, looking).found().ads
    world.submit(text="shoes")
    assert world.runs()
    world.change(text="hats")
    assert seen == [False]
    assert [(told.ad_hash is None, told.may_run) for told in waiting(engine)] == [
        (False, True), (True, False), (False, True),
    ]  # fmt: skip


def test_a_rejected_change_does_not_bring_the_old_version_back(world: Desk) -> None:
    """The version before runs no more, although it was approved once."""
    old = world.submit(text="shoes")
    world.change(text="[reject]")
    assert not world.runs()
    assert not world.runs(ad_hash=old.ad_hash)


def test_going_back_to_what_a_person_rejected_finds_it_rejected(world: Desk) -> None:
    """Otherwise an advertiser changes an ad there and back, and the machine approves what a person had stopped."""
    held = world.submit(text="[hold] one")
    world.decide("reject")
    world.change(text="shoes")
    assert world.runs()
    back = world.change(text="[hold] one")
    assert back.ad_hash == held.ad_hash
    assert back.state == "rejected"
    newest = world.decisions()[0]
    assert (newest.automated, newest.outcome) == ("PARTIALLY", "reject")
    assert newest.refers_to is not None


def test_a_decision_of_an_older_version_approves_nothing(world: Desk) -> None:
    """A decision belongs to exactly one version; written for another one it is refused, and nothing is kept."""
    old = world.submit(text="shoes")
    world.change(text="[hold]")
    assert old.decision is not None
    (row,) = world.rows(tables.ads)
    making = Making(cause="review", automated="NOT", actor="ann")
    with writing(world.engine) as connection, pytest.raises(StaleError):
        write_decision(connection, row.current, old.decision, making)
    assert world.state() == "held"


def test_an_ad_whose_examination_fails_is_kept_and_waits(engine: Engine) -> None:
    """A crash of a signal must neither lose an ad nor let it run; failing again it waits for a person."""
    broken = True

    def breaking(one: Any, **more: Any) -> Decision:
        if broken:
            raise ZeroDivisionError
        return examine(one, **more)

    world = Desk(engine, breaking).found()
    assert world.submit("a1").state == "submitted"
    assert world.submit("a2").decision is None
    assert not world.runs("a1")
    assert world.ads.resume(now=world.now()) == 2
    assert (world.state("a1"), world.decisions("a1")[0].rules) == ("held", ("could-not-be-examined",))
    assert world.job_of("a1") is not None
    broken = False
    assert world.change("a1", text="better").state == "approved"
    assert world.job_of("a1") is None


def test_an_examiner_that_answers_about_another_ad_is_not_believed(engine: Engine) -> None:
    """A mixed-up answer would approve what nobody looked at."""

    def mixed_up(one: Any, **more: Any) -> Decision:
        return examine(one, **{**more, "ad_hash": "0" * 64})

    world = Desk(engine, mixed_up).found()
    assert world.submit().state == "submitted"
    assert not world.runs()


def test_a_party_that_is_registered_while_an_ad_is_examined_counts(engine: Engine) -> None:
    """An ad judged by what was known a moment ago would slip through between report and sweep."""
    world = Desk(engine)
    asked: list[int] = []

    def slow(one: Any, **more: Any) -> Decision:
        asked.append(len(more["world"].parties))
        decision = examine(one, **more)
        if len(asked) == 1:
            put_party(engine, Party(party_id="taro", names=("Taro Yamada",)), by="key", now=world.now())
        return decision

    world.ads = Desk(engine, slow).found().ads
    assert world.submit(text="Taro Yamada tells").state == "held"
    assert asked == [0, 1]


def test_an_ad_changed_while_it_is_examined_is_judged_as_it_is(engine: Engine) -> None:
    """The answer about the first version comes after the second one is there: it is thrown away, and not an error."""
    world = Desk(engine)
    asked: list[str] = []

    def slow(one: Any, **more: Any) -> Decision:
        asked.append(one.text)
        if asked == ["shoes"]:
            Desk(engine).change(text="[reject] savings")
        return examine(one, **more)

    world.ads = Desk(engine, slow).found().ads
    standing = world.submit(text="shoes")
    assert (standing.state, standing.version, world.runs()) == ("rejected", 2, False)
    assert asked == ["shoes", "[reject] savings"]
    assert [one.outcome for one in world.decisions()] == ["reject"]
    with reading(engine) as connection:
        assert list(check_decisions(connection)) == []


def test_a_page_that_changes_after_approval_stops_the_ad(engine: Engine) -> None:
    """The swap after approval: the page is looked at again, and the approval was of the page as it was."""
    web = {"https://shop.example/": "shoes", "https://away.example/": "away"}
    world = Desk(engine, visit=pages(web)).found()
    before = world.submit(landing_url="https://shop.example/")
    assert world.ads.recheck("a1", now=world.now()).ad_hash == before.ad_hash
    assert len(world.decisions()) == 1
    web["https://shop.example/"] = "[reject] give us your savings"
    after = world.ads.recheck("a1", now=world.now())
    assert (after.state, after.version, world.runs()) == ("rejected", 2, False)
    assert world.decisions()[0].cause == "landing"
    web["https://shop.example/"] = "away"
    assert world.ads.recheck("a1", now=world.now()).version == 2


def test_a_page_that_cannot_be_reached_now_tells_nothing(engine: Engine) -> None:
    """An outage of the network must not stop every ad."""
    web = {"https://shop.example/": "shoes"}
    world = Desk(engine, visit=pages(web)).found()
    world.submit(landing_url="https://shop.example/")
    web["https://shop.example/"] = "away"
    world.ads.recheck("a1", now=world.now())
    assert world.runs()


def test_pages_of_running_ads_are_looked_at_again_and_again(engine: Engine) -> None:
    """A swap that nobody looks for is found by its victims: every page in its turn, also where one always fails."""
    web = {f"https://shop{number}.example/": "shoes" for number in range(20)}
    world = Desk(engine, visit=pages(web)).found()
    for number in range(20):
        world.submit(f"a{number}", landing_url=f"https://shop{number}.example/")
    world.submit("held", text="[hold]", landing_url="https://shop1.example/")
    world.submit("none")
    assert recheck_due(world.ads, now=world.now()) == 0
    web["https://shop3.example/"] = "[hold] savings"
    del web["https://shop5.example/"]
    world.clock += EVERY
    assert recheck_due(world.ads, limit=5, now=world.now()) == 5
    assert recheck_due(world.ads, now=world.now()) == 15
    assert recheck_due(world.ads, now=world.now()) == 0
    assert [number for number in range(20) if not world.runs(f"a{number}")] == [3]
    with reading(engine) as connection:
        assert list(check_decisions(connection)) == []


def test_what_the_ad_server_and_the_advertiser_do(world: Desk) -> None:
    """A paused ad must not run again because it was changed, and an expired one never."""
    world.submit()
    assert world.ads.run("a1", "live", now=world.now()).state == "live"
    assert world.ads.run("a1", "paused", now=world.now()).state == "paused"
    assert world.change(text="hats").state == "paused"
    assert not world.runs()
    world.ads.run("a1", "live", now=world.now())
    assert world.runs()
    assert world.ads.run("a1", "expired", now=world.now()).state == "expired"
    with pytest.raises(UsageError):
        world.ads.run("a1", "live", now=world.now())
    with pytest.raises(UsageError):
        world.change(text="caps")
    world.submit("a2", text="[hold]")
    with pytest.raises(UsageError):
        world.ads.run("a2", "live", now=world.now())


def test_checking_keeps_nothing(world: Desk) -> None:
    """The advertiser's question before submitting must leave no ad, no decision and no picture."""
    assert world.ads.check(ad(text="[reject]"), b"one", now=world.now()).decision == "reject"
    for table in (tables.ads, tables.versions, tables.decisions, tables.blobs):
        assert world.rows(table) == []


def test_what_cannot_be_is_refused(world: Desk) -> None:
    """Bad input leaves nothing behind."""
    with pytest.raises(MissingError):
        world.submit(advertiser="nobody")
    with pytest.raises(DataError):
        world.submit(ad_id=" ")
    with pytest.raises(UsageError, match="20,000"):
        world.submit(text="x" * 20_001)
    with pytest.raises(UsageError, match="picture"):
        world.submit(picture=b"x" * (LARGEST + 1))
    with pytest.raises(MissingError):
        world.change("a9")
    with pytest.raises(MissingError):
        world.runs("a9")
    assert world.rows(tables.ads) == []


def test_another_advertiser_changes_nothing(world: Desk) -> None:
    """Whoever guesses an identifier must not change, or learn of, another's ad."""
    world.submit()
    with pytest.raises(MissingError):
        world.change(advertiser="club")
    assert world.ads.standing("a1").version == 1


def test_every_decision_is_on_the_ledger_and_a_changed_one_is_found(world: Desk) -> None:
    """Whoever edits a decision, an ad, or takes one away, must be found out."""
    world.submit("a1", text="shoes")
    world.submit("a2", text="[hold]", picture=b"one")
    world.decide("approve", "a2")
    with reading(world.engine) as connection:
        found = [entry.public for _, entry in entries(connection, kind="ad-decided")]
        assert list(check_decisions(connection)) == []
    assert [one["outcome"] for one in found] == ["approve", "hold", "approve"]
    assert found[2]["supersedes"] == found[1]["decision_id"]
    d, v = tables.decisions, tables.versions
    edits = [
        update(d).where(d.c.outcome == "hold").values(outcome="approve"),
        update(d).where(d.c.actor == "ann").values(actor="bob"),
        update(d).where(d.c.actor == "ann").values(words="seen."),
        update(v).where(v.c.picture.is_not(None)).values(body=text("replace(body, 'hold', 'held')")),
        d.delete().where(d.c.actor == "ann"),
    ]
    for edit in edits:
        connection = world.engine.connect()
        with connection.begin() as transaction:
            if edit is edits[-1]:
                connection.execute(update(tables.ads).values(decision=None))
            connection.execute(edit)
            assert list(check_decisions(connection)) != []
            transaction.rollback()
        connection.close()


def test_earlier_ads_are_those_before_and_never_the_ad_itself(world: Desk) -> None:
    """An ad that counts among its own predecessors hides that its account slept, and looks like a flood."""
    told: dict[str, list[Any]] = {}

    def asking(one: Any, **more: Any) -> Decision:
        past, before = more["history"], one.submitted_at
        told.setdefault(one.ad_id, []).append(
            (
                past.submitted_since("acme", NOW, before),
                past.last_submitted("acme", before),
                past.first_finance_ad("acme"),
                past.near_copies(one, "masked"),
            )
        )
        return examine(one, **more)

    world.ads = Desk(world.engine, asking).ads
    first = world.submit("a1", text="[finance]").submitted_at
    world.submit("b1", text="[finance]", advertiser="club")
    second = world.submit("a2").submitted_at
    put_party(world.engine, Party(party_id="taro", names=("Taro Yamada",)), by="key", now=world.now())
    go_on(world.engine, world.ads.screening, now=world.now())
    assert told["a1"] == [(0, None, None, ()), (1, second, None, ())]
    assert told["a2"] == [(1, first, first, ()), (1, first, first, ())]


def test_an_index_of_earlier_ads_follows_what_is_decided(world: Desk) -> None:
    """An index in memory that misses a person's decision, or starts empty after a restart, finds too few copies."""
    world.submit("a1", text="shoes")
    world.submit("a2", text="[hold]")
    with reading(world.engine) as connection:
        first = decided_since(connection, 0, limit=1)
        rest = decided_since(connection, first[-1].number)
    assert [(one.ad.ad_id, one.decision.decision, one.automated) for one in (*first, *rest)] == [
        ("a1", "approve", "FULLY"), ("a2", "hold", "FULLY"),
    ]  # fmt: skip
    world.decide("reject", "a2")
    with reading(world.engine) as connection:
        (last,) = decided_since(connection, rest[-1].number)
    assert (last.ad.text, last.decision.decision, last.automated) == ("[hold]", "reject", "NOT")


@pytest.mark.parametrize(
    "wrong", [{"decided_at": NOW.replace(tzinfo=dt.UTC)}, {"rules": ("half \ud800",)}, {"ad_id": "a2"}]
)
def test_a_decision_that_cannot_be_written_holds_the_ad(engine: Engine, wrong: dict[str, Any]) -> None:
    """A defect of the examiner must not keep an ad, or all ads behind it, from a person."""

    def odd(one: Any, **more: Any) -> Decision:
        return msgspec.structs.replace(examine(one, **more), **(wrong if one.ad_id == "a1" else {}))

    world = Desk(engine, odd).found()
    world.submit("a1")
    assert (world.state("a1"), world.submit("a3").state) == ("submitted", "approved")
    assert world.ads.resume(now=world.now()) == 1
    assert world.state("a1") == "held"


def test_pictures_are_kept_once_and_until_their_date(world: Desk) -> None:
    """A picture that goes while its ad runs cannot be judged again; one that never goes is kept too long."""
    world.submit("a1", picture=b"one")
    world.submit("a2", picture=b"one")
    world.submit("a3", picture=b"two")
    world.ads.run("a3", "expired", now=world.now())
    with writing(world.engine) as connection:
        put_blob(connection, b"\x89PNG\r\n\x1a\nx", retain_until=NOW, now=NOW)
    assert {row.media_type for row in world.rows(tables.blobs)} == {"image/png", "application/octet-stream"}
    assert len(world.rows(tables.blobs)) == 3
    assert forget_blobs(world.engine, now=NOW + dt.timedelta(days=399)) == 1
    assert forget_blobs(world.engine, now=NOW + dt.timedelta(days=402)) == 1
    (left,) = world.rows(tables.blobs)
    with reading(world.engine) as connection:
        assert read_blob(connection, left.sha256) == b"one"


def test_what_is_known_of_an_advertiser_has_a_history(world: Desk) -> None:
    """Who renamed an account, and when, is a signal; who wrote what down must be known."""
    facts = AdvertiserFacts(legal_name="Acme KK", display_names=("Acme",), verified_at=NOW)
    put_advertiser(world.engine, "acme", facts, by="root", now=NOW)
    put_advertiser(world.engine, "acme", facts, by="root", now=NOW + hours(1))
    renamed = AdvertiserFacts(legal_name="Acme KK", display_names=("Rich Club",), verified_at=NOW)
    put_advertiser(world.engine, "acme", renamed, by="eve", now=NOW + hours(2))
    with reading(world.engine) as connection:
        found = changes_of(connection, "advertiser", "acme")
    assert [(one.by, one.version) for one in found] == [("eve", 2), ("root", 1)]
    assert list(found[0].detail) == ["display_names"]
    seen: list[Any] = []

    def looking(one: Any, **more: Any) -> Decision:
        seen.append(more["advertiser"])
        return examine(one, **more)

    Desk(world.engine, looking).submit()
    assert seen[0].name_changes == (NOW + hours(2),)
    assert seen[0].display_names == ("Rich Club",)
