"""The ledger in both databases: appended with the fact, read, proven, sealed, erased."""

import datetime as dt
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text

from haechi.errors import LedgerError, UsageError
from haechi.ledger.checkpoint import read_checkpoint
from haechi.ledger.entry import Fact
from haechi.ledger.hashes import leaf_hash
from haechi.ledger.keys import LEDGER, make_key
from haechi.ledger.proof import check_consistency, check_inclusion
from haechi.ledger.seal import Master
from haechi.ledger.tree import edge_root
from haechi.stores import open_store, schema
from haechi.stores.ledger import Together, append, destroy_key, entries, personal_fields, proof_of, sign_head
from haechi.stores.ledger.append import scrub
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.ledger.read import body_of, consistency_of, edge_of, size_of
from haechi.stores.opened import SQLITE_FILE, connect
from haechi.stores.rows import reading, writing
from tests.ledger import brute

AT = dt.datetime.fromisoformat("2026-01-01T00:00:00")
MASTER = Master(bytes(range(32)))
KEY = make_key("example.org/ledger", LEDGER, bytes(32))


def screened(number: int) -> Fact:
    return Fact("theme-screened", AT + dt.timedelta(seconds=number), {"n": number})


def permitted(person: int, category: str) -> Fact:
    return Fact(
        "permission-given", AT, {"law": "kr-pipa"}, person, {"person_id": f"p-{person}", "category": category}
    )


def fill(engine: Engine, count: int) -> None:
    with writing(engine) as connection:
        begin = size_of(connection)
        append(connection, [screened(number) for number in range(begin, begin + count)])


def checked(engine: Engine, **options: Any) -> list[str]:
    with one_state(engine) as connection:
        return check_database(connection, KEY.public, **options).flaws


