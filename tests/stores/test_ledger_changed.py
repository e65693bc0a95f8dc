"""Any byte changed in the database is found and named; a whole that was put back, by who saw it before."""

import datetime as dt
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text

from haechi.errors import LedgerError
from haechi.ledger.checkpoint import read_checkpoint
from haechi.ledger.entry import Fact
from haechi.ledger.hashes import leaf_hash
from haechi.stores import open_store, schema
from haechi.stores.ledger import append, sign_head
from haechi.stores.ledger.held import check_database, one_state
from haechi.stores.opened import SQLITE_FILE, connect
from haechi.stores.rows import writing
from tests.stores.test_ledger import AT, KEY, MASTER, fill, permitted

SIZE = 600


@pytest.fixture
def held(engine: Engine) -> Engine:
    fill(engine, SIZE - 2)
    with writing(engine) as connection:
        append(connection, [permitted(5, "religion"), permitted(6, "health")], master=MASTER)
        sign_head(connection, KEY)
    return engine


def flaws(connection: Connection) -> list[str]:
    try:
        return check_database(connection, KEY.public, master=MASTER).flaws
    except LedgerError as fault:
        return [str(fault)]


def turned(value: bytes, place: int) -> bytes:
    """A value with one bit of one byte turned."""
    changed = bytearray(value)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def changes(connection: Connection) -> Iterator[tuple[str, Mapping[str, object], str]]:
    """Statements that change one byte, with what must be said of each."""
    chance = random.Random(5)  # noqa: S311 - which bytes
    rows = connection.execute(select(schema.ledger_entries)).all()
    for number in (0, 255, 256, 511, 512, SIZE - 1, *chance.sample(range(SIZE), 6)):
        row = rows[number]
        named = f"entry {number:,}:"
        for column in ("body", "leaf"):
            value = bytes(getattr(row, column))
            yield (
                f"UPDATE ledger_entries SET {column} = :value WHERE entry = :entry",
                {"value": turned(value, chance.randrange(len(value))), "entry": number},
                named,
            )
        yield "UPDATE ledger_entries SET kind = kind + 1 WHERE entry = :entry", {"entry": number}, named
        yield "DELETE FROM ledger_entries WHERE entry = :entry", {"entry": number}, f"{named} missing"
    (tile,) = connection.execute(select(schema.ledger_tiles)).all()
    for place in range(len(tile.hashes)):
        hashes = {"value": turned(bytes(tile.hashes), place)}
        yield "UPDATE ledger_tiles SET hashes = :value", hashes, f"node {place // 32:,} of level 8"
    yield "UPDATE ledger_tiles SET tile = 1", {}, "tile of level 1, number"
    yield "DELETE FROM ledger_tiles", {}, "tile of level 1, number 0"
    yield (
        "UPDATE ledger_tiles SET hashes = :value",
        {"value": bytes(tile.hashes) + b"1"},
        "tile of level 1, number 0",
    )
    (head,) = connection.execute(select(schema.ledger_head)).all()
    for place in range(len(head.edge)):
        yield (
            "UPDATE ledger_head SET edge = :value",
            {"value": turned(bytes(head.edge), place)},
            "the edge of the tree",
        )
    yield "UPDATE ledger_head SET size = size - 1", {}, f"entry {SIZE - 1:,}: beyond"
    yield "UPDATE ledger_head SET size = size + 1", {}, f"entry {SIZE:,}: missing"
    (note,) = connection.execute(select(schema.ledger_checkpoints.c.note)).scalars()
    for place in range(len(note)):
        letter = chr(ord(note[place]) ^ 1)
        changed = note[:place] + letter + note[place + 1 :]
        yield (
            "UPDATE ledger_checkpoints SET note = :value",
            {"value": changed},
            f"checkpoint of {SIZE:,} entries",
        )
    yield "UPDATE ledger_checkpoints SET size = 599", {}, "checkpoint of 599 entries"
    yield "UPDATE ledger_keys SET person = 9 WHERE person = 5", {}, "keys of people: 1 do not open"
    for row in connection.execute(select(schema.ledger_keys)).all():
        for place in range(len(row.wrapped)):
            wrapped = {"value": turned(bytes(row.wrapped), place), "person": row.person}
            yield (
                "UPDATE ledger_keys SET wrapped = :value WHERE person = :person",
                wrapped,
                "keys of people: 1 do not open",
            )
    yield (
        "UPDATE ledger_people SET person = 6 WHERE person = 5",
        {},
        f"entry {SIZE - 2:,}: not sealed with the key",
    )
    yield "UPDATE ledger_people SET entry = 9999 WHERE person = 5", {}, "index of people: 1 rows"


