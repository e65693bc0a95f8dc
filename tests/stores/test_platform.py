"""Themes, permissions and audiences in a real database: what Meta did cannot be done."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, select, text

from haechi.errors import DataError, UsageError
from haechi.ledger import keys as ledger_keys
from haechi.ledger.seal import Master
from haechi.release.audiences import Answer, AudiencePolicy, Level, Reason, Rounding
from haechi.sensitivity import load
from haechi.stores import open_store, overview, schema
from haechi.stores.addressable import Addressable
from haechi.stores.audiences import Audiences, Booking
from haechi.stores.clock import micros
from haechi.stores.ingest import Behaviour
from haechi.stores.keys import caller_of, make_key, revoke_key
from haechi.stores.ledger import entries, personal_fields
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.numbers import number_of
from haechi.stores.opened import migrate
from haechi.stores.permissions import Grant, Permissions
from haechi.stores.rows import reading
from haechi.stores.themes import Themes, standing_of
from haechi.themes.life import Verdict
from tests.stores.platforms import PACKS, Platform
from tests.stores.worlds import NOW


@pytest.fixture
def platform(engine: Engine) -> Platform:
    return Platform(engine)


def test_a_theme_is_screened_before_anybody_is_in_it(platform: Platform) -> None:
    """Meta's themes were there before anybody looked."""
    assert platform.propose("golf", "Golf") == "approved"
    assert platform.propose("church", "Church service") == "proposed"
    platform.people(["p1"])
    platform.permit("p1")
    platform.items(("i1", "golf"), ("i2", "church"))
    platform.likes(["p1"], "i1")
    platform.likes(["p1"], "i2")
    assert (platform.members("golf"), platform.members("church")) == ({"p1"}, set())
    assert platform.decide("church", "ann", "approved-with-permission", "religion") == "proposed"
    assert platform.members("church") == set()
    assert (
        platform.decide("church", "bob", "approved-with-permission", "religion") == "approved-with-permission"
    )
    assert platform.members("church") == {"p1"}


def test_only_who_permits_is_in_a_sensitive_theme_and_leaves_at_once(platform: Platform) -> None:
    """Nothing puts a person in a sensitive theme without that person's recorded explicit permission."""
    platform.propose("church", "Church service")
    platform.open_sensitive("church", "religion")
    platform.items(("i1", "church"))
    platform.people(["yes", "no", "other"])
    platform.permit("yes")
    platform.permit("other", category="health")
    platform.likes(["yes", "no", "other", "stranger"], "i1")
    assert platform.members("church") == {"yes"}
    platform.permit("no")
    assert platform.members("church") == {"yes", "no"}
    assert platform.permissions.withdraw("yes", category="religion", now=platform.now()) == 1
    assert platform.members("church") == {"no"}
    with platform.engine.connect() as connection:
        assert len(connection.execute(select(schema.evidence.c.person)).all()) == 1


def test_a_permission_that_runs_out_closes(platform: Platform) -> None:
    """Given for a time, and nobody has to remember to end it."""
    platform.propose("church", "Church service")
    platform.open_sensitive("church", "religion")
    platform.items(("i1", "church"))
    platform.people(["p1"])
    begun = platform.now()
    platform.permit("p1", expires_at=begun + dt.timedelta(hours=1))
    platform.likes(["p1"], "i1")
    assert platform.members("church") == {"p1"}
    later = begun + dt.timedelta(hours=2)
    assert platform.permissions.sweep(now=later, since=begun) == 1
    assert platform.members("church") == set()


def test_permissions_without_proof_are_refused(platform: Platform) -> None:
    """A record that proves nothing opens nothing."""
    platform.people(["p1"])
    base = {"person_id": "p1", "purpose": "profiling", "category": "religion", "basis": "explicit_consent"}
    for wrong in ({"notice": "", "evidence": "e"}, {"notice": "1", "evidence": " "}):
        with pytest.raises(UsageError, match="expected both"):
            platform.permissions.give(Grant(**base, **wrong), now=platform.now())  # type: ignore[arg-type]


