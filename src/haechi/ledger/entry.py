"""One fact as the ledger holds it: canonical JSON, a kind from a closed list, what all may read, and what is sealed.

    {"at":"2026-11-25T21:31:25.000001Z","kind":"theme-screened","public":{...},"sealed":"BASE64","v":1}

The text is what RFC 8785 (JSON Canonicalization Scheme) gives: no white space, names in order, the shortest escapes,
UTF-8. Numbers are whole, within plus or minus 2^53 - 1, so that no two languages write one differently; names are
ASCII identifiers, so that every order of names is the same order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, get_args

import msgspec

from haechi.errors import LedgerError, UsageError
from haechi.ledger.keys import read_base64, written_base64

Kind = Literal[
    "theme-screened",
    "theme-decided",
    "permission-given",
    "permission-withdrawn",
    "audience-released",
    "theme-disclosed",
    "request-received",
    "request-answered",
    "ad-decided",
    "person-erased",
    "recovery-route-changed",
    "deletion-requested",
    "deletion-acknowledged",
    "party-changed",
    "authorisation-changed",
    "register-taken",
    "notice-received",
    "notice-acted",
    "notice-answered",
    "appeal-received",
    "appeal-decided",
    "advertiser-restricted",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""All kinds. Databases hold a kind as its place here: new ones go to the end, and none ever goes away."""
VERSION: Final = 1
"""Of the entry's form."""
KIND_BEGINS: Final = len('{"at":"2026-11-25T21:31:25.000001Z","kind":"')
"""Where an entry's kind begins: what stands before has always the same length."""

_GREATEST: Final = 2**53 - 1
_SORTED: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be written.

    Attributes:
        kind: from the closed list.
        at: when it happened, naive UTC, to the microsecond.
        public: what all may read for ever; nothing that tells who a person is.
        person: the platform's number of the person it is about, or None; never written into the entry.
        personal: what is said of the person, to be sealed; needs `person`.
    """

    kind: Kind
    at: datetime
    public: Mapping[str, object]
    person: int | None = None
    personal: Mapping[str, object] | None = None


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry, read.

    Attributes:
        at: when, as ISO 8601 with microseconds and Z.
        kind: of the fact.
        public: what all may read.
        v: version of the form.
        sealed: base 64 of what is sealed, or None.
    """

    at: str
    kind: Kind
    public: dict[str, object]
    v: Literal[1]
    sealed: str | None = None


def write_entry(fact: Fact, seal: Callable[[bytes, bytes], bytes] | None = None) -> bytes:
    """The entry's bytes: what the leaf hash covers.

    Args:
        fact: what happened.
        seal: takes the personal fields and the entry without them, and gives the sealed bytes; needed where the fact
            has personal fields.

    Raises:
        UsageError: the kind is unknown, the time has a zone, or a field is none that canonical JSON admits.
    """
    if fact.kind not in KINDS or fact.at.tzinfo is not None:
        raise UsageError(
            "an entry has an unknown kind, or a time with a zone; expected a kind of KINDS, naive UTC."
        )
    head = b'{"at":"%sZ","kind":"%s","public":%s' % (
        fact.at.isoformat(timespec="microseconds").encode(),
        fact.kind.encode(),
        canonical(fact.public),
    )
    tail = b',"v":%d}' % VERSION
    if fact.personal is None:
        return head + tail
    if seal is None or fact.person is None:
        raise UsageError("an entry has personal fields; expected a person whose key seals them.")
    sealed = seal(canonical(fact.personal), head + tail)
    return b'%s,"sealed":"%s"%s' % (head, written_base64(sealed).encode(), tail)


def read_entry(written: bytes) -> Entry:
    """An entry from its bytes.

    Raises:
        LedgerError: it is not what `write_entry` would write.
    """
    try:
        entry = msgspec.json.decode(written, type=Entry)
        again: bytes | None = _again(entry)
    except (msgspec.MsgspecError, UsageError, UnicodeError, ValueError):
        again = None
    if again is None or again != written:
        raise LedgerError("an entry is not canonical JSON of a known kind and version.")
    return entry


def parts_of(entry: Entry) -> tuple[bytes | None, bytes]:
    """The sealed bytes, and the entry without them, which their seal covers too."""
    sealed = None if entry.sealed is None else read_base64(entry.sealed)
    return sealed, _again(msgspec.structs.replace(entry, sealed=None))


def canonical(fields: Mapping[str, object]) -> bytes:
    """Fields as canonical JSON, RFC 8785.

    Raises:
        UsageError: a name is no ASCII identifier, or a value is none of text, whole number, true, false, null, list
            and object.
    """
    if not _all_plain(fields):
        raise UsageError(
            "an entry has a field that canonical JSON does not admit; expected names like theme_id, and text, whole "
            "numbers up to 2^53, true, false, null, lists and objects."
        )
    try:
        return _SORTED.encode(fields)
    except UnicodeEncodeError:
        raise UsageError("an entry has text with half a surrogate pair; expected Unicode.") from None


def _again(entry: Entry) -> bytes:
    if entry.sealed is not None and read_base64(entry.sealed) is None:
        raise UsageError("an entry's sealed part is not base 64.")
    at = datetime.fromisoformat(entry.at.removesuffix("Z"))
    sealed = read_base64(entry.sealed) if entry.sealed is not None else None
    personal: dict[str, object] | None = None if sealed is None else {}
    return write_entry(Fact(entry.kind, at, entry.public, 0, personal), lambda _, __: sealed or b"")


def _all_plain(fields: Mapping[str, object]) -> bool:
    for name, value in fields.items():
        # Nearly every value is a text: it is not looked at further.
        if not _admitted(name) or (type(value) is not str and not _is_plain(value)):
            return False
    return True


@lru_cache(maxsize=1_000)
def _admitted(name: object) -> bool:
    return isinstance(name, str) and name.isascii() and name.isidentifier()


def _is_plain(value: object) -> bool:
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, int):
        return -_GREATEST <= value <= _GREATEST
    if isinstance(value, dict):
        return _all_plain(value)
    return isinstance(value, list | tuple) and all(map(_is_plain, value))