def test_each_changed_byte_is_found_and_named(held: Engine) -> None:
    """A change that nobody sees is what the ledger is there against; one that is not named cannot be mended."""
    with held.connect() as connection:
        with connection.begin():
            tried = list(changes(connection))
        assert len(tried) > 500
        for statement, values, named in tried:
            with connection.begin() as transaction:
                connection.execute(text(statement), values)
                said = flaws(connection)
                transaction.rollback()
            assert any(one.startswith(named) for one in said), (statement, values, said)
        with connection.begin():
            assert flaws(connection) == []


def test_an_entry_that_was_changed_with_its_hash_is_found_above(held: Engine) -> None:
    """Whoever writes the database mends the leaf hash too: the tile and the checkpoint still know better."""
    with held.connect() as connection, connection.begin() as transaction:
        for number, named in ((300, "node 1 of level 8"), (599, "the edge of the tree")):
            body = (
                bytes(
                    connection.execute(
                        select(schema.ledger_entries.c.body).where(schema.ledger_entries.c.entry == number)
                    ).scalar_one()
                )
                .replace(b"law", b"war")
                .replace(b'"n"', b'"m"')
            )
            connection.execute(
                text("UPDATE ledger_entries SET body = :body, leaf = :leaf WHERE entry = :entry"),
                {"body": body, "leaf": leaf_hash(body), "entry": number},
            )
            said = flaws(connection)
            assert any(one.startswith(named) for one in said), said
            assert any(one.startswith("checkpoint of 600 entries: its root") for one in said)
        transaction.rollback()


def test_a_database_put_back_from_a_backup_is_found_by_an_older_checkpoint(tmp_path: Path) -> None:
    """Every byte of a backup fits every other: only a checkpoint kept elsewhere tells that entries are gone."""
    then, now = tmp_path / "then", tmp_path / "now"
    engine = open_store(str(now))
    fill(engine, 300)
    engine.dispose()
    shutil.copytree(now, then)
    engine = open_store(str(now))
    fill(engine, 300)
    with writing(engine) as connection:
        seen = read_checkpoint(sign_head(connection, KEY))
    with one_state(engine) as connection:
        assert check_database(connection, KEY.public, sizes=[600]).roots[600] == seen.root
    engine.dispose()
    forked = open_store(str(then))
    with writing(forked) as connection:
        append(connection, [Fact("ad-decided", AT + dt.timedelta(days=1), {"n": n}) for n in range(301)])
    with one_state(forked) as connection:
        found = check_database(connection, KEY.public, sizes=[600])
    assert found.flaws == []
    assert found.size == 601
    assert found.roots[600] != seen.root
    forked.dispose()


def test_bytes_of_sqlites_own_that_were_changed_are_told(tmp_path: Path) -> None:
    """A file that is damaged below the tables must end in a finding, not in a defect of ours."""
    engine = open_store(str(tmp_path))
    fill(engine, 2_000)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    file = tmp_path / SQLITE_FILE
    whole = file.read_bytes()
    root = whole.rindex(b'"public":{"n":1000}')
    page = root // 4096 * 4096
    chance = random.Random(2)  # noqa: S311 - which bytes
    for place in (page, page + 3, page + 5, page + 8, *(root + chance.randrange(18) for _ in range(5))):
        file.write_bytes(turned(whole, place))
        opened = connect(str(tmp_path))
        with one_state(opened) as connection:
            assert flaws(connection), place - page
        opened.dispose()


@pytest.mark.parametrize("column", ["body", "leaf"])
def test_a_value_of_another_type_is_told(tmp_path: Path, column: str) -> None:
    """SQLite keeps a text where bytes were: readers would fail on it, or see the same bytes and never know."""
    engine = open_store(str(tmp_path))
    fill(engine, 300)
    with writing(engine) as connection:
        connection.execute(
            text(f"UPDATE ledger_entries SET {column} = CAST({column} AS TEXT) WHERE entry = 7")
        )
    with one_state(engine) as connection:
        assert flaws(connection) == ["entry 7: a column is not stored as bytes"]
    engine.dispose()