def test_renaming_mapping_and_merging_screen_again(platform: Platform) -> None:
    """An innocent name is the oldest disguise; so is an innocent name over telling pages."""
    platform.people(["p1"])
    platform.propose("t", "Sunday people")
    platform.items(("i1", "t"))
    platform.likes(["p1"], "i1")
    assert platform.members("t") == {"p1"}
    renamed = platform.themes.rename(
        "t", "Church service", None, by="ann", reason="clearer", now=platform.now()
    )
    assert (renamed.state, platform.members("t")) == ("proposed", set())
    back = platform.themes.rename("t", "Sunday people", None, by="ann", reason="back", now=platform.now())
    assert (back.state, platform.members("t")) == ("proposed", set())
    assert platform.decide("t", "ann", "approved") == "proposed"
    with pytest.raises(UsageError, match="second person"):
        platform.decide("t", "\uff21nn\u200b", "approved")
    assert platform.decide("t", "bob", "approved") == "approved"
    assert platform.members("t") == {"p1"}
    platform.items(("i2", "t"), names={"i2": "Catholic church of Seoul"})
    with platform.engine.connect() as connection:
        standing, _ = standing_of(connection, "t")
    assert (standing.state, standing.categories) == ("proposed", ("religion",))
    assert platform.members("t") == set()
    platform.propose("golf", "Golf")
    merged = platform.themes.merge("t", "golf", by="ann", reason="same", now=platform.now())
    assert merged.state == "proposed"
    assert platform.members("golf") == set()
    with pytest.raises(UsageError, match="retired"):
        platform.decide("t", "ann", "approved")


def test_no_other_name_opens_what_people_decided(platform: Platform) -> None:
    """One key that renames must not undo two people's decision, nor keep a clearance that was for another name."""
    platform.people(["p1"])
    platform.propose("e", "Gay men")
    platform.open_sensitive("e", "sexual-orientation")
    platform.items(("i1", "e"))
    platform.likes(["p1"], "i1")
    assert platform.members("e") == set()
    renamed = platform.themes.rename("e", "Segment 17", None, by="ann", reason="r", now=platform.now())
    assert (renamed.state, platform.members("e")) == ("proposed", set())
    platform.propose("b", "Church (shoe brand)")
    for by in ("ann", "bob"):
        platform.decide("b", by, "approved")
    with platform.engine.connect() as connection:
        assert standing_of(connection, "b")[0].state == "approved"
    renamed = platform.themes.rename("b", "Devout Catholics", None, by="ann", reason="r", now=platform.now())
    assert renamed.state == "proposed"


def test_what_a_theme_speaks_for_is_screened_whatever_way_it_changes(platform: Platform) -> None:
    """An item that is renamed later, and what was merged in long ago, tell as much as at the beginning."""
    platform.people(["p1"])
    platform.propose("c", "Weekend pages")
    platform.items(("c1", "c"), names={"c1": "Weekend"})
    platform.likes(["p1"], "c1")
    assert platform.members("c") == {"p1"}
    platform.items(names={"c1": "Mosque visitors prayer group"})
    assert platform.members("c") == set()
    platform.propose("d0", "Mosque visitors")
    platform.propose("d", "Hiking")
    platform.items(("d1", "d0"))
    platform.likes(["p1"], "d1")
    platform.themes.merge("d0", "d", by="ann", reason="r", now=platform.now())
    assert platform.themes.screen_all(by="ann", now=platform.now()) == 0
    with platform.engine.connect() as connection:
        assert standing_of(connection, "d")[0].state == "proposed"
    assert platform.members("d") == set()
    for by in ("ann", "bob"):
        platform.decide("d", by, "approved")
    assert platform.members("d") == {"p1"}, "two people cleared it, and saw what it took in"
    platform.propose("far", "Forests")
    platform.themes.merge("d", "far", by="ann", reason="r", now=platform.now())
    platform.themes.screen_all(by="ann", now=platform.now())
    with platform.engine.connect() as connection:
        assert standing_of(connection, "far")[0].state == "proposed"
    assert platform.members("far") == set()


