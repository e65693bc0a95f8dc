"""An exported ledger, its witnesses and its proofs: all that somebody has who has not the database."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from haechi.errors import HaechiError, LedgerError, OutputError
from haechi.ledger.checkpoint import open_checkpoint, read_checkpoint
from haechi.ledger.keys import WITNESS, make_key
from haechi.ledger.note import cosigned_at
from haechi.ledger.tiles import read_bundle
from haechi.ledger.tlog_proof import check_proof, write_proof
from haechi.stores import open_store
from haechi.stores.ledger import append, proof_of, sign_head
from haechi.stores.ledger.folder import check_folder, export
from haechi.stores.ledger.read import body_of
from haechi.stores.ledger.witness import cosign
from haechi.stores.rows import reading, writing
from tests.ledger import brute, outsider
from tests.stores.test_ledger import KEY, fill, screened

SEER = make_key("witness.example/1", WITNESS, b"w" * 32)


def exported(engine: Engine, folder: Path, step: Callable[[int], None] = lambda _: None) -> int:
    with writing(engine) as connection:
        note = sign_head(connection, KEY)
    with reading(engine) as connection:
        return export(connection, folder, note, KEY.public, step)


def flaws(folder: Path) -> list[str]:
    """What `haechi ledger verify --folder` says."""
    try:
        return check_folder(folder, KEY.public).flaws
    except HaechiError as fault:
        return [str(fault)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_folder_is_laid_out_as_the_specification_says(engine: Engine, tmp_path: Path) -> None:
    """Another layout is read by nobody's client (C2SP tlog-tiles)."""
    fill(engine, 600)
    assert exported(engine, tmp_path / "out") == 600
    held = files(tmp_path / "out")
    assert set(held) == {
        "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2",
        "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88",
    }  # fmt: skip
    with reading(engine) as connection:
        bodies = [body_of(connection, number) for number in range(600)]
    leaves = [brute.leaf(body) for body in bodies]
    assert held["tile/0/001"] == b"".join(leaves[256:512])
    assert held["tile/1/000.p/2"] == brute.root(leaves[:256]) + brute.root(leaves[256:512])
    bundle = held["tile/entries/002.p/88"]
    assert bundle[:2] == len(bodies[512]).to_bytes(2)
    assert read_bundle(bundle) == bodies[512:]
    assert open_checkpoint(held["checkpoint"], KEY.public)[0].root == brute.root(leaves)
    assert flaws(tmp_path / "out") == []


def test_an_outsider_verifies_it_from_the_page_alone(engine: Engine, tmp_path: Path) -> None:
    """If only our own code can check our ledger, nobody can."""
    fill(engine, 600)
    exported(engine, tmp_path)
    with reading(engine) as connection:
        bodies = [body_of(connection, number) for number in range(600)]
    assert outsider.verify(tmp_path, str(KEY.public)) == bodies


def test_what_is_added_later_is_as_if_all_were_written_at_once(engine: Engine, tmp_path: Path) -> None:
    """A folder that grows must end where a new one begins, and keep no narrow tile that is whole by now."""
    for count in (0, 1, 200, 100, 0, 300):
        fill(engine, count)
        assert exported(engine, tmp_path / "grown") == count
        assert flaws(tmp_path / "grown") == []
    exported(engine, tmp_path / "new")
    grown, new = files(tmp_path / "grown"), files(tmp_path / "new")
    assert {name: grown[name] for name in new} == new
    # Narrow tiles of earlier checkpoints stay while the whole one is not there.
    assert set(grown) - set(new) == {"tile/1/000.p/1"}


def test_an_interrupted_export_leaves_the_earlier_one(engine: Engine, tmp_path: Path) -> None:
    """A checkpoint that speaks of tiles that are not there cannot be proven from."""
    folder = tmp_path / "out"
    fill(engine, 300)
    exported(engine, folder)
    before = (folder / "checkpoint").read_bytes()
    fill(engine, 1_000)

    def full(_: int) -> None:
        if (folder / "tile/0/002").exists():
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError):
        exported(engine, folder, full)
    assert (folder / "checkpoint").read_bytes() == before
    assert flaws(folder) == []
    assert exported(engine, folder) == 1_000
    assert flaws(folder) == []


