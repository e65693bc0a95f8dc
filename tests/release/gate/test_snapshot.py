"""The gate's state on disk: complete, keyed, replaced as a whole."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import UsageError
from haechi.release.gate import Header, Snapshot, Watched, write_snapshot

HEADER = Header(
    made_at=dt.datetime.fromisoformat("2026-11-01"),
    judged_by="e",
    laws=("kr-pipa",),
    standings=(msgspec.Raw(b"{}"),),
)
SEGMENTS = [("4", str(number), number + 1) for number in range(1_000)]


def test_what_was_written_is_found(tmp_path: Path) -> None:
    """Else segments that were decided count as unknown, or as others."""
    file = tmp_path / "gate.snapshot"
    write_snapshot(file, HEADER, SEGMENTS, [(f"person-{number}", 0) for number in range(500)])
    opened = Snapshot(file)
    assert all(opened.segment(tax, word) == mask for tax, word, mask in SEGMENTS)
    assert (opened.segment("4", "1000"), opened.segment("5", "1")) == (None, None)
    assert (opened.standing("person-499"), opened.standing("person-500")) == (0, None)


@given(st.sets(st.text(max_size=5), max_size=70), st.sets(st.text(max_size=5), max_size=20))
@settings(max_examples=60, deadline=None)
def test_who_is_in_is_found_and_who_is_not_is_not(people: set[str], others: set[str]) -> None:
    """Hashes that want the same place stand in a row: none may be lost, and no stranger be taken for one of them."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "gate.snapshot"
        write_snapshot(file, HEADER, [], [(person, place) for place, person in enumerate(people)])
        opened = Snapshot(file)
        assert [opened.standing(person) for person in people] == list(range(len(people)))
        assert {opened.standing(other) for other in others - people} <= {None}


def test_the_file_holds_no_identifier(tmp_path: Path) -> None:
    """The snapshot is copied to every gate: an identifier in it would travel with it."""
    file = tmp_path / "gate.snapshot"
    write_snapshot(file, HEADER, SEGMENTS, [("person-of-interest", 0)])
    assert b"person-of-interest" not in file.read_bytes()


@pytest.mark.parametrize("size", [0, 1])
def test_small_snapshots_work(tmp_path: Path, size: int) -> None:
    """A platform begins with nothing."""
    file = tmp_path / "gate.snapshot"
    write_snapshot(file, HEADER, SEGMENTS[:size])
    assert Snapshot(file).segment("4", "0") == (1 if size else None)


def test_damage_anywhere_is_found(tmp_path: Path) -> None:
    """A flipped bit could open a category for everybody."""
    file = tmp_path / "gate.snapshot"
    write_snapshot(file, HEADER, SEGMENTS[:20], [("p", 0)])
    whole = file.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        file.write_bytes(bytes(damaged))
        with pytest.raises(UsageError, match=r"gate\.snapshot"):
            Snapshot(file)
    for end in (0, 5, 40, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:end])
        with pytest.raises(UsageError, match=r"gate\.snapshot"):
            Snapshot(file)


def test_a_newer_snapshot_is_seen_and_the_old_one_still_answers(tmp_path: Path) -> None:
    """Refreshing must neither pause nor pull the state away under a request."""
    file = tmp_path / "gate.snapshot"
    watched = Watched(file)
    with pytest.raises(UsageError):
        watched.newer()
    write_snapshot(file, HEADER, [("4", "1", 7)])
    old = watched.newer()
    assert old is not None
    assert watched.newer() is None
    write_snapshot(file, HEADER, [("4", "1", 9)])
    new = watched.newer()
    assert new is not None
    assert (new.segment("4", "1"), old.segment("4", "1")) == (9, 7)
    broken = tmp_path / "broken"
    broken.write_bytes(b"broken")
    broken.replace(file)
    with pytest.raises(UsageError):
        watched.newer()
    assert new.segment("4", "1") == 9