@pytest.mark.parametrize("closed", [False, True])
def test_a_merge_opens_nothing(platform: Platform, closed: bool) -> None:
    """A theme for people to decide on needs only a harmless name, and a harmless theme that takes it in."""
    platform.people(["p1"])
    platform.propose("e", "Gay men")
    if closed:
        platform.decide("e", "ann", "blocked")
    platform.items(("i1", "e"))
    platform.likes(["p1"], "i1")
    platform.themes.rename("e", "Segment 17", None, by="ann", reason="r", now=platform.now())
    platform.propose("d", "Hiking")
    platform.themes.merge("e", "d", by="ann", reason="r", now=platform.now())
    platform.themes.screen_all(by="ann", now=platform.now())
    assert platform.members("d") == set()
    assert platform.decide("d", "ann", "approved") == "proposed"
    assert platform.decide("d", "bob", "approved") == "approved"


def test_a_new_engine_shows_what_it_would_change_before_it_does(platform: Platform) -> None:
    """Upgrades must not open or close themes unseen."""
    platform.propose("golf", "Golf")
    platform.propose("tea", "Tea")

    class Stricter:
        """An engine that finds religion in golf."""

        version = "stricter"

        def judge(self, name: str, path: str | None = None, lang: str | None = None) -> Any:
            return load().judge("Church service" if name == "Golf" else name, path, lang)

        def judge_all(self, names: Any, paths: Any, langs: Any) -> Any:
            return [self.judge(*asked) for asked in zip(names, paths, langs, strict=True)]

    engine: Any = Stricter()
    changes = platform.themes.would_change(engine, PACKS, now=platform.now())
    assert [(one.theme_id, one.after[0]) for one in changes] == [("golf", "proposed")]
    with platform.engine.connect() as connection:
        assert standing_of(connection, "golf")[0].state == "approved"
    again = Themes(platform.engine, engine, PACKS)
    assert again.screen_all(by="upgrade", now=platform.now()) == 1
    with platform.engine.connect() as connection:
        assert standing_of(connection, "golf")[0].state == "proposed"


def test_two_people_at_once_do_not_overwrite_each_other(platform: Platform) -> None:
    """Who decided on an older page is told."""
    platform.propose("church", "Church service")
    with platform.engine.connect() as connection:
        _, version = standing_of(connection, "church")
    platform.decide("church", "ann", "blocked")
    with pytest.raises(UsageError, match="meanwhile"):
        platform.themes.decide(
            "church", Verdict(by="bob", state="approved", reason="r"), now=platform.now(), version=version
        )


