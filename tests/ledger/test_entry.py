"""Entries and what they seal."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.errors import LedgerError, UsageError
from haechi.ledger.entry import KIND_BEGINS, KINDS, Fact, canonical, parts_of, read_entry, write_entry
from haechi.ledger.seal import Master, new_key, read_master, seal, unseal

AT = dt.datetime.fromisoformat("2026-11-25T21:31:25.000001")
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.dictionaries(NAMES, PLAIN, max_size=5)


def test_an_entry_is_written_as_ever() -> None:
    """Another byte for the same fact, and no older proof holds for what is written anew."""
    written = write_entry(
        Fact("theme-screened", AT, {"theme": "t1", "law": "kr-pipa", "n": 3, "a": [True, None]})
    )
    assert written == (
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"theme-screened",'
        b'"public":{"a":[true,null],"law":"kr-pipa","n":3,"theme":"t1"},"v":1}'
    )
    assert KINDS[0] == "theme-screened"
    assert written[KIND_BEGINS:].startswith(b"theme-screened")


@given(FIELDS)
@settings(max_examples=200, deadline=None)
def test_fields_are_canonical_json(fields: dict[str, Any]) -> None:
    """RFC 8785 is what others would canonicalise with: sorted names, no space, the shortest escapes, UTF-8."""
    try:
        expected = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        with pytest.raises(UsageError):
            canonical(fields)
        return
    assert canonical(fields) == expected


@given(FIELDS, st.sampled_from(KINDS), st.datetimes(min_value=dt.datetime.fromisoformat("1000-01-01")))
@settings(max_examples=100, deadline=None)
def test_entries_come_back_as_they_were_written(fields: dict[str, Any], kind: Any, at: dt.datetime) -> None:
    """An entry that its own reader refuses or changes cannot be shown to anybody."""
    try:
        written = write_entry(Fact(kind, at, fields))
    except UsageError:
        return
    entry = read_entry(written)
    assert (entry.kind, entry.public) == (kind, fields)
    assert dt.datetime.fromisoformat(entry.at.removesuffix("Z")) == at


@pytest.mark.parametrize(
    "fields",
    [
        {"a": 1.5},
        {"a": 2**53},
        {"é": 1},
        {"a b": 1},
        {"": 1},
        {"a": {"x-y": 1}},
        {"a": AT},
        {"a": "\ud800"},
        {"a": b""},
    ],
)
def test_what_languages_write_differently_is_refused(fields: dict[str, Any]) -> None:
    """A fraction, a large number or an odd name would be another text, and another hash, elsewhere."""
    with pytest.raises(UsageError):
        write_entry(Fact("ad-decided", AT, fields))


def test_a_time_with_a_zone_and_an_unknown_kind_are_refused() -> None:
    """One instant written in two ways is two entries; a kind outside the list is one that no reader knows."""
    with pytest.raises(UsageError):
        write_entry(Fact("ad-decided", AT.replace(tzinfo=dt.UTC), {}))
    with pytest.raises(UsageError):
        write_entry(Fact("ad-forgotten", AT, {}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"ad-decided","public":{},"v":2}',
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"ad-decided", "public":{},"v":1}',
        b'{"at":"2026-11-25T21:31:25Z","kind":"ad-decided","public":{},"v":1}',
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"other","public":{},"v":1}',
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"ad-decided","public":{},"v":1,"x":1}',
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"ad-decided","public":{"a":1.0},"v":1}',
        b'{"at":"2026-11-25T21:31:25.000001Z","kind":"ad-decided","public":{},"sealed":"A","v":1}',
        b"\xff",
        b"",
    ],
)
def test_what_is_no_canonical_entry_is_refused(text: bytes) -> None:
    """A reader that is generous shows something else than what was hashed."""
    with pytest.raises(LedgerError):
        read_entry(text)


def _sealed(key: bytes, personal: dict[str, Any], person: int = 5) -> bytes:
    fact = Fact("permission-given", AT, {"law": "kr-pipa"}, person, personal)
    return write_entry(fact, lambda text, rest: seal(key, text, rest))


def test_what_is_sealed_opens_with_the_persons_key_and_no_other() -> None:
    """Sealed fields that another key opens, or nobody can open, are either told or lost."""
    key = new_key()
    personal = {"person_id": "p-1", "category": "religion"}
    sealed, rest = parts_of(read_entry(_sealed(key, personal)))
    assert sealed is not None
    assert unseal(key, sealed, rest) == personal
    for other in (new_key(), bytes(32)):
        with pytest.raises(LedgerError):
            unseal(other, sealed, rest)
    with pytest.raises(LedgerError):
        unseal(key, sealed, rest.replace(b"kr-pipa", b"eu-gdpr"))
    for place in range(len(sealed)):
        turned = bytearray(sealed)
        turned[place] ^= 1
        with pytest.raises(LedgerError):
            unseal(key, bytes(turned), rest)


def test_an_entry_tells_nothing_of_whom_it_is_about() -> None:
    """A length that tells the category, or two equal ciphertexts, would give away what is sealed."""
    key = new_key()
    entries = [
        _sealed(key, {"category": category}) for category in ("religion", "sexual_orientation", "health")
    ]
    assert len({len(entry) for entry in entries}) == 1
    again = _sealed(key, {"category": "health"})
    assert parts_of(read_entry(again))[0] != parts_of(read_entry(entries[-1]))[0]
    # Whose it is changes not a byte outside the ciphertext: there is nothing to guess at.
    assert (
        parts_of(read_entry(_sealed(key, {"a": 1}, person=5)))[1]
        == (parts_of(read_entry(_sealed(new_key(), {"a": 1}, person=6)))[1])
    )


def test_a_wrapped_key_is_bound_to_its_person_and_master() -> None:
    """A key that opens under another person's number would let one person's entries pass for another's."""
    master = Master(bytes(range(32)))
    key = new_key()
    wrapped = master.wrap(key, 5)
    assert master.unwrap(wrapped, 5) == key
    assert read_master(master.written()) == master
    for other, person in ((master, 6), (Master(bytes(32)), 5)):
        with pytest.raises(LedgerError):
            other.unwrap(wrapped, person)
    with pytest.raises(LedgerError):
        master.unwrap(wrapped[:5], 5)
    assert "AAEC" not in repr(master)
    with pytest.raises(UsageError):
        read_master("short")


def test_personal_fields_without_a_person_are_refused() -> None:
    """Written in clear by mistake, they could never be destroyed."""
    with pytest.raises(UsageError, match="whose key seals"):
        write_entry(Fact("permission-given", AT, {}, None, {"a": 1}), lambda _, __: b"")
    with pytest.raises(UsageError, match="whose key seals"):
        write_entry(Fact("permission-given", AT, {}, 1, {"a": 1}))