def test_any_changed_byte_of_a_file_is_found(tmp_path: Path) -> None:
    """Whoever serves the folder must not be able to change a letter of it."""
    engine = open_store(str(tmp_path / "db"))
    fill(engine, 520)
    folder = tmp_path / "out"
    exported(engine, folder)
    chance = random.Random(4)  # noqa: S311 - which bytes
    tried = 0
    for name, content in files(folder).items():
        for place in {0, len(content) - 1, *chance.sample(range(len(content)), min(25, len(content)))}:
            changed = bytearray(content)
            changed[place] ^= 1 << place % 8
            (folder / name).write_bytes(changed)
            assert flaws(folder), (name, place)
            tried += 1
        for other in (content[:-1], content + b"\n", b""):
            (folder / name).write_bytes(other)
            assert flaws(folder), (name, len(other))
        (folder / name).unlink()
        assert flaws(folder), name
        (folder / name).write_bytes(content)
    assert tried > 150
    assert flaws(folder) == []
    engine.dispose()


def test_a_folder_of_another_or_a_longer_ledger_is_not_written(tmp_path: Path) -> None:
    """Over the folder of a fork, an export would hide that there were two."""
    one, other = open_store(str(tmp_path / "one")), open_store(str(tmp_path / "other"))
    fill(one, 300)
    exported(one, tmp_path / "out")
    before = files(tmp_path / "out")
    fill(other, 200)
    with pytest.raises(LedgerError, match="rolled back"):
        exported(other, tmp_path / "out")
    with writing(other) as connection:
        append(connection, [screened(number) for number in range(9_000, 9_200)])
    with pytest.raises(LedgerError, match="forked"):
        exported(other, tmp_path / "out")
    assert files(tmp_path / "out") == before
    one.dispose()
    other.dispose()


def test_a_witness_cosigns_what_grows_and_refuses_all_else(tmp_path: Path) -> None:
    """A witness that signs a fork or a rollback is the operator's accomplice."""
    state, folder = tmp_path / "seen", tmp_path / "out"
    engine = open_store(str(tmp_path / "db"))
    fill(engine, 300)
    exported(engine, folder)
    shutil.copytree(tmp_path / "db", tmp_path / "backup")
    shutil.copytree(folder, tmp_path / "old")
    note, before = cosign(folder, KEY.public, SEER, state, 1_700_000_000)
    assert (before, cosigned_at(note, SEER.public)) == (0, 1_700_000_000)
    fill(engine, 400)
    exported(engine, folder)
    note, before = cosign(folder, KEY.public, SEER, state, 1_700_000_100)
    assert (before, read_checkpoint(note).size) == (300, 700)
    assert cosign(folder, KEY.public, SEER, state, 1_700_000_200)[1] == 700
    remembered = state.read_bytes()
    with pytest.raises(LedgerError, match="rolled back"):
        cosign(tmp_path / "old", KEY.public, SEER, state, 1_700_000_300)
    forked = open_store(str(tmp_path / "backup"))
    for count in (400, 100):
        with writing(forked) as connection:
            append(connection, [screened(number) for number in range(5_000, 5_000 + count)])
        exported(forked, tmp_path / "fork")
        with pytest.raises(LedgerError, match="forked or rewritten"):
            cosign(tmp_path / "fork", KEY.public, SEER, state, 1_700_000_400)
    assert state.read_bytes() == remembered
    # The operator's own checkpoint over tiles that do not fit it is not cosigned either.
    fill(engine, 10)
    exported(engine, folder)
    tile = folder / "tile/0/002.p/198"
    tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(LedgerError):
        cosign(folder, KEY.public, SEER, state, 1_700_000_500)
    assert state.read_bytes() == remembered
    engine.dispose()
    forked.dispose()


def test_a_proof_holds_by_itself_and_no_changed_one_does(engine: Engine) -> None:
    """The person who gets a proof has nothing else: one changed letter must not pass."""
    fill(engine, 300)
    with writing(engine) as connection:
        note = sign_head(connection, KEY)
        body = body_of(connection, 7)
        written = write_proof(body, 7, proof_of(connection, 7, 300), str(note)).encode()
    assert written.startswith(b"c2sp.org/tlog-proof@v1\nextra ")
    proven = check_proof(written, KEY.public)
    assert (proven.entry, proven.number, proven.checkpoint.size) == (body, 7, 300)
    for place in range(len(written)):
        for bit in (0, 5):
            changed = bytearray(written)
            changed[place] ^= 1 << bit
            with pytest.raises(LedgerError):
                check_proof(bytes(changed), KEY.public)
    for changed_text in (written.replace(b"index 7", b"index 07"), written.replace(b"index 7", b"index 8")):
        with pytest.raises(LedgerError):
            check_proof(changed_text, KEY.public)