def test_an_advertiser_learns_a_size_and_a_handle_and_nobody(engine: Engine) -> None:
    """The whole way: behaviours, themes, permission, size, booking; and the person of a withdrawn permission."""
    platform = Platform(
        engine,
        AudiencePolicy(
            levels=(Level(sigma=10.0, uses=5),),
            advantage=1.0,
            minimum=70,
            margin=0.0,
            rounding=(Rounding(above=0, step=1),),
        ),
    )
    platform.propose("golf", "Golf")
    platform.propose("church", "Church service")
    platform.open_sensitive("church", "religion")
    platform.items(("i1", "golf"), ("i2", "church"))
    people, others = [f"p{n}" for n in range(140)], [f"q{n}" for n in range(100)]
    platform.people([*people, *others])
    for one in [*people[:40], *others]:
        platform.permit(one)
        platform.permit(one, purpose="disclosure")
    platform.permit("p50")
    platform.people(["child"], born=2016)
    platform.likes([*people, "child"], "i1")
    platform.likes([*people, *others], "i2")
    assert platform.members("church") == {*people[:40], *others, "p50"}
    buyer = platform.advertiser("acme")
    golf, church = {"theme": "golf"}, {"theme": "church"}
    size = platform.audiences.size(buyer, golf, now=platform.now()).size
    assert size is not None
    assert abs(size - 140) <= 60
    with reading(engine) as connection:
        addressable = Addressable(connection, PACKS, platform.now())
        assert (len(addressable.people_in("golf")), len(addressable.people_in("church"))) == (140, 140)
    booked = platform.audiences.book(buyer, church, now=platform.now())
    assert isinstance(booked, Booking)
    assert len(booked.handle) >= 32
    assert platform.audiences.bookings(buyer) == [booked]
    assert platform.audiences.bookings(platform.advertiser("other")) == []
    assert platform.audiences.handles_for("p1", now=platform.now()) == [booked.handle]
    assert platform.audiences.handles_for("p50", now=platform.now()) == []
    platform.permissions.withdraw("p1", purpose="disclosure", now=platform.now())
    assert platform.audiences.handles_for("p1", now=platform.now()) == []
    refused = platform.audiences.size(buyer, {"and": [golf, {"not": church}]}, now=platform.now()).refused
    assert refused is Reason.EXCLUDES_SENSITIVE
    platform.propose("rare", "Curling")
    platform.items(("i3", "rare"))
    platform.likes(["p2"], "i3")
    tiny = platform.audiences.book(buyer, {"theme": "rare"}, now=platform.now())
    assert isinstance(tiny, Answer)
    assert tiny.refused is Reason.TOO_SMALL
    assert platform.audiences.bookings(buyer) == [booked]
    for wrong in ({"theme": "nowhere"}, {"theme": "church", "x": 1}, 7):
        with pytest.raises(UsageError):
            platform.audiences.size(buyer, wrong, now=platform.now())
    with pytest.raises(UsageError, match="verified"):
        platform.audiences.size(platform.advertiser("new", verified=False), golf, now=platform.now())


def test_what_was_asked_survives_a_restart(database: str) -> None:
    """A budget that is lost with the process is none."""
    platform = Platform(open_store(database))
    platform.propose("golf", "Golf")
    platform.items(("i1", "golf"))
    platform.likes([f"p{n}" for n in range(3_000)], "i1")
    buyer = platform.advertiser("acme")
    first = platform.audiences.size(buyer, {"theme": "golf"}, now=NOW)
    platform.engine.dispose()
    again = Audiences(open_store(database), PACKS)
    assert (
        again.size(buyer, {"or": [{"theme": "golf"}, {"theme": "golf"}]}, now=NOW + dt.timedelta(days=1))
        == first
    )
    assert first.size is not None


def test_keys_open_what_they_say_and_are_shown_once(engine: Engine) -> None:
    """A key in a log or a backup of the database opens nothing."""
    key = make_key(engine, name="collector", scopes=["ingest"], now=NOW)
    caller = caller_of(engine, key)
    assert caller is not None
    assert (caller.name, caller.scopes) == ("collector", frozenset({"ingest"}))
    with engine.connect() as connection:
        row = connection.execute(select(schema.keys)).one()
    assert key.split("_", 2)[2].encode() not in bytes(row.secret_hash)
    for wrong in ("", "x", key[:-1], key + "x", key.replace("hk_", "hx_"), f"hk_{row.prefix}_", "hk__x"):
        assert caller_of(engine, wrong) is None
    assert revoke_key(engine, row.prefix, now=NOW)
    assert caller_of(engine, key) is None
    with pytest.raises(UsageError, match="audiences alone"):
        make_key(engine, name="a", scopes=["audiences", "read"], advertiser_id="x", now=NOW)
    with pytest.raises(UsageError, match="expected some of"):
        make_key(engine, name="a", scopes=[], now=NOW)


def test_the_console_counts_permissions_by_month_and_purpose(platform: Platform) -> None:
    """Permissions over time are what an auditor asks for first."""
    platform.people(["p1", "p2"])
    platform.permit("p1")
    platform.permit("p2")
    platform.permissions.withdraw("p1", now=platform.now())
    with platform.engine.connect() as connection:
        assert overview.permissions_by_month(connection) == [{"month": "2026-11", "given": 2, "withdrawn": 1}]
        rows = overview.permissions(connection, platform.now())
    told = [{"purpose": "profiling", "category": "religion", "given": 2, "withdrawn": 1, "holding": 1}]
    assert [{**row, "holding": int(row["holding"])} for row in rows] == told