def test_every_entry_is_proven_and_every_tree_grows_from_the_one_before(engine: Engine) -> None:
    """The tree must be that of RFC 9162 over the entries, at every size, whatever the batches were."""
    leaves: list[bytes] = []
    roots = [brute.root([])]
    for count in (1, 2, 250, 3, 1, 300, 0, 15):
        fill(engine, count)
        with reading(engine) as connection:
            leaves += [
                leaf_hash(body_of(connection, number)) for number in range(len(leaves), len(leaves) + count)
            ]
            roots.append(edge_root(edge_of(connection)))
            size = size_of(connection)
            assert size == len(leaves)
            assert roots[-1] == brute.root(leaves)
            for number in {0, size // 2, size - 1}:
                check_inclusion(leaves[number], number, size, proof_of(connection, number, size), roots[-1])
            old = size - count
            check_consistency(old, size, roots[-2], roots[-1], consistency_of(connection, old, size))
    assert checked(engine) == []


def test_a_fact_and_its_entry_are_both_there_or_neither(engine: Engine) -> None:
    """A fact without its entry cannot be proven; an entry without its fact is a lie."""
    fill(engine, 3)
    setting = schema.settings.insert().values(name="fact", value="1")
    with engine.connect() as connection:
        connection.execute(setting)
        append(connection, [screened(3)])
        connection.rollback()
    with reading(engine) as connection:
        assert size_of(connection) == 3
        assert connection.execute(select(schema.settings)).first() is None
    with writing(engine) as connection:
        connection.execute(setting)
        assert append(connection, [screened(3)]) == range(3, 4)
    assert checked(engine) == []


def test_a_fact_that_is_refused_leaves_the_tree_as_it_was(engine: Engine) -> None:
    """Half a batch would leave a tree whose entries nobody asked for."""
    fill(engine, 2)
    for bad in (
        Fact("ad-decided", AT, {"a": 1.5}),
        Fact("ad-decided", AT, {"a": "x" * 70_000}),
        permitted(1, "x"),
    ):
        with pytest.raises(UsageError), writing(engine) as connection:
            append(connection, [screened(2), bad])
    with reading(engine) as connection:
        assert size_of(connection) == 2
    assert checked(engine) == []


def test_writers_at_once_do_not_fork(database: str) -> None:
    """Two writers that both start from one size would make two trees of one size."""
    open_store(database).dispose()
    told: list[range] = []

    def write(caller: int) -> None:
        mine = connect(database)
        for turn in range(15):
            with writing(mine) if turn % 2 else mine.begin() as connection:
                told.append(append(connection, [screened(caller * 100 + turn)] * (turn % 3 + 1)))
        mine.dispose()

    callers = [threading.Thread(target=write, args=(caller,)) for caller in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    numbers = sorted(number for some in told for number in some)
    assert numbers == list(range(4 * 30))
    engine = open_store(database)
    assert checked(engine) == []
    with reading(engine) as connection:
        assert size_of(connection) == len(numbers)
    engine.dispose()


def test_many_callers_share_a_commit_and_each_stands_alone(engine: Engine) -> None:
    """One caller's failure must not undo another's entry, nor may one be told of an entry that is not there."""
    together = Together(engine)
    done: list[int] = []
    failed: list[int] = []

    def write(connection: Connection, number: int) -> range:
        numbers = append(connection, [screened(number)])
        if number % 3 == 0:
            append(connection, [Fact("ad-decided", AT, {"a": 1.5})])
        return numbers

    def call(caller: int) -> None:
        for turn in range(10):
            number = caller * 10 + turn
            try:
                done.extend(together(partial(write, number=number)))
            except UsageError:
                failed.append(number)

    callers = [threading.Thread(target=call, args=(caller,)) for caller in range(12)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(failed) == [number for number in range(120) if number % 3 == 0]
    with reading(engine) as connection:
        kept = {entry.public["n"] for _, entry in entries(connection)}
        assert sorted(done) == list(range(size_of(connection)))
    assert kept == {number for number in range(120) if number % 3}
    assert checked(engine) == []


def test_a_commit_that_fails_is_told_to_every_caller(engine: Engine) -> None:
    """An entry acknowledged before a commit that fails never was."""
    together = Together(engine)

    def breaks(connection: Any) -> None:
        append(connection, [screened(0)])
        connection.rollback()

    with pytest.raises(LedgerError, match="none is acknowledged"):
        together(breaks)
    assert list(together(lambda connection: append(connection, [screened(0)]))) == [0]
    assert checked(engine) == []


def test_entries_are_read_by_kind_and_by_person(engine: Engine) -> None:
    """A person who asks what was done must get all of it, and nothing of anybody else."""
    with writing(engine) as connection:
        append(connection, [screened(0), permitted(7, "religion"), permitted(8, "health")], master=MASTER)
        append(connection, [permitted(7, "politics"), screened(1)], master=MASTER)
    with reading(engine) as connection:
        assert [number for number, _ in entries(connection)] == [0, 1, 2, 3, 4]
        assert [number for number, _ in entries(connection, kind="theme-screened")] == [0, 4]
        assert [number for number, _ in entries(connection, person=7)] == [1, 3]
        assert [number for number, _ in entries(connection, person=7, kind="permission-given", since=2)] == [
            3
        ]
        assert personal_fields(connection, 3, 7, MASTER) == {"person_id": "p-7", "category": "politics"}
        assert personal_fields(connection, 0, 7, MASTER) is None
        with pytest.raises(LedgerError):
            personal_fields(connection, 2, 7, MASTER)
        with pytest.raises(UsageError, match="no entry 5"):
            body_of(connection, 5)
    assert checked(engine, master=MASTER) == []


def test_a_destroyed_key_leaves_a_tree_that_holds_and_nothing_of_the_person(engine: Engine) -> None:
    """Erasure that breaks the proof of everybody else's entries, or that leaves a way back, is none."""
    with writing(engine) as connection:
        append(connection, [screened(0), permitted(7, "religion"), permitted(8, "health")], master=MASTER)
        sign_head(connection, KEY)
    with reading(engine) as connection:
        before = [body_of(connection, number) for number in range(3)]
        wrapped = connection.execute(select(schema.ledger_keys.c.wrapped)).scalars().all()
    assert len(wrapped) == 2
    for body in before:
        assert b"p-7" not in body
        assert b"religion" not in body
    with writing(engine) as connection:
        assert destroy_key(connection, 7)
        append(connection, [Fact("person-erased", AT, {"request": "r1"})])
    assert scrub(engine)
    with reading(engine) as connection:
        assert [body_of(connection, number) for number in range(3)] == before
        assert list(entries(connection, person=7)) == []
        assert personal_fields(connection, 1, 7, MASTER) is None
        assert personal_fields(connection, 2, 8, MASTER) == {"person_id": "p-8", "category": "health"}
        kept = connection.execute(select(schema.ledger_keys)).all()
        assert [row.person for row in kept] == [8]
        with pytest.raises(LedgerError):
            # Neither the other's key nor a new one of theirs opens what was sealed.
            personal_fields(connection, 1, 8, MASTER)
        size = size_of(connection)
        check_inclusion(
            leaf_hash(before[1]), 1, size, proof_of(connection, 1, size), edge_root(edge_of(connection))
        )
    assert checked(engine, master=MASTER) == []
    with writing(engine) as connection:
        assert not destroy_key(connection, 7)


def test_a_destroyed_key_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    """A deleted row stays in SQLite's file and log until it is written over: the key would open everything again."""
    engine = open_store(str(tmp_path))
    with writing(engine) as connection:
        append(connection, [permitted(person, "religion") for person in range(200)], master=MASTER)
    with reading(engine) as connection:
        wrapped = {row.person: bytes(row.wrapped) for row in connection.execute(select(schema.ledger_keys))}
    with writing(engine) as connection:
        # As SQLite is built where nobody asked for more.
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
        for person in range(0, 200, 2):
            destroy_key(connection, person)
    assert scrub(engine)
    held = b"".join(file.read_bytes() for file in tmp_path.glob(f"{SQLITE_FILE}*"))
    # Two parts of each: a page that was moved may have been cut anywhere.
    left = [person for person, key in wrapped.items() if key[:24] in held or key[-24:] in held]
    assert left == list(range(1, 200, 2))
    engine.dispose()


def test_checkpoints_are_kept_and_never_gainsay_each_other(engine: Engine) -> None:
    """A ledger that signs two trees of which neither begins with the other has lied to somebody."""
    fill(engine, 300)
    with writing(engine) as connection:
        first = sign_head(connection, KEY)
        assert sign_head(connection, KEY) == first
    fill(engine, 300)
    with writing(engine) as connection:
        second = read_checkpoint(sign_head(connection, KEY))
        path = consistency_of(connection, 300, 600)
    check_consistency(300, 600, read_checkpoint(first).root, second.root, path)
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE ledger_entries SET leaf = :leaf WHERE entry = 599"), {"leaf": bytes(32)}
        )
    with pytest.raises(LedgerError, match="nothing is signed"), writing(engine) as connection:
        sign_head(connection, KEY)


def test_a_later_entry_about_an_erased_person_has_a_new_key(engine: Engine) -> None:
    """A key that came back would open what was erased."""
    with writing(engine) as connection:
        append(connection, [permitted(7, "religion")], master=MASTER)
        destroy_key(connection, 7)
        append(connection, [permitted(7, "politics")], master=MASTER)
    with reading(engine) as connection:
        assert personal_fields(connection, 1, 7, MASTER) == {"person_id": "p-7", "category": "politics"}
        assert [number for number, _ in entries(connection, person=7)] == [1]
        with pytest.raises(LedgerError):
            personal_fields(connection, 0, 7, MASTER)
        assert connection.execute(select(func.count()).select_from(schema.ledger_keys)).scalar() == 1