def test_a_clock_that_jumps_back_opens_nothing(platform: Platform) -> None:
    """A wrong clock must neither let the future in nor bring back what ran out."""
    platform.propose("church", "Church service")
    platform.open_sensitive("church", "religion")
    platform.items(("i1", "church"))
    platform.people(["p1"])
    begun = platform.now()
    platform.permit("p1", expires_at=begun + dt.timedelta(hours=1))
    platform.likes(["p1"], "i1")
    platform.permissions.sweep(now=begun + dt.timedelta(hours=2), since=begun)
    platform.clock = begun - dt.timedelta(days=400)
    assert platform.permissions.sweep(now=platform.clock, since=begun) == 0
    assert platform.members("church") == set()
    with pytest.raises(DataError, match="not in the future"):
        platform.ingest([Behaviour("p1", "i1", "like", begun)], source="s", key="late", now=platform.clock)


def test_migrations_go_forward_and_back(engine: Engine) -> None:
    """An upgrade that cannot be undone is a trap."""
    migrate(engine, "base")
    migrate(engine, "head")
    platform = Platform(engine)
    assert platform.propose("golf", "Golf") == "approved"


def test_newer_tables_are_not_touched(engine: Engine) -> None:
    """An older version must not write into what it does not understand."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match="newer version"):
        migrate(engine, "head")


def test_the_tables_are_those_of_the_migrations(engine: Engine) -> None:
    """A column in the code that no migration makes fails in production only."""
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.METADATA) == []


def test_instants_are_kept_to_the_microsecond() -> None:
    """Equal instants count together."""
    assert micros(NOW + dt.timedelta(microseconds=1)) - micros(NOW) == 1


def test_what_may_have_to_be_proven_is_on_the_ledger_with_its_fact(engine: Engine) -> None:
    """A screening, a decision, a permission or a release without its entry could be denied, or made up, later."""
    master = Master(bytes(32))
    platform = Platform(engine)
    platform.permissions = Permissions(engine, PACKS, master=master)
    platform.propose("church", "Church service")
    platform.open_sensitive("church", "religion")
    platform.permit("secret-person")
    platform.permissions.withdraw("secret-person", category="religion", now=platform.now())
    platform.permissions.withdraw("secret-person", category="religion", now=platform.now())
    platform.propose("golf", "Golf")
    platform.items(("i1", "golf"))
    platform.likes([f"p{n}" for n in range(3_000)], "i1")
    platform.audiences.book(platform.advertiser("acme"), {"theme": "golf"}, now=platform.now())
    with pytest.raises(UsageError):
        platform.permissions.give(
            Grant(person_id="p1", purpose="profiling", basis="explicit_consent", notice="n", evidence=""),
            now=platform.now(),
        )
    with reading(engine) as connection:
        found = list(entries(connection))
        kinds = [entry.kind for _, entry in found]
        assert kinds.count("permission-given") == kinds.count("permission-withdrawn") == 1
        assert kinds.count("audience-released") == 1
        assert (
            kinds.count("theme-screened") + kinds.count("theme-decided")
            == connection.execute(select(func.count()).select_from(schema.theme_events)).scalar_one()
        )
        (given,) = (number for number, entry in found if entry.kind == "permission-given")
        person = number_of(connection, schema.people, "person", "person_id", "secret-person")
        assert person is not None
        said = personal_fields(connection, given, person, master)
        assert said is not None
        assert said["category"] == "religion"
        assert not any("secret-person" in str(entry) or "religion" in str(entry.sealed) for _, entry in found)
        row = (
            connection.execute(select(schema.theme_events.c.detail).order_by(schema.theme_events.c.event))
            .scalars()
            .first()
        )
        assert found[0][1].public["standing_sha256"] == hashlib.sha256(str(row).encode()).hexdigest()
    key = ledger_keys.make_key("example.org/ledger", ledger_keys.LEDGER, bytes(32)).public
    with one_state(engine) as connection:
        assert check_database(connection, key).flaws == []
